"""A call that is answered on a page with the microphone: the line to the page, and the leg that takes its place when it is answered."""

import asyncio
import contextlib
import json

import pytest
from asgiref.sync import sync_to_async
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from calls.agent.conversation import run_session
from calls.agent.ports import EndCall, Say
from calls.agent.session import Command, SessionConfig
from calls.carriers.base import Answered, Dial, Ended, Heard, Played, Pressed
from calls.carriers.browser import leg as leg_module
from calls.carriers.browser import tickets
from calls.carriers.browser.carrier import BrowserCarrier
from calls.carriers.browser.leg import BrowserLeg
from calls.carriers.browser.page import Page
from calls.carriers.browser.sound import AFTER_LOSS, WAITING, BrowserSound
from calls.carriers.browser.wire import Pick, Press, Reached, Speak, Type
from calls.carriers.sound import Gone, Key, LineEvent, Marked, PickedUp, Sound, Typed
from calls.runner.media_server import media_server
from calls.speech import embedded, installed
from calls.speech.ports import FRAME_BYTES, FRAME_MS
from calls.states import State
from tests import factories
from tests.calls.fakes import MemoryRecorder, ScriptedAgent

FRAME = bytes(FRAME_BYTES)


class Told(list):
    """What a page was told."""

    def __call__(self, message) -> None:
        self.append(message)


class Ends(list):
    def __call__(self, cause: str, by: str) -> None:
        self.append((cause, by))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def page(told) -> Page:
    made = Page()
    made.attach(told)
    return made


@pytest.fixture
def ends() -> Ends:
    return Ends()


@pytest.fixture
def line(page, ends) -> BrowserSound:
    return BrowserSound(page, ends)


async def all_of(line: BrowserSound) -> list[LineEvent]:
    """What the line has to tell by now."""
    events: list[LineEvent] = []
    while True:
        try:
            events.append(await asyncio.wait_for(line.next(), 0.01))
        except TimeoutError:
            return events


# the line ------------------------------------------------------------------------------------------------------------
async def test_what_the_page_sends_is_what_the_line_hears(line):
    line.pick_up()
    for message in (Speak(b"\1\0"), Type("Ye", False), Type("Yes", True), Press("5")):
        line.receive(message)
    assert await all_of(line) == [PickedUp(), Sound(b"\1\0"), Typed("Ye", False), Typed("Yes", True), Key("5")]


async def test_sound_that_nobody_takes_is_left_out_but_nothing_else(line):
    for _ in range(WAITING + 5):
        line.receive(Speak(FRAME))
    line.receive(Press("1"))
    events = await all_of(line)
    assert len(events) == WAITING + 1 and events[-1] == Key("1")


async def test_a_mark_is_reached_when_the_page_says_so(line, told):
    line.send(FRAME)
    line.mark(1)
    line.send(FRAME)
    line.mark(2)
    line.mark(3)
    assert told == [FRAME, {"type": "mark", "ref": 1}, FRAME, {"type": "mark", "ref": 2}, {"type": "mark", "ref": 3}]
    line.receive(Reached(9))
    assert await all_of(line) == []
    line.receive(Reached(2))  # what was before it was played too
    line.receive(Reached(2))
    assert await all_of(line) == [Marked(1), Marked(2)]


async def test_clear_drops_what_was_sent_and_open_marks_come_at_once(line, told):
    line.mark(1)
    line.clear()
    assert told[-1] == {"type": "flush"}
    line.receive(Reached(1))
    assert await all_of(line) == [Marked(1)]


async def test_a_page_that_is_away_hears_nothing_and_holds_nothing_up(line, page, told):
    line.mark(1)
    page.detach(told)
    line.away()
    line.send(FRAME)
    line.mark(2)
    assert await all_of(line) == [Marked(1), AFTER_LOSS, Marked(2)]
    again = Told()
    page.attach(again)
    line.send(FRAME)
    assert again == [FRAME]


async def test_keys_are_shown_and_take_their_time(line, told):
    pressing = asyncio.create_task(line.press("1w"))
    await asyncio.sleep(0.01)
    assert told == [{"type": "tones", "digits": "1w"}] and not pressing.done()
    await asyncio.wait_for(pressing, 2)


@pytest.mark.parametrize(
    ("end", "cause", "by"),
    [
        (lambda line: line.hangup(), "hangup", "us"),
        (lambda line: line.transfer("+15005550100"), "transferred", "us"),
        (lambda line: asyncio.sleep(0), "hangup", "callee"),  # the page does
    ],
)
async def test_the_line_ends_once(line, ends, told, end, cause, by):
    line.mark(4)
    await end(line)
    line.receive(Pick("hangup"))
    line.gone()
    assert await all_of(line) == [Marked(4), Gone(cause, by)] and ends == [(cause, by)]
    before = list(told)
    line.send(FRAME)
    line.mark(5)
    line.clear()
    await line.press("1")
    await line.hangup()
    assert told == before and await all_of(line) == []


# the leg -------------------------------------------------------------------------------------------------------------
DIAL = Dial("c", "+12025550123")


@pytest.fixture
async def leg(told):
    """Rings on a page that was there from the beginning; over at the end of the test."""
    made = BrowserLeg(DIAL)
    made.attach(told)
    yield made
    await made.hangup()
    await made.next(made.now_ms + 50)


def of(told: Told, kind: str) -> list[dict]:
    return [message for message in told if isinstance(message, dict) and message["type"] == kind]


async def next_of(leg: BrowserLeg, kind: type):
    async with asyncio.timeout(10):
        while not isinstance(event := await leg.next(), kind):
            pass
    return event


async def test_a_page_that_answers_with_its_microphone_gets_a_leg_that_speaks(leg, told):
    waiting = asyncio.create_task(next_of(leg, Answered))  # the runner waits on the leg that rings
    await asyncio.sleep(0.02)
    leg.receive(Pick("answer", True))
    leg.receive(Pick("answer", True))
    answered = await waiting
    assert not answered.typing and leg.now_ms < 500
    assert [(m["phase"], m["sound"]) for m in of(told, "state")] == [("ringing", True), ("live", True)]

    ref = await leg.say("Good day.")
    assert of(told, "say")[0]["text"] == "Good day."
    async with asyncio.timeout(10):
        while not (marks := of(told, "mark")):
            assert await leg.next(leg.now_ms + 20) is None
    frames = [message for message in told[: told.index(marks[0])] if isinstance(message, bytes)]
    assert len(frames) >= 25 and {len(frame) for frame in frames} == {FRAME_BYTES}
    assert max(abs(sample) for frame in frames for sample in memoryview(frame).cast("h")) > 2_000
    leg.receive(Reached(marks[0]["ref"]))
    played = await next_of(leg, Played)
    assert (played.ref, played.text, played.complete) == (ref, "Good day.", True)
    assert of(told, "said") == [{"type": "said", "ref": ref, "text": "Good day."}]


async def test_typing_goes_on_beside_the_microphone(leg):
    leg.receive(Pick("answer", True))
    await next_of(leg, Answered)
    leg.receive(Type("Yes", False))
    assert not (await next_of(leg, Heard)).final
    leg.receive(Type("Yes, it does.", True))
    assert (await next_of(leg, Heard)).text == "Yes, it does."
    leg.receive(Press("5"))
    assert (await next_of(leg, Pressed)).digit == "5"


async def test_interrupted_the_page_is_told_to_be_quiet_and_what_was_heard(leg, told):
    leg.receive(Pick("answer", True))
    await next_of(leg, Answered)
    await leg.say("One two three four five six seven eight nine ten.")
    await asyncio.sleep(1.0)
    await leg.flush()
    played = await next_of(leg, Played)
    assert not played.complete and played.text.startswith("One")
    assert of(told, "flush") and of(told, "said")[0]["text"] == played.text


async def test_a_page_that_comes_back_sees_what_is_being_said_and_hears_the_rest(leg, told):
    leg.receive(Pick("answer", True))
    await next_of(leg, Answered)
    await leg.say("One two three four five six seven eight nine ten.")
    leg.detach(told)
    again = Told()
    leg.attach(again)
    assert [m["type"] for m in again if isinstance(m, dict)] == ["state", "say"] and again[0]["sound"]
    await asyncio.sleep(0.3)
    assert any(isinstance(message, bytes) for message in again)


async def test_a_page_that_stays_away_has_hung_up(leg, told, monkeypatch):
    monkeypatch.setattr(leg_module, "AWAY_MS", 30)
    leg.receive(Pick("answer", True))
    await next_of(leg, Answered)
    leg.detach(told)
    ended = await next_of(leg, Ended)
    assert (ended.cause, ended.by) == ("hangup", "callee")


async def test_where_this_machine_cannot_hear_the_call_is_typed(told):
    leg = BrowserLeg(DIAL, "Recognition is not installed.")
    leg.attach(told)
    leg.receive(Pick("answer", True))
    assert (await next_of(leg, Answered)).typing
    states = [(m["phase"], m["sound"], m["lacks"]) for m in of(told, "state")]
    assert states == [("ringing", False, "Recognition is not installed."), ("live", False, "Recognition is not installed.")]
    await leg.say("Hello.")
    assert of(told, "say") and not [message for message in told if isinstance(message, bytes)]


async def test_the_carrier_says_what_is_missing(monkeypatch, told):
    find = installed.importlib.util.find_spec
    monkeypatch.setattr(installed.importlib.util, "find_spec", lambda name: None if name == "moonshine_voice" else find(name))
    embedded._loaded.cache_clear()
    try:
        leg = await BrowserCarrier().dial(DIAL)
    finally:
        embedded._loaded.cache_clear()
    leg.attach(told)
    assert told[0]["sound"] is False and "moonshine-voice" in told[0]["lacks"]
    await leg.hangup()


# the whole way -------------------------------------------------------------------------------------------------------
async def said(text: str) -> bytes:
    return b"".join([piece async for piece in embedded.engines().tts.speak(text, voice="Josh", language="en")])


class Phone:
    """What a page does, without the page: plays at once, speaks in real time."""

    def __init__(self, socket) -> None:
        self._socket = socket
        self.told = Told()

    async def listen(self) -> None:
        async for raw in self._socket:
            message = raw if isinstance(raw, bytes) else json.loads(raw)
            self.told(message)
            if isinstance(message, dict) and message["type"] == "mark":
                await self._socket.send(json.dumps({"type": "played", "ref": message["ref"]}))

    async def speak(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), FRAME_BYTES):
            await self._socket.send(pcm[at : at + FRAME_BYTES])
            await asyncio.sleep(FRAME_MS / 1000)

    async def until(self, kind: str, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while len(of(self.told, kind)) < count:
                await self.speak(FRAME)


@pytest.mark.django_db(transaction=True)
async def test_a_spoken_call_over_the_socket_that_is_lost_in_the_middle(account):
    call = await sync_to_async(factories.call)(account, carrier="browser", to_number=DIAL.to, state=State.DIALLING)
    media = await BrowserCarrier().dial(Dial(str(call.uid), DIAL.to))
    recorder = MemoryRecorder()
    agent = ScriptedAgent("Hello, does Tuesday work?", (Say("Thank you. Goodbye."), EndCall()))
    session = asyncio.create_task(run_session(SessionConfig("c"), media, agent, recorder, asyncio.Queue[Command]()))
    answer = await said("Yes, that works for me.")
    async with media_server("127.0.0.1", 0) as port:
        at = f"ws://127.0.0.1:{port}/browser/{call.uid}?ticket="
        async with connect(at + await sync_to_async(tickets.issue)(call)) as socket:
            phone = Phone(socket)
            listening = asyncio.create_task(phone.listen())
            await socket.send('{"type": "answer", "sound": true}')
            await phone.until("said")
        await listening
        async with connect(at + await sync_to_async(tickets.issue)(call)) as socket:
            phone = Phone(socket)
            listening = asyncio.create_task(phone.listen())
            await phone.until("state")
            await phone.speak(answer)
            with contextlib.suppress(ConnectionClosed):
                await phone.until("ended")
            await asyncio.wait_for(listening, 5)
            assert socket.close_code == 1000
    result = await asyncio.wait_for(session, 5)
    assert (result.status, result.answered_by, result.ended_by) == ("completed", "human", "ASSISTANT")
    assert [who for who, _ in recorder.lines] == ["assistant", "user", "assistant"]
    assert "works for me" in recorder.lines[1][1]
