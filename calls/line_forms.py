"""The form of a line, drawn from what its carrier declares. It only reads and draws: calls.line_setup judges."""

import re
from itertools import permutations
from typing import Any

from django import forms

from calls.carriers.fields import Field
from calls.line_kinds import Kind
from calls.line_setup import PACE, Checked, Wanted, check
from calls.models import Line
from config.kit.forms import Segments, Switch
from config.models import Account

GROUPS = (("sound", "Sound", "volume-2"), ("more", "More", "settings"))
FEW = 3  # so many choices stand side by side
SAVED, NONE_SAVED = "Saved, not shown. Leave empty to keep it.", "Kept encrypted and never shown again."


class LineForm(forms.Form):
    """Field names of settings are those of the carrier's FIELDS."""

    name = forms.CharField(label="Name", max_length=80, help_text="What colleagues call it: the provider, or the place.")

    def __init__(self, account: Account, kind: Kind, data: Any = None, *, line: Line | None = None) -> None:
        super().__init__(data)
        self.account, self.kind, self.line = account, kind, line
        self.checked: Checked | None = None
        settings = line.settings if line else {}
        for field in kind.fields:
            self.fields[field.name] = drawn(field, settings.get(field.name, field.default))
        self._add_secret()
        self._add_pace()
        if line:
            self.initial = {"name": line.name}

    def _add_secret(self) -> None:
        kept = bool(self.line and self.line.secret)
        self.fields["secret"] = forms.CharField(
            label=self.kind.secret_label,
            required=False,
            max_length=500,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=f"{self.kind.secret_help}. {SAVED if kept else NONE_SAVED}",
        )
        self.fields["secret"].show_optional = not self.kind.secret_needed and not kept  # type: ignore[attr-defined]
        if kept and not self.kind.secret_needed:
            self.fields["forget_secret"] = forms.BooleanField(label=f"Forget the saved {self.kind.secret_label.lower()}", required=False)

    def _add_pace(self) -> None:
        for name, (label, default) in PACE.items():
            value = f"{getattr(self.line, name):.2f}".rstrip("0").rstrip(".") if self.line else default
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            field = forms.CharField(label=label, max_length=10, initial=value, widget=widget, help_text="0: no limit.")
            self.fields[name] = field
        mine = self.line.numbers.order_by("number").values_list("number", flat=True) if self.line else ()
        self.fields["caller_ids"] = forms.CharField(
            label="Numbers it may show",
            required=False,
            max_length=20_000,
            initial="\n".join(mine),
            widget=forms.Textarea(attrs={"rows": 3, "inputmode": "tel"}),
            help_text="One on each line, with + and country code. Calls from one of them go over this line.",
        )

    @property
    def plain(self) -> list[Any]:
        """Fields that nobody can leave out, and those that say who signs in."""
        names = [field.name for field in self.kind.fields if field.group == "trunk"]
        behind = names.index(self.kind.drawn_after) + 1
        order = ("name", *names[:behind], "secret", "forget_secret", *names[behind:])
        return [self[name] for name in order if name in self.fields]

    @property
    def groups(self) -> list[tuple[str, str, list[Any], bool]]:
        """Folded groups: title, icon, fields, and whether one of them is wrong."""
        found = []
        for key, title, icon in GROUPS:
            bound = [self[field.name] for field in self.kind.fields if field.group == key]
            if bound:
                found.append((title, icon, bound, any(field.errors for field in bound)))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted = Wanted(
            cleaned.get("name", ""),
            {field.name: cleaned[field.name] for field in self.kind.fields if field.name in cleaned},
            cleaned.get("secret", ""),
            cleaned.get("forget_secret", False),
            cleaned.get("max_calls", ""),
            cleaned.get("calls_per_second", ""),
            re.split(r"[\n,;]+", cleaned.get("caller_ids", "")),
        )
        self.checked, errors = check(self.account, self.kind, wanted, self.line)
        for name, error in errors.items():
            if name not in self.errors:
                self.add_error(name, error)
        return cleaned


def drawn(field: Field, value: Any) -> forms.Field:
    """The control of one setting."""
    made = _control(field, value)
    made.label, made.help_text = field.label, f"{field.help.rstrip('.')}." if field.help else ""
    made.required = False  # what is needed is said by the carrier's own check
    made.unit = field.unit  # type: ignore[attr-defined]
    made.show_optional = not field.needed and field.default == "" and field.group == "trunk"  # type: ignore[attr-defined]
    return made


def _control(field: Field, value: Any) -> forms.Field:
    if field.kind == "switch":
        return forms.BooleanField(widget=Switch, initial=value)
    if field.kind == "choice":
        widget = Segments if len(field.choices) <= FEW else forms.Select
        return forms.ChoiceField(choices=field.choices, widget=widget, initial=value)
    if field.kind == "choices":
        return forms.ChoiceField(choices=_orders(field), initial=",".join(value))
    typed = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"} if field.kind == "number" else {"autocomplete": "off"})
    return forms.CharField(max_length=300, widget=typed, initial=value)


def _orders(field: Field) -> list[tuple[str, str]]:
    """Every order of every choice: there are few of them, and a list keeps no order without a script."""
    found = []
    for count in range(len(field.choices), 0, -1):
        for order in permutations(field.choices, count):
            words = ", then ".join(label for _, label in order) if count > 1 else f"Only {order[0][1]}"
            found.append((",".join(name for name, _ in order), words))
    return found
