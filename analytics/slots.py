"""Slots of time and the days of a reader. Pure.

A slot is a number of quarter hours since 1970 began in UTC: every zone is off by whole quarter hours, so that a day of any zone is made of
whole slots, and its calendar is plain arithmetic: slot + ahead, divided by 96, is a day.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property

QUARTER = timedelta(minutes=15)
A_DAY, AN_HOUR, A_WEEK = 96, 4, 96 * 7
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY = date(1970, 1, 1)
MONDAY = 3  # days from Monday to the first day, a Thursday


def slot_of(at: datetime) -> int:
    return (at - EPOCH) // QUARTER


def hour_of(at: datetime) -> int:
    return slot_of(at) // AN_HOUR


def moment(slot: int) -> datetime:
    return EPOCH + slot * QUARTER


def ahead_at(slot: int, zone: tzinfo) -> int:
    """How many slots the zone's clocks are ahead of UTC."""
    away = moment(slot).astimezone(zone).utcoffset()
    assert away is not None
    return away // QUARTER


def turns(begin: int, end: int, zone: tzinfo) -> list[tuple[int, int]]:
    """(from which slot on, ahead) for begin <= slot < end, in order; the first from `begin` on. Clocks turn at most once a week."""
    found = [(begin, ahead_at(begin, zone))]
    at = begin
    while at < end - 1:
        following = min(at + A_WEEK, end - 1)
        if ahead_at(following, zone) != found[-1][1]:
            low, high = at, following
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if ahead_at(middle, zone) == found[-1][1] else (low, middle)
            found.append((high, ahead_at(high, zone)))
            following = high
        at = following
    return found


@dataclass(frozen=True)
class Span:
    """Whole days of a zone, first and last included; `until` ends it earlier (a slot). Shown by hour, day or week."""

    first: date
    last: date
    zone: tzinfo
    until: int | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @cached_property
    def begin(self) -> int:
        return self._midnight(self.first)

    @cached_property
    def end(self) -> int:
        end = self._midnight(self.last + timedelta(days=1))
        return end if self.until is None else max(self.begin, min(end, self.until))

    @cached_property
    def turns(self) -> list[tuple[int, int]]:
        return turns(self.begin, max(self.end, self.begin + 1), self.zone)

    def _midnight(self, day: date) -> int:
        """Where clocks skip midnight, the day begins with its first moment."""
        at = datetime.combine(day, time(), self.zone).astimezone(UTC)
        return -((EPOCH - at) // QUARTER)

    @property
    def unit(self) -> str:
        return "hour" if self.days == 1 else "day" if self.days <= 120 else "week"

    @property
    def divisor(self) -> int:
        """Local slots of a unit."""
        return {"hour": AN_HOUR, "day": A_DAY, "week": A_WEEK}[self.unit]

    @property
    def shift(self) -> int:
        """Slots to add before dividing: weeks begin on Monday."""
        return MONDAY * A_DAY if self.unit == "week" else 0

    def index(self, slot: int) -> int:
        """The unit that a slot lies in, counted from 0."""
        return self._number(slot) - self.base

    def _number(self, slot: int) -> int:
        at = bisect_right(self.turns, slot, key=lambda turn: turn[0]) - 1
        return (slot + self.turns[max(at, 0)][1] + self.shift) // self.divisor

    @cached_property
    def base(self) -> int:
        """The number of the first unit."""
        return ((self.first - FIRST_DAY).days * A_DAY + self.shift) // self.divisor

    @cached_property
    def units(self) -> int:
        last = (self.last - FIRST_DAY).days * A_DAY + A_DAY - 1
        return (last + self.shift) // self.divisor - self.base + 1

    @cached_property
    def begun(self) -> int:
        """How many of its units have begun before it ends."""
        return self.index(self.end - 1) + 1 if self.end > self.begin else 0

    def dates(self) -> Iterator[tuple[date, date]]:
        """The first and the last day of each unit."""
        for n in range(self.units):
            begin = (self.base + n) * self.divisor - self.shift
            last = begin + self.divisor - 1
            yield (
                max(self.first, FIRST_DAY + timedelta(days=begin // A_DAY)),
                min(self.last, FIRST_DAY + timedelta(days=last // A_DAY)),
            )
