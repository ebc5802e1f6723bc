"""Can both databases keep this JSON, and give back what came?"""

from math import isfinite
from typing import Any

DEEPEST = 60  # levels of lists and objects; deeper ones would exhaust the stack somewhere


def trouble(value: Any, depth: int = 0) -> str:
    """Why `value` cannot be kept, in words that go on after "The …"; "" when it can."""
    if isinstance(value, str):
        if "\x00" in value:
            return "holds a NUL character"
        return "holds half a character" if any("\ud800" <= char <= "\udfff" for char in value) else ""
    if isinstance(value, float):
        return "" if isfinite(value) else "holds a number that is too large"
    if not isinstance(value, dict | list):
        return ""
    if depth >= DEEPEST:
        return "is nested too deeply"
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return next((found for part in parts if (found := trouble(part, depth + 1))), "")


def cleaned(value: Any, depth: int = 0) -> Any:
    """JSON of a stranger so that both databases can keep it: what they cannot keep is left out or becomes None."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode(errors="replace").decode()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if not isinstance(value, dict | list):
        return value
    if depth >= DEEPEST:
        return None
    if isinstance(value, dict):
        return {cleaned(key): cleaned(part, depth + 1) for key, part in value.items()}
    return [cleaned(part, depth + 1) for part in value]


def plain(value: Any) -> Any:
    """A copy in which the few numbers that PostgreSQL writes anew (1e+16 as 10000000000000000, -0.0 as 0.0) are written so already."""
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) >= 1e16 else value + 0.0  # -0.0 + 0.0 is 0.0
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value
