"""The built-in agent behind the Agent port: no language model, no network, nothing on the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

from calls.agent.builtin import intents
from calls.agent.builtin.analyse import read_task
from calls.agent.builtin.language import speaks
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.policy import open_call, respond
from calls.agent.builtin.takeover import catch_up
from calls.agent.builtin.talk import Conversation, Reply, begin
from calls.agent.builtin.text import fill
from calls.agent.encoder import encoder as shared_encoder
from calls.agent.ports import Action, Brief, Encoder, EndCall, Line, Note, PressDigits, Say, Transfer, Turn, Wait

NAME = "Built-in agent"
THREADS = 2  # of all calls of a process: a turn takes 9 ms on average, 53 ms at worst


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="builtin-agent")


def warm() -> None:
    """Loads the encoder and its examples, so that no call waits for them (about 0.7 s; the runner does it at its start)."""
    intents.warm(shared_encoder())


def plan_of(brief: Brief) -> Plan:
    """The reading corrected by staff when there is one, else a reading of the task."""
    if brief.plan is not None:
        return Plan.from_dict(brief.plan)
    return read_task(brief.task, brief.variables, brief.knowledge)


class BuiltinAgent:
    """One call's agent. Says only authored sentences and sentences of the task, its data and the knowledge."""

    name = NAME

    def __init__(
        self, brief: Brief, encoder: Encoder | None = None, *, now: Callable[[], datetime] | None = None, transcript: Sequence[Line] = ()
    ) -> None:
        """`transcript`: what was said before this agent took over."""
        self.brief = brief
        self._transcript = transcript
        self._encoder = encoder
        self._now = now or (lambda: datetime.now(UTC))
        self._conversation: Conversation | None = None

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        actions = await asyncio.get_running_loop().run_in_executor(_pool(), self.think, turn)
        for action in actions:
            yield action

    def think(self, turn: Turn) -> list[Action]:
        """The same, at once; CPU-bound."""
        if self._conversation is None:
            self._conversation = self._begin()  # leaves notes about lines that will not be spoken
        else:
            self._conversation.notes = []
        c = self._conversation
        for hint in turn.hints:
            if hint not in c.facts.facts:
                c.facts.learn(hint)
        if c.ended:
            return [EndCall("already ended")]
        if turn.kind == "open" and not turn.text.strip():
            reply = open_call(c)
        elif turn.kind == "silence":
            reply = respond(c, "")
        else:
            reply = respond(c, turn.text, unheard=turn.interrupted)
        return [*c.notes, *_actions(reply)]

    def _begin(self) -> Conversation:
        brief = self.brief
        c = begin(
            plan_of(brief),
            self._encoder or shared_encoder(),
            first_sentence=fill(brief.first_sentence, brief.variables).strip(),
            can_transfer=brief.can_transfer,
            timezone=brief.timezone,
            english=speaks(brief.language),
            now=self._now,
        )
        catch_up(c, self._transcript)
        return c


def _actions(reply: Reply) -> list[Action]:
    spoken: list[Action] = [Say(reply.text, reply.why)] if reply.text else []
    match reply.action:
        case "end":
            return [*spoken, EndCall("goodbye")]
        case "transfer":
            return [*spoken, Transfer()]
        case "press":
            return [PressDigits(reply.value, reply.why)]
        case "wait":
            return [Wait()]
    return spoken or [Wait()]


__all__ = ["NAME", "BuiltinAgent", "Note", "plan_of", "warm"]
