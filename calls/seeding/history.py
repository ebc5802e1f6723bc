"""Invents the past of an office and writes it, the oldest call first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import batched
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from calls import loading
from calls.loading import Mould
from calls.models import Call, CallEvent, CallText, GuardRailTrip, Utterance
from calls.searching import database, index
from calls.seeding.cast import Cast, assemble
from calls.seeding.story import Story, Teller
from config.models import Account

TOGETHER = 5_000  # calls of one transaction
OVER_SINCE = timedelta(minutes=20)  # the newest call began so long ago: it is over
# How many calls are sent in each hour of a working day, and how much of that on each weekday from Monday on
HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 13, 11, 7, 9, 12, 12, 10, 7, 4, 2, 1, 0, 0, 0)
WEEKDAYS = (1.0, 1.1, 1.05, 1.0, 0.85, 0.18, 0.06)
LINE = ("call_id", "seq", "at", "speaker", "text", "start_ms", "end_ms", "latency")
EVENT = ("call_id", "seq", "at", "category", "level", "kind", "message", "data")


@dataclass(frozen=True, slots=True)
class Done:
    """What is written so far."""

    calls: int
    lines: int


def seed(account: Account, calls: int, *, days: int = 180, seed: int = 1) -> Iterator[Done]:
    """Writes `calls` calls over the last `days` days; tells after each transaction how far it is.

    The same `seed` gives the same history, but for the ids of the calls and what the office had already.
    """
    rng, now = Random(seed), timezone.now()  # noqa: S311  not for secrets
    cast = assemble(account, rng)
    zone = ZoneInfo(account.timezone)
    teller = Teller(cast, rng, price=_price, now=now.astimezone(UTC).replace(tzinfo=None))
    write = _Writer(account, cast)
    done_calls = done_lines = 0
    clock = Random(seed)  # noqa: S311  one of its own: how much it is asked depends on the hour
    with database.built_afterwards():
        for times in batched(_times(calls, days, zone, now, clock), TOGETHER, strict=False):
            stories = [teller.tell(at) for at in times]
            write(stories)
            done_calls += len(stories)
            done_lines += sum(len(story.lines) for story in stories)
            yield Done(done_calls, done_lines)
    loading.settle([model._meta.db_table for model in (Call, Utterance, CallEvent, CallText, GuardRailTrip)])


class _Writer:
    def __init__(self, account: Account, cast: Cast) -> None:
        self.account = account
        self.moulds = {id(role): Mould(role.call) for role in cast.roles}
        self.lines = Mould(Utterance()).narrowed(LINE)
        self.events = Mould(CallEvent()).narrowed(EVENT)
        self.trip = Mould(GuardRailTrip(account=account, guard_rail=cast.rail))
        self.trips = self.trip.narrowed(())[0]

    def __call__(self, stories: list[Story]) -> None:
        calls, trips = Call._meta.db_table, GuardRailTrip._meta.db_table
        columns = next(iter(self.moulds.values())).columns
        with transaction.atomic():
            base = loading.reserve(calls, len(stories))
            named = list(enumerate(stories, base))
            loading.insert(calls, columns, (self.moulds[id(s.role)].cast(s.columns | {"id": pk}) for pk, s in named))
            (names, rest) = self.lines
            loading.insert(Utterance._meta.db_table, names, ((pk, *line, *rest) for pk, s in named for line in s.lines))
            (names, rest) = self.events
            loading.insert(CallEvent._meta.db_table, names, ((pk, *event, *rest) for pk, s in named for event in s.events))
            index.write([(index.place_of(s.at, pk), pk, self.account.pk, _text(s)) for pk, s in named])
            rows = [self.trip.cast(trip | {"call_id": pk}) for pk, s in named for trip in s.trips]
            key = self.trip.columns.index("id")
            loading.insert(trips, self.trips, ([*row[:key], *row[key + 1 :]] for row in rows))


def _text(story: Story) -> str:
    return index.text_of(story.columns["callee_name"], story.columns["to_number"], (text for _, _, _, text, *_ in story.lines))


def _price(answered_ms: int) -> str:
    """As analytics.outcomes prices a call."""
    return _per_second(-(-answered_ms // 1000))


@cache
def _per_second(seconds: int) -> str:
    return str((settings.PRICE_PER_MINUTE * seconds / 60).quantize(Decimal("0.0001")))


def _times(calls: int, days: int, zone: ZoneInfo, now: datetime, rng: Random) -> Iterator[datetime]:
    """When they were sent, the oldest first, as UTC without a zone: office hours in `zone`, a little more every month."""
    last = now - OVER_SINCE
    today = now.astimezone(zone).date()
    each = [today - timedelta(days=n) for n in range(days, -1, -1)]  # today too, which may have none yet
    ends = [min(last, _midnight(day + timedelta(days=1), zone)) for day in each]
    shares = [
        WEEKDAYS[day.weekday()] * rng.uniform(0.8, 1.2) * (1 + n / days / 3) * _gone(day, end, zone)
        for n, (day, end) in enumerate(zip(each, ends, strict=True))
    ]
    whole, owed = sum(shares), 0.0
    for day, end, share in zip(each, ends, shares, strict=True):
        owed += calls * share / whole
        many = round(owed)
        owed -= many
        begin = _midnight(day, zone)
        found: list[datetime] = []
        while len(found) < many:
            hour = rng.choices(range(24), HOURS)[0]
            at = begin + timedelta(hours=hour, microseconds=rng.randrange(3_600_000_000))
            if at < end:
                found.append(at)
        yield from (at.replace(tzinfo=None) for at in sorted(found))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _gone(day: date, end: datetime, zone: ZoneInfo) -> float:
    """Which part of a day's calls were sent before `end`."""
    hours = max(0, int((end - _midnight(day, zone)) / timedelta(hours=1)))
    return sum(HOURS[:hours]) / sum(HOURS)
