"""The other sides of a conversation: a line that follows a script, an agent that follows a script, a recorder that keeps a list.

All in virtual time: `ScriptedMedia` jumps from one due thing to the next. Speaking takes 60 ms a character, as on the simulated line.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

from calls.agent.conversation import run_session
from calls.agent.ports import Action, EndCall, Note, Say, Turn
from calls.agent.rails.shape import Trip
from calls.agent.session import Command, Gone, SessionConfig, SessionResult
from calls.agent.watch import Watch
from calls.carriers.base import Answered, CarrierError, Ended, Heard, MediaEvent, Played, Ringing
from calls.carriers.timing import heard_of, speaking_ms


def heard(text: str, at: int, *, machine: bool = False) -> list[tuple[int, MediaEvent]]:
    """A line of the callee that begins at `at`: its first word after 300 ms, the whole when it is out."""
    end = at + speaking_ms(text)
    first = Heard(text.split(" ")[0], at, at + 300, False, machine)
    return [(at + 300, first), (end, Heard(text, at, end, True, machine))]


class ScriptedMedia:
    """`at`: what happens when (ms after the answer). `replies`: what the callee says, each 700 ms after the agent fell silent."""

    def __init__(
        self,
        *,
        at: Iterable[tuple[int, MediaEvent]] = (),
        replies: Iterable[str] = (),
        before: Iterable[tuple[int, MediaEvent]] = ((500, Ringing(500)), (2_000, Answered(2_000))),
        refuses_transfer: bool = False,
    ) -> None:
        self._order = count()
        self._after, self._replies = list(at), deque(replies)
        self._due: list[tuple[int, int, MediaEvent | Callable[[], None]]] = []
        self._ready: deque[MediaEvent] = deque()
        self._woken = asyncio.Event()
        self._held, self._clock, self._refs = False, 0, count(1)
        self._playing: deque[tuple[int, str, int, int]] = deque()
        self._refuses, self.over, self._answered = refuses_transfer, False, False
        self.said: list[tuple[int, str]] = []
        self.pressed: list[tuple[int, str]] = []
        self.transferred_to = ""
        self.messages: list[tuple[str, str, str]] = []
        self.flushes = 0
        self.pauses: list[tuple[int, bool]] = []
        for ms, event in before:
            self.plan(ms, event)

    @property
    def now_ms(self) -> int:
        return self._clock

    def plan(self, ms: int, what: MediaEvent | Callable[[], None]) -> None:
        heapq.heappush(self._due, (ms, next(self._order), what))

    def hold(self, on: bool) -> None:
        self._held = on
        self._woken.set()

    def wake(self) -> None:
        self._woken.set()

    async def next(self, until_ms: int | None = None) -> MediaEvent | None:
        while not self._ready:
            if self._woken.is_set():
                self._woken.clear()
                await asyncio.sleep(0)
                return None
            if self._held:
                await self._woken.wait()
                continue
            await asyncio.sleep(0)
            due = self._due[0][0] if self._due and not self.over else None
            if due is None or (until_ms is not None and until_ms < due):
                assert until_ms is not None, "nothing will ever happen again"
                self._clock = max(self._clock, until_ms)
                return None
            self._clock = max(self._clock, due)
            what = heapq.heappop(self._due)[2]
            if callable(what):
                what()
            else:
                self._happen(what)
        return self._ready.popleft()

    def _happen(self, event: MediaEvent) -> None:
        if isinstance(event, Ended):
            self._end(event)
            return
        self._ready.append(event)
        if isinstance(event, Answered):
            self._clock, self._answered, self._due = 0, True, []
            for ms, later in self._after:
                self.plan(ms, later)

    async def say(self, text: str) -> int:
        ref = next(self._refs)
        start = max(self.now_ms, self._playing[-1][3] if self._playing else 0)
        self.said.append((start, text))
        if not self.over:
            line = (ref, text, start, start + speaking_ms(text))
            self._playing.append(line)
            self.plan(line[3], lambda: self._played(line))
        return ref

    def _played(self, line: tuple[int, str, int, int]) -> None:
        if line in self._playing:
            self._playing.remove(line)
            self._ready.append(Played(*line, complete=True))
            self.plan(self.now_ms + 700, self._reply)

    def _reply(self) -> None:
        if not self._playing and self._replies:
            for ms, event in heard(self._replies.popleft(), self.now_ms):
                self.plan(ms, event)

    async def flush(self) -> None:
        self.flushes += 1
        while self._playing:
            ref, text, start, end = self._playing.popleft()
            start = min(start, self.now_ms)
            part = heard_of(text, (self.now_ms - start) / (end - start))
            self._ready.append(Played(ref, part, start, self.now_ms, part == text))

    async def pause(self, on: bool) -> None:
        self.pauses.append((self._clock, on))

    async def press(self, digits: str) -> None:
        self.pressed.append((self.now_ms, digits))

    async def transfer(self, number: str) -> None:
        if self._refuses:
            raise CarrierError("busy there")
        self.transferred_to = number
        self._end(Ended("transferred", self.now_ms, "us"))

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        self.messages.append((to, text, sender))

    async def hangup(self) -> None:
        self._end(Ended("hangup" if self._answered else "canceled", self.now_ms, "us"))

    def _end(self, ended: Ended) -> None:
        if not self.over:
            for ref, text, start, end in list(self._playing):
                start = min(start, self.now_ms)
                part = heard_of(text, (self.now_ms - start) / (end - start))
                self._ready.append(Played(ref, part, start, self.now_ms, part == text))
            self._playing.clear()
            self.over = True
            self._ready.append(ended)
            self._woken.set()


class ScriptedAgent:
    """Answers turn by turn from a list; each entry is what it does in one turn. After the last it ends the call. Remembers its turns."""

    name = "Scripted"

    def __init__(self, *replies: Iterable[Action] | Action | str | Exception) -> None:
        self._replies = deque(replies)
        self.turns: list[Turn] = []

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        self.turns.append(turn)
        reply = self._replies.popleft() if self._replies else (Say("Goodbye."), EndCall("over"))
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            reply = Say(reply)
        for action in [reply] if not isinstance(reply, Iterable) else reply:
            yield action


@dataclass
class Written:
    """One call of a recorder's method."""

    what: str
    text: str = ""
    start_ms: int = 0
    end_ms: int = 0
    message: str = ""
    data: dict[str, object] = field(default_factory=dict)
    latency: dict[str, int] = field(default_factory=dict)
    why: tuple[str, ...] = ()


class MemoryRecorder:
    """Keeps what is written. `gone_after`: the lease is lost after so many writings."""

    def __init__(self, gone_after: int | None = None) -> None:
        self.all: list[Written] = []
        self._gone_after = gone_after

    def _add(self, written: Written) -> int:
        if self._gone_after is not None and len(self.all) >= self._gone_after:
            raise Gone
        self.all.append(written)
        return len(self.all)

    async def ringing(self) -> None:
        self._add(Written("ringing"))

    async def answered(self) -> None:
        self._add(Written("answered"))

    async def answered_by(self, who: str, why: str) -> None:
        self._add(Written("answered_by", who, message=why))

    async def line(self, speaker, text, start_ms, end_ms, *, message="", latency=None, why=(), data=None) -> int:
        return self._add(Written(speaker, text, start_ms, end_ms, message, dict(data or {}), dict(latency or {}), tuple(why)))

    async def latency(self, part: str, ms: int) -> None:
        self._add(Written("latency", part, data={"ms": ms}))

    async def note(self, note: Note) -> None:
        self._add(Written(f"note:{note.kind}", note.message, data=dict(note.data)))

    async def tripped(self, trip: Trip) -> None:
        data = {
            "type": trip.rail.type,
            "action": trip.action.get("type", ""),
            "acted": trip.acted,
            "spoken": trip.spoken,
            "line": trip.line_seq,
        }
        self._add(Written("tripped", trip.quote, trip.at_ms, message=trip.why, data=data))

    async def transferred(self, number: str) -> None:
        self._add(Written("transferred", number))

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(w.what, w.text) for w in self.all if w.what in ("user", "assistant", "robot", "agent-action")]

    def of(self, what: str) -> list[Written]:
        return [w for w in self.all if w.what == what]


@dataclass
class Conversation:
    """A conversation that was led to its end."""

    result: SessionResult
    media: ScriptedMedia
    agent: ScriptedAgent
    recorder: MemoryRecorder


async def converse(
    media: ScriptedMedia,
    agent: ScriptedAgent,
    *,
    commands: Iterable[tuple[int, Command]] = (),
    recorder: MemoryRecorder | None = None,
    watch: Watch | None = None,
    **config: object,
) -> Conversation:
    """Runs a session; `commands` come at the given ms after the answer."""
    recorder = recorder or MemoryRecorder()
    queue: asyncio.Queue[Command] = asyncio.Queue()

    def give(command: Command) -> Callable[[], None]:
        def act() -> None:
            queue.put_nowait(command)
            media.wake()

        return act

    for ms, command in commands:
        media._after.append((ms, give(command)))
    result = await run_session(SessionConfig("c", **config), media, agent, recorder, queue, watch)
    return Conversation(result, media, agent, recorder)
