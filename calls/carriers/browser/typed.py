"""A leg to a person who types. Real time; what the page says it has shown is what was heard."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from calls.carriers.base import Answered, Ended, Heard, MediaEvent, Played, Pressed
from calls.carriers.browser.page import Over, Page
from calls.carriers.browser.wire import FromPage, Pick, Press, Shown, Type
from calls.carriers.timing import heard_of, speaking_ms


@dataclass(slots=True)
class Utterance:
    ref: int
    text: str
    start_ms: int
    shown: int = 0  # characters


class TypedLeg:
    """A `Media`, and the page's `Side` of it. That it rings is told by `calls.carriers.browser.leg`."""

    def __init__(self, page: Page, over: Over) -> None:
        self._page, self._over_told = page, over
        self._began = time.monotonic()
        self._ready: deque[MediaEvent] = deque()
        self._signal = asyncio.Event()
        self._woken = False
        self._playing: deque[Utterance] = deque()
        self._refs = count(1)
        self._typing_since: int | None = None
        self._answered = False
        self.ended: Ended | None = None

    # Media ------------------------------------------------------------------------------------------------------------
    @property
    def now_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    def hold(self, on: bool) -> None:
        pass

    def wake(self) -> None:
        self._woken = True
        self._signal.set()

    async def next(self, until_ms: int | None = None) -> MediaEvent | None:
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._woken:
                self._woken = False
                return None
            now = self.now_ms
            if until_ms is not None and now >= until_ms:
                return None
            self._signal.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._signal.wait(), None if until_ms is None else (until_ms - now + 1) / 1000)

    async def say(self, text: str) -> int:
        ref = next(self._refs)
        if self.ended is None:
            said = Utterance(ref, text, self.now_ms)
            self._playing.append(said)
            self._tell_say(said)
        return ref

    async def flush(self) -> None:
        if self._playing:
            self._cut_short()
            self._page.tell({"type": "flush"})

    async def pause(self, on: bool) -> None:
        """Words that are typed come whole: there is no sound to wait for."""

    async def press(self, digits: str) -> None:
        self._page.tell({"type": "tones", "digits": digits})

    async def transfer(self, number: str) -> None:
        self._end(Ended("transferred", self.now_ms, "us"))

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        """Nobody's phone is reached in a rehearsal: the event that the session writes is all there is of it."""

    async def hangup(self) -> None:
        self._end(Ended("hangup" if self._answered else "canceled", self.now_ms, "us"))

    # Side -------------------------------------------------------------------------------------------------------------
    def pick_up(self) -> None:
        self._happen(Answered(self.now_ms, typing=True))
        self._answered, self._began = True, time.monotonic()

    def receive(self, message: FromPage) -> None:
        match message:
            case Pick("decline" | "hangup"):
                self._end(Ended("hangup" if self._answered else "rejected", self.now_ms, "callee"))
            case Type(text, final) if self._answered:
                self._typed(text, final)
            case Press(digit) if self._answered:
                self._happen(Pressed(digit, self.now_ms))
            case Shown(ref, chars):
                self._shown(ref, chars)

    def back(self) -> None:
        for said in self._playing:
            self._tell_say(said)

    def away(self) -> None:
        pass

    def gone(self) -> None:
        self._end(Ended("hangup", self.now_ms, "callee", "The page was closed"))

    def _typed(self, text: str, final: bool) -> None:
        now = self.now_ms
        start = now if self._typing_since is None else self._typing_since
        over = final or not text  # nothing is left of what was begun
        self._typing_since = None if over else start
        self._happen(Heard(text, start, now, over))

    def _shown(self, ref: int, chars: int) -> None:
        said = next((s for s in self._playing if s.ref == ref), None)
        if said is None:
            return
        said.shown = max(said.shown, min(chars, len(said.text)))
        # In their order: what comes before has been shown too.
        while self._playing and self._playing[0].shown >= len(self._playing[0].text):
            done = self._playing.popleft()
            self._happen(Played(done.ref, done.text, done.start_ms, self.now_ms, True))
            if self._playing:
                self._playing[0].start_ms = self.now_ms

    def _cut_short(self) -> None:
        while self._playing:
            said = self._playing.popleft()
            text = heard_of(said.text, said.shown / len(said.text)) if said.text else ""
            self._happen(Played(said.ref, text, min(said.start_ms, self.now_ms), self.now_ms, text == said.text))

    def _happen(self, event: MediaEvent) -> None:
        self._ready.append(event)
        self._signal.set()

    def _end(self, ended: Ended) -> None:
        if self.ended is not None:
            return
        self._cut_short()
        self.ended = ended
        self._happen(ended)
        self._over_told(ended.cause, ended.by)

    def _tell_say(self, said: Utterance) -> None:
        self._page.tell({"type": "say", "ref": said.ref, "text": said.text, "ms": speaking_ms(said.text), "from": said.shown})
