"""The rows of the builder page: one small form for each fact, grouping and condition.

A row is known by its key, a number that stays while the page is open; their order is that in which the page posts their keys.
Nothing is checked here: `said` is what a program would send, and personas.citations judges that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from analytics.schemas.wording import ITEMS, MODES, OPERATORS, SEVERITIES, TYPES, compared, meant, operator_of, written
from config.kit.forms import Segments
from personas.citations import Condition, Grouping, Variable
from personas.citations.reading import LONGEST
from personas.citations.shape import EQUAL

LONGEST_TEXT = 8000  # characters of one control

type Named = Sequence[tuple[str, str]]  # key and name of the facts


@dataclass(frozen=True, slots=True)
class Deed:
    word: str
    value: str  # of the button
    label: str
    icon: str


DEEDS = (("up", "Move up", "arrow-up"), ("down", "Move down", "arrow-down"), ("remove", "Remove", "trash-2"))


class Row(forms.Form):
    """Every control may be empty. `key` names it among its kind; `letter` its kind."""

    letter = ""
    use_required_attribute = False

    def __init__(self, key: str, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix=f"{self.letter}-{key}", initial=initial)
        self.key = key
        for field in self.fields.values():
            field.required, field.show_optional = False, False  # type: ignore[attr-defined]

    @property
    def deeds(self) -> list[Deed]:
        """What its small buttons do."""
        return [Deed(word, f"{word}:{self.letter}:{self.key}", label, icon) for word, label, icon in DEEDS]

    def full_clean(self) -> None:
        """No check of Django's: messages come from personas.citations alone."""
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}

    def text(self, name: str) -> str:
        return str(self[name].value() or "").strip()[:LONGEST_TEXT]


class VariableRow(Row):
    letter = "v"

    name = forms.CharField(widget=forms.TextInput({"maxlength": LONGEST["name"], "autocomplete": "off"}))
    type = forms.ChoiceField(label="What it is", choices=list(TYPES.items()))
    items = forms.ChoiceField(label="Several", choices=list(ITEMS.items()))
    description = forms.CharField(
        label="What to find",
        widget=forms.Textarea({"rows": 2}),
        help_text="As you would ask a colleague who listened: “Which day suits them?”",
    )
    options = forms.CharField(label="One of", widget=forms.Textarea({"rows": 3}), help_text="One on each line.")
    regex = forms.CharField(
        label="Must look like",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "placeholder": r"[A-Z]{2}-\d{4}"}),
        help_text="A regular expression that the whole text must match. Empty: anything.",
    )

    def said(self) -> dict[str, Any]:
        kind = self.text("type") or "string"
        said: dict[str, Any] = {"name": self.text("name"), "description": self.text("description"), "type": kind}
        if kind == "category":
            said["options"] = [line.strip() for line in self.text("options").splitlines() if line.strip()]
        if kind == "array":
            said["items"] = self.text("items") or "string"
        if kind == "string" and self.text("regex"):
            said["regex"] = self.text("regex")
        return said

    @property
    def empty(self) -> bool:
        """Nothing was written in it: it is left out."""
        return not any(self.text(name) for name in ("name", "description", "options", "regex"))


class ExtraRow(VariableRow):
    """A fact that is read only when its condition is true."""

    letter = "x"


class GroupingRow(Row):
    letter = "g"

    name = forms.CharField(widget=forms.TextInput({"maxlength": LONGEST["name"], "autocomplete": "off"}))
    variables = forms.MultipleChoiceField(label="Facts that belong together", widget=forms.CheckboxSelectMultiple)

    def __init__(self, key: str, facts: Named, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(key, data, initial)
        self.fields["variables"].choices = list(facts)  # type: ignore[attr-defined]

    def said(self, names: dict[str, str]) -> dict[str, Any]:
        return {"name": self.text("name"), "variables": [names[key] for key in self["variables"].value() or () if key in names]}

    @property
    def empty(self) -> bool:
        return not self.text("name") and not self["variables"].value()


class ConditionRow(Row):
    letter = "c"

    variable = forms.ChoiceField(label="When")
    operator = forms.ChoiceField(label="How", choices=list(OPERATORS.items()))
    value = forms.CharField(
        label="What",
        widget=forms.TextInput({"maxlength": LONGEST["value"], "autocomplete": "off"}),
        help_text="A word, a number, or yes or no.",
    )
    mode = forms.ChoiceField(label="Then", choices=list(MODES.items()), widget=Segments(), initial="flag")
    severity = forms.ChoiceField(label="How bad it is", choices=list(SEVERITIES.items()), initial="medium")
    issue = forms.CharField(
        label="Mark it as",
        widget=forms.TextInput({"maxlength": LONGEST["issueType"], "autocomplete": "off", "placeholder": "No insurance"}),
    )
    detail = forms.CharField(label="What to do about it", widget=forms.Textarea({"maxlength": LONGEST["issueDetail"], "rows": 2}))

    def __init__(self, key: str, facts: Named, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(key, data, initial)
        self.fields["variable"].choices = [("", "Choose a fact"), *facts]  # type: ignore[attr-defined]
        self.extra: list[ExtraRow] = []
        self.list = f"c-{key}-x"  # under which the keys of `extra` are posted
        self.wrong = ""

    def said(self, names: dict[str, str], types: dict[str, str]) -> dict[str, Any]:
        """`names` and `types` of the facts, by key."""
        value = meant(types.get(self.text("variable"), ""), self.text("value"))
        operator, value = compared(self.text("operator") or EQUAL, value)
        when = {"variable": names.get(self.text("variable"), ""), "operator": operator, "value": value}
        if self.text("mode") == "extract":
            return {"condition": when, "mode": "extract", "variables": [row.said() for row in self.extra if not row.empty]}
        marked = {"issueSeverity": self.text("severity") or "low", "issueType": self.text("issue"), "issueDetail": self.text("detail")}
        return {"condition": when, "mode": "flag", **marked}

    @property
    def empty(self) -> bool:
        texts = any(self.text(name) for name in ("variable", "value", "issue", "detail"))
        return not texts and all(row.empty for row in self.extra)


# What the rows show of a schema -----------------------------------------------------------------------------------------
def of_variable(variable: Variable) -> dict[str, Any]:
    shown = {name: getattr(variable, name) for name in ("name", "description", "type", "items", "regex")}
    return {**shown, "options": "\n".join(variable.options)}


def of_grouping(grouping: Grouping, keys: dict[str, str]) -> dict[str, Any]:
    """`keys`: name of a fact to its key."""
    return {"name": grouping.name, "variables": [keys[name] for name in grouping.variables if name in keys]}


def of_condition(condition: Condition, keys: dict[str, str], kind: str) -> dict[str, Any]:
    """`kind`: the type of the fact that it asks about."""
    operator = operator_of(condition.operator, condition.value)
    return {
        "variable": keys.get(condition.variable, ""),
        "operator": operator,
        "value": written(kind, condition.value) if operator == condition.operator else "",
        "mode": condition.mode,
        "severity": condition.severity,
        "issue": condition.issue,
        "detail": condition.detail,
    }
