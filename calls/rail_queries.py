"""What the pages of guard rails read. The number of queries never grows with the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from calls import sources
from calls.models import GuardRailTrip
from calls.rails_shown import actions_told, done
from calls.sources import Named
from config.kit.times import length as clock
from config.models import Account
from personas import rails
from personas.models import GuardRail, GuardRailAttachment

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
DAYS = 30  # of the chart
CHART_WIDTH, CHART_HEIGHT, BAR = 720, 96, 24


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rail is attached."""

    pk: int
    source: Named
    action: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rail of the library."""

    uid: UUID
    name: str
    kind: str
    about: str  # its own sentence, or what such a rail watches
    within: str
    places: list[Place]
    week: int
    month: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of the history."""

    at: datetime
    name: str
    rail: UUID | None
    kind: str
    quote: str
    why: str
    done: str
    withheld: bool
    call: UUID
    who: str
    clock: str
    line: int


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    count: int
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Trips by day, drawn by the server; `days` with trips stand in the table beside it, newest first."""

    bars: list[Bar]
    days: list[Bar]
    total: int
    most: int
    told: str


def library(account: Account, found: Iterable[GuardRail]) -> list[Row]:
    """`found`: of personas.rails.library. Besides them, three queries: the names of what they are attached to (two), and their trips."""
    found = list(found)
    attached = [a for rail in found for a in rail.attachments.all()]
    known = sources.named(account, [(a.source_type, a.source_id) for a in attached])
    counts = _counts(account)
    return [_row(rail, known, counts.get(rail.pk, (0, 0))) for rail in found]


def places(rail: GuardRail, account: Account) -> list[Place]:
    attached = list(rail.attachments.all())
    known = sources.named(account, [(a.source_type, a.source_id) for a in attached])
    return [_place(a, known) for a in attached]


def row(rail: GuardRail, account: Account) -> Row:
    attached = list(rail.attachments.all())
    return _row(rail, sources.named(account, [(a.source_type, a.source_id) for a in attached]), _counts(account, rail).get(rail.pk, (0, 0)))


def attached_to(account: Account, kind: str, uid: UUID) -> list[Row]:
    """The rails that watch one persona or pathway, with what each does there."""
    found = rails.library(account).filter(attachments__source_type=kind, attachments__source_id=uid)
    counts = _counts(account)
    here = {(kind, uid): Named(kind, uid, "", "")}
    shown = []
    for rail in found:
        only = [a for a in rail.attachments.all() if (a.source_type, a.source_id) == (kind, uid)]
        shown.append(_row(rail, here, counts.get(rail.pk, (0, 0)), only))
    return shown


def trips(account: Account, rail: GuardRail | None = None) -> QuerySet[GuardRailTrip]:
    """Newest first, each with its call."""
    found = GuardRailTrip.objects.filter(account=account, **({"guard_rail": rail} if rail else {}))
    only = ("call__uid", "call__callee_name", "call__to_number", "guard_rail__uid", "guard_rail__deleted_at")
    return found.select_related("call", "guard_rail").only(*_TRIP_FIELDS, *only).order_by("-at", "-pk")


_TRIP_FIELDS = ("at", "at_ms", "name", "type", "quote", "why", "action", "acted", "spoken", "seq", "line_seq", "call_id", "guard_rail_id")


def trip(found: GuardRailTrip) -> Trip:
    rail = found.guard_rail
    return Trip(
        at=found.at,
        name=found.name,
        rail=rail.uid if rail and rail.deleted_at is None else None,
        kind=rails.word(found.type),
        quote=found.quote,
        why=found.why,
        done=done(found.action, found.acted),
        withheld=not found.spoken,
        call=found.call.uid,
        who=found.call.callee_name or found.call.to_number,
        clock=clock(found.at_ms),
        line=found.line_seq or found.seq,
    )


def chart(account: Account, rail: GuardRail | None = None) -> Chart:
    """The last DAYS days in the reader's zone. One query."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    found = GuardRailTrip.objects.filter(account=account, at__gte=since, **({"guard_rail": rail} if rail else {}))
    by_day = TruncDate("at", tzinfo=timezone.get_current_timezone())
    counts = dict(found.annotate(day=by_day).values_list("day").annotate(n=Count("pk")).values_list("day", "n").order_by())
    return drawn([(first + timedelta(days=n), counts.get(first + timedelta(days=n), 0)) for n in range(DAYS)])


def drawn(days: Sequence[tuple[date, int]]) -> Chart:
    most = max((count for _, count in days), default=0)
    bars = []
    for n, (day, count) in enumerate(days):
        height = round(max(3.0, (CHART_HEIGHT - 16) * count / most), 1) if count else 0.0
        bars.append(Bar(day, count, n * BAR, round(CHART_HEIGHT - height, 1), height))
    with_trips = [bar for bar in reversed(bars) if bar.count]
    told = ", ".join(f"{bar.count} on {bar.day:%B} {bar.day.day}" for bar in with_trips) or "none"
    return Chart(bars, with_trips, sum(bar.count for bar in bars), most, told)


def _counts(account: Account, rail: GuardRail | None = None) -> dict[int, tuple[int, int]]:
    """Trips of the last 7 and 30 days, by rail."""
    now = timezone.now()
    found = GuardRailTrip.objects.filter(account=account, at__gte=now - MONTH, guard_rail__isnull=False)
    if rail is not None:
        found = found.filter(guard_rail=rail)
    rows = found.values_list("guard_rail_id").annotate(week=Count("pk", filter=Q(at__gte=now - WEEK)), month=Count("pk")).order_by()
    return {pk: (week, month) for pk, week, month in rows}


def _row(
    rail: GuardRail, known: dict[tuple[str, UUID], Named], counts: tuple[int, int], attached: Iterable[GuardRailAttachment] | None = None
) -> Row:
    kind, about = rails.WORDS.get(rail.type, (rail.type, ""))
    seconds = rail.config.get("end_seconds") if isinstance(rail.config, dict) else None
    return Row(
        uid=rail.uid,
        name=rail.name,
        kind=kind,
        about=rail.prompt or rail.description or about,
        within=f"within {seconds:g} seconds" if isinstance(seconds, int | float) else "",
        places=[_place(a, known) for a in (rail.attachments.all() if attached is None else attached)],
        week=counts[0],
        month=counts[1],
        enabled=rail.enabled,
    )


def _place(attachment: GuardRailAttachment, known: dict[tuple[str, UUID], Named]) -> Place:
    return Place(attachment.pk, known[(attachment.source_type, attachment.source_id)], actions_told(attachment.actions))
