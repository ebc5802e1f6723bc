"""What the parts of a walk say to each other about steps."""

from dataclasses import dataclass

from calls.agent.pathway.ways import Way
from calls.agent.ports import Note
from pathways.graph import Node


@dataclass(frozen=True, slots=True)
class Next:
    """Not an action: the walk goes on to this step at once."""

    node_id: str
    way: Way | None = None


def entered(node: Node, text: str) -> Note:
    return Note("node", f"Reached {node.name}", {"node_id": node.id, "name": node.name, "type": node.type, "text": text})
