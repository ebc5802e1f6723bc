"""The pathway agent: walks the call's graph step by step behind the Agent port.

What a turn means is decided by rules and the sentence encoder (calls.agent.pathway.hearing), what a step does stands in
calls.agent.pathway.entering. Both write only into the state, so a walk can go on in another process.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any

from calls.agent.builtin.agent import NAME as BUILT_IN
from calls.agent.builtin.wording import MAX_SILENCE, line
from calls.agent.encoder import encoder as shared_encoder
from calls.agent.endpoint import Endpoint
from calls.agent.pathway import choosing, hearing, standing
from calls.agent.pathway.condition import missing
from calls.agent.pathway.entering import Entry
from calls.agent.pathway.hearing import Heard
from calls.agent.pathway.looking_up import Found
from calls.agent.pathway.model import Writer
from calls.agent.pathway.state import State
from calls.agent.pathway.steps import Next
from calls.agent.pathway.walk import Walk
from calls.agent.pathway.ways import features
from calls.agent.ports import Action, Brief, Encoder, EndCall, Note, Say, Transfer, Turn, Wait
from pathways.graph import Kind

NAME = f"Pathway · {BUILT_IN.lower()}"
THREADS = 2  # of all walks of a process


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="walker")


async def off[T](work: Callable[..., T], *args: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(_pool(), lambda: work(*args))


class PathwayAgent:
    """One call's agent. Without `model` it says only sentences of the graph, its knowledge and authored ones."""

    def __init__(
        self,
        brief: Brief,
        encoder: Encoder | None = None,
        *,
        state: Mapping[str, Any] | None = None,
        now: Callable[[], datetime] | None = None,
        model: Endpoint | None = None,
    ) -> None:
        self.brief = brief
        self.name = f"Pathway · {model.model}" if model else NAME
        self._now = now or (lambda: datetime.now(UTC))
        self._encoder = encoder
        self._state = State.from_dict(state or {})
        self._before: dict[str, Any] | None = None  # the state before the last turn of the person, and its words
        self._words = ""
        self._walk: Walk | None = None
        self._writer = Writer(model) if model else None
        self._lookups: dict[str, asyncio.Task[Found]] = {}  # addresses that steps have asked, still without an answer

    @property
    def state(self) -> dict[str, Any]:
        return self._state.to_dict()

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        if self._state.ended:
            yield EndCall("already ended")
            return
        walk = await self._ready()
        self._take_back(turn)
        async for action in self._do(walk, turn):
            self._keep(action)
            yield action
        self._look_ahead(walk)

    def _look_ahead(self, walk: Walk) -> None:
        """Encodes what people say who leave this step, while we speak: the next decision has only their words to encode."""
        if walk.node is not None and not self._state.ended:
            texts = [text for way in walk.ways(walk.node) for text in features(way).words]
            _pool().submit(walk.encoder.vectors, texts)

    async def _ready(self) -> Walk:
        if self._walk is None:
            encoder: Encoder = self._encoder if self._encoder is not None else await off(shared_encoder)
            self._walk = Walk(self.brief, encoder, self._state, self._now, self._writer)
            await off(lambda w: w.plan, self._walk)
        return self._walk

    def _keep(self, action: Action) -> None:
        """Our own words and the end belong to the state."""
        match action:
            case Say(text=text):
                self._state.last = text
                self._state.say("assistant", text)
            case EndCall():
                self._state.ended = True

    def _take_back(self, turn: Turn) -> None:
        """They went on speaking before anything of ours was heard: the turn comes again, longer, and is walked again."""
        if turn.kind == "heard":
            again = turn.interrupted and self._words and turn.text.startswith(self._words) and self._before is not None
            if again and self._before is not None and turn.text != self._words:
                self._state = State.from_dict(self._before)
                if self._walk is not None:
                    self._walk.state = self._state
            self._before, self._words = self._state.to_dict(), turn.text
        else:
            self._before, self._words = None, ""

    # turns ------------------------------------------------------------------------------------------------------------
    async def _do(self, walk: Walk, turn: Turn) -> AsyncIterator[Action]:
        entry = Entry(walk, turn, off, self._writer, self._lookups)
        if turn.kind == "moved":
            self._state.pending, self._state.origins = "", []
            yield Note("moved", "A guard rail sent the walk to another step", {"node_id": turn.node_id})
            steps = entry.enter(turn.node_id)
        elif not self._state.node:
            steps = self._open(entry, turn)
        elif turn.kind == "silence" or (turn.kind == "heard" and not any(c.isalnum() for c in turn.text)):
            steps = self._silence(walk)
        elif turn.kind == "open":
            steps = self._ask(walk)
        elif turn.kind == "pressed":
            steps = self._heard(entry, f"I pressed {turn.text}.", turn)
        else:
            steps = self._heard(entry, turn.text.strip(), turn)
        async for action in steps:
            yield action

    async def _open(self, entry: Entry, turn: Turn) -> AsyncIterator[Action]:
        """The first step. Words that came before it are the greeting of whoever answered, unless a standing rule hears more in them."""
        walk = entry.walk
        if turn.text.strip() and (move := await off(standing.hard, walk, turn.text)) is not None:
            for action in move.actions:
                yield action
            if any(isinstance(a, EndCall) for a in move.actions):
                return
        start = walk.graph.node(walk.pathway.start_node_id) or walk.graph.start
        if start is None:
            yield Note("dead_end", "The pathway has no steps", {}, "error")
            yield Say(line("goodbye_team"), ("the pathway has no steps",))
            yield EndCall("the pathway has no steps")
            return
        async for action in entry.enter(start.id):
            yield action

    async def _heard(self, entry: Entry, text: str, turn: Turn) -> AsyncIterator[Action]:
        walk, writer = entry.walk, self._writer
        if entry.under_way():
            async for action in self._meanwhile(entry, text):
                yield action
            return
        heard = await off(lambda: hearing.first(walk, text, unheard=_unheard(walk, turn)))
        if not heard.over and walk.node is not None:
            async for done in entry.beside(walk.node):
                if isinstance(done, Next):
                    heard.over, heard.jump = True, done.node_id
                else:
                    heard.actions.append(done)
        if not heard.over and writer is not None and writer.on:
            heard.actions += await _second_opinion(walk, writer, heard)
        if not heard.over:
            heard = await off(hearing.second, walk, heard)
        async for action in self._after(entry, heard):
            yield action

    async def _after(self, entry: Entry, heard: Heard) -> AsyncIterator[Action]:
        """Says and notes what the turn came to, then goes on or stays."""
        walk = entry.walk
        for action in heard.actions:
            yield action
        if heard.jump or (heard.way is not None and not heard.over):
            way = None if heard.jump else heard.way
            walk.state.left_start = walk.state.left_start or way is None or not way.anywhere
            async for action in entry.enter(heard.jump or (way.target if way else ""), way=way):
                yield action
        elif heard.generate and walk.node is not None:
            async for action in entry.again(walk.node):
                yield action
        elif heard.staying is not None and heard.staying.ask:
            async for action in self._ask(walk):
                yield action
        elif not any(isinstance(a, Say | EndCall | Transfer) for a in heard.actions):
            yield Wait()

    async def _meanwhile(self, entry: Entry, text: str) -> AsyncIterator[Action]:
        """They spoke while an address is asked: the standing rules hold, then the walk goes on with its answer."""
        entry.walk.state.say("user", text)
        move = await off(standing.hard, entry.walk, text)
        for action in move.actions if move else ():
            yield action
        if move is None or not any(isinstance(a, EndCall) for a in move.actions):
            async for action in entry.resume():
                yield action

    async def _ask(self, walk: Walk) -> AsyncIterator[Action]:
        """The step's question again, as it was."""
        yield Say(walk.question, ("the step's question again",)) if walk.question else Wait()

    async def _silence(self, walk: Walk) -> AsyncIterator[Action]:
        state = walk.state
        state.silent += 1
        patient = 3 if walk.node is not None and walk.node.kind == Kind.WAIT else 1
        if state.silent % patient:
            yield Wait()
            return
        times = state.silent // patient
        if times >= MAX_SILENCE:
            yield Note("silence", "Nobody spoke")
            yield Say(line("goodbye_silence"), ("silence",))
            yield EndCall("silence")
        elif times == 1:
            yield Say(line("hear_me"), ("silence",))
        else:
            yield Say(f"{line('cannot_hear')} {walk.question}".strip(), ("silence",))


async def _second_opinion(walk: Walk, writer: Writer, heard: Heard) -> list[Action]:
    """The model decides where the rules are not sure, and judges a condition that no variable tells of."""
    notes: list[Action] = []
    if heard.choice is not None and not heard.choice.sure:
        heard.choice, note = await writer.choose(walk, heard.choice, heard.text)
        heard.choice = choosing.clearly(heard.choice, heard.text, walk.question)
        heard.way, heard.back = heard.choice.way, heard.back and heard.choice.way is not None
        notes += [note] if note else []
    node = walk.node
    if heard.way is not None and not heard.way.anywhere and node is not None and missing(node, walk.known) is None:
        heard.met, note = await writer.met(walk, node.condition, heard.text)
        notes += [note] if note else []
    return notes


def _unheard(walk: Walk, turn: Turn) -> bool:
    """Whether they spoke before our question was out."""
    if not turn.interrupted:
        return False
    ours = next((line.text for line in reversed(turn.transcript) if line.speaker == "assistant"), "")
    return bool(walk.question) and walk.question[-20:] not in ours


__all__ = ["NAME", "Heard", "PathwayAgent"]
