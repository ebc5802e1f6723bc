"""A citation schema as a program or the builder page writes it, checked. Pure. Every message is a sentence and knows its place."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from personas.citations import patterns
from personas.citations.conditions import as_number
from personas.citations.shape import (
    EQUAL,
    INCLUDES,
    ITEMS,
    MODES,
    NO,
    NOT_SAID,
    OPERATORS,
    ORDER,
    SEVERITIES,
    TYPES,
    UNEQUAL,
    YES,
    Condition,
    Definition,
    Grouping,
    Variable,
)

MOST_VARIABLES, MOST_GROUPINGS, MOST_CONDITIONS, MOST_OPTIONS = 60, 20, 30, 50
LONGEST = {"name": 80, "description": 1000, "option": 120, "value": 200, "issueType": 120, "issueDetail": 300}
NAME = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f\u2028\u2029\"{}<>]*")
SAME = {"categorical": "category", "==": EQUAL, "!=": UNEQUAL}  # other words of other programs
VARIABLE_KEYS = ("name", "description", "type", "options", "regex", "items")
CONDITION_KEYS = ("condition", "variables", "mode", "issueSeverity", "issueType", "issueDetail")

type Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` leads to it: ("variables", 2, "regex")."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{dotted(self.place)}: {self.message}" if self.place else self.message


class Wrong(Exception):
    """Everything that is wrong with a schema."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(map(str, problems)))
        self.problems = tuple(problems)


def dotted(place: Place) -> str:
    """variables[2].regex"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def read(schema: object, notes: list[str] | None = None) -> Definition:
    """Raises Wrong. `notes` gets a sentence for everything that was left out without being wrong."""
    reader = _Reader([], [] if notes is None else notes)
    found = reader.definition(schema)
    if reader.problems:
        raise Wrong(reader.problems)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    problems: list[Problem]
    notes: list[str]

    def definition(self, schema: object) -> Definition:
        if schema is None:
            return Definition()
        if not isinstance(schema, Mapping):
            self.wrong(("schema",), "The schema must be an object with variables, groupings and conditions.")
            return Definition()
        self.unknown((), schema, ("variables", "groupings", "conditions"))
        listed = self.items((), schema, "variables", MOST_VARIABLES)
        variables = tuple(self.variable(("variables", n), given) for n, given in enumerate(listed))
        known = {variable.name: variable for variable in variables if variable.name}
        groupings = self.items((), schema, "groupings", MOST_GROUPINGS)
        conditions = self.items((), schema, "conditions", MOST_CONDITIONS)
        made = Definition(
            variables,
            tuple(self.grouping(("groupings", n), given, known) for n, given in enumerate(groupings)),
            tuple(self.condition(("conditions", n), given, known) for n, given in enumerate(conditions)),
        )
        self.once(made)
        return made

    # One variable ------------------------------------------------------------------------------------------------------
    def variable(self, place: Place, given: object) -> Variable:
        if not isinstance(given, Mapping):
            self.wrong(place, "A variable must be an object with a name, a description and a type.")
            return Variable("", "")
        self.unknown(place, given, VARIABLE_KEYS)
        kind = self.one_of(place, given, "type", TYPES, "string")
        name, description = self.name(place, given), self.text(place, given, "description")
        if kind != "category" and given.get("options"):
            self.notes.append(f"{dotted((*place, 'options'))} is ignored: only a category has options.")
        options = self.options(place, given) if kind == "category" else ()
        items = self.item_type(place, given) if kind == "array" else "string"
        return Variable(name, description, cast(Any, kind), options, self.regex(place, given, kind), cast(Any, items))

    def options(self, place: Place, given: Mapping[str, Any]) -> tuple[str, ...]:
        place, options = (*place, "options"), given.get("options")
        if not isinstance(options, list) or not options or not all(isinstance(o, str) and o.strip() for o in options):
            self.wrong(place, "A category needs its options: a list of words to choose from.")
            return ()
        options = [" ".join(option.split()) for option in options]
        if len(options) > MOST_OPTIONS:
            self.wrong(place, f"There can be at most {MOST_OPTIONS} options.")
        if long := next((o for o in options if len(o) > LONGEST["option"]), ""):
            self.wrong(place, f"“{long[:40]}…” is longer than {LONGEST['option']} characters.")
        if twice := _twice(options):
            self.wrong(place, f"“{twice}” is there twice.")
        return tuple(options)

    def item_type(self, place: Place, given: Mapping[str, Any]) -> str:
        """Of an array: a word, or an object with a type as JSON Schema has it."""
        items = given.get("items") or "string"
        return self.one_of(place, {"items": items.get("type") if isinstance(items, Mapping) else items}, "items", ITEMS, "string")

    def regex(self, place: Place, given: Mapping[str, Any], kind: str) -> str:
        place, pattern = (*place, "regex"), given.get("regex") or ""
        if not isinstance(pattern, str):
            self.wrong(place, "The pattern must be a text.")
            return ""
        if pattern and kind != "string":
            self.notes.append(f"{dotted(place)} is ignored: only a string is held against a pattern.")
            return ""
        if why := patterns.trouble(pattern):
            self.wrong(place, why)
        return pattern

    # Groupings and conditions --------------------------------------------------------------------------------------------
    def grouping(self, place: Place, given: object, known: Mapping[str, Variable]) -> Grouping:
        if not isinstance(given, Mapping):
            self.wrong(place, "A grouping must be an object with a name and its variables.")
            return Grouping("", ())
        self.unknown(place, given, ("name", "variables"))
        name, listed = self.name(place, given), given.get("variables")
        place = (*place, "variables")
        if not isinstance(listed, list) or not listed or not all(isinstance(name, str) for name in listed):
            self.wrong(place, "A grouping needs the names of its variables.")
            return Grouping(name, ())
        for unknown in (each for each in listed if each not in known):
            self.wrong(place, f"There is no variable “{unknown[:80]}”.")
        return Grouping(name, tuple(dict.fromkeys(listed)))

    def condition(self, place: Place, given: object, known: Mapping[str, Variable]) -> Condition:
        if not isinstance(given, Mapping) or not isinstance(given.get("condition"), Mapping):
            self.wrong(place, "A condition must be an object with a condition: its variable, operator and value.")
            return Condition("", EQUAL, "")
        self.unknown(place, given, CONDITION_KEYS)
        when, at = given["condition"], (*place, "condition")
        self.unknown(at, when, ("variable", "operator", "value"))
        variable = known.get(when.get("variable")) if isinstance(when.get("variable"), str) else None
        if variable is None:
            self.wrong((*at, "variable"), f"There is no variable “{str(when.get('variable') or '')[:80]}”.")
        operator = self.one_of(at, when, "operator", OPERATORS, EQUAL)
        value = self.value(at, when, operator, variable)
        severity = self.one_of(place, given, "issueSeverity", SEVERITIES, "low")
        issue, detail = self.text(place, given, "issueType"), self.text(place, given, "issueDetail")
        mode = self.mode(place, given)
        added = self.items(place, given, "variables", MOST_VARIABLES)
        extra = tuple(self.variable((*place, "variables", n), each) for n, each in enumerate(added))
        if mode == "extract" and not extra:
            self.wrong((*place, "variables"), "Say what is read besides when the condition is true.")
        if mode == "flag" and not issue:
            self.wrong((*place, "issueType"), "Say in a few words what is marked.")
        name = variable.name if variable else ""
        return Condition(name, operator, value, cast(Any, mode), extra, cast(Any, severity), issue, detail)

    def mode(self, place: Place, given: Mapping[str, Any]) -> str:
        """Without a word for it: one that names an issue and reads nothing marks the call."""
        usual = "flag" if given.get("issueType") and not given.get("variables") else "extract"
        return self.one_of(place, given, "mode", MODES, usual)

    def value(self, place: Place, when: Mapping[str, Any], operator: str, variable: Variable | None) -> str:
        """As a text. It must be one that the operator can compare with what the variable holds."""
        place, given = (*place, "value"), when.get("value")
        value = given.strip() if isinstance(given, str) else json.dumps(given) if isinstance(given, bool | int | float | None) else ""
        if len(value) > LONGEST["value"] or not value:
            self.wrong(place, f"The value must be a text of 1 to {LONGEST['value']} characters.")
        elif variable is not None and (why := _cannot(variable, operator, value)):
            self.wrong(place, why)
        return value

    def once(self, made: Definition) -> None:
        """Every name once, also those of variables that a condition adds: a call holds one value for each."""
        places: list[Place] = [("variables", n, "name") for n in range(len(made.variables))]
        places += [("conditions", c, "variables", n, "name") for c, each in enumerate(made.conditions) for n in range(len(each.extra))]
        self.each_once(places, [variable.name for variable in made.every])
        self.each_once([("groupings", n, "name") for n in range(len(made.groupings))], [grouping.name for grouping in made.groupings])
        if len(made.every) > MOST_VARIABLES >= len(made.variables):
            self.wrong(("conditions",), f"There can be at most {MOST_VARIABLES} variables, with those that conditions add.")

    def each_once(self, places: Sequence[Place], names: Sequence[str]) -> None:
        seen: set[str] = set()
        for place, name in zip(places, names, strict=True):
            if name and name.casefold() in seen:
                self.wrong(place, f"“{name}” is there twice.")
            seen.add(name.casefold())

    # Small readings ----------------------------------------------------------------------------------------------------
    def items(self, place: Place, given: Mapping[str, Any], key: str, most: int) -> list[Any]:
        listed = given.get(key)
        if listed is None:
            return []
        if not isinstance(listed, list):
            self.wrong((*place, key), f"{key.capitalize()} must be a list.")
            return []
        if len(listed) > most:
            self.wrong((*place, key), f"There can be at most {most} {key}.")
        return listed[:most]

    def name(self, place: Place, given: Mapping[str, Any]) -> str:
        place, name = (*place, "name"), given.get("name")
        name = " ".join(name.split()) if isinstance(name, str) else ""
        if not name:
            self.wrong(place, "A name is missing.")
        elif len(name) > LONGEST["name"]:
            self.wrong(place, f"A name must be at most {LONGEST['name']} characters.")
        elif not NAME.fullmatch(name):
            self.wrong(place, "A name begins with a letter or a digit and holds no quotes, no braces and no < or >.")
        return name[: LONGEST["name"]]

    def text(self, place: Place, given: Mapping[str, Any], key: str) -> str:
        text = given.get(key)
        if text is not None and not isinstance(text, str):
            self.wrong((*place, key), "This must be a text.")
            return ""
        text = (text or "").strip()
        if len(text) > LONGEST[key]:
            self.wrong((*place, key), f"This must be at most {LONGEST[key]} characters.")
        return text

    def one_of(self, place: Place, given: Mapping[str, Any], key: str, words: Sequence[str], usual: str) -> str:
        word = given.get(key)
        word = usual if word is None or word == "" else SAME.get(word, word) if isinstance(word, str) else word
        if word not in words:
            self.wrong((*place, key), f"This must be one of: {', '.join(words)}.")
            return usual
        return str(word)

    def unknown(self, place: Place, given: Mapping[str, Any], known: Sequence[str]) -> None:
        self.notes.extend(f"{dotted((*place, str(key)[:60]))} is not known and was ignored." for key in given if key not in known)

    def wrong(self, place: Place, message: str) -> None:
        self.problems.append(Problem(place, message))


def _cannot(variable: Variable, operator: str, value: str) -> str:
    """Why this comparison can never be true, as a sentence."""
    if value == NOT_SAID:
        return "" if operator in (EQUAL, UNEQUAL) else "Only === and !== can ask for null."
    if operator in ORDER and variable.type != "number":
        return f"{operator} compares numbers, and {variable.name} is none."
    if operator == INCLUDES and variable.type not in ("array", "string"):
        return f"Only a list or a text includes something, and {variable.name} is none."
    kind = variable.items if variable.type == "array" else variable.type
    if kind == "number" and as_number(value) is None:
        return "The value must be a number."
    if kind == "boolean" and value.casefold() not in (YES, NO):
        return "The value must be true or false."
    if kind == "category" and value.casefold() not in {option.casefold() for option in variable.options}:
        return f"“{value[:80]}” is no option of {variable.name}."
    return ""


def _twice(words: Sequence[str]) -> str:
    seen: set[str] = set()
    for word in words:
        if word.casefold() in seen:
            return word
        seen.add(word.casefold())
    return ""
