"""A pathway as a graph: steps (nodes) and the ways between them (edges). Pure.

A version keeps the public JSON as it came, `{nodes: [...], edges: [...]}`, so that nothing is lost on the way in and out; `Graph` is the
typed view on it that the walker, the checks and the drawing read. Shapes: the public API's "Pathways" chapter. What is unknown stays.

- A node is `{id, type, position: {x, y}, data: {name, prompt | text, isStart, isGlobal, …}}`.
- An edge is `{id, source, target, data: {label, description, condition?, examples?}}`; label and description may also stand at its top.
- `{globalConfig: {globalPrompt}}` without an id may stand anywhere among the nodes: words that hold for every step.

Programs that save put label and description at the top of an edge, programs that read look for them in its `data`. So `accepted` writes
what came at the top into `data` on the way in; from then on `data` is the truth, and `public_form` shows it in both places on the way out.
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


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a rule: `field` is a variable, `operator` is, is not, contains, not contains, >, <, >=, <=."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A way on from a Route step: taken when all its conditions hold, the first rule first."""

    conditions: tuple[Condition, ...]
    target: str


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

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(_rules(self.data.get("routes")))

    @property
    def fallback(self) -> str:
        """Where a Route step leads when no rule holds; "" when it does not say."""
        return written(self.data.get("fallbackNodeId"))

    @cached_property
    def tools(self) -> tuple[Mapping[str, Any], ...]:
        """What the step may use while it talks, and the inline definition of a Custom Tool step."""
        own, single = self.data.get("tools"), self.data.get("tool")
        found = [*(own if isinstance(own, list) else []), single]
        return tuple(item for item in found if isinstance(item, Mapping))

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The steps its own fields lead to: responses, rules, fallback. Edges are beside it (Graph.next)."""
        answers = [*self.responses, *(r for tool in self.tools for r in _responses(tool.get("responsePathways")))]
        found = [answer.target for answer in answers] + [rule.target for rule in self.rules] + [self.fallback]
        return tuple(dict.fromkeys(target for target in found if target))


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
        reached = {edge.target for edge in self.edges} | {target for node in self.nodes for target in node.targets}
        free = [node for node in self.nodes if node.id not in reached and not node.is_global]
        return free[0] if len(free) == 1 else self.nodes[0]

    @cached_property
    def globals(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.is_global)

    def node(self, node_id: str) -> Node | None:
        return self.by_id.get(node_id)

    def ways(self, node_id: str) -> tuple[Edge, ...]:
        return self.leaving.get(node_id, ())

    def next(self, node_id: str) -> tuple[str, ...]:
        """Every step that a walk may enter from here, by an edge or by a field of the step; each once, only those that exist."""
        node = self.node(node_id)
        ids = [edge.target for edge in self.ways(node_id)] + list(node.targets if node else ())
        return tuple(dict.fromkeys(target for target in ids if target in self.by_id))


def load(public: Any) -> Graph:
    """The view on a public graph. Lenient: what cannot be read is left out here (validation.py names it) and stays in the JSON."""
    if not isinstance(public, Mapping):
        return Graph()
    nodes = [_node(raw) for raw in listed(public, "nodes") if is_node(raw)]
    edges = [_edge(raw) for raw in listed(public, "edges") if isinstance(raw, Mapping)]
    return Graph(tuple(nodes), tuple(edges), global_prompt(public))


def accepted(graph: Any) -> dict[str, Any]:
    """A graph as a program or a file sent it, ready to be kept: what stands at the top of an edge goes before what stands in its data."""
    return _with_words(graph, top_wins=True)


def public_form(graph: Any) -> dict[str, Any]:
    """What programs read: the JSON as it was kept, each edge with label and description also in its `data`. A copy."""
    return _with_words(graph, top_wins=False)


def digest(graph: Any) -> str:
    """sha256 of the canonical JSON: two versions with one digest are the same graph."""
    canonical = json.dumps(graph, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def is_node(raw: Any) -> bool:
    """A step, not the pseudo-node that carries the global prompt."""
    return isinstance(raw, Mapping) and written(raw.get("id")) != ""


def written(value: Any) -> str:
    """An id or a value of a comparison as text: 0 and "0" are the same, null is nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


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


def _with_words(graph: Any, *, top_wins: bool) -> dict[str, Any]:
    """A copy in which label and description of each edge stand in its `data`, and at its top only where they stood there."""
    kept = copy.deepcopy(dict(graph)) if isinstance(graph, Mapping) else {}
    kept.setdefault("nodes", [])
    kept.setdefault("edges", [])
    for edge in listed(kept, "edges"):
        data = edge.get("data") if isinstance(edge, dict) else ""
        if not (data is None or isinstance(data, dict)):
            continue  # data of an unknown shape stays as it is
        for key in ("label", "description"):
            known = edge.get("data") or {}
            if key in edge and key not in known or (edge.get(key) and top_wins):
                edge["data"] = {**known, key: edge[key]}
            elif edge.get(key):  # an empty one at the top says nothing, and stays
                edge[key] = known[key]
    return kept


def _node(raw: Mapping[str, Any]) -> Node:
    data, position, kind = raw.get("data"), raw.get("position"), raw.get("type")
    name = kind if isinstance(kind, str) else ""
    place: Mapping[str, Any] = position if isinstance(position, Mapping) else {}
    return Node(
        id=written(raw["id"]),
        kind=ALIASES.get(name.strip().lower(), Kind.OTHER),
        type=name,
        x=_number(place.get("x")),
        y=_number(place.get("y")),
        data=data if isinstance(data, Mapping) else {},
    )


def _edge(raw: Mapping[str, Any]) -> Edge:
    data = raw.get("data")
    said = data.get("examples") if isinstance(data, Mapping) else None
    source, target = written(raw.get("source")), written(raw.get("target"))
    return Edge(
        id=written(raw.get("id")) or f"{source}-{target}",
        source=source,
        target=target,
        label=_word(raw, data, "label"),
        description=_word(raw, data, "description"),
        examples=tuple(e for e in said if isinstance(e, str) and e.strip()) if isinstance(said, list) else (),
        condition=text_of(data, "condition"),
    )


def _word(raw: Mapping[str, Any], data: Any, key: str) -> str:
    return text_of(data if isinstance(data, Mapping) and key in data else raw, key)


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
            yield Response(written(item[0]), written(item[1]), written(item[2]), written(item[3].get("id")), text_of(item[3], "name"))
        elif isinstance(item, Mapping):
            yield Response(
                variable=written(item.get("variable") or item.get("type")),
                operator=written(item.get("operator") or item.get("condition")),
                value=written(item.get("value")),
                target=written(item.get("nodeId") or item.get("target_id")),
                name=text_of(item, "name"),
            )


def _rules(found: Any) -> Iterator[Rule]:
    for item in found if isinstance(found, list) else []:
        if isinstance(item, Mapping):
            parts = [part for part in listed(item, "conditions") if isinstance(part, Mapping)]
            conditions = tuple(Condition(written(p.get("field")), written(p.get("operator")), written(p.get("value"))) for p in parts)
            yield Rule(conditions, written(item.get("targetNodeId")))
