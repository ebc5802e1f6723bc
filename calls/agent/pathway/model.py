"""The configured model on a walk: it chooses a way when the rules are not sure, and writes what a prompt says. Its words pass the gate."""

from collections.abc import AsyncIterator
from typing import Protocol

from calls.agent.pathway.choosing import Choice, Way
from calls.agent.pathway.walk import Walk
from calls.agent.ports import Action, Turn
from pathways.graph import Node


class Writer(Protocol):
    def write(self, walk: Walk, node: Node, turn: Turn, said: list[str]) -> AsyncIterator[Action]:
        """What a step says, as actions; `said` collects the words. Nothing said: the rules speak instead."""
        ...

    async def choose(self, walk: Walk, choice: Choice, text: str) -> tuple[Way | None, str] | None:
        """The way the words lead and why; None when the model gave no usable answer."""
        ...
