"""A citation schema as typed values: which facts to read out of a call, and what to make of them. Pure.

The shapes are the public reference's: {variables, groupings, conditions}.
"""

from dataclasses import dataclass
from typing import Any, Literal

type VariableType = Literal["string", "number", "boolean", "array", "category"]
TYPES: tuple[VariableType, ...] = ("string", "number", "boolean", "array", "category")
ITEMS: tuple[VariableType, ...] = ("string", "number")  # what an array may hold
EQUAL, UNEQUAL = ("===", "!==")
ORDER = (">", ">=", "<", "<=")
INCLUDES = "includes"
OPERATORS = (EQUAL, UNEQUAL, *ORDER, INCLUDES)
MODES = ("extract", "flag")
SEVERITIES = ("low", "medium", "high")
NOT_SAID = "null"  # the value of a condition that asks whether nothing was said
YES, NO = "true", "false"


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    description: str  # what to find, in words: as good as the question that a person would ask
    type: VariableType = "string"
    options: tuple[str, ...] = ()  # of a category: exactly one of them, or null
    regex: str = ""  # what a string must match whole
    items: VariableType = "string"  # of an array


@dataclass(frozen=True, slots=True)
class Grouping:
    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """When `variable` `operator` `value` is true: read `extra` too (mode extract), or mark the call (mode flag)."""

    variable: str
    operator: str  # ===, !==, >, >=, <, <=, includes
    value: str
    mode: Literal["extract", "flag"] = "extract"
    extra: tuple[Variable, ...] = ()
    severity: Literal["low", "medium", "high"] = "low"
    issue: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    variables: tuple[Variable, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def every(self) -> tuple[Variable, ...]:
        """The variables that are always read, then those that a condition adds."""
        return (*self.variables, *(variable for condition in self.conditions for variable in condition.extra))


def write(definition: Definition) -> dict[str, Any]:
    """In the public shape; `read` of it gives the same again."""
    return {
        "variables": [_variable(variable) for variable in definition.variables],
        "groupings": [{"name": grouping.name, "variables": list(grouping.variables)} for grouping in definition.groupings],
        "conditions": [_condition(condition) for condition in definition.conditions],
    }


def _variable(variable: Variable) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": variable.name, "description": variable.description, "type": variable.type}
    if variable.type == "category":
        shown["options"] = list(variable.options)
    if variable.type == "array":
        shown["items"] = {"type": variable.items}
    if variable.regex:
        shown["regex"] = variable.regex
    return shown


def _condition(condition: Condition) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "condition": {"variable": condition.variable, "operator": condition.operator, "value": condition.value},
        "mode": condition.mode,
        "variables": [_variable(variable) for variable in condition.extra],
    }
    if condition.mode == "flag":
        shown |= {"issueSeverity": condition.severity, "issueType": condition.issue, "issueDetail": condition.detail}
    return shown
