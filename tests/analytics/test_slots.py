"""Days of every zone are made of whole slots: with daylight saving, half hours, and days that begin late."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.slots import Span, moment, slot_of

DENVER = ZoneInfo("America/Denver")
CASES = [
    ("America/Denver", date(2026, 3, 7), date(2026, 3, 9)),  # clocks go forward on the 8th
    ("America/Denver", date(2026, 10, 31), date(2026, 11, 2)),  # and back on November 1
    ("Asia/Kolkata", date(2026, 11, 1), date(2026, 11, 3)),
    ("Asia/Kathmandu", date(2026, 11, 1), date(2026, 11, 3)),
    ("Australia/Lord_Howe", date(2026, 4, 4), date(2026, 4, 6)),  # by half an hour
    ("Africa/Cairo", date(2026, 4, 23), date(2026, 4, 25)),  # clocks skip the midnight of the 24th
    ("America/Denver", date(2025, 11, 25), date(2026, 11, 24)),
]


@pytest.mark.parametrize(("zone", "first", "last"), CASES)
def test_a_slot_lies_in_the_day_that_clocks_say(zone, first, last):
    span = Span(first, last, ZoneInfo(zone))
    days = dict(enumerate(span.dates()))
    for slot in range(span.begin - 8, span.end + 8, 1 if span.days < 9 else 7):
        day = moment(slot).astimezone(span.zone).date()
        if not first <= day <= last:
            assert not span.begin <= slot < span.end
        else:
            assert span.begin <= slot < span.end
            begin, end = days[span.index(slot)]
            assert begin <= day <= end


def test_lengths_of_days():
    lengths = [Span(day, day, DENVER) for day in (date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1))]
    assert [(span.end - span.begin) // 4 for span in lengths] == [23, 24, 25]


def test_units():
    day, month, year = (Span(date(2026, 11, 25) - timedelta(days=n - 1), date(2026, 11, 25), DENVER) for n in (1, 30, 366))
    assert [(s.unit, s.units) for s in (day, month, year)] == [("hour", 24), ("day", 30), ("week", 53)]
    assert [first.weekday() for first, _ in year.dates()][1:] == [0] * 52
    assert day.index(slot_of(datetime(2026, 11, 25, 16, 30, tzinfo=UTC))) == 9  # 9:30 in Denver
