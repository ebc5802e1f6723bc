"""How long an agent may think."""

import asyncio

import pytest

from calls.agent import thinking
from calls.agent.guarding import Guarded
from calls.agent.ports import Note, Say, Turn
from calls.agent.thinking import Thought
from calls.agent.watch import RailWatch


class Slow:
    """Four times 0.2 s, each with a note of this kind."""

    name = "slow"

    def __init__(self, kind: str) -> None:
        self.kind = kind

    async def reply(self, turn: Turn):
        for _ in range(4):
            await asyncio.sleep(0.2)
            yield Note(self.kind, "asked")
        yield Say("Here I am.")


@pytest.mark.parametrize(("kind", "error"), [("webhook", ""), ("tool", ""), ("fallback", "no answer within 0.5 s")])
async def test_every_web_address_has_its_own_time_and_thinking_has_its_limit(monkeypatch, kind, error):
    monkeypatch.setattr(thinking, "AGENT_SECONDS", 0.5)
    thought = Thought(Turn("open"))
    thought.start(Guarded(Slow(kind), RailWatch(), lambda: 0), lambda: None)
    await thought.task
    assert thought.error == error
    assert any(isinstance(action, Say) for action in thought.actions) == (not error)
