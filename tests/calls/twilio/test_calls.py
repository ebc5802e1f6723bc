"""Whole calls over Twilio: the real runner, the embedded engines and the real views; the callee at the other end of the double speaks."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time as clock

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from calls import control, lifecycle, own_carrier, requests
from calls.agent.conversation import run_session
from calls.agent.ports import EndCall, Say, Transfer, Turn
from calls.carriers import registry
from calls.models import Call, CallEvent, CallingRules, Utterance
from calls.own_carrier import OwnAccount
from calls.runner.dial import Engine
from calls.speech import embedded
from calls.states import ENDED, State
from tests import factories
from tests.calls.runner_kit import running, until
from tests.calls.twilio.kit import CALLEE, COLLEAGUE, connect, switchboard
from tests.doubles.phone import Phone
from tests.doubles.twilio import Twilio

pytestmark = pytest.mark.django_db(transaction=True)
LONG = (
    "Our practice opens on Monday at eight in the morning, on Tuesday at nine, on Wednesday at ten, on Thursday at eleven "
    "and on Friday at noon, and you can come at any time between those hours and six in the evening without an appointment."
)


class Anna:
    """Opens, answers once at length, and says goodbye."""

    name = "Anna"

    def __init__(self, *then) -> None:
        self.turns: list[Turn] = []
        self._then = then

    async def reply(self, turn: Turn) -> AsyncIterator[object]:
        self.turns.append(turn)
        match [t.kind for t in self.turns if t.kind != "silence"]:
            case ["open"]:
                yield Say("Hello, this is Anna from Acme Dental. When would you like to come?")
            case [*_, "heard"] if len([t for t in self.turns if t.kind == "heard"]) == 1:
                for action in self._then or (Say(LONG),):
                    yield action
            case _:
                yield Say("Goodbye.")
                yield EndCall()


async def said(text: str) -> bytes:
    return b"".join([piece async for piece in embedded.engines().tts.speak(text, voice="Ryan", language="en")])


@pytest.fixture
def twilio(live_server):
    with Twilio() as double:
        yield double


@pytest.fixture
async def office(account, twilio, settings, live_server):
    await asyncio.to_thread(embedded.warm)
    line = await sync_to_async(connect)(account, twilio)
    await CallingRules.objects.filter(account=account).aupdate(open_from=clock(0), open_until=clock(0))  # at any hour
    async with switchboard(settings, live_server):
        yield line
    await sync_to_async(connections.close_all)()


@asynccontextmanager
async def runner(agent: Anna):
    engine = Engine(carrier=registry.get, agent=lambda _brief: agent, converse=run_session)
    async with running(engine):
        yield


@sync_to_async
def queued(line, **config) -> Call:
    config = {"task": factories.TASK, "max_duration": 5, "interruption_threshold": 500, **config}
    made = Call(account=line.account, to_number=CALLEE, from_number="+13035550100", carrier="twilio", line=line, config=config)
    return lifecycle.create(made)


async def ended(call: Call, seconds: float = 60) -> Call:
    await until(lambda: Call.objects.get(pk=call.pk).state in ENDED, seconds)
    return await Call.objects.aget(pk=call.pk)


@sync_to_async
def lines_of(call: Call) -> list[tuple[str, str]]:
    return list(Utterance.objects.filter(call=call).order_by("seq").values_list("speaker", "text"))


@sync_to_async
def kinds(call: Call) -> list[str]:
    return list(CallEvent.objects.filter(call=call).order_by("seq").values_list("kind", flat=True))


async def test_a_whole_call_with_an_interruption(twilio, office):
    first, stop = await said("On Tuesday afternoon, please."), await said("Stop, that is enough, thank you.")
    silent_after: list[float] = []

    async def callee(phone: Phone) -> None:
        await phone.until_quiet()
        await phone.say(first)
        await phone.until_spoken_to()
        await phone.wait(1.9)  # into the middle of the long answer
        began = time.monotonic()
        await phone.say(stop)
        silent_after.append(max(frame.at for frame in phone.heard if frame.loud) - began)
        await phone.over.wait()

    twilio.callees[CALLEE] = callee
    twilio.scramble = True
    agent = Anna()
    async with runner(agent):
        call = await ended(await queued(office))
    placed = next(iter(twilio.calls.values()))
    assert (call.status, call.answered_by, call.call_ended_by, call.carrier_ref) == ("completed", "human", "ASSISTANT", placed.sid)
    spoken = await lines_of(call)
    theirs = " ".join(text.lower() for who, text in spoken if who == "user")
    assert "tuesday" in theirs and "enough" in theirs
    cut = next(text for who, text in spoken if who == "assistant" and text.startswith("Our practice"))
    assert len(cut) < len(LONG) / 2, "only what was heard is written down"
    assert any(turn.interrupted for turn in agent.turns)
    assert silent_after[0] < 0.7, "the agent fell silent while the callee spoke"
    assert placed.phone.dropped > 0 and len(placed.sockets) == 1 and not placed.failures
    await until(lambda: placed.status == "completed")
    await asyncio.sleep(0.6)  # what was scrambled arrives
    after = await Call.objects.aget(pk=call.pk)
    assert (after.status, after.state, after.duration_ms) == (call.status, call.state, call.duration_ms)
    assert {status for _, _, status in twilio.answers} <= {200, 204}


async def test_a_message_is_left_after_the_beep(twilio, office):
    greeting = await said(
        "Hello, you have reached the voicemail of the Miller family. We cannot come to the phone right now. "
        "Please leave your name and your number after the tone and we will call you back."
    )
    beep = beep_sound()
    begun: list[int] = []

    async def machine(phone: Phone) -> None:
        await phone.wait(0.5)
        await phone.say(greeting + bytes(16_000) + beep)
        begun.append(len(phone.heard))
        await phone.over.wait()

    twilio.callees[CALLEE] = machine
    twilio.machines[CALLEE] = "machine_end_beep"
    twilio.detect_seconds = 0.5 + len(greeting) / 16_000 + 1.6
    message = "This is Anna from Acme Dental. Your appointment is on Tuesday at three."
    sms = {"message": "We called about Tuesday.", "to": None, "from": None}
    async with runner(Anna()):
        call = await ended(await queued(office, voicemail={"action": "leave_message", "message": message, "sms": sms}), 90)
    placed = next(iter(twilio.calls.values()))
    assert (call.status, call.answered_by) == ("completed", "voicemail")
    assert ("assistant", message) in await lines_of(call)
    loud = [frame.loud for frame in placed.phone.heard[begun[0] :]]
    assert sum(loud) * 0.02 > 2.5, "the message was spoken after the beep"
    assert twilio.messages and twilio.messages[0]["To"] == CALLEE and twilio.messages[0]["Body"] == "We called about Tuesday."


def beep_sound() -> bytes:
    return (np.sin(2 * np.pi * 1_000 * np.arange(4_000) / 8_000) * 12_000).astype("<i2").tobytes()


async def test_handing_over_to_a_colleague(twilio, office):
    answer = await said("I would like to speak to a person, please.")

    async def callee(phone: Phone) -> None:
        await phone.until_quiet()
        await phone.say(answer)
        await phone.over.wait()

    twilio.callees[CALLEE] = callee
    async with runner(Anna(Say("One moment, please."), Transfer())):
        call = await ended(await queued(office, transfer_phone_number=COLLEAGUE))
    placed = next(iter(twilio.calls.values()))
    assert (call.status, call.transferred_to) == ("completed", COLLEAGUE)
    assert placed.dials[0]["to"] == COLLEAGUE and placed.dials[0]["from"] == "+13035550100"
    assert "transfer" in await kinds(call)


async def test_a_colleague_who_is_busy_gives_the_callee_back_to_the_agent(twilio, office):
    answer, more = await said("I would like to speak to a person, please."), await said("All right, then goodbye.")
    twilio.behaves[COLLEAGUE] = "busy"

    async def callee(phone: Phone) -> None:
        await phone.until_quiet()
        await phone.say(answer)
        await phone.until_quiet(1.5)
        await phone.say(more)
        await phone.over.wait()

    twilio.callees[CALLEE] = callee
    async with runner(Anna(Transfer())):
        call = await ended(await queued(office, transfer_phone_number=COLLEAGUE))
    assert (call.status, call.transferred_to) == ("completed", "")
    assert "transfer_failed" in await kinds(call)
    assert ("assistant", "Goodbye.") in await lines_of(call)


async def test_a_number_that_is_busy(twilio, office):
    twilio.behaves[CALLEE] = "busy"
    async with runner(Anna()):
        call = await ended(await queued(office))
    assert (call.status, call.answered_by, call.duration_ms) == ("busy", "", 0)


async def test_staff_stop_a_call(twilio, office):
    async with runner(Anna()):
        call = await queued(office)
        await until(lambda: Call.objects.get(pk=call.pk).state == State.STARTED)
        await sync_to_async(control.stop)(call, "Ann")
        call = await ended(call)
    placed = next(iter(twilio.calls.values()))
    assert (call.status, call.call_ended_by) == ("completed", "ASSISTANT")
    await until(lambda: placed.status == "completed", 5)


async def test_a_call_over_the_senders_own_account(twilio, office):
    async def callee(phone: Phone) -> None:
        await phone.until_quiet()

    with Twilio() as theirs:
        theirs.callees[CALLEE] = callee
        key = await sync_to_async(own_carrier.make_key)(office.account, OwnAccount(theirs.sid, theirs.token, theirs.url))
        async with runner(Anna()):
            body = {"phone_number": CALLEE, "task": factories.TASK}
            call = await ended(await sync_to_async(requests.send)(office.account, body, encrypted_key=key))
        assert (call.status, call.call_ended_by) == ("completed", "USER")
        await until(lambda: Call.objects.get(pk=call.pk).own_carrier == "", 5)  # right after the end is committed
        assert call.from_number == theirs.numbers[0] and len(theirs.calls) == 1 and not twilio.calls
        placed = next(iter(theirs.calls.values()))
        assert len(placed.sockets) == 1 and not placed.failures
        assert {status for _, _, status in theirs.answers} <= {200, 204}
