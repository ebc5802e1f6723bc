"""Carrier callbacks: late, doubled, in any order; one and the same row comes out."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls import lifecycle, reports
from calls.lifecycle import Event
from calls.models import Call
from calls.reports import Outcome, Report, merge
from calls.states import ON_THE_LINE, State
from tests import factories

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
UNKNOWN = Outcome("unknown", error_message="lost", ended_at=AT)
COLUMNS = ["state", "status", "answered_by", "call_ended_by", "duration_ms", "error_message", "ringing_at", "started_at", "ended_at"]


def report(kind: str, second: int = 0, **more) -> Report:
    return Report(kind, AT + timedelta(seconds=second), **more)


ANSWERED = [report("ringing", 1), report("answered", 5), report("completed", 65, duration_ms=60_000)]
CONTRADICTING = [report("busy", 2), report("failed", 3, message="no route"), report("completed", 9)]

REPORTS = st.builds(
    Report,
    st.sampled_from(["ringing", "answered", "busy", "no-answer", "failed", "canceled", "completed"]),
    st.integers(0, 600).map(lambda s: AT + timedelta(seconds=s)),
    st.none() | st.integers(0, 600_000),
    st.sampled_from(["", "no route", "486"]),
)


@given(st.lists(REPORTS, max_size=7), st.sampled_from(["unknown", "completed", "failed", "canceled"]), st.randoms())
@settings(max_examples=300, deadline=None)
def test_merging_does_not_depend_on_order_or_doubles(collected, status, random):
    own = Outcome(status, ended_at=AT)
    shuffled = [*collected, *random.choices(collected, k=3)] if collected else []
    random.shuffle(shuffled)
    assert merge(own, shuffled) == merge(own, collected)


def test_what_the_session_saw_beats_every_report():
    own = Outcome("completed", "human", "USER", 42_000, ended_at=AT)
    assert merge(own, CONTRADICTING) == own


@pytest.mark.parametrize(
    ("kinds", "status", "state"),
    [
        (["ringing", "busy"], "busy", State.COMPLETE),
        (["ringing", "no-answer"], "no-answer", State.COMPLETE),
        (["failed"], "failed", State.CALL_ERROR),
        (["ringing", "canceled"], "canceled", State.COMPLETE),
        (["ringing", "answered", "completed"], "completed", State.COMPLETE),
        (["ringing", "answered"], "unknown", State.CALL_ERROR),
    ],
)
def test_reports_decide_where_we_saw_no_end(kinds, status, state):
    merged = merge(UNKNOWN, [report(kind, second) for second, kind in enumerate(kinds)])
    assert (merged.status, merged.state) == (status, state)


def test_duration_is_the_carriers_else_answered_to_completed():
    assert merge(UNKNOWN, ANSWERED).duration_ms == 60_000
    assert merge(UNKNOWN, [report("answered", 5), report("completed", 35)]).duration_ms == 30_000
    assert merge(UNKNOWN, [report("no-answer", 5)]).answered_by == "no-answer"


def dialled(account) -> Call:
    owner = uuid.uuid4()
    return factories.call(account, state=State.DIALLING, lease_owner=owner, lease_until=AT, ringing_at=None)


def end(call: Call, own: Outcome) -> None:
    reports.end(call.pk, ON_THE_LINE, own, "ended", owner=call.lease_owner)


def row(call: Call) -> dict:
    return Call.objects.filter(pk=call.pk).values(*COLUMNS).get()


@pytest.mark.parametrize("own", [UNKNOWN, Outcome("busy", ended_at=AT)], ids=["lost", "seen"])
@pytest.mark.parametrize("collected", [ANSWERED, CONTRADICTING], ids=["answered", "contradicting"])
def test_every_order_with_doubles_and_our_own_end_anywhere_gives_the_same_row(account, own, collected):
    rows = []
    for order in itertools.permutations([*collected, own]):
        call = dialled(account)
        for step in [*order, *collected[:2]]:
            if isinstance(step, Report):
                reports.receive(call.pk, step)
            else:
                end(call, step)
        rows.append(row(call))
    assert all(r == rows[0] for r in rows)
    assert rows[0]["status"] == ("completed" if own is UNKNOWN else "busy")


def test_a_double_is_told_and_not_written_again(account):
    call = dialled(account)
    assert reports.receive(call.pk, ANSWERED[0]) is True
    assert reports.receive(call.pk, ANSWERED[0]) is False
    assert call.events.filter(kind=reports.REPORT).count() == 1


def test_a_live_call_is_its_sessions_and_not_ended_by_a_report(account):
    call = dialled(account)
    reports.receive(call.pk, report("completed", 9))
    call.refresh_from_db()
    assert (call.state, call.status) == (State.DIALLING, "")


def test_a_correction_asks_for_a_new_outcome_and_says_so(account):
    call = dialled(account)
    end(call, UNKNOWN)
    Call.objects.filter(pk=call.pk).update(outcome_at=AT)
    reports.receive(call.pk, report("busy", 3))
    call.refresh_from_db()
    assert (call.state, call.status, call.outcome_at) == (State.COMPLETE, "busy", None)
    assert call.events.last().message == "By the carrier's report the call came out as: busy"
    assert list(call.events.values_list("seq", flat=True)) == list(range(1, call.last_seq + 1))


def test_a_call_that_was_never_dialled_stays_as_it_is(account):
    call = factories.call(account, state=State.QUEUED)
    lifecycle.advance(call.pk, State.QUEUED, State.COMPLETE, Event("queue", "Canceled"), status="canceled")
    reports.receive(call.pk, report("completed", 3))
    call.refresh_from_db()
    assert call.status == "canceled"
