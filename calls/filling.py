"""`{{name}}` in a text replaced by what it stands for. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

from config.kit.places import PLACE


def fill(text: str, variables: Mapping[str, Any]) -> str:
    """`text` with its `{{names}}` replaced: any case, spaces ignored, dots go into objects and lists. Unknown ones stay as written."""

    def value(match: re.Match[str]) -> str:
        found = find(match[1], variables)
        return match[0] if found is None else shown(found)

    return PLACE.sub(value, text)


def find(path: str, variables: Mapping[str, Any]) -> Any:
    """What a name stands for; None when it is not known. A whole name goes before a path."""
    whole = _step(variables, path.strip().casefold())
    if whole is not None:
        return whole
    found: Any = variables
    for part in path.split("."):
        found = _step(found, part.strip().casefold())
        if found is None:
            return None
    return found


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _step(found: Any, part: str) -> Any:
    if isinstance(found, Mapping):
        return next((v for k, v in found.items() if str(k).strip().casefold() == part), None)
    if isinstance(found, list) and part.isdecimal() and len(part) < 9 and int(part) < len(found):
        return found[int(part)]
    return None
