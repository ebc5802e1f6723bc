"""The outcome written to the call: once, with its event, whatever goes wrong."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import now

from analytics import outcomes, receivers, tasks
from analytics.outcomes import write_outcome
from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call, CallEvent
from calls.states import State
from config.celery import app
from tests import factories


@pytest.fixture
def ended(account):
    """ended("A: Hello", "U: Hi", status="completed") -> a call that ended just so."""

    def make(*lines: str, **fields) -> Call:
        fields = {"state": State.COMPLETE, "status": "completed", "started_at": now(), "ended_at": now(), "duration_ms": 45_200, **fields}
        call = factories.call(account, **fields)
        for i, line in enumerate(lines):
            speaker = {"A": "assistant", "U": "user", "R": "robot"}[line[0]]
            lifecycle.say(call.pk, speaker, line[3:], i * 1000, i * 1000 + 900)
        return call

    return make


def test_outcome_of_a_cooperative_call(ended):
    call = ended(
        "A: Does Tuesday at 3pm still work for you?",
        "U: Yes, that works.",
        "A: Do you have insurance?",
        "U: Yes, Blue Shield.",
        "A: Goodbye.",
    )
    assert write_outcome(call.pk) is True
    call.refresh_from_db()
    assert call.disposition_tag == "COMPLETED_ACTION"
    assert call.disposition_quote == "Yes, that works."
    assert call.disposition_seq == 2
    assert call.utterances.get(seq=call.disposition_seq).text == call.disposition_quote
    assert "Do you have insurance?" in call.summary
    assert "Yes, Blue Shield." in call.summary
    assert call.price == Decimal("0.0690")  # 46 begun seconds at 0.09 a minute
    assert call.needs_person == []
    assert call.outcome_at is not None
    event = call.events.get(kind="outcome")
    assert event.message == "Disposition: COMPLETED_ACTION"
    assert event.data["quote"] == "Yes, that works."


def test_written_once(ended):
    call = ended("A: Hello?", "U: Stop calling me.")
    assert write_outcome(call.pk) is True
    assert write_outcome(call.pk) is False
    assert call.events.filter(kind="outcome").count() == 1


def test_not_before_the_call_ended(account):
    call = factories.call(account, state=State.STARTED)
    assert write_outcome(call.pk) is False
    assert write_outcome(10**9) is False
    call.refresh_from_db()
    assert call.outcome_at is None


@pytest.mark.parametrize(
    ("status", "state", "tag"),
    [
        ("busy", State.COMPLETE, "BUSY"),
        ("no-answer", State.COMPLETE, "NO_ANSWER"),
        ("canceled", State.COMPLETE, "CANCELED"),
        ("failed", State.CALL_ERROR, "FAILED"),
        ("", State.QUEUE_ERROR, "FAILED"),
    ],
)
def test_a_call_that_was_never_answered_costs_nothing(ended, status, state, tag):
    call = ended(status=status, state=state, started_at=None, duration_ms=0, config={"dispositions": ["good", "bad"]})
    write_outcome(call.pk)
    call.refresh_from_db()
    assert (call.disposition_tag, call.disposition_quote, call.price) == (tag, "", Decimal(0))
    assert call.state == state


def test_voicemail_is_no_contact_and_says_what_we_left(ended):
    call = ended("R: You've reached Jordan. Please leave a message.", "A: Please call Acme Dental.", answered_by="voicemail")
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.disposition_tag == "NO_CONTACT_MADE"
    assert "Please call Acme Dental." in call.summary


def test_a_lost_call_needs_a_person_and_is_not_called_a_success(ended):
    call = ended("A: Does Tuesday work?", "U: Yes.", status="unknown", state=State.CALL_ERROR)
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.disposition_tag == "FAILED"
    assert [need["reason"] for need in call.needs_person] == ["lost"]


HUMAN = ("A: Does Tuesday work?", "U: Can I speak to a human please?")


def test_transfer_counts_when_the_line_did_it(ended):
    call = ended(*HUMAN, transferred_to="+15005550100", transferred_at=now())
    write_outcome(call.pk)
    call.refresh_from_db()
    assert (call.disposition_tag, call.disposition_quote) == ("TRANSFERRED", "Can I speak to a human please?")
    assert call.needs_person == []


def test_a_failed_transfer_needs_a_person(ended):
    call = ended(*HUMAN, "A: One moment, I am connecting you.")
    lifecycle.record(call.pk, Event("call", "Handing over failed", kind="transfer_failed", level="error"))
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.disposition_tag == "FOLLOW_UP_REQUIRED"
    assert [need["reason"] for need in call.needs_person] == ["transfer_failed", "wants_person"]


@pytest.mark.parametrize(
    ("lines", "reason", "seq"),
    [
        (("A: Is this a good moment?", "U: No, call me tomorrow at six.", "A: We will call you then."), "callback", 2),
        (("A: How was your stay?", "U: Terrible, the room was filthy.", "A: I am sorry."), "complaint", 2),
        (("A: Does Tuesday work?", "U: Yes. How much is it?", "A: I don't have that information."), "unanswered", 2),
        (HUMAN, "wants_person", 2),
    ],
)
def test_reasons_to_look_point_at_the_line(ended, lines, reason, seq):
    call = ended(*lines)
    write_outcome(call.pk)
    call.refresh_from_db()
    assert {"reason": reason, "seq": seq} in [{"reason": n["reason"], "seq": n["seq"]} for n in call.needs_person]


def test_own_tags(ended):
    call = ended("A: Does Tuesday work?", "U: Yes, I'll be there.", config={"dispositions": ["Confirmed", "Cancelled"]})
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.disposition_tag == "Confirmed"


def test_third_failure_gives_up_and_asks_a_person(ended, monkeypatch):
    call = ended("A: Hello", "U: Hi")
    stop = call.ended_at
    monkeypatch.setattr(outcomes, "encoder", _broken)
    for n in (1, 2):
        tasks.write_outcome(call.pk)
        call.refresh_from_db()
        assert (call.state, call.outcome_at, call.events.filter(kind="outcome_failed").count()) == (State.COMPLETE, None, n)
    tasks.write_outcome(call.pk)
    call.refresh_from_db()
    assert call.state == State.COMPLETE_ERROR
    assert call.ended_at == stop
    assert [need["reason"] for need in call.needs_person] == ["outcome"]
    tasks.write_outcome(call.pk)
    assert call.events.filter(kind="outcome_failed").count() == 3


def _broken():
    raise RuntimeError("no encoder")


def test_sweep_finds_what_was_missed_and_leaves_fresh_ones_to_their_task(ended):
    old = ended("A: Hello", "U: Stop calling me.", ended_at=now() - timedelta(seconds=60))
    fresh = ended("A: Hello", "U: Stop calling me.")
    tasks.sweep_outcomes()
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert old.disposition_tag == "DO_NOT_CONTACT"
    assert fresh.outcome_at is None


def test_the_end_of_a_call_asks_for_its_outcome(account, django_capture_on_commit_callbacks):
    call = factories.call(account, state=State.STARTED, started_at=now())
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.advance(call.pk, State.STARTED, State.COMPLETE, Event("queue", "Call ended"), status="completed", duration_ms=1000)
    call.refresh_from_db()
    assert call.disposition_tag == "NO_CONTACT_MADE"


def test_a_broker_that_is_away_does_not_disturb_the_runner(caplog, broker_away):
    start = time.monotonic()
    receivers.ask_for_outcome(call_id=1)
    assert time.monotonic() - start < 5  # more than 6 s with Celery's own patience
    assert "the sweep will find it" in caplog.text


@pytest.fixture
def broker_away():
    """Celery as in production, with a broker that refuses connections."""
    before = app.conf.task_always_eager, app.conf.broker_url
    app.conf.update(task_always_eager=False, broker_url="redis://127.0.0.1:1/0")
    app.amqp._producer_pool = None
    yield
    app.conf.update(task_always_eager=before[0], broker_url=before[1])
    app.amqp._producer_pool = None


def test_a_correction_writes_the_outcome_anew(ended):
    call = ended("A: Hello", "U: Stop calling me.")
    write_outcome(call.pk)
    lifecycle.record(call.pk, Event("call", "Corrected"), status="busy", started_at=None, outcome_at=None)
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.disposition_tag == "BUSY"
    assert CallEvent.objects.filter(call=call, kind="outcome").count() == 2
