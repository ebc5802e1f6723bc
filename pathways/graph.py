"""A pathway as a graph: steps (nodes) and the ways between them (edges). Pure.

A version keeps the public JSON as it came, `{nodes: [...], edges: [...]}`, so that nothing is lost on the way in and out; `Graph` is the
typed view on it that the walker, the checks and the drawing read. Shapes: the public API's "Pathways" chapter. What is unknown stays.

- A node is `{id, type, position: {x, y}, data: {name, prompt | text, isStart, isGlobal, …}}`.
- An edge is `{id, source, target, data: {label, description, condition?, examples?}}`; label and description may also stand at its top.
- `{globalConfig: {globalPrompt}}` without an id may stand anywhere among the nodes: words that hold for every step.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any


class Kind(StrEnum):
    """What a step does. The values are the type names of the public JSON."""

    SAY = "Default"
    END = "End Call"
    TRANSFER = "Transfer Call"
    WEBHOOK = "Webhook"
    KNOWLEDGE = "Knowledge Base"
    SMS = "SMS"
    TOOL = "Custom Tool"
    PRESS = "Press Button"
    WAIT = "Wait for Response"
    PATHWAY = "Transfer Pathway"
    ROUTE = "Route"
    OTHER = ""  # kept on import and export, refused at publish


ALIASES = {
    "default": Kind.SAY,
    "end call": Kind.END,
    "transfer call": Kind.TRANSFER,
    "transfer number": Kind.TRANSFER,
    "webhook": Kind.WEBHOOK,
    "knowledge base": Kind.KNOWLEDGE,
    "vector db knowledge base": Kind.KNOWLEDGE,
    "sms": Kind.SMS,
    "custom tool": Kind.TOOL,
    "press button": Kind.PRESS,
    "wait for response": Kind.WAIT,
    "transfer pathway": Kind.PATHWAY,
    "route": Kind.ROUTE,
}
FINAL = frozenset({Kind.END, Kind.TRANSFER, Kind.PATHWAY})  # the walk does not go on from here by an edge
SILENT = frozenset({Kind.ROUTE, Kind.SMS, Kind.PRESS, Kind.WEBHOOK, Kind.TOOL})  # go on at once, without waiting for the person


@dataclass(frozen=True, slots=True)
class Edge:
    """A way on. `label` is what screens show; `description` says when it is taken; both are given to the chooser."""

    id: str
    source: str
    target: str
    label: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()  # what a person says who goes this way
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """Something to remember from what the person says. type: string, integer, number, boolean, date, time, name, phone, email."""

    name: str
    type: str = "string"
    description: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """A way on from a step that looked something up: the first whose comparison holds is taken.

    `variable` may be "Default/Webhook Completion" or "Default/Webhook Failure" (empty operator and value), or BlandStatusCode.
    """

    variable: str
    operator: str
    value: str
    target: str
    name: str = ""


@dataclass(frozen=True)
class Node:
    """One step. `data` is the whole object of the public JSON; the properties read what every step may have."""

    id: str
    kind: Kind
    type: str  # as written
    x: float = 0.0
    y: float = 0.0
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return text_of(self.data, "name") or self.type or self.id

    @property
    def text(self) -> str:
        """Said word for word; "" when the step has a prompt instead."""
        return text_of(self.data, "text")

    @property
    def prompt(self) -> str:
        return text_of(self.data, "prompt")

    @property
    def is_start(self) -> bool:
        return truthy(self.data.get("isStart"))

    @property
    def is_global(self) -> bool:
        return truthy(self.data.get("isGlobal"))

    @property
    def global_label(self) -> str:
        """When a global step is entered from anywhere."""
        return text_of(self.data, "globalLabel")

    @property
    def global_description(self) -> str:
        return text_of(self.data, "globalDescription")

    @property
    def condition(self) -> str:
        """What must be met before the walk leaves this step."""
        return text_of(self.data, "condition")

    @property
    def model_options(self) -> Mapping[str, Any]:
        options = self.data.get("modelOptions")
        return options if isinstance(options, Mapping) else {}

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(_variables(self.data.get("extractVars")))

    @cached_property
    def responses(self) -> tuple[Response, ...]:
        return tuple(_responses(self.data.get("responsePathways")))


@dataclass(frozen=True)
class Graph:
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    global_prompt: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The first of each id."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.setdefault(node.id, node)
        return found

    @cached_property
    def leaving(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges that leave each node, in their order."""
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
        return {source: tuple(edges) for source, edges in found.items()}

    @cached_property
    def start(self) -> Node | None:
        """Where a call begins: the step marked as start; where none is, the only step no way leads to, else the first."""
        marked = next((node for node in self.nodes if node.is_start), None)
        if marked is not None or not self.nodes:
            return marked
        reached = {edge.target for edge in self.edges}
        free = [node for node in self.nodes if node.id not in reached and not node.is_global]
        return free[0] if len(free) == 1 else self.nodes[0]

    @cached_property
    def globals(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.is_global)

    def node(self, node_id: str) -> Node | None:
        return self.by_id.get(node_id)

    def ways(self, node_id: str) -> tuple[Edge, ...]:
        return self.leaving.get(node_id, ())


def load(public: Any) -> Graph:
    """The view on a public graph. Lenient: what cannot be read is left out here (validation.py names it) and stays in the JSON."""
    if not isinstance(public, Mapping):
        return Graph()
    nodes = [_node(raw) for raw in listed(public, "nodes") if is_node(raw)]
    edges = [_edge(raw) for raw in listed(public, "edges") if isinstance(raw, Mapping)]
    return Graph(tuple(nodes), tuple(edges), global_prompt(public))


def public_form(graph: Any) -> dict[str, Any]:
    """What programs read: the JSON as it was kept, each edge with label and description also in its `data`. A copy."""
    kept = copy.deepcopy(dict(graph)) if isinstance(graph, Mapping) else {}
    kept.setdefault("nodes", [])
    kept.setdefault("edges", [])
    for edge in kept["edges"] if isinstance(kept["edges"], list) else []:
        if not isinstance(edge, dict):
            continue
        for key in ("label", "description"):
            if key in edge and not (isinstance(edge.get("data"), dict) and key in edge["data"]):
                data = edge["data"] if isinstance(edge.get("data"), dict) else {}
                edge["data"] = {**data, key: edge[key]}
    return kept


def digest(graph: Any) -> str:
    """sha256 of the canonical JSON: two versions with one digest are the same graph."""
    return hashlib.sha256(json.dumps(graph, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def is_node(raw: Any) -> bool:
    """A step, not the pseudo-node that carries the global prompt."""
    return isinstance(raw, Mapping) and raw.get("id") not in (None, "")


def global_prompt(public: Mapping[str, Any]) -> str:
    for raw in [public, *listed(public, "nodes")]:
        config = raw.get("globalConfig") if isinstance(raw, Mapping) else None
        if isinstance(config, Mapping) and isinstance(config.get("globalPrompt"), str):
            return str(config["globalPrompt"])
    return ""


def listed(public: Mapping[str, Any], key: str) -> Sequence[Any]:
    found = public.get(key)
    return found if isinstance(found, list) else []


def text_of(data: Any, key: str) -> str:
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, str) else ""


def truthy(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _node(raw: Mapping[str, Any]) -> Node:
    data = raw.get("data") if isinstance(raw.get("data"), Mapping) else {}
    position = raw.get("position") if isinstance(raw.get("position"), Mapping) else {}
    kind = raw.get("type") if isinstance(raw.get("type"), str) else ""
    known = ALIASES.get(str(kind).strip().lower(), Kind.OTHER)
    return Node(str(raw["id"]), known, str(kind), _number(position.get("x")), _number(position.get("y")), data)  # type: ignore[union-attr, arg-type]


def _edge(raw: Mapping[str, Any]) -> Edge:
    data = raw.get("data")
    said = data.get("examples") if isinstance(data, Mapping) else None
    return Edge(
        id=str(raw.get("id") or f"{raw.get('source')}-{raw.get('target')}"),
        source=str(raw.get("source") or ""),
        target=str(raw.get("target") or ""),
        label=text_of(data, "label") or text_of(raw, "label"),
        description=text_of(data, "description") or text_of(raw, "description"),
        examples=tuple(e for e in said if isinstance(e, str) and e.strip()) if isinstance(said, list) else (),
        condition=text_of(data, "condition"),
    )


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e7 else 0.0


def _variables(found: Any) -> Iterator[Variable]:
    """`[name, type, description, required?]` or the object form."""
    for item in found if isinstance(found, list) else []:
        if isinstance(item, list) and item and isinstance(item[0], str):
            words = [str(part) for part in item[1:3]] + ["", ""]
            yield Variable(item[0].strip(), words[0] or "string", words[1], any(part is True for part in item[3:]))
        elif isinstance(item, Mapping) and isinstance(item.get("name"), str):
            yield Variable(
                item["name"].strip(), text_of(item, "type") or "string", text_of(item, "description"), truthy(item.get("required"))
            )


def _responses(found: Any) -> Iterator[Response]:
    """`[variable, operator, value, {id, name}]` or the object form of node tools."""
    for item in found if isinstance(found, list) else []:
        if isinstance(item, list) and len(item) >= 4 and isinstance(item[3], Mapping):
            yield Response(str(item[0]), str(item[1]), str(item[2]), str(item[3].get("id") or ""), text_of(item[3], "name"))
        elif isinstance(item, Mapping):
            target = item.get("nodeId") or item.get("target_id") or ""
            operator = item.get("operator") or item.get("condition") or ""
            yield Response(
                str(item.get("variable") or item.get("type") or ""),
                str(operator),
                str(item.get("value") or ""),
                str(target),
                text_of(item, "name"),
            )
