"""What one parameter is, and the small checks that several share. Pure: no Django here or in any module of this package."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NUMERIC = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Bad(Exception):
    """A value was refused; the text is the exact message of the API."""


@dataclass(frozen=True, slots=True)
class FieldError:
    name: str  # the parameter beside which a page shows the message; "" for the body as a whole
    message: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may know besides the value. Checks add sentences about what they left out to `notes`."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    country: str = "US"  # of numbers without a leading +
    allow_http: bool = False  # plain http and private addresses for webhooks: local use only
    notes: list[str] = field(default_factory=list)


type Check = Callable[[Any, Context], Any]


@dataclass(frozen=True, slots=True)
class Choice:
    value: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    """A key of an object parameter, for forms and the API document."""

    name: str
    kind: str
    label: str
    help: str = ""
    widget: str = "text"
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a call, declared once for the API, the Send call form, the persona form and the API document."""

    name: str
    heading: str  # section of the public reference
    kind: str  # JSON type: string, number, integer, boolean, array, object
    check: Check  # value -> the value as it is kept; raises Bad
    label: str
    help: str = ""
    default: Any = None
    group: str = ""  # key of GROUPS
    widget: str = "text"  # text, textarea, tel, number, range, select, segments, switch, datetime, lines, pairs, json, parts or a picker
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    parts: tuple[Part, ...] = ()
    preset: bool = True  # a persona may carry it
    null_is_value: bool = False  # null clears it instead of meaning "not given"
    schema: Mapping[str, Any] = field(default_factory=dict)  # JSON Schema beyond the type
    notice: str = ""  # what callers or staff notice of a value, as a sentence: "Hands over to {value}"; {key} of a pair or list item


@dataclass(frozen=True, slots=True)
class Legacy:
    """A name of older clients. `into` is the parameter it means ("" when nothing here does), `part` a key of that object."""

    name: str
    check: Check
    into: str = ""
    part: str = ""
    kind: str = "string"
    note: str = ""  # said on the call when it has no effect


def js_type(value: Any) -> str:
    """The word JavaScript's `typeof` has for a JSON value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "object"


def as_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def as_number(value: Any) -> int | float | None:
    """The finite number that a JSON value or a numeric string stands for; whole ones as int. None when it is none."""
    if isinstance(value, str):
        if len(value) > 40 or not NUMERIC.fullmatch(value.strip()):
            return None
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def text(message: str, *, typed: bool = False) -> Check:
    """Any string. `typed` adds what was given instead: `… type: number`."""

    def check(value: Any, _: Context) -> str:
        if not isinstance(value, str):
            raise Bad(f"{message} type: {js_type(value)}" if typed else message)
        return value

    return check


def boolean(name: str) -> Check:
    def check(value: Any, _: Context) -> bool:
        known = as_boolean(value)
        if known is None:
            raise Bad(f"{name} must be a boolean.")
        return known

    return check


def number(message: str, *, least: tuple[float, str], most: tuple[float, str]) -> Check:
    """A number between two ends, each with its own message."""

    def check(value: Any, _: Context) -> int | float:
        known = as_number(value)
        if known is None:
            raise Bad(message)
        for wrong, text_ in ((known < least[0], least[1]), (known > most[0], most[1])):
            if wrong:
                raise Bad(text_)
        return known

    return check


def mapping(message: str) -> Check:
    def check(value: Any, _: Context) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Bad(message)
        return value

    return check


def strings(message: str, *, blank: bool = False) -> Check:
    """A list of strings, trimmed of nothing; blank ones are refused unless `blank`."""

    def check(value: Any, _: Context) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) and (blank or item.strip()) for item in value):
            raise Bad(message)
        return value

    return check


def without_unknown(value: Mapping[str, Any], known: tuple[str, ...], where: str, context: Context) -> dict[str, Any]:
    """The known keys of an object that are given; the others are named in the notes."""
    context.notes.extend(f"{where}.{key[:60]} is not known and was ignored." for key in value if key not in known)
    return {key: value[key] for key in known if value.get(key) is not None}
