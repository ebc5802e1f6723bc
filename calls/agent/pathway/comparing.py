"""Rules on values: the comparisons of Route steps, of ways on after an answer from the web, and of conditions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from calls.filling import find, shown
from pathways.graph import Condition, Response, Rule

COMPLETED, FAILED, STATUS = "default/webhook completion", "default/webhook failure", "blandstatuscode"
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def holds(found: Any, operator: str, value: str) -> bool:
    """Whether a value fits. Numbers are compared as numbers, all else as text without regard to case; what is not known is empty."""
    text, wanted = ("" if found is None else shown(found)).strip().casefold(), value.strip().casefold()
    match " ".join(operator.strip().lower().replace("_", " ").split()):
        case "==" | "=" | "is" | "equals" | "===":
            return _same(text, wanted)
        case "!=" | "is not" | "not equals" | "does not equal" | "!==":
            return not _same(text, wanted)
        case "contains" | "includes":
            return bool(wanted) and wanted in text
        case "not contains" | "does not contain" | "doesn't contain":
            return wanted not in text
        case "is empty" | "is not set" | "not exists":
            return not text
        case "is not empty" | "is set" | "exists":
            return bool(text)
        case ">" | "<" | ">=" | "<=" as sign:
            return _ordered(text, sign, wanted)
    return False


def _same(text: str, wanted: str) -> bool:
    left, right = number(text), number(wanted)
    if left is not None and right is not None:
        return left == right
    return _truth(text) == _truth(wanted)


def _truth(text: str) -> str:
    return {"yes": "true", "no": "false"}.get(text, text)


def _ordered(text: str, sign: str, wanted: str) -> bool:
    left, right = number(text), number(wanted)
    if left is None or right is None:
        if not re.fullmatch(r"[\d:T.\- ]+", text + wanted, re.I) or not text or not wanted:
            return False
        return _order(text, sign, wanted)  # dates and times in their written order
    return _order(left, sign, right)


def _order[T: (float, str)](left: T, sign: str, right: T) -> bool:
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[sign]


def number(text: str) -> float | None:
    """A number with or without separators, a unit or a currency; None for anything else."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.strip())
    whole = re.fullmatch(rf"[$€£]?\s*({NUMBER.pattern})\s*(?:%|[a-z€$£]+)?", plain, re.I)
    return float(whole[1]) if whole else None


def rule_for(rules: Sequence[Rule], known: Mapping[str, Any]) -> tuple[Rule, str] | None:
    """The first rule whose conditions all hold, and why in words."""
    for rule in rules:
        if all(holds(_value(c, known), c.operator, c.value) for c in rule.conditions):
            why = " and ".join(f"{c.field} {c.operator} {c.value}".strip() for c in rule.conditions) or "it always holds"
            return rule, why
    return None


def _value(condition: Condition, known: Mapping[str, Any]) -> Any:
    return find(condition.field.strip().strip("{}"), known)


def response_for(responses: Sequence[Response], known: Mapping[str, Any], status: int | None, ok: bool) -> tuple[Response, str] | None:
    """The first way on that fits the answer, and why. `status` None: there was no answer at all."""
    for response in responses:
        head = response.variable.strip().casefold()
        if head == COMPLETED:
            fits, why = ok, "it was answered"
        elif head == FAILED:
            fits, why = not ok, "it was not answered"
        else:
            found = status if head == STATUS else find(response.variable.strip().strip("{}"), known)
            fits = (head != STATUS or status is not None) and holds(found, response.operator or "==", response.value)
            why = f"{response.variable} {response.operator or '=='} {response.value}"
        if fits:
            return response, why
    return None
