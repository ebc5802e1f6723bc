"""Walking a small graph turn by turn, and what tests ask of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from calls.agent.encoder import encoder
from calls.agent.ports import Action, Brief, EndCall, Note, PathwayBrief, Say, Transfer, Turn
from calls.agent.walker import PathwayAgent

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday
GLOBAL = "You are the automated assistant of Harbor Dental. The office is on Main Street. A visit takes thirty minutes."


def step(node_id: str, kind: str = "Default", **data: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": node_id.capitalize(), **data}}


def way(source: str, target: str, label: str = "", description: str = "", examples: Iterable[str] = (), **data: Any) -> dict[str, Any]:
    said = {"label": label, "description": description, "examples": list(examples), **data}
    return {"id": f"{source}-{target}", "source": source, "target": target, "data": said}


def graph(*parts: dict[str, Any], prompt: str = GLOBAL) -> dict[str, Any]:
    nodes = [p for p in parts if "source" not in p]
    return {"nodes": [{"globalConfig": {"globalPrompt": prompt}}, *nodes], "edges": [p for p in parts if "source" in p]}


@dataclass
class Walking:
    """A conversation with the walker. `say` is one turn of the person and returns what the agent said to it."""

    agent: PathwayAgent
    actions: list[Action] = field(default_factory=list)
    last: list[Action] = field(default_factory=list)

    async def turn(self, turn: Turn) -> str:
        self.last = [action async for action in self.agent.reply(turn)]
        self.actions += self.last
        return " ".join(a.text for a in self.last if isinstance(a, Say))

    async def open(self) -> str:
        return await self.turn(Turn("open"))

    async def say(self, text: str, **more: Any) -> str:
        return await self.turn(Turn("heard", text, **more))

    async def silence(self) -> str:
        return await self.turn(Turn("silence"))

    def notes(self, kind: str) -> list[Note]:
        return [a for a in self.actions if isinstance(a, Note) and a.kind == kind]

    @property
    def route(self) -> list[str]:
        return [str(n.data["node_id"]) for n in self.notes("node")]

    @property
    def learnt(self) -> dict[str, Any]:
        return {str(n.data["name"]): n.data["value"] for n in self.notes("variable")}

    @property
    def over(self) -> bool:
        return any(isinstance(a, EndCall | Transfer) for a in self.last)

    def again(self, **brief: Any) -> "Walking":
        """The same walk in another process: only its state as JSON is carried over."""
        state = json.loads(json.dumps(self.agent.state))
        made = PathwayAgent(self.agent.brief, encoder(), state=state, now=lambda: NOW)
        return Walking(made, self.actions)


def walking(public: dict[str, Any], *, start: str = "", model: Any = None, state: Any = None, **brief: Any) -> Walking:
    told = {"variables": {}, "timezone": "America/New_York", **brief}
    made = Brief(task="", pathway=PathwayBrief("p", "Test", 1, public, start), **told)
    return Walking(PathwayAgent(made, encoder(), now=lambda: NOW, model=model, state=state))
