"""Forms for pathways as a whole: made, brought in, named."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from config.kit import storable
from pathways.editing import Unreadable, readable
from pathways.envelope import NoGraph, graph_of, unwrapped
from pathways.making import LONGEST_DESCRIPTION, LONGEST_NAME
from pathways.models import PathwayFolder
from pathways.starters import starters
from pathways.validation import MOST_BYTES

NOTHING = "nothing"  # the first step only


class NameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class NewForm(forms.Form):
    start = forms.ChoiceField(label="Begin with", widget=forms.RadioSelect, initial=NOTHING)
    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        required=False,
        help_text="With a starter, it may be left empty.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(NOTHING, "Nothing"), *((key, each.name) for key, each in starters().items())]
        self.fields["start"].choices = choices  # type: ignore[attr-defined]
        self.fields["name"].show_optional = False  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start") == NOTHING and not data.get("name", "").strip():
            self.add_error("name", "A pathway that begins with nothing needs a name.")
        return data


class AboutForm(NameForm):
    description = forms.CharField(
        label="What it is for", max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    folder = forms.ChoiceField(label="Folder", required=False)

    def __init__(self, *args: Any, folders: list[PathwayFolder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folders = {str(folder.uid): folder for folder in folders}
        self.fields["folder"].choices = [("", "None"), *((uid, each.name) for uid, each in self.folders.items())]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> PathwayFolder | None:
        return self.folders.get(self.cleaned_data["folder"])


class ImportForm(forms.Form):
    file = forms.FileField(label="A JSON file", required=False, widget=forms.FileInput(attrs={"accept": ".json,application/json"}))
    text = forms.CharField(
        label="Or the JSON itself",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(label="Name", max_length=LONGEST_NAME, required=False, help_text="Left empty, it keeps the name it came with.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_optional = False  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """`data` is what was read: it holds a graph that can be kept."""
        given = super().clean() or {}
        file = given.get("file")
        where = "file" if isinstance(file, UploadedFile) else "text"
        try:
            given["data"] = read(_decoded(file) if isinstance(file, UploadedFile) else given.get("text") or "")
        except ValidationError as error:
            self.add_error(where, error)
        return given


def read(text: str) -> dict[str, Any]:
    """The pathway in a text. Raises ValidationError in words that say where it is wrong."""
    if not text.strip():
        raise ValidationError("Choose a file or paste the JSON.")
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValidationError(f"This is not JSON: something is wrong in line {error.lineno}, column {error.colno}.") from None
    except (ValueError, RecursionError):
        raise ValidationError("This is not JSON that can be read.") from None
    if why := storable.trouble(data):
        raise ValidationError(f"The JSON {why}.")
    try:
        whole = unwrapped(data)
        readable(graph_of(whole))
    except (NoGraph, Unreadable) as error:
        raise ValidationError(str(error)) from None
    return whole


def _decoded(file: "UploadedFile[Any]") -> str:
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        return bytes(file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError("The file is not a text in UTF-8.") from None


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")
