"""JSON as JavaScript writes it, to the byte.

The public reference's receivers check a signature over `JSON.stringify(JSON.parse(body))`. So what is sent must come out of that
unchanged: compact, nothing escaped that need not be, keys in JavaScript's order, numbers in JavaScript's style. Whole numbers beyond 2⁵³
are the one exception: JavaScript cannot hold them, and a wrong number would be worse than a signature that such a check refuses.
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

LARGEST_INDEX = 2**32 - 2  # keys that look like a position in an array come first, in ascending order


def dumps(value: Any) -> str:
    """The text of `value`: dicts with keys of text, lists, text, numbers, booleans and None. NaN and infinity become null."""
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return str(int(value))
        case float() | Decimal():
            return number(float(value))
        case Mapping():
            return "{" + ",".join(f"{dumps(str(key))}:{dumps(value[key])}" for key in _ordered(value)) + "}"
        case list() | tuple():
            return "[" + ",".join(map(dumps, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def number(value: float) -> str:
    """A float as JavaScript writes it: 1 for 1.0, 0.00001 for 1e-05, 1e-7 for 1e-07, 1e+21 from there on."""
    if not math.isfinite(value):
        return "null"
    size = abs(value)
    if value.is_integer() and size < 1e21:
        return format(Decimal(repr(value)), "f").removesuffix(".0") if value else "0"
    if 1e-6 <= size < 1e21:
        return format(Decimal(repr(value)), "f")
    digits, _, power = repr(value).partition("e")
    return f"{digits.removesuffix('.0')}e{int(power):+d}"


def _ordered(value: Mapping[Any, Any]) -> list[Any]:
    positions = sorted((key for key in value if _is_position(str(key))), key=int)
    return [*positions, *(key for key in value if not _is_position(str(key)))] if positions else list(value)


def _is_position(key: str) -> bool:
    return key.isascii() and key.isdecimal() and (key == "0" or key[0] != "0") and len(key) <= 10 and int(key) <= LARGEST_INDEX
