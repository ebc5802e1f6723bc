"""One leg to a page. Real time; what the page says it has shown is what was heard."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from calls.carriers.base import Answered, Ended, Heard, MediaEvent, Played, Pressed, Ringing
from calls.carriers.browser.wire import FromPage, Pick, Press, Shown, Type
from calls.carriers.timing import heard_of, speaking_ms

AWAY_MS = 10_000  # so long the page may be gone during a call before that counts as hanging up

type Send = Callable[[Mapping[str, object]], None]


@dataclass(slots=True)
class Utterance:
    ref: int
    text: str
    start_ms: int
    shown: int = 0  # characters


class BrowserLeg:
    """A `Media`; `attach` and `receive` are the page's side of it."""

    def __init__(self, to: str, over: Callable[[], None] = lambda: None) -> None:
        self._to, self._over_told = to, over
        self._began = time.monotonic()
        self._ready: deque[MediaEvent] = deque([Ringing(0)])
        self._signal = asyncio.Event()
        self._woken = False
        self._playing: deque[Utterance] = deque()
        self._refs = count(1)
        self._send: Send | None = None
        self._away_since: int | None = None
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
            gone_at = self._gone_at
            if gone_at is not None and now >= gone_at:
                self._end(Ended("hangup", now, "callee", "The page was closed"))
                continue
            if until_ms is not None and now >= until_ms:
                return None
            ends = [t for t in (until_ms, gone_at) if t is not None]
            self._signal.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._signal.wait(), (min(ends) - now + 1) / 1000 if ends else None)

    @property
    def _gone_at(self) -> int | None:
        """When a page that is away counts as having hung up."""
        return self._away_since + AWAY_MS if self._away_since is not None and self._answered and self.ended is None else None

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
            self._tell({"type": "flush"})

    async def pause(self, on: bool) -> None:
        """Words that are typed come whole: there is no sound to wait for."""

    async def press(self, digits: str) -> None:
        self._tell({"type": "tones", "digits": digits})

    async def transfer(self, number: str) -> None:
        self._end(Ended("transferred", self.now_ms, "us"))

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        """Nobody's phone is reached in a rehearsal: the event that the session writes is all there is of it."""

    async def hangup(self) -> None:
        self._end(Ended("hangup" if self._answered else "canceled", self.now_ms, "us"))

    # the page ---------------------------------------------------------------------------------------------------------
    def attach(self, send: Send) -> None:
        """A page is there, for the first time or again; the one before it is let go."""
        self._tell({"type": "elsewhere"})
        self._send, self._away_since = send, None
        self._tell({"type": "state", "phase": "live" if self._answered else "ringing", "to": self._to})
        for said in self._playing:
            self._tell_say(said)
        self._signal.set()

    def detach(self, send: Send) -> None:
        """Its socket is gone; nothing changes when another page has the call by now."""
        if self._send is send:
            self._send, self._away_since = None, self.now_ms
            self._signal.set()

    def receive(self, message: FromPage) -> None:
        if self.ended is not None:
            return
        match message:
            case Pick("answer") if not self._answered:
                self._happen(Answered(self.now_ms))
                self._answered, self._began = True, time.monotonic()
                self._tell({"type": "state", "phase": "live", "to": self._to})
            case Pick("decline" | "hangup"):
                self._end(Ended("hangup" if self._answered else "rejected", self.now_ms, "callee"))
            case Type(text, final) if self._answered:
                self._typed(text, final)
            case Press(digit) if self._answered:
                self._happen(Pressed(digit, self.now_ms))
            case Shown(ref, chars):
                self._shown(ref, chars)

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
        self._tell({"type": "ended", "cause": ended.cause, "by": ended.by})
        self._over_told()

    def _tell_say(self, said: Utterance) -> None:
        self._tell({"type": "say", "ref": said.ref, "text": said.text, "ms": speaking_ms(said.text), "from": said.shown})

    def _tell(self, message: Mapping[str, object]) -> None:
        if self._send is not None:
            self._send(message)
