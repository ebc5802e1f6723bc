"""Values over time: what is counted, in which period, and that it costs five queries."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.schemas import over_time
from analytics.schemas.over_time import Issue, Span, span
from calls.models import Citation, CitationIssue
from personas import citation_schemas
from personas.citation_schemas import Content
from personas.citations import read
from personas.models import CitationSchema
from tests import factories

DENVER = ZoneInfo("America/Denver")
WHOLE = {
    "variables": [
        {"name": "Guests", "type": "number"},
        {"name": "Insured", "type": "boolean"},
        {"name": "Pet", "type": "category", "options": ["dog", "cat"]},
        {"name": "Street", "type": "string"},
        {"name": "Pains", "type": "array"},
    ]
}
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)  # a Monday, a Sunday; clocks turn on March 8


@pytest.fixture
def schema(account) -> CitationSchema:
    return citation_schemas.create(account, Content("Visits", definition=read(WHOLE)))


def read_on(schema: CitationSchema, at: datetime, *marks: tuple[str, str], **values: Any) -> None:
    call = factories.call(schema.account, created_at=at)
    for variable in read(WHOLE).variables:
        value = values.get(variable.name)
        word = "" if value is None or isinstance(value, list) else {True: "yes", False: "no"}.get(value, str(value))
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        more = {"name": variable.name, "type": variable.type, "value": value, "word": word, "number": number}
        Citation.objects.create(call=call, schema=schema, revision=1, called_at=at, **more)
    for severity, kind in marks:
        CitationIssue.objects.create(call=call, schema=schema, severity=severity, type=kind, variable="Guests", called_at=at)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=DENVER)


# periods ---------------------------------------------------------------------------------------------------------------
def test_days_make_weeks_and_months():
    assert Span(FIRST, LAST, "week", DENVER).periods == [date(2026, 3, 2), date(2026, 3, 9)]
    assert Span(date(2026, 2, 27), LAST, "month", DENVER).periods == [date(2026, 2, 27), date(2026, 3, 1)]
    assert Span(date(2026, 3, 4), LAST, "week", DENVER).periods == [date(2026, 3, 4), date(2026, 3, 9)]
    assert len(Span(FIRST, LAST, "day", DENVER).periods) == 14
    assert [span(LAST, days, DENVER).by for days in (1, 31, 32, 120, 121, 9999)] == ["day", "day", "week", "week", "month", "month"]
    assert span(LAST, 9999, DENVER).first == date(2025, 3, 15)


@pytest.mark.django_db
def test_a_day_is_the_readers_day_also_when_clocks_turn(schema):
    for moment in (at(1, 23), at(2, 0), at(8, 0), at(8, 23), at(9, 0), at(15, 23), at(16, 0)):
        read_on(schema, moment, Guests=1)
    found = over_time.found(schema, Span(FIRST, LAST, "day", DENVER))
    counts = {period.day: tally.of for period, tally in found.of("Guests").periods if tally.of}
    assert counts == {2: 1, 8: 2, 9: 1, 15: 1} and found.calls == 5


@pytest.mark.django_db
def test_every_type_is_counted_in_its_own_way(schema, django_assert_num_queries):
    read_on(schema, at(2), ("low", "Few"), Guests=2, Insured=True, Pet="dog", Street="Elm Street", Pains=["back", "knee"])
    read_on(schema, at(3), ("high", "Angry"), ("low", "Few"), Guests=5, Insured=False, Pet="dog", Street="Elm Street", Pains=["back"])
    read_on(schema, at(10), ("high", "Angry"), Guests=-1.5, Insured=True, Street="Oak Lane")
    read_on(schema, at(11))
    with django_assert_num_queries(5):
        found = over_time.found(schema, Span(FIRST, LAST, "week", DENVER))
    guests = found.of("Guests")
    assert (guests.whole.of, guests.whole.said, guests.whole.silent) == (4, 3, 1)
    assert [(t.of, t.said, t.average, t.least, t.most) for _, t in guests.periods] == [(2, 2, 3.5, 2, 5), (2, 1, -1.5, -1.5, -1.5)]
    assert (guests.whole.average, guests.whole.least, guests.whole.most) == (pytest.approx(5.5 / 3), -1.5, 5)
    insured = found.of("Insured")
    assert insured.words == ["yes", "no"]
    assert [t.words for _, t in insured.periods] == [Counter(yes=1, no=1), Counter(yes=1)] and insured.whole.numbers == 0
    assert found.of("Pet").words == ["dog", "cat"] and found.of("Pet").whole.words == Counter(dog=2)
    assert found.of("Street").top == [("Elm Street", 2), ("Oak Lane", 1)]
    assert found.of("Pains").top == [("back", 2), ("knee", 1)]
    assert found.issues == [Issue("high", "Angry", 2), Issue("low", "Few", 2)]
    assert [marks for _, marks in found.marked] == [Counter(low=2, high=1), Counter(high=1)]
    assert found.of("Nothing") is None


@pytest.mark.django_db
def test_only_the_most_frequent_words_are_told_and_nothing_read_is_nothing(schema, monkeypatch):
    monkeypatch.setattr(over_time, "TOP", 2)
    empty = over_time.found(schema, Span(FIRST, LAST, "week", DENVER))
    assert empty.calls == 0 and [values.whole.average for values in empty.values] == [None] * 5
    for street in ("Oak", "Elm", "Elm", "Ash", "Ash", "Ash"):
        read_on(schema, at(4), Street=street, Pains=[street, street])
    found = over_time.found(schema, Span(FIRST, LAST, "week", DENVER))
    assert found.of("Street").top == [("Ash", 3), ("Elm", 2)]
    assert found.of("Pains").top == [("Ash", 3), ("Elm", 2)]
