"""Values of parameters as people say them."""

from collections.abc import Mapping
from typing import Any

from config.kit.withholding import without_keys
from personas.parameters.base import Parameter, Part

LONGEST = 160


def told(of: Parameter | Part, value: Any) -> str:
    """A value as people say it; "" for one that says nothing."""
    if value is None or value in ("", [], {}):
        return ""
    for choice in of.choices:
        if choice.value == value:
            return choice.label
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, Mapping):
        return _parts(of, value) if isinstance(of, Parameter) and of.parts else short(pairs(value))
    if isinstance(value, list):
        return short(", ".join(pairs(item) if isinstance(item, Mapping) else str(item) for item in value))
    unit = of.unit.removesuffix("s") if value == 1 and of.unit != "ms" else of.unit
    return short(f"{value} {unit}".strip())


def pairs(value: Mapping[str, Any]) -> str:
    """Without what holds keys: the sentences are read by more people than may change them."""
    return ", ".join(f"{key}: {item}" for key, item in without_keys(value).items())


def short(text: str, longest: int = LONGEST) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _parts(of: Parameter, value: Mapping[str, Any]) -> str:
    said = []
    for part in of.parts:
        text = told(part, value.get(part.name))
        if text and text != "Off":
            said.append(text if part is of.parts[0] else f"{part.label.lower()}: {text}")
    return short(", ".join(said))
