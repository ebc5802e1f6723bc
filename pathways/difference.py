"""What changed between two versions of a pathway: marks for the drawing, sentences for staff. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pathways.graph import Edge, Graph, Kind, Node
from pathways.problems import quoted

type NodeMark = Literal["added", "removed", "changed", "moved"]
type EdgeMark = Literal["added", "removed", "changed"]

KINDS = {
    Kind.SAY: "a step that talks",
    Kind.END: "an end of the call",
    Kind.TRANSFER: "a handover to a person",
    Kind.WEBHOOK: "a request to a web address",
    Kind.KNOWLEDGE: "an answer from knowledge",
    Kind.SMS: "a text message",
    Kind.TOOL: "a tool",
    Kind.PRESS: "a key press",
    Kind.WAIT: "a wait for an answer",
    Kind.PATHWAY: "a change to another pathway",
    Kind.ROUTE: "a switch by rules",
    Kind.OTHER: "a step that Parley cannot run",
}
WORDS = {
    "url": "web address",
    "method": "method",
    "body": "what is sent",
    "headers": "headers",
    "responseData": "what is kept of the answer",
    "responsePathways": "where it goes after the answer",
    "transferNumber": "number to hand over to",
    "phoneNumber": "number of the message",
    "smsBody": "text message",
    "kb": "knowledge",
    "tool": "tool",
    "tools": "tools",
    "digit": "key",
    "sequence": "keys",
    "digitPrompt": "which key to press",
    "routes": "rules",
    "fallbackNodeId": "where it goes when no rule holds",
    "transferPathway": "pathway to go over to",
    "modelOptions": "model settings",
    "condition": "what must be met before it goes on",
    "globalLabel": "when it is entered from anywhere",
    "globalDescription": "description of when it is entered from anywhere",
}
UNQUOTED = frozenset({"fallbackNodeId", "transferPathway", "headers"})  # no words for a reader, or keys that are not for every reader
SILENT_KEYS = frozenset({"name", "text", "prompt", "isStart", "isGlobal", "extractVars"})  # these have sentences of their own


@dataclass(frozen=True)
class Difference:
    """`nodes` and `edges` by id; what stands in neither is the same. `sentences` in the order of the new graph, losses last."""

    nodes: Mapping[str, NodeMark] = field(default_factory=dict)
    edges: Mapping[str, EdgeMark] = field(default_factory=dict)
    sentences: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.edges or self.sentences)


def difference(old: Graph, new: Graph) -> Difference:
    nodes: dict[str, NodeMark] = {}
    said: list[str] = list(_global_words(old, new))
    for node in new.by_id.values():
        before = old.node(node.id)
        if before is None:
            nodes[node.id] = "added"
            said.append(f"New step {quoted(node.name)}: {KINDS[node.kind]}.")
        elif sentences := list(_step(before, node)):
            nodes[node.id] = "changed"
            said += sentences
        elif before.data != node.data:
            nodes[node.id] = "changed"
            said.append(f"Details of {quoted(node.name)} changed.")
        elif (before.x, before.y) != (node.x, node.y):
            nodes[node.id] = "moved"
    for before in old.by_id.values():
        if new.node(before.id) is None:
            nodes[before.id] = "removed"
            said.append(f"Step {quoted(before.name)} is gone.")
    edges, more = _ways(old, new)
    if moved := sum(mark == "moved" for mark in nodes.values()):
        more.append("1 step stands in another place." if moved == 1 else f"{moved} steps stand in other places.")
    return Difference(nodes, edges, [*said, *more])


def _global_words(old: Graph, new: Graph) -> Iterator[str]:
    if old.global_prompt != new.global_prompt:
        yield from _words("The words for every step", old.global_prompt, new.global_prompt, "are")


def _step(old: Node, new: Node) -> Iterator[str]:
    name = quoted(new.name)
    if old.name != new.name:
        yield f"{quoted(old.name)} is now called {name}."
    if (old.kind, old.type) != (new.kind, new.type):
        yield f"{name} is now {KINDS[new.kind]}, it was {KINDS[old.kind]}."
    if old.is_start != new.is_start:
        yield f"A call now begins at {name}." if new.is_start else f"A call no longer begins at {name}."
    if old.is_global != new.is_global:
        yield f"{name} can now be entered from anywhere." if new.is_global else f"{name} can no longer be entered from anywhere."
    if old.text != new.text:
        yield from _words(f"What {name} says word for word", old.text, new.text, "is")
    if old.prompt != new.prompt:
        yield from _words(f"The prompt of {name}", old.prompt, new.prompt, "is")
    yield from _remembered(name, old, new)
    others = [key for key in dict.fromkeys([*old.data, *new.data]) if key not in SILENT_KEYS and old.data.get(key) != new.data.get(key)]
    for key in others:
        yield from _field(name, key, old.data.get(key), new.data.get(key))


def _field(name: str, key: str, old: Any, new: Any) -> Iterator[str]:
    word = WORDS.get(key)
    if word is None:
        yield f"Another setting of {name} changed: {quoted(key, 30)}."
    elif key not in UNQUOTED and isinstance(old or "", str) and isinstance(new or "", str):
        yield from _words(f"{name}, {word}:", old or "", new or "", "")
    else:
        yield f"{name}, {word}: changed." if new not in (None, "", [], {}) else f"{name}, {word}: taken out."


def _remembered(name: str, old: Node, new: Node) -> Iterator[str]:
    before, after = ({variable.name: variable for variable in node.variables} for node in (old, new))
    for key, variable in after.items():
        if key not in before:
            yield f"{name} now remembers {quoted(key)}."
        elif before[key] != variable:
            yield f"{name} remembers {quoted(key)} in another way: {variable.type}{', must be said' if variable.required else ''}."
    for key in before:
        if key not in after:
            yield f"{name} no longer remembers {quoted(key)}."


def _ways(old: Graph, new: Graph) -> tuple[dict[str, EdgeMark], list[str]]:
    marks: dict[str, EdgeMark] = {}
    said: list[str] = []
    before, after = ({edge.id: edge for edge in reversed(graph.edges)} for graph in (old, new))  # the first of each id
    for edge in new.edges:
        if edge.id in marks or edge == before.get(edge.id):
            continue
        if edge.id not in before:
            marks[edge.id] = "added"
            said.append(f"New way from {_between(new, edge)}{_labelled(edge)}.")
        elif edge == after[edge.id]:
            marks[edge.id] = "changed"
            said += _way(old, new, before[edge.id], edge)
    for edge in old.edges:
        if edge.id not in after and edge.id not in marks:
            marks[edge.id] = "removed"
            if new.node(edge.source) and new.node(edge.target):  # with a step its ways go too: that is said once
                said.append(f"The way from {_between(old, edge)}{_labelled(edge)} is gone.")
    return marks, said


def _way(old: Graph, new: Graph, before: Edge, after: Edge) -> Iterator[str]:
    here = f"The way from {_between(new, after)}"
    if (before.source, before.target) != (after.source, after.target):
        yield f"The way{_labelled(after)} now leads from {_between(new, after)}, before from {_between(old, before)}."
    if before.label != after.label:
        yield from _words(f"{here}, label:", before.label, after.label, "")
    if before.description != after.description:
        yield from _words(f"{here}, when it is taken:", before.description, after.description, "")
    if before.condition != after.condition:
        yield from _words(f"{here}, condition:", before.condition, after.condition, "")
    if before.examples != after.examples:
        gained, lost = ([e for e in a if e not in b] for a, b in ((after.examples, before.examples), (before.examples, after.examples)))
        parts = [f"{word} {', '.join(map(quoted, some))}" for word, some in (("new", gained), ("gone", lost)) if some]
        yield f"{here}, examples: {'; '.join(parts) or 'in another order'}."


def _between(graph: Graph, edge: Edge) -> str:
    return f"{_name(graph, edge.source)} to {_name(graph, edge.target)}"


def _name(graph: Graph, node_id: str) -> str:
    node = graph.node(node_id)
    return quoted(node.name) if node else "nowhere"


def _labelled(edge: Edge) -> str:
    return f", {quoted(edge.label)}" if edge.label.strip() else ""


def _words(what: str, old: str, new: str, verb: str) -> Iterator[str]:
    """One sentence about words that were added, taken out or replaced."""
    verb = f" {verb}" if verb else ""
    if not old.strip():
        yield f"{what}{verb} new: {quoted(new, 90)}."
    elif not new.strip():
        yield f"{what}{verb} taken out. Before: {quoted(old, 90)}."
    else:
        begin = _begin(old, new)
        yield f"{what}{verb} now {_cut(new, begin)}, before {_cut(old, begin)}."


def _begin(old: str, new: str) -> int:
    """Where to begin to quote two texts: a little before they part when they are long."""
    if max(len(old), len(new)) <= 90:
        return 0
    parting = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return old.rfind(" ", 0, max(0, parting - 20)) + 1


def _cut(text: str, begin: int) -> str:
    return quoted(("…" if begin else "") + text[begin:], 90)
