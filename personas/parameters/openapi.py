"""The parameter table as JSON Schema, for the API document."""

from typing import Any

from personas.parameters import legacy
from personas.parameters.base import Parameter, Part
from personas.parameters.table import PARAMETERS


def json_schema() -> dict[str, Any]:
    """The body of POST /v1/calls. Old names stand in it as deprecated."""
    properties = {parameter.name: _parameter(parameter) for parameter in PARAMETERS}
    for old in legacy.LEGACY:
        means = f"Older name of {old.into}{'.' + old.part if old.part else ''}." if old.into else f"Accepted without effect: {old.note}"
        properties[old.name] = {"type": old.kind, "deprecated": True, "description": means}
    return {
        "type": "object",
        "required": ["phone_number"],
        "anyOf": [{"required": ["task"]}, {"required": ["pathway_id"]}, {"required": ["persona_id"]}],
        "additionalProperties": False,
        "properties": properties,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": parameter.kind, "title": parameter.label}
    if parameter.help:
        schema["description"] = f"{parameter.help} Unit: {parameter.unit}." if parameter.unit else parameter.help
    if parameter.default is not None or parameter.null_is_value:
        schema["default"] = parameter.default
    if parameter.choices and parameter.kind == "string" and parameter.name != "voice":
        schema["enum"] = [choice.value for choice in parameter.choices]
    if parameter.parts:
        schema["properties"] = {part.name: _part(part) for part in parameter.parts}
    return {**schema, **parameter.schema}


def _part(part: Part) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": part.kind, "title": part.label}
    if part.help:
        schema["description"] = part.help
    if part.choices:
        schema["enum"] = [choice.value for choice in part.choices if choice.value]
    if part.default is not None:
        schema["default"] = part.default
    return schema
