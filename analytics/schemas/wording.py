"""Citation schemas in the words of the pages."""

from typing import Any

from calls import cited
from personas.citations import Condition, Variable
from personas.citations.conditions import as_number
from personas.citations.shape import EQUAL, INCLUDES, NO, NOT_SAID, ORDER, UNEQUAL, YES

TYPES = {"string": "Words", "number": "A number", "boolean": "Yes or no", "category": "One of a few", "array": "Several of them"}
ITEMS = {"string": "words", "number": "numbers"}
SAID, UNSAID = "said", "unsaid"  # operators of the page: what a comparison with null asks
OPERATORS = {
    EQUAL: "is",
    UNEQUAL: "is not",
    **dict(zip(ORDER, ("is more than", "is at least", "is less than", "is at most"), strict=True)),
    INCLUDES: "includes",
    SAID: "was said",
    UNSAID: "was not said",
}
MODES = {"extract": "Read more", "flag": "Mark the call"}
SEVERITIES = {"low": "Low", "medium": "Medium", "high": "High"}


def type_word(variable: Variable) -> str:
    if variable.type == "category":
        return f"One of: {', '.join(variable.options)}"
    return f"Several {ITEMS[variable.items]}" if variable.type == "array" else TYPES[variable.type]


def operator_of(operator: str, value: str) -> str:
    """The operator that the page shows."""
    return (UNSAID if operator == EQUAL else SAID) if value == NOT_SAID else operator


def compared(operator: str, value: str) -> tuple[str, str]:
    """(operator, value) of a schema for what the page says."""
    return {SAID: (UNEQUAL, NOT_SAID), UNSAID: (EQUAL, NOT_SAID)}.get(operator, (operator, value))


def written(variable_type: str, value: str) -> str:
    """A compared value as the page shows it: true and false of a yes-or-no are yes and no."""
    return {YES: "yes", NO: "no"}.get(value.casefold(), value) if variable_type == "boolean" else value


def meant(variable_type: str, value: str) -> str:
    """The other way round."""
    return {"yes": YES, "no": NO}.get(value.casefold(), value) if variable_type == "boolean" else value


def condition_sentence(condition: Condition) -> str:
    shown = operator_of(condition.operator, condition.value)
    value = {YES: "yes", NO: "no"}.get(condition.value.casefold(), condition.value)
    value = value if as_number(value) is not None else f"“{value}”"
    return f"When {condition.variable} {OPERATORS[shown]}{'' if shown in (SAID, UNSAID) else f' {value}'}"


def value_words(value: Any) -> str:
    """A value as the pages say it."""
    return "not said" if value is None else cited.shown(value) or "none"
