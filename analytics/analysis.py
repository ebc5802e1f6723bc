"""`analysis_schema` of a request as variables to read: name -> a type, a description, or {type, description}. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from personas.citations import Variable, VariableType

MOST = 60  # variables of one schema
WORDS: dict[VariableType, str] = {
    "string": "string str text date time datetime email phone",
    "number": "number integer int float decimal currency",
    "boolean": "boolean bool true/false yes/no",
    "array": "array list string[] number[]",
    "category": "category categorical enum",
}
TYPES: dict[str, VariableType] = {word: kind for kind, words in WORDS.items() for word in words.split()}
ADDED = {"email": "e-mail address", "phone": "phone number", "date": "date", "time": "time", "datetime": "date and time"}
POLAR = re.compile(r"^\W*(?:whether|if|do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|true if)\b", re.I)
COUNTS = re.compile(
    r"^\W*(?:the )?(?:how (?:many|much|old|tall|far)|number of|amount|total|price|cost|age|count|quantity|percentage|score)\b", re.I
)
POLAR_NAME = re.compile(r"^(?:is|has|was|wants|wanted|needs|did|does|can|will|would|owns|agreed|accepts|interested)$")


def variables(schema: Mapping[str, Any]) -> list[Variable]:
    """In the order of the schema; what cannot be one is left out."""
    return [_variable(str(name), told) for name, told in list(schema.items())[:MOST] if str(name).strip()]


def _variable(name: str, told: Any) -> Variable:
    if isinstance(told, Mapping):
        return _described(name, told)
    word = str(told or "").strip()
    if word.lower() in TYPES:
        return _typed(name, word.lower(), "")
    return _typed(name, "boolean" if POLAR.match(word) else "number" if COUNTS.match(word) else "string", word)


def _described(name: str, told: Mapping[str, Any]) -> Variable:
    options = [str(o) for o in told.get("options") or told.get("enum") or ()]
    word = str(told.get("type") or ("category" if options else "string")).strip().lower()
    if options and TYPES.get(word) == "string":
        word = "category"
    held = told.get("items")
    inner = str(held.get("type") if isinstance(held, Mapping) else held or "string")
    return _typed(name, word, str(told.get("description") or ""), tuple(options), TYPES.get(inner, "string"))


def _typed(name: str, word: str, description: str, options: tuple[str, ...] = (), items: VariableType = "string") -> Variable:
    kind = TYPES.get(word, "string")
    if kind == "category" and len(options) < 2:
        kind = "string"
    if kind == "array":
        items = "number" if word == "number[]" or items == "number" else "string"
    return Variable(name, (description or _worded(name, word, kind)).strip(), kind, options if kind == "category" else (), items=items)


def _worded(name: str, word: str, kind: VariableType) -> str:
    """What a bare name asks for: "wants_visit" is "whether they want a visit", more or less."""
    words = re.sub(r"(?<=[a-z\d])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").lower().split()
    if kind == "boolean" and words:
        return f"whether the callee {' '.join(words)}" if POLAR_NAME.match(words[0]) else f"whether there is {' '.join(words)}"
    added = ADDED.get(word, "")
    text = " ".join(words)
    return text if not added or set(added.split()) & set(words) else f"{text} ({added})"
