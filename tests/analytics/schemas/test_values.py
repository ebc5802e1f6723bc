"""Values over time as people see them: charts with tables, the file, the cost."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics.schemas import over_time, value_charts
from analytics.schemas.over_time import Span
from tests.analytics.schemas.test_over_time import DENVER, FIRST, LAST, at, read_on
from tests.analytics.schemas.test_over_time import schema as schema  # the fixture

pytestmark = pytest.mark.django_db


def shown(schema, by="week"):
    found = over_time.found(schema, Span(FIRST, LAST, by, DENVER))
    return {each.section.title: each for each in value_charts.facts(found)}, value_charts.marked(found)


def rows(section) -> list[list[object]]:
    return section.table.lines()


def test_each_type_has_its_chart_and_a_table_that_says_the_same(schema):
    read_on(schema, at(2), ("low", "Few"), Guests=2, Insured=True, Pet="dog", Street="Elm Street", Pains=["back"])
    read_on(schema, at(3), Guests=5, Insured=False, Street="Elm Street")
    read_on(schema, at(10), ("high", "Angry"), Insured=True)
    facts, marked = shown(schema)
    guests = facts["Guests"]
    assert guests.said == "said on 2 of 3 calls, 67%"
    assert rows(guests.section) == [
        ["Week", "Said", "Not said", "On average", "At least", "At most"],
        ["2026-03-02", 2, 0, 3.5, 2, 5],
        ["2026-03-09", 0, 1, "", "", ""],
    ]
    assert guests.section.note == "On average 3.5, between 2 and 5."
    assert len(guests.section.charts[0].lines) == 3
    insured = facts["Insured"].section
    assert [key.name for key in insured.legend] == ["Yes", "No", "Not said"] and [key.count for key in insured.legend] == ["2", "1", "0"]
    assert rows(insured)[1:] == [["2026-03-02", 1, 1, 0, 100], ["2026-03-09", 1, 0, 0, 100]]
    assert "Yes 50%, No 50%" in insured.charts[0].columns[0].told
    assert facts["Street"].top == [("Elm Street", 2, 100)] and facts["Pains"].top == [("back", 1, 100)]
    assert rows(marked) == [["What", "How bad", "Calls"], ["Angry", "High", 1], ["Few", "Low", 1]]
    silent = shown(schema, "day")[0]["Pet"]
    assert silent.section.charts[0].columns[0].told == "Monday, March 2: dog 100%"


def test_many_values_are_put_together_and_nothing_is_said_of_nothing(schema):
    facts, marked = shown(schema)
    assert {each.section.empty for each in facts.values()} == {value_charts.NOTHING} and marked.empty
    for number in range(9):
        read_on(schema, at(4), Pet=f"animal {number}")
    section = shown(schema)[0]["Pet"].section
    assert [key.name for key in section.legend] == ["dog", "cat", "animal 0", "Others", "Not said"]
    assert section.legend[3].count == "8" and len(rows(section)[0]) == 1 + 11 + 2  # the table has them all


def test_the_page_and_the_file(signed_in, account, schema):
    type(account).objects.update(timezone="UTC")
    viewer = signed_in("viewer")
    url = reverse("fact-list-values", args=[schema.uid])
    assert "No persona names this list yet" in viewer.get(url).content.decode()
    noon = timezone.make_aware(datetime.combine(timezone.localdate(), time(0, 1)))
    for days in (0, 29, 30):
        read_on(schema, noon - timedelta(days=days), ("high", "Angry"), Guests=days + 1, Street="=Elm")
    page = viewer.get(url).content.decode()
    assert "2 calls were read" in page and "=Elm" in page and page.count('<svg class="chart') == 6 and "on 2 calls, high" in page
    assert "3 calls were read" in viewer.get(f"{url}?days=90").content.decode()
    answer = viewer.get(reverse("fact-list-csv", args=[schema.uid]), {"days": "90"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert "'=Elm,3" in lines and 'Guests,"said on 3 of 3 calls, 100%"' in lines and "Angry,High,3" in lines
    assert viewer.get(url, {"days": "forever"}).status_code == 200


def test_the_page_costs_the_same_for_any_number_of_calls(signed_in, schema):
    viewer = signed_in("viewer")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            viewer.get(reverse("fact-list-values", args=[schema.uid]))
        return len(queries)

    read_on(schema, timezone.now(), ("low", "Few"), Guests=2, Pains=["a"], Street="Elm")
    once = cost()
    for number in range(4):
        read_on(schema, timezone.now(), ("low", f"Few {number}"), Guests=2, Pains=["a"], Street=f"Elm {number}")
    assert cost() == once <= 12
