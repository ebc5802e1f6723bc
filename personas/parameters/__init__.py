"""The parameters of a call: declared once, used by the API, the Send call form, persona presets and the API document. Pure."""

from personas.parameters.base import Choice, Context, FieldError, Parameter, Part
from personas.parameters.openapi import json_schema
from personas.parameters.table import BY_NAME, GROUPS, OPEN_SECTIONS, PARAMETERS, defaults, in_group
from personas.parameters.validation import Checked, error_body, validate

__all__ = [
    "BY_NAME",
    "GROUPS",
    "OPEN_SECTIONS",
    "PARAMETERS",
    "Checked",
    "Choice",
    "Context",
    "FieldError",
    "Parameter",
    "Part",
    "defaults",
    "error_body",
    "in_group",
    "json_schema",
    "validate",
]
