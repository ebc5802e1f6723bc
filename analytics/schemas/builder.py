"""The builder page of a list of facts: its rows, what its buttons do to them, and where each message belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from analytics.schemas.rows import ConditionRow, ExtraRow, GroupingRow, Named, Row, VariableRow, of_condition, of_grouping, of_variable
from config.kit import storable
from personas import citation_schemas
from personas.citation_schemas import Content
from personas.citations import Definition, Wrong, read
from personas.citations.reading import MOST_CONDITIONS, MOST_GROUPINGS, MOST_VARIABLES, Place, Problem

NOTHING = "Add at least one fact to find."
# parts of a place in a schema -> controls
EMPTY = {  # what a control says that was left empty
    "options": "Write what it can be, one on each line.",
    "variables": "Tick the facts that belong together.",
    "variable": "Choose the fact that this is about.",
    "value": "Write what it is compared with.",
}
CONTROLS = {"issueType": "issue", "issueDetail": "detail", "issueSeverity": "severity"}


class AboutForm(forms.Form):
    name = forms.CharField(max_length=citation_schemas.LONGEST["name"], help_text="As colleagues find it, for example “Appointments”.")
    description = forms.CharField(
        label="Note for colleagues",
        max_length=citation_schemas.LONGEST["description"],
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].span = True  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to put right, for the summary at the top."""

    label: str
    href: str
    message: str


class Builder:
    """`do` moves rows about; `valid` reads the whole. `focus` is the control that gets the caret when the page is drawn again."""

    def __init__(self, data: QueryDict | None = None, held: Content | None = None) -> None:
        self.data = data
        self.focus = ""
        self.wrong: list[Message] = []
        self.variables: list[VariableRow] = []
        self.groupings: list[GroupingRow] = []
        self.conditions: list[ConditionRow] = []
        about = {"name": held.name, "description": held.description} if held else {}
        self.about = AboutForm(data, initial=about)
        if data is None:
            self._hold(held.definition if held else Definition())
        else:
            self._posted(data)
        if not self.variables:
            self.variables.append(VariableRow(self._new("v")))

    def _hold(self, definition: Definition) -> None:
        self.variables = [VariableRow(str(n), initial=of_variable(each)) for n, each in enumerate(definition.variables)]
        keys = {each.name: str(n) for n, each in enumerate(definition.variables)}
        self.groupings = [GroupingRow(str(n), self.facts, initial=of_grouping(g, keys)) for n, g in enumerate(definition.groupings)]
        spare = iter(range(10**6))
        for n, condition in enumerate(definition.conditions):
            kind = next((each.type for each in definition.variables if each.name == condition.variable), "")
            row = ConditionRow(str(n), self.facts, initial=of_condition(condition, keys, kind))
            row.extra = [ExtraRow(str(next(spare)), initial=of_variable(each)) for each in condition.extra]
            self.conditions.append(row)

    def _posted(self, data: QueryDict) -> None:
        self.variables = [VariableRow(key, data) for key in _keys(data, "v", MOST_VARIABLES)]
        self.groupings = [GroupingRow(key, self.facts, data) for key in _keys(data, "g", MOST_GROUPINGS)]
        for key in _keys(data, "c", MOST_CONDITIONS):
            row = ConditionRow(key, self.facts, data)
            row.extra = [ExtraRow(each, data) for each in _keys(data, row.list, MOST_VARIABLES)]
            self.conditions.append(row)

    @property
    def facts(self) -> Named:
        """The facts that groupings and conditions can speak of."""
        return [(row.key, row.text("name") or f"Fact {n}, without a name") for n, row in enumerate(self.variables, 1)]

    # Buttons ------------------------------------------------------------------------------------------------------------
    def do(self, deed: str) -> None:
        """`add:v`, `add:g`, `add:c`, `add:x:3` (to condition 3), `up:v:3`, `down:c:0`, `remove:x:7`. What is no deed does nothing."""
        word, _, rest = deed.partition(":")
        letter, _, key = rest.partition(":")
        if word == "add":
            self._add(letter, key)
            return
        for rows in self._lists(letter):
            place = next((n for n, row in enumerate(rows) if row.key == key), None)
            if place is None:
                continue
            if word == "remove":
                del rows[place]
                left = rows[min(place, len(rows) - 1)].key if rows else ""
                self.focus = f"remove:{letter}:{left}" if rows else f"add:{letter}"
            elif word in ("up", "down"):
                other = min(max(place + (1 if word == "down" else -1), 0), len(rows) - 1)
                rows[place], rows[other] = rows[other], rows[place]
                at_end = other == (0 if word == "up" else len(rows) - 1)
                self.focus = f"{'down' if word == 'up' else 'up'}:{letter}:{key}" if at_end else deed
        self._again()

    def _add(self, letter: str, key: str) -> None:
        made: Row | None = None
        if letter == "v" and len(self.variables) < MOST_VARIABLES:
            self.variables.append(made := VariableRow(self._new("v")))
            self._again()
        elif letter == "g" and len(self.groupings) < MOST_GROUPINGS:
            self.groupings.append(made := GroupingRow(self._new("g"), self.facts))
        elif letter == "c" and len(self.conditions) < MOST_CONDITIONS:
            self.conditions.append(made := ConditionRow(self._new("c"), self.facts))
        elif letter == "x" and (row := next((row for row in self.conditions if row.key == key), None)):
            row.extra.append(made := ExtraRow(self._new("x")))
        if made is not None:
            first = next(iter(made.fields.values()))
            first.widget.attrs["autofocus"] = True

    def _again(self) -> None:
        """Groupings and conditions offer the facts that there are now."""
        for row in self.groupings:
            row.fields["variables"].choices = list(self.facts)  # type: ignore[attr-defined]
        for each in self.conditions:
            each.fields["variable"].choices = [("", "Choose a fact"), *self.facts]  # type: ignore[attr-defined]

    def _lists(self, letter: str) -> Sequence[list[Any]]:
        lists: dict[str, Sequence[list[Any]]] = {"v": [self.variables], "g": [self.groupings], "c": [self.conditions]}
        return [row.extra for row in self.conditions] if letter == "x" else lists.get(letter, [])

    def _new(self, letter: str) -> str:
        """A key that no row of this kind has or had on this page."""
        rows = [row for rows in self._lists(letter) for row in rows]
        return str(max((int(row.key) for row in rows), default=-1) + 1)

    # Reading ------------------------------------------------------------------------------------------------------------
    def valid(self) -> bool:
        """Reads everything; `content` is what is to be kept. Else the messages stand beside their controls and in `wrong`."""
        readable = self.readable()
        if self.about.is_valid() and readable:
            about = self.about.cleaned_data
            self.content = Content(about["name"].strip(), about["description"].strip(), self.definition)
            return True
        self.wrong = [*self._of_about(), *self.wrong]
        return False

    def readable(self) -> bool:
        """Reads the rows alone; `definition` is what they say."""
        variables = [row for row in self.variables if not row.empty]
        groupings = [row for row in self.groupings if not row.empty]
        conditions = [row for row in self.conditions if not row.empty]
        names = {row.key: " ".join(row.text("name").split()) for row in variables}
        types = {row.key: row.text("type") for row in variables}
        said = {
            "variables": [row.said() for row in variables],
            "groupings": [row.said(names) for row in groupings],
            "conditions": [row.said(names, types) for row in conditions],
        }
        try:
            self.definition = read(said)
        except Wrong as wrong:
            for problem in wrong.problems:
                self._put(problem, variables, groupings, conditions)
        if not variables and not self.wrong:
            self._say(self.variables[0]["name"], NOTHING, "Facts")
        if why := storable.trouble(said):
            self.wrong.append(Message("Facts", "", f"What you wrote {why}."))
        return not self.wrong

    def refuse(self, message: str) -> None:
        """What was read is in order, and yet it is not kept."""
        self.wrong = [Message("This list", "", message)]

    def _of_about(self) -> list[Message]:
        return [Message(str(f.label), f"#{f.id_for_label}", str(error)) for f in self.about for error in f.errors]

    def _put(self, problem: Problem, variables: list[VariableRow], groupings: list[GroupingRow], conditions: list[ConditionRow]) -> None:
        """Beside the control that the place of a problem leads to; a place that leads to none is told at the top only."""
        row, label, rest = _row(problem.place, variables, groupings, conditions)
        if row is None:
            self.wrong.append(Message("Facts", "", problem.message))
            return
        control = next((name for part in reversed(rest) if (name := CONTROLS.get(str(part), str(part))) in row.fields), "")
        if not control:  # what a condition reads besides
            self.wrong.append(Message(label, f"#add-x-{row.key}", problem.message))
            if isinstance(row, ConditionRow):
                row.wrong = problem.message
            return
        empty = not row[control].value()
        self._say(row[control], EMPTY.get(control, problem.message) if empty else problem.message, label)

    def _say(self, field: BoundField, message: str, label: str) -> None:
        field.form.add_error(field.name, message)
        self.wrong.append(Message(f"{label}, {field.label.lower()}", f"#{field.id_for_label or field.auto_id}", message))


def _row(
    place: Place, variables: list[VariableRow], groupings: list[GroupingRow], conditions: list[ConditionRow]
) -> tuple[Row | None, str, Place]:
    """The row that a place of a schema lies in, what people call it, and the place inside."""
    lists: dict[str, Sequence[Row]] = {"variables": variables, "groupings": groupings, "conditions": conditions}
    if len(place) < 2 or not isinstance(place[1], int):
        return None, "", ()
    row, rest = lists[str(place[0])][place[1]], place[2:]
    if isinstance(row, ConditionRow) and len(rest) > 1 and rest[0] == "variables" and isinstance(rest[1], int):
        inner = [each for each in row.extra if not each.empty][rest[1]]
        return inner, inner.text("name") or f"Condition {place[1] + 1}", rest[2:]
    word = {"variables": "Fact", "groupings": "Group", "conditions": "Condition"}[str(place[0])]
    return row, (row.text("name") if "name" in row.fields else "") or f"{word} {place[1] + 1}", rest


def _keys(data: QueryDict, name: str, most: int) -> list[str]:
    """Keys of rows in the order in which they were posted."""
    return list(dict.fromkeys(key for key in data.getlist(name) if key.isascii() and key.isdecimal() and len(key) < 7))[:most]
