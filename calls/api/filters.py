"""The query parameters of `GET /v1/calls`: one table, used to read them and to describe them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_date, parse_datetime

from calls.states import ENDED, QUEUE_STATUS, AnsweredBy, EndedBy, State, Status

LIMIT = 1000
# the same moments as calls.api.serialise.updated_at
UPDATED_AT = Coalesce("outcome_at", "ended_at", "started_at", "ringing_at", "dialling_at", "created_at")


class BadQuery(ValueError):
    """A query parameter that cannot be read; the message is for the caller."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What was asked for."""

    where: Q
    ascending: bool = False
    sort_by: str = "created_at"
    start: int = 0
    stop: int = LIMIT
    exclude_fields: frozenset[str] = frozenset()
    search: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """`where` makes the condition of a value that `read` understood. `repeatable` ones may be given more than once."""

    name: str
    read: Callable[[str, str], Any]
    help: str
    where: Callable[[Any], Q] | None = None
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


# How values are read: (name, text) -> value, or BadQuery ---------------------------------------------------------------
def _integer(name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadQuery(f"{name} must be an integer of 0 or more.")
    return int(text)


def _limit(name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text) or not 1 <= int(text) <= LIMIT:
        raise BadQuery(f"{name} must be an integer from 1 to {LIMIT}.")
    return int(text)


def _number(name: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < 10_000_000:
        raise BadQuery(f"{name} must be a number of 0 or more.")
    return value


def _boolean(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise BadQuery(f"{name} must be true or false.")
    return text.lower() in ("true", "1")


def _uuid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadQuery(f"{name} must be an id (a UUID).") from None


def _text(name: str, text: str) -> str:
    if len(text) > 300 or "\x00" in text:
        raise BadQuery(f"{name} must be a text of at most 300 characters.")
    return text


def _phone(name: str, text: str) -> list[str]:
    """The stored forms that a number may have: ten digits alone may be an American one."""
    digits = re.sub(r"[\s().+-]", "", text)
    if not re.fullmatch(r"[0-9]{3,15}", digits):
        raise BadQuery(f"{name} must be a phone number.")
    return [f"+{digits}", f"+1{digits}"] if len(digits) == 10 else [f"+{digits}"]


def _zone(name: str, text: str) -> tzinfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadQuery(f"{name} must be the name of a time zone, such as America/Los_Angeles.") from None


def _moment(name: str, text: str) -> date | datetime:
    """A day or a moment. The + of an offset is a space once it is decoded."""
    try:
        found = parse_date(text) or parse_datetime(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year < 9999:
        raise BadQuery(f"{name} must be a date (YYYY-MM-DD) or a moment in ISO 8601.")
    return found


def _one_of(*words: str) -> Callable[[str, str], str]:
    known = {w.lower(): w for w in words}

    def read(name: str, text: str) -> str:
        if text.lower() not in known:
            raise BadQuery(f"{name} must be one of {', '.join(words)}.")
        return known[text.lower()]

    return read


def _queue_status(name: str, text: str) -> str:
    """Both spellings of the end are in use: complete and completed."""
    return _one_of(*dict.fromkeys(QUEUE_STATUS.values()))(name, "complete" if text.lower() == "completed" else text)


def _length_ms(minutes: Decimal) -> int:
    return int(minutes * 60_000)


def _enum(words: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [str(w) for w in words]}


INTEGER = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number", "minimum": 0}
BOOLEAN = {"type": "boolean"}
ID = {"type": "string", "format": "uuid"}
SORTS = ("created_at", "updated_at")

FILTERS: tuple[Filter, ...] = (
    Filter("from_number", _phone, "Calls made from this number.", lambda v: Q(from_number__in=v)),
    Filter("to_number", _phone, "Calls made to this number.", lambda v: Q(to_number__in=v)),
    Filter("from", _integer, "Index of the first call to return, counted from 0.", schema=INTEGER),
    Filter("to", _integer, "Index after the last call to return.", schema=INTEGER),
    Filter(
        "limit",
        _limit,
        f"How many calls to return at most ({LIMIT}).",
        schema={"type": "integer", "minimum": 1, "maximum": LIMIT, "default": LIMIT},
    ),
    Filter("ascending", _boolean, "Oldest first.", schema={**BOOLEAN, "default": False}),
    Filter("sort_by", _one_of(*SORTS), "What to sort by.", schema={**_enum(SORTS), "default": SORTS[0]}),
    Filter("start_date", _moment, "Calls created at or after this date or moment."),
    Filter("end_date", _moment, "Calls created at or before this moment, or by the end of this date."),
    Filter("created_at", _moment, "Calls created on this one date; not together with start_date or end_date."),
    Filter("timezone", _zone, "The zone in which dates without an offset are read. Default UTC."),
    Filter(
        "completed",
        _boolean,
        "Only calls that are over (true), or are not (false).",
        lambda v: Q(state__in=[str(s) for s in State if (s in ENDED) is v]),
        BOOLEAN,
    ),
    Filter(
        "queue_status",
        _queue_status,
        "Calls that stand here.",
        lambda v: Q(state__in=[str(s) for s, shown in QUEUE_STATUS.items() if shown == v]),
        _enum(dict.fromkeys(QUEUE_STATUS.values())),
    ),
    Filter("status", _one_of(*Status), "Calls that came out like this.", lambda v: Q(status=v), _enum(Status)),
    Filter("answered_by", _one_of(*AnsweredBy), "Calls answered by this.", lambda v: Q(answered_by=v), _enum(AnsweredBy)),
    Filter("call_ended_by", _one_of(*EndedBy), "Calls ended by this side.", lambda v: Q(call_ended_by=v), _enum(EndedBy)),
    Filter("inbound", _boolean, "Calls people made to you (true) or you made (false).", lambda v: Q(pk__in=[]) if v else Q(), BOOLEAN),
    Filter("duration_gt", _number, "Calls longer than this many minutes.", lambda v: Q(duration_ms__gt=_length_ms(v)), NUMBER),
    Filter("duration_lt", _number, "Calls shorter than this many minutes.", lambda v: Q(duration_ms__lt=_length_ms(v)), NUMBER),
    Filter("cost_gt", _number, "Calls that cost more than this, in US dollars.", lambda v: Q(price__gt=v), NUMBER),
    Filter("cost_lt", _number, "Calls that cost less than this, in US dollars.", lambda v: Q(price__lt=v), NUMBER),
    Filter("error_message", _text, "Calls whose error message contains this.", lambda v: Q(error_message__icontains=v)),
    Filter("disposition_tag", _text, "Calls with this outcome.", lambda v: Q(disposition_tag=v)),
    Filter("call_id", _uuid, "This one call.", lambda v: Q(uid=v), ID),
    Filter("batch_id", _uuid, "Calls of this batch.", lambda v: Q(batch_id=v), ID),
    Filter("persona_id", _uuid, "Calls made with this persona.", lambda v: Q(persona__uid=v), ID),
    Filter("pathway_id", _uuid, "Calls made along this pathway.", lambda v: Q(pathway__uid=v), ID),
    Filter("campaign_id", _text, "Calls of this campaign. There are no campaigns yet, so none match.", lambda v: Q(pk__in=[])),
    Filter(
        "search",
        _text,
        f"Calls whose number or name contains this, or in which these words were said; the newest {LIMIT} of them at most. All words must "
        'occur; "in quotes" they follow each other; the last one may be a beginning of 3 letters or more.',
    ),
    Filter("exclude_fields", _text, "Fields to leave out of every call, such as variables. May be repeated, or separated by commas."),
)
BY_NAME = {f.name: f for f in FILTERS}


def read(query: Mapping[str, list[str]]) -> Listing:
    """The listing that a query string (name -> every value given) asks for. Raises BadQuery.

    An unknown name is refused: a filter that is silently not applied would answer with other calls than were asked for.
    """
    values: dict[str, Any] = {}
    for name, given in query.items():
        known = BY_NAME.get(name)
        if known is None:
            raise BadQuery(f"Unknown query parameter: {name[:60]}.")
        if name == "exclude_fields":
            values[name] = frozenset(part.strip() for text in given for part in known.read(name, text).split(","))
        elif given[-1].strip():
            values[name] = known.read(name, given[-1].strip())
    where = _dates(values)
    for name, value in values.items():
        if (condition := BY_NAME[name].where) is not None:
            where &= condition(value)
    start, stop = _window(values)
    return Listing(
        where,
        values.get("ascending", False),
        values.get("sort_by", SORTS[0]),
        start,
        stop,
        values.get("exclude_fields", frozenset()),
        values.get("search", ""),
    )


def _window(values: Mapping[str, Any]) -> tuple[int, int]:
    start = values.get("from", 0)
    stop = start + values.get("limit", LIMIT)
    if "to" in values:
        if values["to"] <= start:
            raise BadQuery("to must be greater than from.")
        stop = min(stop, values["to"])
    return start, stop


def _dates(values: Mapping[str, Any]) -> Q:
    zone = values.get("timezone", ZoneInfo("UTC"))
    first, last = values.get("start_date"), values.get("end_date")
    if "created_at" in values:
        if first is not None or last is not None:
            raise BadQuery("created_at cannot be combined with start_date or end_date.")
        day = values["created_at"]
        first = last = day.date() if isinstance(day, datetime) else day
    where = Q()
    if first is not None:
        where &= Q(created_at__gte=_begin(first, zone))
    if isinstance(last, datetime):
        where &= Q(created_at__lte=_begin(last, zone))
    elif last is not None:
        where &= Q(created_at__lt=_begin(last + timedelta(days=1), zone))
    return where


def _begin(moment: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return datetime.combine(moment, time.min, zone)
