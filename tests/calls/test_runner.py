"""The runner as a whole, in this process, with the simulated carrier: claims, conversations, stops, drain."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils.timezone import now

from calls import control, feed, lines
from calls.carriers.base import CarrierError
from calls.models import BlockedNumber, Call, CallingRules, DoNotCall, Line, Runner
from calls.runner import retry
from calls.runner.dial import Engine
from calls.states import ENDED, State
from config.celery import app
from config.kit.secrets import seal
from tests import factories
from tests.calls.runner_kit import CountingCarrier, PatientAgent, dials, engine, running, states, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_worker():
    """Outcomes are the worker's and have tests of their own."""
    eager, app.conf.task_always_eager = app.conf.task_always_eager, False
    yield
    app.conf.task_always_eager = eager


def queued(account, **fields) -> Call:
    return factories.call(account, state=State.QUEUED, **fields)


def ended(*calls: Call):
    return lambda: set(states(*calls)) <= ENDED


@sync_to_async
def fresh(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


async def test_a_due_call_is_dialled_once_and_ends_with_its_lines(account, tmp_path):
    call = await sync_to_async(queued)(account)
    async with running(engine(tmp_path / "dials")):
        await until(ended(call))
    call = await fresh(call)
    assert (call.state, call.status, call.answered_by, call.agent) == ("complete", "completed", "human", "Short agent")
    assert call.lease_owner is None
    assert call.duration_ms > 0
    assert call.dialling_at <= call.ringing_at <= call.started_at <= call.ended_at
    assert dials(tmp_path / "dials") == [str(call.uid)]
    events = await sync_to_async(lambda: list(call.events.values_list("seq", flat=True)))()
    assert events == list(range(1, call.last_seq + 1))
    lines = await sync_to_async(lambda: list(call.utterances.values_list("speaker", flat=True)))()
    assert lines[:2] == ["assistant", "user"] or lines[:2] == ["user", "assistant"]


@pytest.mark.parametrize(
    ("number", "state", "status", "answered_by"),
    [
        ("+15005550001", "complete", "busy", ""),
        ("+15005550002", "complete", "no-answer", "no-answer"),
        ("+15005550003", "complete", "completed", "voicemail"),
        ("+15005550013", "call_error", "failed", ""),
    ],
)
async def test_how_a_line_comes_out_is_written(account, tmp_path, number, state, status, answered_by):
    call = await sync_to_async(queued)(account, to_number=number)
    async with running(engine(tmp_path / "dials")):
        await until(ended(call))
    call = await fresh(call)
    assert (call.state, call.status, call.answered_by) == (state, status, answered_by)


@pytest.mark.parametrize(
    ("error", "status", "state"),
    [
        (CarrierError("No route", status="failed"), "failed", "call_error"),
        (CarrierError("Busy", status="busy"), "busy", "complete"),
        (CarrierError("Nobody", status="no-answer"), "no-answer", "complete"),
        (CarrierError("?", status="nonsense"), "failed", "call_error"),
        (RuntimeError("broken"), "failed", "call_error"),
    ],
)
async def test_a_carrier_that_refuses_is_not_asked_again(account, tmp_path, error, status, state):
    asked = []

    def refuse(dial):
        asked.append(dial.call_id)
        raise error

    carrier = CountingCarrier(tmp_path / "dials", before=refuse)
    call = await sync_to_async(queued)(account)
    async with running(Engine(lambda _kind: carrier, engine(tmp_path).agent, engine(tmp_path).converse)):
        await until(ended(call))
        await asyncio.sleep(0.3)
    call = await fresh(call)
    assert (call.status, call.state, asked) == (status, state, [str(call.uid)])


async def test_a_call_that_cannot_be_prepared_ends_and_does_not_come_round_again(account, tmp_path):
    made = []

    def no_agent(brief):
        made.append(brief)
        raise LookupError("no agent")

    call = await sync_to_async(queued)(account)
    async with running(engine(tmp_path / "dials", agent=no_agent)):
        await until(ended(call))
        await asyncio.sleep(0.2)
    call = await fresh(call)
    assert (call.state, call.status, len(made), dials(tmp_path / "dials")) == ("queue_error", "failed", 1, [])


async def test_the_rules_are_asked_again_before_dialling(account, tmp_path):
    blocked, listed, flagged = [await sync_to_async(queued)(account, to_number=f"+1720200000{n}") for n in range(3)]
    await BlockedNumber.objects.acreate(account=account, number=blocked.to_number, reason="office")
    await DoNotCall.objects.acreate(account=account, number=listed.to_number, reason="asked by letter")
    async with running(engine(tmp_path / "dials")):
        await until(ended(blocked, listed, flagged))
        await type(account).objects.filter(pk=account.pk).aupdate(flagged_at=now(), flagged_reason="fraud")
        last = await sync_to_async(queued)(account, to_number="+17202000009")
        await until(ended(last))
    rows = [await fresh(call) for call in (blocked, listed, last)]
    assert [(row.state, row.status) for row in rows] == [("queue_error", "failed")] * 3
    assert "blocked list: office" in rows[0].error_message
    assert "do-not-call list: asked by letter" in rows[1].error_message
    assert rows[2].error_message == "fraud"
    assert dials(tmp_path / "dials") == [str(flagged.uid)]


async def test_two_calls_to_one_number_are_kept_apart(account, tmp_path):
    await CallingRules.objects.filter(account=account).aupdate(same_number_seconds=2)
    calls = [await sync_to_async(queued)(account, to_number="+17202000001") for _ in range(2)]
    async with running(engine(tmp_path / "dials")):
        await until(lambda: Call.objects.exclude(held_reason="").exists())
        assert len(dials(tmp_path / "dials")) == 1
        await until(ended(*calls))
    first, second = sorted([(await fresh(call)).dialling_at for call in calls])
    assert second - first >= timedelta(seconds=2)


async def test_a_real_line_waits_for_the_calling_hours(account, tmp_path, monkeypatch):
    """Calling hours bind real lines only, and there is none yet: this one says it is real."""
    monkeypatch.setattr("calls.rules.is_real", lambda kind: True)
    opening = (now() + timedelta(hours=2)).time()
    await CallingRules.objects.filter(account=account).aupdate(open_from=opening, open_until=(now() + timedelta(hours=3)).time())
    call = await sync_to_async(queued)(account, timezone="UTC")
    async with running(engine(tmp_path / "dials")):
        await until(lambda: Call.objects.exclude(held_reason="").exists())
    call = await fresh(call)
    assert (call.state, call.lease_owner, dials(tmp_path / "dials")) == ("queued", None, [])
    assert timedelta(minutes=110) < call.due_at - now() < timedelta(minutes=121)
    assert call.held_reason.startswith("Calling hours there are")


async def test_a_scheduled_call_waits_for_its_time(account, tmp_path):
    soon = await sync_to_async(queued)(account, due_at=now() + timedelta(seconds=1))
    later = await sync_to_async(queued)(account, due_at=now() + timedelta(hours=1))
    async with running(engine(tmp_path / "dials")):
        await asyncio.sleep(0.4)
        assert dials(tmp_path / "dials") == []
        await until(ended(soon))
    assert await sync_to_async(states)(later) == ["queued"]
    assert (await fresh(soon)).dialling_at >= soon.due_at


async def test_a_live_call_is_stopped_by_staff(account, tmp_path):
    call = await sync_to_async(queued)(account)
    async with running(engine(tmp_path / "dials", speed=1, agent=lambda _brief: PatientAgent())) as runner:
        await until(lambda: states(call) == ["started"], 30)
        assert await sync_to_async(control.stop)(call, "Anna")
        await until(ended(call), 5)
        await until(lambda: runner.live == 0, 5)
    call = await fresh(call)
    assert (call.status, call.call_ended_by, call.stop_requested_by) == ("completed", "ASSISTANT", "Anna")


async def test_a_ringing_call_is_stopped_by_staff(account, tmp_path):
    call = await sync_to_async(queued)(account, to_number="+15005550002")
    async with running(engine(tmp_path / "dials", speed=1)):
        await until(lambda: states(call) == ["ringing"], 10)
        await sync_to_async(control.stop)(call, "Anna")
        await until(ended(call), 10)
    call = await fresh(call)
    assert (call.state, call.status, call.answered_by, call.started_at) == ("complete", "canceled", "", None)


async def test_a_typed_line_is_spoken_and_the_agent_is_silent(account, tmp_path):
    call = await sync_to_async(queued)(account)
    async with running(engine(tmp_path / "dials", speed=20, agent=lambda _brief: PatientAgent())):
        await until(lambda: states(call) == ["started"])
        await sync_to_async(control.take_over)(call, "Anna")
        await sync_to_async(control.type_line)(call, "Anna herself is speaking now.", "Anna")
        await until(lambda: call.utterances.filter(text__contains="herself").exists())
        await sync_to_async(control.stop)(call, "Anna")
        await until(ended(call))


async def test_the_longest_duration_ends_a_call(account, tmp_path):
    call = await sync_to_async(queued)(account, to_number="+15005550010", config={"task": "x", "max_duration": 1})
    async with running(engine(tmp_path / "dials", agent=lambda _brief: PatientAgent())):
        await until(ended(call))
    call = await fresh(call)
    assert call.status == "completed"
    assert call.duration_ms <= 61_000


async def test_draining_tells_live_calls_to_close_and_leaves_the_rest_queued(account, tmp_path):
    live = await sync_to_async(queued)(account)
    async with running(engine(tmp_path / "dials", speed=4, agent=lambda _brief: PatientAgent())) as runner:
        await until(lambda: states(live) == ["started"], 30)
        began = asyncio.get_running_loop().time()
        runner.drain()
        waiting = await sync_to_async(queued)(account)
    assert asyncio.get_running_loop().time() - began < 9
    live = await fresh(live)
    assert (live.state, live.status, live.call_ended_by) == ("complete", "completed", "ASSISTANT")
    assert await sync_to_async(states)(waiting) == ["queued"]
    assert not await Runner.objects.aexists()


async def test_a_call_that_was_claimed_but_not_dialled_goes_back_to_the_queue_on_drain(account, tmp_path):
    call = await sync_to_async(queued)(account)
    drained = []

    def agent_made_while_draining(brief):
        drained[0].drain()
        return PatientAgent()

    async with running(engine(tmp_path / "dials", agent=agent_made_while_draining)) as runner:
        drained.append(runner)
        await until(lambda: call.events.filter(message__startswith="Given back").exists())
    call = await fresh(call)
    assert (call.state, call.lease_owner, call.lease_until) == ("queued", None, None)
    assert dials(tmp_path / "dials") == []


async def test_capacity_is_kept(account, tmp_path):
    calls = [await sync_to_async(queued)(account, to_number=f"+1720200000{n}") for n in range(5)]
    async with running(engine(tmp_path / "dials", speed=5, agent=lambda _brief: PatientAgent()), capacity=2) as runner:
        await until(lambda: states(*calls).count("started") == 2)
        assert runner.live == 2
        assert (await sync_to_async(states)(*calls)).count("queued") == 3
        await sync_to_async(control.stop_all)(account, "Anna")
        await until(ended(*calls))


async def test_a_runner_shows_signs_of_life(account, tmp_path):
    async with running(engine(tmp_path / "dials"), capacity=7) as runner:
        await until(lambda: Runner.objects.filter(uid=runner.uid, capacity=7).exists(), 5)


async def test_a_nudge_is_enough(account, tmp_path):
    """With a sweep that would take minutes, the nudge alone starts the call."""
    async with running(engine(tmp_path / "dials")) as runner:
        runner._sweep = 300
        await asyncio.sleep(0.2)
        call = await sync_to_async(queued)(account)
        await sync_to_async(feed.nudge)()
        await until(ended(call), 10)


async def test_who_asks_not_to_be_called_again_is_blocked_with_the_quote(account, tmp_path):
    from calls.agent.ports import EndCall, Note, Say

    class OptOut:
        name = "Opt-out agent"

        async def reply(self, turn):
            yield Note("optout", "Asked not to be called again", {"quote": "Please stop calling me."})
            yield Say("I will take you off the list. Goodbye.")
            yield EndCall()

    call = await sync_to_async(queued)(account, to_number="+15005550005")
    async with running(engine(tmp_path / "dials", agent=lambda _brief: OptOut())):
        await until(ended(call))
    row = await DoNotCall.objects.aget(account=account, number="+15005550005")
    assert (row.source, row.quote, row.call_id) == ("call", "Please stop calling me.", call.pk)


async def test_voicemail_is_tried_once_more_and_linked(account, tmp_path):
    config = {
        "task": "x",
        "max_duration": 30,
        "voicemail": {"action": "hangup", "message": None, "sensitive": True},
        "retry": {"wait": 0, "voicemail_action": "leave_message", "voicemail_message": "Please call us back."},
    }
    await CallingRules.objects.filter(account=account).aupdate(same_number_seconds=0)
    call = await sync_to_async(queued)(account, to_number="+15005550003", config=config, from_number="+14155550100")
    async with running(engine(tmp_path / "dials")):
        await until(ended(call))
        again = await Call.objects.aget(retry_of=call)
        await until(ended(again))
        await asyncio.sleep(0.2)
    again = await fresh(again)
    assert (again.source, again.to_number, again.from_number) == ("retry", call.to_number, "+14155550100")
    assert again.config["voicemail"] == {"action": "leave_message", "message": "Please call us back.", "sensitive": True}
    assert again.config["retry"] is None
    assert await Call.objects.acount() == 2
    assert await again.utterances.filter(text="Please call us back.").aexists()


async def test_no_retry_when_a_person_answered(account, tmp_path):
    call = await sync_to_async(queued)(account, config={"task": "x", "max_duration": 30, "retry": {"wait": 0}})
    async with running(engine(tmp_path / "dials")):
        await until(ended(call))
    assert await Call.objects.acount() == 1


async def test_a_lost_lease_makes_the_runner_hang_up_and_write_nothing(account, tmp_path, settings):
    settings.LEASE_SECONDS = 1
    call = await sync_to_async(queued)(account, to_number="+15005550010")
    async with running(engine(tmp_path / "dials", speed=1, agent=lambda _brief: PatientAgent())) as runner:
        await until(lambda: states(call) == ["started"], 30)
        await Call.objects.filter(pk=call.pk).aupdate(state="call_error", status="unknown", lease_owner=None, lease_until=None)
        seq = (await fresh(call)).last_seq
        await until(lambda: runner.live == 0, 5)
    call = await fresh(call)
    assert (call.status, call.last_seq) == ("unknown", seq)


async def test_leases_are_renewed_while_a_call_lives(account, tmp_path, settings):
    settings.LEASE_SECONDS = 1
    call = await sync_to_async(queued)(account, to_number="+15005550010")
    async with running(engine(tmp_path / "dials", speed=1, agent=lambda _brief: PatientAgent())):
        await until(lambda: states(call) == ["started"], 30)
        await asyncio.sleep(1.5)
        assert (await fresh(call)).lease_until > now()
        await sync_to_async(control.stop)(call, "Anna")
        await until(ended(call))


async def test_a_secret_that_cannot_be_read_ends_the_call_with_words(account, tmp_path, settings):
    trunk = await sync_to_async(lines.save)(Line(account=account, kind="sip", name="Trunk", secret=seal("hunter2")))
    settings.SECRET_KEY = "another"
    broken = await sync_to_async(queued)(account, carrier="sip", line=trunk)
    sound = await sync_to_async(queued)(account, to_number="+17202000009")
    async with running(engine(tmp_path / "dials")):
        await until(ended(broken, sound))
    broken = await fresh(broken)
    assert (broken.state, broken.status) == ("queue_error", "failed")
    assert "Enter it again" in broken.error_message
    assert dials(tmp_path / "dials") == [str(sound.uid)]


async def test_a_stop_while_the_carrier_is_asked_does_not_wait_for_the_telephone(account, tmp_path):
    call = await sync_to_async(queued)(account, to_number="+15005550002")
    counting = CountingCarrier(tmp_path / "dials", 1)

    class Slow(CountingCarrier):
        async def dial(self, dial):
            await until(lambda: states(call) == ["dialling"])
            await sync_to_async(control.stop)(call, "Anna")
            await asyncio.sleep(0.5)  # the runner has heard of it
            return await counting.dial(dial)

    slow = Slow(tmp_path / "dials")
    async with running(Engine(lambda _kind: slow, engine(tmp_path).agent, engine(tmp_path).converse)):
        await until(ended(call), 5)
    call = await fresh(call)
    assert (call.status, call.ringing_at) == ("canceled", None)


async def test_who_stops_a_call_stops_its_retry_too(account, tmp_path):
    call = await sync_to_async(queued)(account, config={"task": "x", "max_duration": 30, "retry": {"wait": 0}}, answered_by="voicemail")
    await Call.objects.filter(pk=call.pk).aupdate(stop_requested_at=now())
    assert await sync_to_async(retry.after_voicemail)(call.pk) is None
    await Call.objects.filter(pk=call.pk).aupdate(stop_requested_at=None, pathway_graph={"nodes": []})
    again = await sync_to_async(retry.after_voicemail)(call.pk)
    assert again.pathway_graph == {"nodes": []}


async def test_a_call_that_is_cut_off_while_it_rings_was_not_completed(account, tmp_path, monkeypatch):
    monkeypatch.setattr("calls.runner.supervisor.GOODBYE", 0.2)
    counting = CountingCarrier(tmp_path / "dials", 1)

    class Deaf(CountingCarrier):
        async def dial(self, dial):
            media = await counting.dial(dial)
            monkeypatch.setattr(media, "hangup", lambda: asyncio.sleep(0), raising=False)  # it never confirms
            return media

    deaf = Deaf(tmp_path / "dials")
    call = await sync_to_async(queued)(account, to_number="+15005550002")
    async with running(Engine(lambda _kind: deaf, engine(tmp_path).agent, engine(tmp_path).converse)):
        await until(lambda: states(call) == ["ringing"], 10)
    call = await fresh(call)
    assert (call.status, call.call_ended_by, call.duration_ms) == ("canceled", "", 0)
