"""A call that is answered on a page with the microphone: the line to the page, and the leg that takes its place when it is answered."""

import asyncio

import pytest

from calls.carriers.browser.page import Page
from calls.carriers.browser.sound import AFTER_LOSS, WAITING, BrowserSound
from calls.carriers.browser.wire import Pick, Press, Reached, Speak, Type
from calls.carriers.sound import Gone, Key, LineEvent, Marked, PickedUp, Sound, Typed
from calls.speech.ports import FRAME_BYTES

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
