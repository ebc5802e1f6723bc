"""The form that changes an outcome."""

from typing import Any

from django import forms
from django.http import QueryDict

from analytics import corrections
from calls.contexts import outcome_words
from calls.models import Call
from config.kit.times import length as clock

OTHER = "*"  # the value of "another word"


class CorrectionForm(forms.Form):
    """`tag` and `line_seq` are what was chosen, once it is valid."""

    choice = forms.ChoiceField(label="What came out")
    other = forms.CharField(label="Another word", required=False, max_length=corrections.LONGEST_TAG)
    line = forms.ChoiceField(label="The line that shows it", required=False)
    note = forms.CharField(label="Note", required=False, max_length=corrections.LONGEST_NOTE)

    def __init__(self, call: Call, data: QueryDict | None = None) -> None:
        now = corrections.newest(call.pk)
        tags = corrections.choices(call)
        known = call.disposition_tag in tags
        super().__init__(
            data,
            initial={
                "choice": call.disposition_tag if known else OTHER if now else "",
                "other": "" if known or not now else call.disposition_tag,
                "line": str(call.disposition_seq or ""),
                "note": now.note if now else "",
            },
        )
        self.fields["choice"].choices = [("", "Choose"), *((tag, outcome_words(tag)) for tag in tags), (OTHER, "Another word")]  # type: ignore[attr-defined]  # a ChoiceField
        said = [(str(line.seq), f"{clock(line.start_ms)}  {line.text[:90]}") for line in corrections.lines(call.pk)]
        self.fields["line"].choices = [("", "None in particular"), *said]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("choice") == OTHER and not given.get("other", "").strip():
            self.add_error("other", "Write what came out.")
        return given

    @property
    def tag(self) -> str:
        chosen: str = self.cleaned_data["choice"]
        return self.cleaned_data["other"].strip() if chosen == OTHER else chosen

    @property
    def line_seq(self) -> int | None:
        return int(self.cleaned_data["line"]) if self.cleaned_data["line"] else None
