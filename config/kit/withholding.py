"""What only those see who may change it: headers and sign-in words of web addresses, for they hold keys. Pure."""

from collections.abc import Mapping
from typing import Any

HOLD_KEYS = frozenset({"headers", "auth", "authorization"})


def without_keys(value: Any) -> Any:
    """A copy of a JSON value without them, however deep they stand: in a step, in its tools, in the settings of a tool."""
    if isinstance(value, Mapping):
        return {name: without_keys(inner) for name, inner in value.items() if str(name).lower() not in HOLD_KEYS}
    return [without_keys(inner) for inner in value] if isinstance(value, list) else value
