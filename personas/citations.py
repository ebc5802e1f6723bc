"""A citation schema as typed values: which facts to read out of a call, and what to make of them. Pure.

The shapes are the public reference's: {variables, groupings, conditions}.
"""

from dataclasses import dataclass
from typing import Literal

type VariableType = Literal["string", "number", "boolean", "array", "category"]
TYPES: tuple[VariableType, ...] = ("string", "number", "boolean", "array", "category")


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
