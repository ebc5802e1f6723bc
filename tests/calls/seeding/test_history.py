"""seed_history: an invented past whose parts agree with each other, beside which real calls go on."""

import io
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from analytics.outcomes import price
from calls.models import Call, CallEvent, GuardRailTrip, Utterance
from calls.searching import finding
from calls.seeding import history
from calls.states import ENDED, Status
from pathways.graph import load
from tests import factories

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("seed_history", *args, stdout=out)
    return out.getvalue()


def test_all_parts_of_a_call_agree(account):
    *_, done = history.seed(account, 400, days=30)
    calls = list(Call.objects.filter(account=account).order_by("pk"))
    assert (len(calls), Utterance.objects.count()) == (done.calls, done.lines) == (400, done.lines)
    assert 8 < done.lines / 400 < 12
    assert {call.status for call in calls} == set(Status)
    assert all(a.created_at <= b.created_at for a, b in pairwise(calls)), "ids in the order of time, as real ones"
    assert timezone.now() - timedelta(days=31) < calls[0].created_at
    for call in calls:
        lines = {line.seq: line for line in call.utterances.all()}
        events = list(call.events.values_list("seq", flat=True))
        assert call.state in ENDED
        assert call.outcome_at >= call.ended_at >= (call.started_at or call.created_at)
        assert call.ended_at <= timezone.now()
        assert call.last_seq >= max([*lines, *events, 0])
        assert len({*lines, *events}) == len(lines) + len(events)
        assert call.price == price(call.duration_ms if call.started_at else 0)
        assert call.disposition_tag
        if call.disposition_seq is not None:
            assert lines[call.disposition_seq].text == call.disposition_quote
        for line in lines.values():
            assert line.start_ms < line.end_ms <= call.duration_ms
            assert line.latency is None or line.latency["total"] == sum(ms for part, ms in line.latency.items() if part != "total")
        if call.answered_by == "human":
            assert len(lines) >= 6


def test_pathway_calls_walk_their_published_graph(account):
    list(history.seed(account, 120, days=10))
    called = Call.objects.filter(account=account, pathway__isnull=False, answered_by="human").select_related("pathway__production")
    assert called
    for call in called:
        graph = load(call.pathway.production.graph)
        nodes = [e.data["node_id"] for e in call.events.filter(kind="node")]
        ways = [e.data for e in call.events.filter(kind="decision")]
        assert call.pathway_version == call.pathway.production.number
        assert nodes[0] == graph.start.id
        assert [(a, b) for a, b in pairwise(nodes)] == [(w["node_id"], w["chosen_node"]) for w in ways]
        assert {w["chosen_edge"] for w in ways} <= {edge.id for edge in graph.edges}


def test_a_trip_stands_with_its_event_and_its_line(account):
    list(history.seed(account, 600, days=5))
    trips = list(GuardRailTrip.objects.select_related("call", "guard_rail"))
    assert trips
    for trip in trips:
        assert trip.call.events.get(seq=trip.seq).kind == "guard_rail"
        assert trip.call.utterances.get(seq=trip.line_seq).text == trip.quote
        assert trip.guard_rail.account == trip.account == trip.call.account == account


def test_the_same_seed_tells_the_same_history():
    def told(seed: int) -> list[str]:
        account = factories.account()
        list(history.seed(account, 30, days=5, seed=seed))
        return list(Utterance.objects.filter(call__account=account).order_by("pk").values_list("text", flat=True))

    assert told(4) == told(4) != told(5)


def test_the_command_does_not_mix_with_real_calls_unasked(account):
    assert "20 calls with" in run("--calls", "20", "--days", "3")
    with pytest.raises(CommandError, match="has calls already"):
        run("--calls", "20")
    real = factories.call(account)
    run("--calls", "20", "--yes")
    assert Call.objects.filter(account=account).count() == 41
    assert real.pk < factories.call(account).pk
    assert not CallEvent.objects.filter(call=real).exists()


@pytest.mark.django_db(transaction=True)
def test_many_calls_at_once_leave_the_index_of_their_words_in_place(account):
    list(history.seed(account, 20, days=3))
    where = "pg_indexes WHERE indexname" if connection.vendor == "postgresql" else "sqlite_master WHERE name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {where} = 'calls_search'")
        assert cursor.fetchone() == (1,)
    assert finding.find(account, Call.objects.filter(account=account), "the", enough=30).total
