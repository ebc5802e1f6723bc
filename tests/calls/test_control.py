"""Stop, transfer, whisper, take over: rows first, each wish once."""

import uuid

import pytest

from calls import control
from calls.models import Call, CallEvent
from calls.runner import inbox
from calls.runner.inbox import Seen
from calls.states import State
from tests import factories


def commands(call: Call) -> list[tuple[str, str]]:
    rows = CallEvent.objects.filter(call=call, kind=control.COMMAND).order_by("seq")
    return [(event.data["command"], event.data["text"]) for event in rows]


def live(account, state: State = State.STARTED, **fields) -> Call:
    return factories.call(account, state=state, lease_owner=uuid.uuid4(), **fields)


@pytest.mark.parametrize("state", [State.NEW, State.QUEUED, State.ALLOCATED])
def test_a_call_that_was_not_dialled_is_canceled_at_once(account, state):
    call = live(account, state)
    assert control.stop(call, "Anna") is True
    call.refresh_from_db()
    assert (call.state, call.status, call.stop_requested_by, call.lease_owner) == (State.COMPLETE, "canceled", "Anna", None)
    assert call.ended_at is not None


@pytest.mark.parametrize("state", [State.DIALLING, State.RINGING, State.STARTED])
def test_a_call_on_the_line_is_asked_to_end_once(account, state):
    call = live(account, state)
    assert control.stop(call, "Anna") is True
    assert control.stop(call, "Ben") is True
    call.refresh_from_db()
    assert (call.state, call.stop_requested_by, call.events.count()) == (state, "Anna", 1)


@pytest.mark.parametrize("state", [State.COMPLETE, State.CALL_ERROR, State.QUEUE_ERROR, State.PRE_QUEUE_ERROR, State.COMPLETE_ERROR])
def test_an_ended_call_is_not_stopped(account, state):
    call = factories.call(account, state=state, status="failed")
    assert control.stop(call, "Anna") is False
    call.refresh_from_db()
    assert (call.state, call.status, call.events.count()) == (state, "failed", 0)


def test_stop_all_stops_this_accounts_calls_only(account):
    waiting, running, done = factories.call(account, state=State.QUEUED), live(account), factories.call(account, state=State.COMPLETE)
    other = factories.call(factories.account("Other"), state=State.QUEUED)
    assert control.stop_all(account, "Anna") == 2
    assert control.stop_all(account, "Anna") == 1  # the live one is still there, and asked already
    for call in (waiting, running, done, other):
        call.refresh_from_db()
    assert [waiting.state, running.state, done.state, other.state] == ["complete", "started", "complete", "queued"]
    assert running.stop_requested_at is not None
    assert done.stop_requested_at is None


def test_commands_reach_the_runner_once_each_in_order(account):
    call = live(account)
    assert control.whisper(call, " mention parking ", "Anna")
    assert control.take_over(call, "Anna")
    assert control.type_line(call, "One moment.", "Anna", token="t1")
    assert control.give_back(call, "Anna")
    assert control.transfer(call, "+14155550100", "Anna")
    passed = inbox.read(call.lease_owner, {call.pk: Seen()})
    assert [p.command.kind for p in passed] == ["whisper", "take_over", "type", "give_back", "transfer"]
    assert (passed[0].command.text, passed[0].command.by) == ("mention parking", "Anna")
    assert inbox.read(call.lease_owner, {call.pk: passed[-1].seen}) == []
    assert [p.command.kind for p in inbox.read(call.lease_owner, {call.pk: passed[1].seen})] == ["type", "give_back", "transfer"]


def test_a_stop_comes_before_other_commands_and_once(account):
    call = live(account)
    control.whisper(call, "hint", "Anna")
    control.stop(call, "Ben")
    passed = inbox.read(call.lease_owner, {call.pk: Seen()})
    assert [(p.command.kind, p.command.by) for p in passed] == [("stop", "Ben"), ("whisper", "Anna")]
    assert inbox.read(call.lease_owner, {call.pk: passed[-1].seen}) == []


def test_nobody_reads_commands_for_a_call_of_another_runner(account):
    call = live(account)
    control.whisper(call, "hint", "Anna")
    assert inbox.read(uuid.uuid4(), {call.pk: Seen()}) == []


def test_the_same_wish_again_changes_nothing(account):
    call = live(account)
    for _ in range(2):
        control.transfer(call, "+14155550100", "Anna")
        control.take_over(call, "Anna")
        control.type_line(call, "Hello", "Anna", token="t1")
        control.whisper(call, "hint", "Anna", token="t2")
    assert commands(call) == [("transfer", "+14155550100"), ("take_over", ""), ("type", "Hello"), ("whisper", "hint")]


def test_taking_over_again_after_giving_back_is_a_new_wish(account):
    call = live(account)
    for wish in (control.take_over, control.give_back, control.take_over):
        assert wish(call, "Anna")
    assert [name for name, _ in commands(call)] == ["take_over", "give_back", "take_over"]


def test_the_same_line_may_be_typed_twice(account):
    call = live(account)
    control.type_line(call, "Hello?", "Anna", token="a")
    control.type_line(call, "Hello?", "Anna", token="b")
    control.whisper(call, "slower", "Anna")
    control.whisper(call, "slower", "Anna")
    assert len(commands(call)) == 4


@pytest.mark.parametrize("state", [State.QUEUED, State.DIALLING, State.COMPLETE])
def test_only_a_live_call_is_transferred_or_taken_over(account, state):
    call = live(account, state)
    assert control.transfer(call, "+14155550100", "Anna") is False
    assert control.take_over(call, "Anna") is False
    assert control.type_line(call, "Hello", "Anna") is False
    assert commands(call) == []


def test_bad_input_is_refused(account):
    call = live(account)
    for bad in ("", "   ", "x" * (control.LONGEST_TEXT + 1)):
        with pytest.raises(ValueError, match="Write 1 to"):
            control.whisper(call, bad, "Anna")
    for bad in ("", "4155550100", "+0123456789", "+1415555010x", "+1"):
        with pytest.raises(ValueError, match="must start with"):
            control.transfer(call, bad, "Anna")


def test_reading_costs_one_query_when_nobody_asked_anything(account, django_assert_num_queries):
    owner = uuid.uuid4()
    seen = {factories.call(account, state=State.STARTED, lease_owner=owner).pk: Seen() for _ in range(20)}
    with django_assert_num_queries(1):
        assert inbox.read(owner, seen) == []
