"""A scenario as staff write it: who answers, what the call knows, and sentences built from a few choices."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from calls.rehearsal import callees
from calls.rehearsal.callees import KEYS, SILENCE
from config.kit import storable
from config.kit.forms import Switch
from pathways import assertions
from pathways.graph import Graph
from pathways.models import Scenario

LONGEST_LINE, MOST_LINES, MOST_DATA, MOST_SENTENCES = 1_000, 60, 60, 30
TAGS = (
    "COMPLETED_ACTION", "INTERESTED", "NOT_INTERESTED", "FOLLOW_UP_REQUIRED", "CALL_BACK_SCHEDULED", "TRANSFERRED", "OBJECTION_RAISED",
    "NEEDS_MORE_INFO", "NOT_QUALIFIED", "NO_CONTACT_MADE", "DO_NOT_CONTACT", "AGENT_ENDED_CALL", "NO_ANSWER", "BUSY", "FAILED",
)  # fmt: skip
KINDS = (
    ("", "Choose what must hold"),
    ("reaches_node", "The call reaches the step"),
    ("avoids_node", "The call does not reach the step"),
    ("variable", "What it remembers"),
    ("says", "We say"),
    ("never_says", "We never say"),
    ("disposition", "The outcome is"),
    ("ends_within", "The call is over soon"),
    ("kept", "As it was sent by a program"),
)
COMPARISONS = (("is", "is"), ("contains", "contains"), ("matches", "fits the pattern"), ("unknown", "stays unknown"))


class ScenarioForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="What this rehearsal is about, in a few words.")
    description = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2_000, help_text="Why it matters, for colleagues."
    )
    callee = forms.ChoiceField(required=False, label="Who answers")
    lines = forms.CharField(
        required=False,
        label="What they say",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One line for each time they speak. (silence) lets a turn pass, (press 1) presses a key.",
    )
    knows = forms.CharField(
        required=False,
        label="What the call knows",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text="One on each line, like name: Jordan Miller",
    )
    start_node_id = forms.ChoiceField(required=False, label="Begins at")
    max_turns = forms.IntegerField(
        min_value=1, max_value=assertions.MOST_TURNS, initial=30, label="At most", help_text="Then the rehearsal is cut off."
    )
    required = forms.BooleanField(
        required=False, widget=Switch(), label="Required", help_text="Must be green before a version goes into production."
    )
    enabled = forms.BooleanField(
        required=False, widget=Switch(), initial=True, label="In use", help_text="Off: kept, but not run with the others."
    )

    def __init__(self, *args: Any, graph: Graph, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["callee"].choices = [("", "Somebody who says the lines below"), *_callees()]  # type: ignore[attr-defined]
        self.fields["start_node_id"].choices = [("", "The start step"), *steps(graph)]  # type: ignore[attr-defined]
        for name in ("callee", "start_node_id"):
            self.fields[name].show_optional = False  # type: ignore[attr-defined]
        self.fields["max_turns"].unit = "answers"  # type: ignore[attr-defined]

    def clean_lines(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(f"At most {MOST_LINES} lines, each of at most {LONGEST_LINE} characters.")
        for line in lines:
            if line.startswith("(") and line.endswith(")") and not (SILENCE.match(line) or KEYS.match(line)):
                raise forms.ValidationError(f"{line} is neither (silence) nor (press 1).")
        return lines

    def clean_knows(self) -> dict[str, Any]:
        return data_of(self.cleaned_data["knows"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("callee") and not cleaned.get("lines") and "lines" not in self.errors:
            self.add_error("lines", "Write what the person says, or choose somebody who answers.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """The columns of a Scenario."""
        cleaned = dict(self.cleaned_data)
        cleaned["request_data"] = cleaned.pop("knows")
        return cleaned


class SentenceForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS, required=False, label="What must hold")
    step = forms.ChoiceField(required=False, label="Step")
    name = forms.CharField(required=False, max_length=120, label="What is remembered")
    how = forms.ChoiceField(choices=COMPARISONS, required=False, label="How")
    value = forms.CharField(required=False, max_length=assertions.LONGEST, label="Value")
    text = forms.CharField(required=False, max_length=assertions.LONGEST, label="Words")
    tag = forms.CharField(required=False, max_length=120, label="Outcome", widget=forms.TextInput(attrs={"list": "outcome-tags"}))
    turns = forms.IntegerField(required=False, min_value=1, max_value=assertions.MOST_TURNS, label="Times the person speaks, at most")
    kept = forms.JSONField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, graph: Graph, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.graph = graph
        for field in self.fields.values():
            field.show_optional = False  # type: ignore[attr-defined]
        here = self.initial.get("step")
        gone = [(here, f"{here} (not in this version)")] if here and graph.node(here) is None else []
        self.fields["step"].choices = [("", "Choose a step"), *steps(graph), *gone]  # type: ignore[attr-defined]
        if not self.initial.get("kept"):
            self.fields["kind"].choices = KINDS[:-1]  # type: ignore[attr-defined]

    @property
    def in_words(self) -> str:
        """The sentence of an assertion that these fields cannot hold."""
        kept = self.initial.get("kept")
        return assertions.sentence(kept, self.graph) if isinstance(kept, Mapping) else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") and not self.errors and (wrong := assertions.problem(self.assertion())):
            raise forms.ValidationError(_in_staff_words(cleaned["kind"], wrong))
        return cleaned

    def assertion(self) -> dict[str, Any]:
        c = self.cleaned_data
        match c["kind"]:
            case "reaches_node":
                return {"type": "reaches_node", "node_ids": [c["step"]], "all": True}
            case "avoids_node":
                return {"type": "avoids_node", "node_id": c["step"]}
            case "variable":
                compared: dict[str, Any] = {"is": None} if c["how"] == "unknown" else {c["how"] or "is": c["value"]}
                return {"type": "variable", "name": c["name"], **compared}
            case "says" | "never_says":
                return {"type": c["kind"], "text": c["text"]}
            case "disposition":
                return {"type": "disposition", "tag": c["tag"]}
            case "ends_within":
                return {"type": "ends_within", "turns": c["turns"]}
        return dict(c["kept"]) if isinstance(c["kept"], Mapping) else {}


def _in_staff_words(kind: str, wrong: str) -> str:
    return {
        "reaches_node": "Choose a step.",
        "avoids_node": "Choose a step.",
        "says": "Write the words.",
        "never_says": "Write the words.",
        "disposition": "Write an outcome.",
        "ends_within": "Write how often the person may speak.",
    }.get(kind, "Write what is remembered, and what it should be." if "name" in wrong or "needs" in wrong or "empty" in wrong else wrong)


Sentences = formset_factory(SentenceForm, extra=0, max_num=MOST_SENTENCES, can_delete=True)


@dataclass(frozen=True, slots=True)
class Forms:
    """Both halves of the page, valid together."""

    scenario: ScenarioForm
    sentences: "BaseFormSet[SentenceForm]"

    def is_valid(self) -> bool:
        return all([self.scenario.is_valid(), self.sentences.is_valid()])

    def values(self) -> dict[str, Any]:
        kept = [f for f in self.sentences.forms if f.cleaned_data.get("kind") and not f.cleaned_data.get("DELETE")]
        return {**self.scenario.values(), "assertions": [f.assertion() for f in kept]}


def unbound(graph: Graph, scenario: Scenario | None = None) -> Forms:
    initial = {} if scenario is None else initial_of(scenario)
    sentences = [_initial(a) for a in scenario.assertions] if scenario is not None else []
    return Forms(
        ScenarioForm(initial=initial, graph=graph), Sentences(initial=[*sentences, {}], form_kwargs={"graph": graph}, prefix="sentence")
    )


def bound(graph: Graph, posted: Mapping[str, Any], scenario: Scenario | None = None) -> Forms:
    sentences = [_initial(a) for a in scenario.assertions] if scenario is not None else []
    return Forms(
        ScenarioForm(posted, graph=graph),
        Sentences(posted, initial=sentences, form_kwargs={"graph": graph}, prefix="sentence"),
    )


def initial_of(scenario: Scenario) -> dict[str, Any]:
    plain = {
        name: getattr(scenario, name) for name in ("name", "description", "callee", "start_node_id", "max_turns", "required", "enabled")
    }
    return {**plain, "lines": "\n".join(scenario.lines), "knows": data_text(scenario.request_data)}


def _initial(assertion: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a sentence; what they cannot hold is kept as it is."""
    kind, ids = assertion.get("type"), assertion.get("node_ids")
    match kind:
        case "reaches_node" if isinstance(ids, list) and len(ids) == 1:
            return {"kind": kind, "step": ids[0]}
        case "avoids_node":
            return {"kind": kind, "step": assertion.get("node_id")}
        case "variable" if (how := assertions.comparison(assertion)) and not isinstance(assertion[how], list | dict):
            value = assertion[how]
            return {
                "kind": kind,
                "name": assertion.get("name"),
                "how": "unknown" if value is None else how,
                "value": assertions.shown(value),
            }
        case "says" | "never_says":
            return {"kind": kind, "text": assertion.get("text")}
        case "disposition":
            return {"kind": kind, "tag": assertion.get("tag")}
        case "ends_within":
            return {"kind": kind, "turns": assertion.get("turns")}
    return {"kind": "kept", "kept": dict(assertion)}


def steps(graph: Graph) -> Sequence[tuple[str, str]]:
    return [(node.id, node.name) for node in graph.nodes]


def _callees() -> list[tuple[str, str]]:
    return [(name, f"{name.replace('_', ' ').capitalize()}: {about}") for name, about in callees.known()]


def data_of(text: str) -> dict[str, Any]:
    """`name: value`, one a line. A value that is JSON is read as such, everything else is text."""
    found: dict[str, Any] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise forms.ValidationError(f"“{line.strip()[:60]}” is not like name: value")
        found[name.strip()[:120]] = _value(value.strip())
    if len(found) > MOST_DATA:
        raise forms.ValidationError(f"At most {MOST_DATA} of them.")
    if why := storable.trouble(found):
        raise forms.ValidationError(f"This {why}.")
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda word: word)
    except (ValueError, RecursionError):
        return text


def data_text(data: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {_shown(value)}" for name, value in data.items())


def _shown(value: Any) -> str:
    if isinstance(value, str) and "\n" not in value and isinstance(_value(value), str) and _value(value) == value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)
