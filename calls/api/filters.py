"""The query parameters of `GET /v1/calls`: which calls (calls.criteria) and how. One table, used to read them and to describe them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_date, parse_datetime

from calls import criteria
from calls.criteria import BOOLEAN, BadQuery, boolean, enum, one_of, words

LIMIT = 1000
# the same moments as calls.api.serialise.updated_at
UPDATED_AT = Coalesce("outcome_at", "ended_at", "started_at", "ringing_at", "dialling_at", "created_at")


@dataclass(frozen=True, slots=True)
class Listing:
    """What was asked for. `slow`: the part of it for which rows have to be read one by one."""

    where: Q
    slow: Q = field(default_factory=Q)
    ascending: bool = False
    sort_by: str = "created_at"
    start: int = 0
    stop: int = LIMIT
    exclude_fields: frozenset[str] = frozenset()
    search: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter that says when or how, not which; `read` raises BadQuery."""

    name: str
    read: Callable[[str, str], Any]
    help: str
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


INTEGER = {"type": "integer", "minimum": 0}
SORTS = ("created_at", "updated_at")

FILTERS: tuple[Filter | criteria.Criterion, ...] = (
    Filter("from", _integer, "Index of the first call to return, counted from 0.", INTEGER),
    Filter("to", _integer, "Index after the last call to return.", INTEGER),
    Filter(
        "limit",
        _limit,
        f"How many calls to return at most ({LIMIT}).",
        {"type": "integer", "minimum": 1, "maximum": LIMIT, "default": LIMIT},
    ),
    Filter("ascending", boolean, "Oldest first.", {**BOOLEAN, "default": False}),
    Filter("sort_by", one_of(*SORTS), "What to sort by.", {**enum(SORTS), "default": SORTS[0]}),
    Filter("start_date", _moment, "Calls created at or after this date or moment."),
    Filter("end_date", _moment, "Calls created at or before this moment, or by the end of this date."),
    Filter("created_at", _moment, "Calls created on this one date; not together with start_date or end_date."),
    Filter("timezone", _zone, "The zone in which dates without an offset are read. Default UTC."),
    *criteria.CRITERIA,
    Filter(
        "search",
        words,
        f"Calls whose number or name contains this, or in which these words were said; the newest {LIMIT} of them at most. All words must "
        'occur; "in quotes" they follow each other; the last one may be a beginning of 3 letters or more.',
    ),
    Filter("exclude_fields", words, "Fields to leave out of every call, such as variables. May be repeated, or separated by commas."),
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
    where, slow = _dates(values), Q()
    for name, value in values.items():
        criterion = criteria.BY_NAME.get(name)
        if criterion and criterion.slow:
            slow &= criterion.where(value)
        elif criterion:
            where &= criterion.where(value)
    start, stop = _window(values)
    return Listing(
        where,
        slow,
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
