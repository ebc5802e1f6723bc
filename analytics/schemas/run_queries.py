"""Runs as their pages show them. The number of queries never grows with the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from analytics.schemas import wording
from calls.models import Citation, CitationIssue, CitationRun, CitationRunItem
from config.kit.times import length
from personas.citations import Definition, Wrong, read
from personas.models import CitationSchema

NEWEST = 5
STATES = {"running": "Reading", "done": "Done", "stopped": "Stopped"}
FAILED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Value:
    """One fact of a previewed call."""

    name: str
    now: str  # "" when it was never read
    then: str
    changed: bool
    why: str
    quotes: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Previewed:
    call: UUID
    who: str
    at: datetime
    values: list[Value]

    @property
    def changed(self) -> list[Value]:
        return [value for value in self.values if value.changed]

    @property
    def same(self) -> int:
        return len(self.values) - len(self.changed)


@dataclass(frozen=True, slots=True)
class Share:
    """How often a fact was said."""

    name: str
    said: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.said / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Run:
    uid: UUID
    preview: bool
    state: str
    word: str
    total: int
    done: int
    failed: int
    left: str  # how much longer, about; "" when that is not known
    by: str
    at: datetime
    ended: datetime | None
    previewed: Sequence[Previewed] = ()
    shares: Sequence[Share] = ()
    marked: int = 0
    troubles: Sequence[tuple[UUID, str, str]] = ()  # call, who, what went wrong

    @property
    def read(self) -> int:
        return self.done + self.failed

    @property
    def changing(self) -> int:
        return sum(bool(each.changed) for each in self.previewed)


def shown(run: CitationRun) -> Run:
    """Three queries at most besides the run."""
    found = _run(run)
    if run.preview:
        return replace(found, previewed=_previewed(run))
    if run.state == CitationRun.RUNNING:
        return found
    return replace(found, shares=_shares(run), marked=_marked(run), troubles=_troubles(run))


def newest(schema: CitationSchema) -> list[Run]:
    """The latest runs that were kept: one query."""
    return [
        _run(each)
        for each in CitationRun.objects.filter(schema=schema, preview=False).select_related("created_by").order_by("-pk")[:NEWEST]
    ]


def _run(run: CitationRun) -> Run:
    by = run.created_by.name or run.created_by.email if run.created_by else ""
    return Run(
        run.uid, run.preview, run.state, STATES[run.state], run.total, run.done, run.failed, _left(run), by, run.created_at, run.ended_at
    )


def _left(run: CitationRun) -> str:
    read = run.done + run.failed
    if run.state != CitationRun.RUNNING or read < 3:
        return ""
    seconds = (timezone.now() - run.created_at).total_seconds() / read * (run.total - read)
    return length(int(seconds * 1000))


def _previewed(run: CitationRun) -> list[Previewed]:
    items = CitationRunItem.objects.filter(run=run, state="done").select_related("call").order_by("pk")
    fields = ("found", "run_id", "call__uid", "call__callee_name", "call__to_number", "call__created_at")
    return [
        Previewed(
            item.call.uid, item.call.callee_name or item.call.to_number, item.call.created_at, [_value(row) for row in item.found or ()]
        )
        for item in items.only(*fields)
    ]


def _value(row: Mapping[str, Any]) -> Value:
    known, was, value = row["known"], row["was"], row["value"]
    now = wording.value_words(was) if known else ""
    return Value(row["name"], now, wording.value_words(value), not known or was != value, row["why"], row["quotes"])


def _shares(run: CitationRun) -> list[Share]:
    """Of the calls that this run read."""
    found = Citation.objects.filter(schema_id=run.schema_id, call__in=_calls(run))
    rows = found.values("name").annotate(said=Count("pk", filter=Q(value__isnull=False)), of=Count("pk")).order_by()
    counted = {row["name"]: Share(row["name"], row["said"], row["of"]) for row in rows}
    return [counted[variable.name] for variable in _definition(run).every if variable.name in counted]


def _calls(run: CitationRun) -> Any:
    return CitationRunItem.objects.filter(run=run, state="done").values("call_id")


def _marked(run: CitationRun) -> int:
    return CitationIssue.objects.filter(schema_id=run.schema_id, call__in=_calls(run)).values("call_id").distinct().count()


def _troubles(run: CitationRun) -> list[tuple[UUID, str, str]]:
    items = CitationRunItem.objects.filter(run=run, state="failed").select_related("call").order_by("pk")[:FAILED_SHOWN]
    return [(item.call.uid, item.call.callee_name or item.call.to_number, item.trouble) for item in items]


def _definition(run: CitationRun) -> Definition:
    try:
        return read(run.definition)
    except Wrong:
        return Definition()
