"""One leg to a simulated callee: a small clockwork of things that are due, on the leg's own clock.

With speed 1 a second on the leg is a second; with speed 10 a tenth of it; with speed 0 the clock jumps to whatever is due next, and only
`hold` (somebody thinks in real time) makes it stand still. Speaking takes 60 ms a character on both sides.
"""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Protocol

from calls.carriers.base import Answered, Beep, CarrierError, Ended, Heard, MediaEvent, Played, Pressed, Ringing
from calls.carriers.simulated.scenario import Scenario
from calls.carriers.timing import heard_of, speaking_ms, tones_ms

VOICE_MS = 300  # so long after the first sound its first word is known
PARTIAL_MS = 1_500  # how often half a line is reported while it grows
PATIENCE_MS = 1_800  # after picking up, the callee says hello when nobody speaks
IDLE_MS = 12_000  # later: asks whether anybody is there
HANGUP_MS = 400  # after its last word


@dataclass(frozen=True, slots=True)
class Reply:
    """What the callee does next. Nothing said or pressed and no hang-up: it stays silent."""

    text: str = ""
    hangup: bool = False
    keys: str = ""  # pressed instead of speaking


class Brain(Protocol):
    def greeting(self) -> str: ...

    def breaks_in(self, text: str) -> bool:
        """Would it speak over this line?"""
        ...

    def hear(self, said: str) -> Reply: ...

    def keys(self, digits: str) -> Reply: ...

    def idle(self, times: int) -> Reply:
        """Nobody has spoken for a while, for the `times`-th time."""
        ...


@dataclass(slots=True)
class Utterance:
    ref: int
    text: str
    start_ms: int
    end_ms: int


class SimulatedLeg:
    """A `Media`. See calls.carriers.base for what each method promises."""

    def __init__(self, scenario: Scenario, brain: Brain, speed: float) -> None:
        self._scenario, self._brain, self._speed = scenario, brain, speed
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()
        self._refs = count(1)
        self._ready: deque[MediaEvent] = deque()
        self._woken = asyncio.Event()
        self._held = False
        self._began, self._clock = time.monotonic(), 0
        self._playing: deque[Utterance] = deque()
        self._said: list[str] = []  # heard from the agent since the callee last spoke
        self._turn = 0  # a planned reply is void when this moved on
        self._callee_until = 0
        self._idle = 0
        self._answered = self._over = False
        self._plan_ring()

    # the clock --------------------------------------------------------------------------------------------------------
    @property
    def now_ms(self) -> int:
        return self._clock if not self._speed else int((time.monotonic() - self._began) * 1000 * self._speed)

    def hold(self, on: bool) -> None:
        self._held = on
        self._woken.set() if not on else None

    def wake(self) -> None:
        self._woken.set()

    def _at(self, ms: int, do: Callable[[], None]) -> None:
        heapq.heappush(self._due, (ms, next(self._order), do))

    async def next(self, until_ms: int | None = None) -> MediaEvent | None:
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._due and self._due[0][0] <= self.now_ms:
                heapq.heappop(self._due)[2]()
                continue
            if until_ms is not None and self.now_ms >= until_ms:
                return None
            target = self._due[0][0] if self._due else None
            if until_ms is not None:
                target = until_ms if target is None else min(target, until_ms)
            if not await self._pass(target):
                return None

    async def _pass(self, target: int | None) -> bool:
        """Waits until the clock shows `target`; False when woken before."""
        if self._woken.is_set():
            self._woken.clear()
            await asyncio.sleep(0)
            return False
        if not self._speed and not self._held and target is not None:
            await asyncio.sleep(0)
            if not self._woken.is_set() and not self._held:
                self._clock = max(self._clock, target)
            return True
        seconds = None if target is None or not self._speed else max(0.0, (target - self.now_ms) / 1000 / self._speed)
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return True
        self._woken.clear()
        return False

    # before the answer ------------------------------------------------------------------------------------------------
    def _plan_ring(self) -> None:
        line = self._scenario.line
        if line.outcome == "busy":
            self._at(line.after_ms, lambda: self._end(Ended("busy", line.after_ms, "carrier", "The line is busy")))
            return
        self._at(line.ring_ms, lambda: self._ready.append(Ringing(line.ring_ms)))
        match line.outcome:
            case "answer":
                self._at(line.after_ms, self._answer)
            case "no-answer":
                self._at(line.after_ms, lambda: self._end(Ended("no-answer", line.after_ms, "carrier", "Nobody answered")))
            case "failed":
                self._at(line.after_ms, lambda: self._end(Ended("failed", line.after_ms, "carrier", "The line failed (simulated)")))

    def _answer(self) -> None:
        self._answered = True
        self._ready.append(Answered(self.now_ms))
        self._began, self._clock = time.monotonic(), 0
        self._due.clear()
        if greeting := self._brain.greeting():
            self._at(self._scenario.greeting_after_ms, lambda: self._speak(greeting))
        self._await_us(PATIENCE_MS)

    # the callee -------------------------------------------------------------------------------------------------------
    def _speak(self, text: str, hangup: bool = False) -> None:
        """The callee begins to speak now."""
        start = self.now_ms
        end = start + speaking_ms(text)
        self._callee_until, self._said = end, []
        self._turn += 1
        machine = self._scenario.machine
        first = start + VOICE_MS
        while first < end:
            known = heard_of(text, (first - start) / (end - start)) or text.split(" ")[0]
            self._at(first, partial(self._ready.append, Heard(known, start, first, False, machine)))
            first += PARTIAL_MS

        def spoken() -> None:
            self._ready.append(Heard(text, start, end, True, machine))
            if self._scenario.beep_after_ms is not None:
                beep = end + self._scenario.beep_after_ms
                self._at(beep, lambda: self._ready.append(Beep(beep)))
            if hangup:
                self._at(end + HANGUP_MS, lambda: self._end(Ended("hangup", end + HANGUP_MS, "callee")))
            self._await_us(IDLE_MS)

        self._at(end, spoken)

    def _await_us(self, ms: int) -> None:
        """Does something about it when the agent stays silent."""
        turn = self._turn

        def idle() -> None:
            if turn == self._turn and not self._playing and self.now_ms >= self._callee_until:
                self._idle += 1
                self._do(self._brain.idle(self._idle))

        self._at(self.now_ms + ms, idle)

    def _listen(self) -> None:
        """The agent has stopped speaking: think, then answer."""
        said, self._said = " ".join(t for t in self._said if t), []
        if said:
            self._do(self._brain.hear(said))

    def _do(self, reply: Reply) -> None:
        if self._over:
            return
        if reply.keys:
            self._turn += 1
            self._ready.extend(Pressed(digit, self.now_ms) for digit in reply.keys)
            self._await_us(IDLE_MS)
        elif reply.text:
            self._speak(reply.text, reply.hangup)
        elif reply.hangup:
            self._end(Ended("hangup", self.now_ms, "callee"))
        else:
            self._await_us(IDLE_MS)

    # the agent --------------------------------------------------------------------------------------------------------
    async def say(self, text: str) -> int:
        ref = next(self._refs)
        if self._over:
            return ref
        start = max(self.now_ms, self._playing[-1].end_ms if self._playing else 0)
        playing = Utterance(ref, text, start, start + speaking_ms(text))
        self._playing.append(playing)
        self._turn += 1
        self._idle = 0
        self._at(playing.end_ms, lambda: self._played(playing))
        if self._brain.breaks_in(text):
            self._at(start + (playing.end_ms - start) // 3, lambda: self._break_in(playing))
        return ref

    def _played(self, playing: Utterance) -> None:
        if playing not in self._playing:
            return  # flushed
        self._playing.remove(playing)
        self._said.append(playing.text)
        self._ready.append(Played(playing.ref, playing.text, playing.start_ms, playing.end_ms, True))
        self._reply_soon()

    def _reply_soon(self) -> None:
        """Answers after a pause, unless the agent goes on or the callee itself is speaking."""
        if self._playing:
            return
        turn = self._turn
        at = max(self.now_ms, self._callee_until) + self._scenario.pause_ms

        def reply() -> None:
            if turn == self._turn and not self._playing:
                self._listen()

        self._at(at, reply)

    def _break_in(self, playing: Utterance) -> None:
        if playing in self._playing and self.now_ms >= self._callee_until:
            share = (self.now_ms - playing.start_ms) / (playing.end_ms - playing.start_ms)
            before = " ".join([*self._said, heard_of(playing.text, share)])
            self._said = []
            self._do(self._brain.hear(before))

    async def flush(self) -> None:
        if not self._playing:
            return
        heard = self._cut_short()
        if self.now_ms >= self._callee_until:  # nobody broke in: the callee heard us stop and has something to answer
            self._said.append(heard)
            self._reply_soon()

    def _cut_short(self) -> str:
        """Stops what is being said; reports and returns what was heard of it."""
        heard = []
        while self._playing:
            playing = self._playing.popleft()
            start = min(playing.start_ms, self.now_ms)
            text = heard_of(playing.text, (self.now_ms - start) / (playing.end_ms - playing.start_ms))
            self._ready.append(Played(playing.ref, text, start, self.now_ms, text == playing.text))
            heard.append(text)
        return " ".join(heard).strip()

    async def pause(self, on: bool) -> None:
        """Words that are told come whole: there is no sound to wait for."""

    async def press(self, digits: str) -> None:
        keys = digits.replace("w", "")
        if self._over or not keys:
            return
        self._turn += 1
        turn = self._turn

        def pressed() -> None:
            if turn == self._turn:
                self._do(self._brain.keys(keys))

        self._at(self.now_ms + tones_ms(digits) + self._scenario.pause_ms, pressed)

    async def transfer(self, number: str) -> None:
        if self._over:
            return
        if number in self._scenario.refuses_transfer_to:
            raise CarrierError(f"{number} did not take the call")
        self._end(Ended("transferred", self.now_ms, "us"))

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        """Nobody's phone is reached in a rehearsal: the event that the session writes is all there is of it."""

    async def hangup(self) -> None:
        self._end(Ended("hangup" if self._answered else "canceled", self.now_ms, "us"))

    def _end(self, ended: Ended) -> None:
        if self._over:
            return
        self._over = True
        self._due.clear()
        self._cut_short()
        self._ready.append(ended)
        self._woken.set()
