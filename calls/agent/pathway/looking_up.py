"""Web addresses that a step calls: filled, guarded, and what their answer means."""

from dataclasses import dataclass, field

from calls.agent.pathway.walk import Walk
from calls.agent.ports import Note
from pathways.graph import Node


@dataclass(slots=True)
class Found:
    """`target` "": no way on was named for this answer."""

    notes: list[Note] = field(default_factory=list)
    target: str = ""
    name: str = ""
    why: str = ""


class Lookups:
    def spoken(self, node: Node) -> Node:
        return node

    async def call(self, walk: Walk, node: Node) -> Found:
        note = Note("webhook", "Web addresses are not called yet", {"node_id": node.id}, "error")
        return Found([note])
