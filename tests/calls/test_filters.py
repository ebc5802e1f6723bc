"""The address of the Calls page: read, bounded, written again."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from calls import criteria, filters
from calls.api import filters as filters_of_api
from calls.filters import Cursor, Filters


def test_everything_is_read_and_written_again():
    persona = uuid4()
    query = f"state=live&state=busy&outcome=NO_ANSWER&persona={persona}&q=Elena&from=2026-11-01&to=2026-11-03&person=1"
    read = filters.read(QueryDict(query))
    assert read.states == ("live", "busy")
    assert read.shown == {"dialling", "ringing", "talking", "busy"}
    assert (read.outcome, read.persona, read.text, read.person) == ("NO_ANSWER", str(persona), "Elena", True)
    assert (read.since, read.until) == (date(2026, 11, 1), date(2026, 11, 3))
    assert filters.read(QueryDict(read.query())) == read


def test_every_criterion_of_the_page_is_read_dropped_or_written_again():
    one, persona = uuid4(), uuid4()
    good = {
        "to_number": "+1 720 555 0142",
        "from_number": "7205550142",
        "status": "busy",
        "answered_by": "human",
        "call_ended_by": "USER",
        "duration_gt": "0.5",
        "duration_lt": "3",
        "cost_gt": "0",
        "cost_lt": "1.5",
        "error_message": "line failed",
        "outcome": "BUSY",
        "call_id": str(one),
        "batch_id": str(one),
        "persona": str(persona),
        "pathway": str(persona),
        "tag": "Promised to pay",
        "person": "1",
        "recorded": "0",
        "variables": "plan=gold",
    }
    assert set(good) == set(criteria.BY_KEY)
    read = filters.read(QueryDict(urlencode(good)))
    assert len(read.given) == len(good)
    assert filters.read(QueryDict(read.query())) == read
    assert filters.read(QueryDict("status=BUSY&recorded=false&person=true")).given == (
        ("status", "busy"),
        ("needs_person", "1"),
        ("recorded", "0"),
    ), "written in one way"
    bad = dict.fromkeys(good, "\x00")
    assert filters.read(QueryDict(urlencode(bad))) == Filters()


def test_a_filter_that_both_sides_have_is_declared_once():
    for criterion in criteria.CRITERIA:
        assert filters_of_api.BY_NAME[criterion.name] is criterion
    assert {c.name for c in criteria.MORE} <= set(criteria.BY_NAME)


@pytest.mark.parametrize("query", ["", "state=nonsense", "persona=7", "from=tomorrow", "when=soon", "q=++", "person=yes", "other=1"])
def test_what_means_nothing_is_no_filter(query):
    assert filters.read(QueryDict(query)) == Filters()
    assert not filters.read(QueryDict(query))


def test_text_is_bounded_and_cleaned():
    assert filters.read(QueryDict("q=" + "x" * 500)).text == "x" * filters.MAX_TEXT
    assert filters.read(QueryDict("q=a%00b%20%20c")).text == "ab c"


def test_dates_in_the_wrong_order_are_turned_and_a_period_beats_them():
    read = filters.read(QueryDict("from=2026-11-05&to=2026-11-01"))
    assert (read.since, read.until) == (date(2026, 11, 1), date(2026, 11, 5))
    read = filters.read(QueryDict("from=2026-11-05&when=today"))
    assert (read.period, read.since) == ("today", None)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("when=today", (2026, 11, 22), (2026, 11, 23)),
        ("when=yesterday", (2026, 11, 21), (2026, 11, 22)),
        ("when=7", (2026, 11, 16), None),
        ("from=2026-11-01", (2026, 11, 1), None),
        ("to=2026-11-01", None, (2026, 11, 2)),
    ],
)
def test_days_begin_at_midnight_of_the_reader(query, since, until):
    zone = ZoneInfo("America/Denver")
    window = filters.read(QueryDict(query)).window(date(2026, 11, 22), zone)
    assert window == tuple(datetime(*day, tzinfo=zone) if day else None for day in (since, until))


def test_a_cursor_keeps_its_microseconds():
    cursor = Cursor(datetime(2026, 11, 22, 10, 42, 7, 123457, tzinfo=UTC), 4711)
    assert Cursor.read(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "x", "1-", "-", "1-x", "9" * 60 + "-1", "99999999999999999999-1", "nan-1"])
def test_a_broken_cursor_is_none(text):
    assert Cursor.read(text) is None


def test_without_clears_only_what_is_named():
    read = filters.read(QueryDict("when=today&q=Elena"))
    assert read.without("period") == Filters(text="Elena")
