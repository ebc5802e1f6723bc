"""What every form of the editor shares, the form of a way on, and that of the whole. The forms of steps: pathways.step_forms.

A form turns what was changed on it into one operation of pathways.operations. Its fields stand in sight (`main`) or folded in (`more`).
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from config.kit import storable
from config.kit.forms import Switch
from pathways.bindings import Binding, put, text
from pathways.graph import Edge, Graph

type Choices = Sequence[tuple[str, str]]

LONGEST = 20_000


class GraphForm(forms.Form):
    """A form over `data`, the object of a step or way as it is kept. `changes` is what the update operation takes."""

    bindings: Mapping[str, Binding] = {}
    main: list[str] = []
    more: list[str] = []

    def __init__(self, kept: Mapping[str, Any], graph: Graph, posted: Any = None) -> None:
        self.kept, self.graph = dict(kept), graph
        super().__init__(posted, initial={name: binding.read(kept) for name, binding in self.bindings.items()}, prefix="f")
        self.arrange()
        for field in self.fields.values():
            field.show_optional = False  # type: ignore[attr-defined]  # nearly all are

    def operations(self) -> list[dict[str, Any]]:
        """What a valid form asks for; [] when nothing was changed on it."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Choices that come from the graph."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            if why := storable.trouble(value):
                self.add_error(name, f"The text {why}.")
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The keys of `data` that are different now; None for one that is gone."""
        after = copy.deepcopy(self.kept)
        for name in self.changed_data:
            if name in self.bindings:
                self.bindings[name].write(after, self.cleaned_data[name])
        self.finish(after)
        missing = object()
        return {key: after.get(key) for key in {**self.kept, **after} if after.get(key, missing) != self.kept.get(key, missing)}

    def finish(self, after: dict[str, Any]) -> None:
        """What needs more than one field."""

    def shown(self, names: Sequence[str]) -> list[BoundField]:
        return [self[name] for name in names if name in self.fields]

    def main_fields(self) -> list[BoundField]:
        return self.shown(self.main)

    def more_fields(self) -> list[BoundField]:
        return self.shown(self.more)

    def more_wrong(self) -> bool:
        """Whether the folded part must be seen."""
        return any(name in self.errors for name in self.more)

    def more_words(self) -> str:
        """What is set in the folded part, so that nobody has to open it to know."""
        said = [
            str(self.fields[name].label)
            for name in self.more
            if name in self.fields and name != "how" and self[name].initial not in (None, "", False, [])
        ]
        return ", ".join(said) or "as usual"


class Words(forms.CharField):
    """Text as it was typed, lines ended as the graph has them."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        same = (data or "").replace("\r\n", "\n") == (initial or "")  # blanks at the ends are no change by themselves
        return not same and super().has_changed(initial, data)


def line(label: str, *, help_text: str = "", most: int = 500, **attrs: str) -> Words:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return Words(label=label, help_text=help_text, required=False, max_length=most, widget=widget)


def area(label: str, *, help_text: str = "", rows: int = 3, **attrs: str) -> Words:
    widget = forms.Textarea(attrs={"rows": rows, **attrs})
    return Words(label=label, help_text=help_text, required=False, max_length=LONGEST, widget=widget, strip=False)


def switch(label: str, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=Switch())


class WayForm(GraphForm):
    """A way on. `kept` is the object in `data` of the edge, with its words wherever they stand."""

    bindings = {
        "label": text("label"),
        "description": text("description"),
        "examples": Binding(
            lambda data: (
                "\n".join(e for e in data.get("examples", []) if isinstance(e, str)) if isinstance(data.get("examples"), list) else ""
            ),
            lambda data, value: put(data, "examples", value),
        ),
        "condition": text("condition"),
    }
    main = ["label", "target", "description", "examples"]
    more = ["condition"]

    label = line("Short name", most=120, help_text="Stands on the way in the picture.")
    target = forms.ChoiceField(label="Leads to")
    description = area("When it is taken", help_text="For example: they pick one of the times.", rows=2)
    examples = area("What they might say", help_text="One on each line. A few different ones help most.", rows=3)
    condition = area("Only if", rows=2)

    def __init__(self, edge: Edge, kept: Mapping[str, Any], graph: Graph, posted: Any = None) -> None:
        self.edge = edge
        words = {key: value for key, value in (("label", edge.label), ("description", edge.description)) if value or key in kept}
        super().__init__({**kept, **words}, graph, posted)

    def operations(self) -> list[dict[str, Any]]:
        target, data = self.cleaned_data["target"], self.changes()
        moved = {"target": target} if target != self.edge.target else {}
        return [{"op": "update", "way": self.edge.id, "data": data, **moved}] if data or moved else []

    def arrange(self) -> None:
        self.initial["target"] = self.edge.target
        self.fields["target"].choices = targets(self.graph, [self.edge.target], empty=False)  # type: ignore[attr-defined]

    def clean_examples(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["examples"].splitlines() if line.strip()]

    def clean_target(self) -> str:
        target = str(self.cleaned_data["target"])
        if target not in self.graph.by_id and target != self.edge.target:
            raise ValidationError("Choose a step that is there.")
        return target


class WholeForm(forms.Form):
    words = area("Words for every step", help_text="Manner and facts that hold throughout the call.", rows=6)

    def __init__(self, graph: Graph, posted: Any = None) -> None:
        super().__init__(posted, initial={"words": graph.global_prompt}, prefix="f")
        self.fields["words"].show_optional = False  # type: ignore[attr-defined]

    def operations(self) -> list[dict[str, Any]]:
        return [{"op": "words", "text": self.cleaned_data["words"]}] if self.has_changed() else []

    def main_fields(self) -> list[BoundField]:
        return [self["words"]]

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"])
        if why := storable.trouble(words):
            raise ValidationError(f"The text {why}.")
        return words


def targets(graph: Graph, now: Sequence[str], *, empty: bool = True) -> list[tuple[str, str]]:
    """Every step as something to lead to; one that is gone stays chosen and says so."""
    gone = [(node_id, "a step that is gone") for node_id in dict.fromkeys(now) if node_id and node_id not in graph.by_id]
    return [("", "choose a step")] * empty + [(node.id, node.name) for node in graph.by_id.values()] + gone
