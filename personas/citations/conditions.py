"""Is a condition of a citation schema true of what was found on a call? Pure."""

from collections.abc import Mapping
from typing import Any

from personas.citations.shape import EQUAL, INCLUDES, NO, NOT_SAID, ORDER, UNEQUAL, YES, Condition


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Is the condition true of what was found (name -> value, None or absent where nothing was said)?

    What nobody said fulfils nothing, also not "is not": only a comparison with "null" asks about silence.
    """
    found, wanted, operator = values.get(condition.variable), condition.value, condition.operator
    if wanted == NOT_SAID:
        return {EQUAL: found is None, UNEQUAL: found is not None}.get(operator, False)
    if found is None:
        return False
    if operator == INCLUDES:
        return _includes(found, wanted)
    if operator in ORDER:
        return _ordered(found, operator, wanted)
    return _equal(found, wanted) == (operator == EQUAL)


def _includes(found: Any, wanted: str) -> bool:
    return any(_equal(item, wanted) for item in found) if isinstance(found, list) else _fold(wanted) in _fold(str(found))


def _ordered(found: Any, operator: str, wanted: str) -> bool:
    number = as_number(wanted)
    if number is None or isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return {">": found > number, ">=": found >= number, "<": found < number, "<=": found <= number}[operator]


def _equal(found: Any, wanted: str) -> bool:
    if isinstance(found, bool):
        return _fold(wanted) == (YES if found else NO)
    if isinstance(found, int | float):
        return as_number(wanted) == found
    if isinstance(found, list):
        return len(found) == 1 and _equal(found[0], wanted)
    return _fold(str(found)) == _fold(wanted)


def as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
