"""Counts calls into buckets: whole hours, always anew from the rows, in one transaction; so it may run twice, and at any time.

Who counts holds the account's RollupState; those who change calls never wait for it, they only leave ChangedHour rows behind. A row that
was written while an hour was counted was not seen, so it is not taken away, and the hour is counted once more.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection, transaction
from django.db.models import Max, Min

from analytics import histogram
from analytics.histogram import PARTS
from analytics.models import Bucket, CallBucket, ChangedHour, HeatBucket, RollupState, SpeedBucket, StepBucket, TallyBucket
from analytics.rollups import sql
from analytics.rollups.sql import FINEST, GRAINS, PACKED, Stretch, Zoned
from analytics.slots import AN_HOUR, hour_of, moment, turns
from calls.models import Call
from config.models import Account, Member

MOST_SECONDS = 20
TOGETHER = 24  # hours that are counted in one transaction, at most
SUMMED: tuple[type[Bucket], ...] = (CallBucket, TallyBucket, HeatBucket)
EVERY: tuple[type[Bucket], ...] = (*SUMMED, SpeedBucket, StepBucket)
_NAMES = tuple(PARTS)


def sweep(account: Account) -> int:
    """Counts what has changed, the newest first; returns how many hours. 0 also while somebody else is at it.

    Stops after MOST_SECONDS: there may be years to count, and the worker has more to do."""
    done, until = 0, time.monotonic() + MOST_SECONDS
    _begin(account)
    while time.monotonic() < until and (hours := _next(account)):
        counted = _count(account, hours)
        if counted is None:
            break
        done += counted
    return done


def rebuild(account: Account, since: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Counts all calls sent since then anew, day by day from the oldest; gives each stretch when it is done."""
    _begin(account)
    found = Call.objects.filter(account=account).aggregate(first=Min("created_at"), last=Max("created_at"))
    kept = CallBucket.objects.filter(account=account).aggregate(first=Min("slot"), last=Max("slot"))
    ends = [hour_of(at) for at in found.values() if at] + [slot // AN_HOUR for slot in kept.values() if slot is not None]
    if not ends:
        return
    first = max(min(ends), hour_of(since)) if since else min(ends)
    for begin in range(first, max(ends) + 1, TOGETHER):
        end = min(begin + TOGETHER, max(ends) + 1)
        with transaction.atomic():
            state = RollupState.objects.select_for_update().get(account=account)
            _make_and_unmark(account, begin, end, state.step, _seen(account, begin, end))
        yield moment(begin * AN_HOUR), moment(end * AN_HOUR)


def step_for(account: Account) -> int:
    """1 when somebody reads in a zone that is not off by whole hours, else 4."""
    names = {account.timezone, *Member.objects.filter(account=account).values_list("user__timezone", flat=True)}
    year = datetime.now(UTC).year
    days = [datetime(year, month, 1, tzinfo=UTC) for month in (1, 7)]
    offsets = [day.astimezone(zone).utcoffset() for zone in map(_zone, filter(None, names)) for day in days]
    return 1 if any(offset and offset % timedelta(hours=1) for offset in offsets) else AN_HOUR


def _begin(account: Account) -> None:
    """The first time, and when a reader's zone asks for finer slots, every hour that has calls is to be counted."""
    step = step_for(account)
    with transaction.atomic():
        _, new = RollupState.objects.get_or_create(account=account, defaults={"step": step})
        finer = not new and RollupState.objects.filter(account=account, step__gt=step).update(step=step)
        if new or finer:
            _mark_all(account)


def _mark_all(account: Account) -> None:
    hour = sql.dialect(connection.vendor).epoch.format("created_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {hour} / 3600 FROM {Call._meta.db_table} WHERE account_id = %s",  # noqa: S608  names of ours
            [account.pk],
        )
        hours = [row[0] for row in cursor.fetchall()]
    for some in batched(hours, 1_000, strict=False):
        ChangedHour.objects.bulk_create(ChangedHour(account=account, hour=hour) for hour in some)


def _next(account: Account) -> Sequence[int]:
    """The newest changed hour and those right before it."""
    marked = ChangedHour.objects.filter(account=account).order_by("-hour").values_list("hour", flat=True).distinct()[:TOGETHER]
    hours = list(marked)
    run = [hour for n, hour in enumerate(hours) if hour == hours[0] - n]
    return run[::-1]


def _count(account: Account, hours: Sequence[int]) -> int | None:
    """None: somebody else is counting."""
    with transaction.atomic():
        state = RollupState.objects.select_for_update(skip_locked=True).filter(account=account).first()
        if state is None:
            return None
        first, end = hours[0], hours[-1] + 1
        if seen := _seen(account, first, end):  # else somebody else has just done it
            _make_and_unmark(account, first, end, state.step, seen)
    return len(hours)


def _seen(account: Account, first: int, end: int) -> list[int]:
    return list(ChangedHour.objects.filter(account=account, hour__gte=first, hour__lt=end).values_list("pk", flat=True))


def _make_and_unmark(account: Account, first: int, end: int, step: int, seen: Sequence[int]) -> None:
    """`seen` before anything is read: a row that comes later may stand for a change that is not counted."""
    make(account.pk, first, end, step)
    for some in batched(seen, 500, strict=False):
        ChangedHour.objects.filter(pk__in=some).delete()


def make(account_id: int, first: int, end: int, step: int) -> None:
    """Counts the hours from `first` until before `end` anew. Call it in a transaction that holds the account's RollupState."""
    begin, until = first * AN_HOUR, end * AN_HOUR
    for model in EVERY:
        model._default_manager.filter(account_id=account_id, slot__gte=begin, slot__lt=until)._raw_delete(connection.alias)
    adapt = connection.ops.adapt_datetimefield_value
    part = Stretch(account_id, adapt(moment(begin)), adapt(moment(until)), step)
    d = sql.dialect(connection.vendor)
    with connection.cursor() as cursor:
        for setting in d.before:
            cursor.execute(setting)
        for statement in (sql.calls, sql.outcomes, sql.trips, sql.steps):
            cursor.execute(*statement(d, part))
        if zones := list(_zones(account_id, begin, until)):
            cursor.execute(*sql.heat(d, part, zones))
        for model in SUMMED:
            for grain in GRAINS:
                cursor.execute(*sql.coarser(model, grain, account_id, begin, until))
        for grain in GRAINS:
            if grain & 2:
                cursor.execute(*sql.coarser(StepBucket, grain, account_id, begin, until))
        cursor.execute(*sql.speeds(d, part))
        rows = cursor.fetchall()
    _write_speeds(account_id, rows)


def _zones(account_id: int, begin: int, end: int) -> Iterator[Zoned]:
    """The clocks of the people called, from the first moment until the last that any of them was dialled."""
    calls = Call.objects.filter(account=account_id, created_at__gte=moment(begin), created_at__lt=moment(end), dialling_at__isnull=False)
    for name, last in calls.order_by().values_list("timezone").annotate(last=Max("dialling_at")):
        zone, until = _zone(name), hour_of(last) * AN_HOUR + AN_HOUR
        pieces = [*turns(begin, max(until, begin + 1), zone), (until, 0)]
        for (since, ahead), (till, _) in zip(pieces, pieces[1:], strict=False):
            yield Zoned(name, since * 900, till * 900, ahead)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


type Row = tuple[int, int, str, int, str | list[int]]


def _write_speeds(account_id: int, rows: Iterable[Row]) -> None:
    """Histograms of the finest grain as they come, of the others added up."""
    kept: dict[tuple[int, int, int, str, int], int] = defaultdict(int)
    for persona, pathway, number, slot, found in rows:
        values: list[int] = json.loads(found) if isinstance(found, str) else found
        counts = histogram.of((_lane(value // PACKED), value % PACKED) for value in values)
        for grain in (FINEST, *GRAINS):
            kept[grain, persona if grain & 1 else 0, pathway if grain & 2 else 0, number if grain & 4 else "", slot] += counts
    made = (
        SpeedBucket(
            account_id=account_id, grain=grain, persona=persona, pathway=pathway, number=number, slot=slot, counts=histogram.pack(counts)
        )
        for (grain, persona, pathway, number, slot), counts in kept.items()
    )
    SpeedBucket.objects.bulk_create(made, batch_size=500)


def _lane(told: int) -> int:
    return histogram.lane(_NAMES[told // 1000], told % 1000)
