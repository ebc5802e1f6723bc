"""The Analytics page says what the rows say, for every filter and zone, and reads as many rows for 5 calls as for 50."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import asked, figures
from analytics.asked import Asked
from analytics.models import ChangedHour
from analytics.page.build import build
from analytics.rollups import counting
from analytics.rollups.changed import mark
from analytics.slots import Span
from calls.models import Call, CallEvent, GuardRailTrip, Utterance
from tests import factories
from tests.analytics.rollups import kit

NOW = datetime(2026, 11, 25, 19, 30, tzinfo=UTC)  # 12:30 in Denver
DENVER = ZoneInfo("America/Denver")


@pytest.fixture
def office(db, account):
    account.timezone = "America/Denver"
    account.save()
    made = kit.office("Elsewhere", timezone="America/Denver")
    made.account = account
    for row in (*made.personas, *made.pathways):
        row.account = account
        row.save()
    return made


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    with timezone.override(DENVER):
        yield NOW


def over(office, at, **fields) -> Call:
    usual = {
        "created_at": at,
        "dialling_at": at,
        "started_at": at,
        "ended_at": at + timedelta(minutes=1),
        "outcome_at": at,
        "state": "complete",
        "answered_by": "human",
        "duration_ms": 60_000,
        "price": Decimal("0.09"),
        "disposition_tag": "COMPLETED_ACTION",
        "timezone": "America/Denver",
    }
    return factories.call(office.account, **(usual | fields))


def test_an_office_without_calls_is_told_what_stands_here(signed_in):
    page = signed_in("viewer").get("/analytics/").content.decode()
    assert "Nothing to count yet" in page and '<svg class="chart' not in page


def test_one_call_and_nothing_known_of_its_speed(office, noon, signed_in):
    over(office, NOW - timedelta(hours=3), price=None)
    counting.sweep(office.account)
    page = build(office.account, Asked(period="7"))
    assert [tile.figure for tile in page.tiles] == ["1", "100%", "0%", "0:59", "not known", "not known"]  # a length is told to 2 %
    assert [tile.note for tile in page.tiles[:2]] == ["nothing to compare with"] * 2
    assert page.speed.empty and page.answers.empty and page.cost.empty
    assert page.heat.section.note == "Too few calls to tell a best hour."
    answer = signed_in("viewer").get("/analytics/?when=7")
    assert answer.status_code == 200 and "How long replies took is not known" in answer.content.decode()


@pytest.mark.parametrize("zone", ["America/Denver", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Auckland"])
def test_days_are_the_readers_and_filters_mean_what_they_say(office, zone):
    office.account.timezone = zone
    office.account.save()
    rng = Random(zone)
    kit.history(office, rng, 50, datetime(2026, 10, 30, 5, tzinfo=UTC), 4)
    counting.sweep(office.account)
    span = Span(date(2026, 10, 31), date(2026, 11, 2), ZoneInfo(zone))
    persona, pathway = office.personas[0].pk, office.pathways[0].pk
    for wanted in (
        figures.Filter(office.account.pk),
        figures.Filter(office.account.pk, persona=persona),
        figures.Filter(office.account.pk, persona=persona, number="+12025550111"),
        figures.Filter(office.account.pk, persona=persona, pathway=pathway, number="+12025550111"),
    ):
        given = {"persona": wanted.persona, "pathway": wanted.pathway, "from_number": wanted.number}
        calls = Call.objects.filter(account=office.account, ended_at__isnull=False, **{k: v for k, v in given.items() if v is not None})
        seen = figures.see(wanted, span, theirs=False)
        for n in range(3):
            day = span.first + timedelta(days=n)
            here = [call for call in calls if call.created_at.astimezone(span.zone).date() == day]
            sums = seen.sums[n]
            assert (sums.calls, sums.by_person) == (len(here), sum(c.answered_by == "human" for c in here))
            assert sums.cost == sum(c.price or 0 for c in here)
            assert sum(seen.outcomes[n].values()) == len(here)
        hours = {}
        for call in calls:
            if call.dialling_at and span.first <= call.created_at.astimezone(span.zone).date() <= span.last:
                at = call.dialling_at.astimezone(span.zone)
                hours[at.weekday() * 24 + at.hour] = hours.get(at.weekday() * 24 + at.hour, 0) + 1
        assert {hour: n for hour, (n, _) in seen.heat.items()} == hours


def test_the_days_before_end_at_the_same_hour_while_today_runs(office, noon):
    over(office, NOW - timedelta(hours=1))
    over(office, NOW - timedelta(hours=25))  # yesterday, 11:30
    over(office, NOW - timedelta(hours=22))  # yesterday, 14:30: not yet today
    counting.sweep(office.account)
    page = build(office.account, Asked(period="today"))
    assert (page.tiles[0].raw, page.tiles[0].was) == (1, 1)
    assert page.calls.table.rows[-2][0].shown == "12 PM to 1 PM"  # and no hour that has not begun
    assert page.said == "November 25, compared with the day before, up to the same hour"
    assert build(office.account, Asked(period="", since=date(2026, 11, 24), until=date(2026, 11, 24))).tiles[0].raw == 2


def test_every_chart_compares_with_days_of_ones_own(office, noon):
    for n in range(4):
        over(office, NOW - timedelta(days=n))
    over(office, NOW - timedelta(days=200), answered_by="voicemail", disposition_tag="LEFT_MESSAGE")
    counting.sweep(office.account)
    day = (NOW - timedelta(days=200)).date()
    page = build(office.account, Asked(period="7", against="own", other_since=day, other_until=day))
    assert "compared with May 9" in page.said and page.compared == "May 9"
    assert page.tiles[1].delta and (page.tiles[1].delta.word, page.tiles[1].delta.up) == ("better", True)
    assert ["LEFT_MESSAGE".replace("_", " ").capitalize(), "0", "0%", "1", "100%"] in [
        [cell.shown for cell in row] for row in page.outcomes.table.rows
    ]
    without = {name for name, (_, table) in page.tables.items() if "May 9" not in str(table.head)}
    assert without == {"figures", "steps", "outcomes-by-time"}  # the first has "Compared", the second no pathway here


def test_the_heat_map_has_the_clocks_of_the_people_called(office, noon):
    at = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)  # a Tuesday: 9 AM in Denver, 4 PM in London
    over(office, at, timezone="Europe/London", dialling_at=at + timedelta(hours=2))
    counting.sweep(office.account)
    theirs, mine = (build(office.account, Asked(clock=clock)).heat for clock in ("theirs", "mine"))

    def told(heat):
        return [(row.day, hour.full) for row in heat.rows for hour, square in zip(heat.hours, row.squares, strict=True) if square.shown]

    assert told(theirs) == [("Tuesday", "6 PM")]
    assert told(mine) == [("Tuesday", "11 AM")]


def test_where_calls_end_on_a_pathway(office, noon, signed_in):
    pathway = office.pathways[0]
    for n in range(3):
        call = over(office, NOW - timedelta(hours=n), pathway=pathway, pathway_version=1)
        nodes = ["a", "b"] if n else ["a"]
        for seq, node in enumerate(nodes, 1):
            CallEvent.objects.create(call=call, seq=seq * 2, category="call", kind="node", message="", data={"node_id": node})
        if n:
            data = {"node_id": "a", "chosen_edge": "ab"}
            CallEvent.objects.create(call=call, seq=3, category="call", kind="decision", message="", data=data)
    counting.sweep(office.account)
    funnel = build(office.account, Asked()).funnel
    first, second = funnel.places
    assert (first.name, first.reached, first.ended, first.ended_share) == ("a", 3, 1, "33%")
    assert [(way.name, way.calls) for way in first.ways] == [("yes", 2)]
    assert (second.reached, second.share, second.final) == (2, "67%", True)
    assert signed_in("viewer").get(first.href).status_code == 200
    assert build(office.account, Asked(steps=office.pathways[1].uid)).funnel.section.empty
    assert build(office.account, Asked(version=9)).funnel.section.empty


def test_outcomes_lead_to_their_calls_with_the_same_filters(office, noon, signed_in):
    over(office, NOW - timedelta(days=1), persona=office.personas[0])
    counting.sweep(office.account)
    page = build(office.account, Asked(period="7", persona=office.personas[0].uid))
    (key,) = page.outcomes.legend
    assert key.href == f"/calls/?from=2026-11-19&to=2026-11-25&persona={office.personas[0].uid}&outcome=COMPLETED_ACTION"
    assert signed_in("viewer").get(key.href).context["list"].total == 1


def test_another_offices_persona_shows_nothing(office, noon):
    other = kit.office("Strangers")
    over(other, NOW, persona=other.personas[0])
    counting.sweep(other.account)
    page = build(office.account, Asked(persona=other.personas[0].uid))
    assert page.empty and page.options[0].word == "not known"


def test_what_waits_to_be_counted_is_said(office, noon):
    call = over(office, NOW - timedelta(days=1))
    counting.sweep(office.account)
    assert build(office.account, Asked()).until == NOW
    mark(office.account.pk, [call.created_at])
    page = build(office.account, Asked())
    assert page.behind and page.until == ChangedHour.objects.get().at


def test_files(office, noon, signed_in):
    call = over(office, NOW - timedelta(days=1), disposition_tag="=HYPERLINK(1)")
    GuardRailTrip.objects.create(call=call, account=office.account, name="@no", type="custom", seq=3, at_ms=5, action="end")
    counting.sweep(office.account)
    client = signed_in("viewer")
    answer = client.get("/analytics/outcomes.csv?when=7")
    assert answer["Content-Disposition"] == 'attachment; filename="analytics-outcomes-2026-11-19-2026-11-25.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][:3] == ["'=HYPERLINK(1)", "1", "100.0"]
    whole = client.get("/analytics/all.csv?when=7").content.decode("utf-8-sig")
    assert "\r\nGuard rails that tripped\r\n" in whole and "'@no,1" in whole
    assert client.get("/analytics/nothing.csv").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "when=never&from=x",
        "from=2026-11-30&to=2026-11-01&when=",
        "persona=1&pathway=%00",
        "version=99999999999",
        "when=&from=1066-10-14",
        "heat=x&clock=&against=own",
    ],
)
def test_wrong_values_are_dropped(signed_in, account, query):
    assert signed_in("viewer").get(f"/analytics/?{query}").status_code == 200


def test_an_address_says_again_what_was_asked():
    days = "when=&from=2026-11-01&to=2026-11-03&against=own&vs_from=2026-10-01&vs_to=2026-10-03"
    text = f"{days}&from_number=%2B12025550111&heat=calls&clock=mine"
    once = asked.read(QueryDict(text))
    assert asked.read(QueryDict(once.query())) == once and once.period == ""
    assert Asked().query() == ""


def test_the_part_that_changes_is_only_that_part(signed_in):
    page = signed_in("viewer").get("/analytics/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="analytics-box"' in page and "<html" not in page


def test_the_number_of_queries_does_not_grow(office, noon, signed_in):
    client, rng = signed_in("viewer"), Random(8)

    def queries() -> int:
        counting.sweep(office.account)
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/analytics/?when=90").status_code == 200
        return len(caught)

    def fill() -> None:
        made = kit.history(office, rng, 12, NOW - timedelta(days=80), 79)
        Utterance.objects.create(call=made[0], seq=99, speaker="assistant", text="…", start_ms=0, end_ms=9, latency={"total": 700})
        mark(office.account.pk, [call.created_at for call in made])

    fill()
    queries()
    first = queries()
    fill()
    fill()
    assert queries() == first <= 28
