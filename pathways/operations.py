"""The editor's steps on the public JSON of a graph, one operation each. Pure: `apply` gives a new graph; what is not touched stays.

add         {type, id?, x?, y?, data?, from?}        a step, after step `from` when given
move        {places: {id: [x, y]}}
remove      {steps: [id], ways: [id]}                with a step go the ways that begin or end there
connect     {source, target, id?, data?}             a way on
disconnect  {id}
update      {step | way: id, data?, type?, target?}  each key of `data` is set, or taken out where it is null
start       {step}                                   calls begin here and nowhere else
duplicate   {steps: [id], ids?: {old: new}, shift?}
paste       {nodes, edges, ids?: {old: new}, shift?} with new ids; ways between what is pasted come along
words       {text}                                   what holds at every step
tidy        {}
replace     {graph}                                  undo, redo, and whoever keeps theirs
"""

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from pathways.graph import ALIASES, Graph, Kind, is_node, listed, load, truthy, written
from pathways.layout import tidy

type Json = dict[str, Any]

SHIFT = (32, 32)
FARTHEST = 1_000_000
GROWING = frozenset({"duplicate", "paste"})  # each may double what is there
LARGEST = 2_500_000  # bytes of JSON, as of a request's body
NAMES = {
    Kind.SAY: "Say something",
    Kind.END: "Goodbye",
    Kind.TRANSFER: "Hand over",
    Kind.WEBHOOK: "Look something up",
    Kind.KNOWLEDGE: "Answer a question",
    Kind.SMS: "Send a text",
    Kind.TOOL: "Use a tool",
    Kind.PRESS: "Press a key",
    Kind.WAIT: "Listen",
    Kind.PATHWAY: "Go over to another pathway",
    Kind.ROUTE: "Choose",
}


class Impossible(ValueError):
    """An operation that cannot be done. The text is for the person who tried."""


def apply(graph: Mapping[str, Any], operations: Iterable[Any]) -> Json:
    """`graph` after all operations, in order; `graph` itself stays. Raises Impossible, and then nothing was done."""
    made = _copy(graph)
    for operation in operations:
        name = operation.get("op") if isinstance(operation, Mapping) else None
        work = OPERATIONS.get(str(name))
        if work is None:
            raise Impossible(f"The editor does not know the operation “{name}”.")
        made = work(made, operation)
        if name in GROWING and len(json.dumps(made)) > LARGEST:
            raise Impossible("The pathway would become too large.")
    return made


def edge_id(raw: Mapping[str, Any]) -> str:
    """As `pathways.graph` names an edge."""
    return written(raw.get("id")) or f"{written(raw.get('source'))}-{written(raw.get('target'))}"


def step(graph: Mapping[str, Any], node_id: str) -> Json:
    """The step as it is kept. Raises Impossible."""
    for raw in listed(graph, "nodes"):
        if isinstance(raw, dict) and is_node(raw) and written(raw["id"]) == node_id:
            return raw
    raise Impossible("This step is not there any more.")


def way(graph: Mapping[str, Any], way_id: str) -> Json:
    """The way as it is kept. Raises Impossible."""
    for raw in listed(graph, "edges"):
        if isinstance(raw, dict) and edge_id(raw) == way_id:
            return raw
    raise Impossible("This way on is not there any more.")


def _copy(graph: Mapping[str, Any]) -> Json:
    made = copy.deepcopy(dict(graph))
    for key in ("nodes", "edges"):
        if not isinstance(made.get(key), list):
            made[key] = []
    return made


def _add(graph: Json, operation: Mapping[str, Any]) -> Json:
    kind = operation.get("type")
    if not isinstance(kind, str) or kind.strip().lower() not in ALIASES:
        raise Impossible("There is no such kind of step.")
    node_id = _fresh(graph, operation.get("id"))
    given = operation.get("data")
    data = copy.deepcopy(dict(given)) if isinstance(given, Mapping) else {}
    data.setdefault("name", _name(graph, NAMES[ALIASES[kind.strip().lower()]]))
    if not any(is_node(raw) for raw in graph["nodes"]):
        data["isStart"] = True
    before = written(operation.get("from"))
    x, y = _place(operation, step(graph, before) if before else None, graph)
    graph["nodes"].append({"id": node_id, "type": kind, "position": {"x": x, "y": y}, "data": data})
    return _connect(graph, {"source": before, "target": node_id}) if before else graph


def _move(graph: Json, operation: Mapping[str, Any]) -> Json:
    places = operation.get("places")
    for node_id, place in (places if isinstance(places, Mapping) else {}).items():
        raw = step(graph, str(node_id))
        if not (isinstance(place, list | tuple) and len(place) == 2):
            raise Impossible("A place has an x and a y.")
        position = raw.get("position")
        raw["position"] = {**(position if isinstance(position, dict) else {}), "x": _number(place[0]), "y": _number(place[1])}
    return graph


def _remove(graph: Json, operation: Mapping[str, Any]) -> Json:
    steps, ways = _ids(operation, "steps"), _ids(operation, "ways")
    for node_id in steps:
        step(graph, node_id)

    def lost(raw: Any) -> bool:
        return isinstance(raw, dict) and (edge_id(raw) in ways or bool({written(raw.get("source")), written(raw.get("target"))} & steps))

    graph["nodes"] = [raw for raw in graph["nodes"] if not (is_node(raw) and written(raw["id"]) in steps)]
    graph["edges"] = [raw for raw in graph["edges"] if not lost(raw)]
    return graph


def _connect(graph: Json, operation: Mapping[str, Any]) -> Json:
    source, target = (step(graph, written(operation.get(end))) for end in ("source", "target"))
    taken = {edge_id(raw) for raw in graph["edges"] if isinstance(raw, dict)}
    way_id = written(operation.get("id")) or str(uuid4())
    if way_id in taken:
        raise Impossible("There is a way on with this id already.")
    given = operation.get("data")
    data = {"label": "", "description": "", **(copy.deepcopy(dict(given)) if isinstance(given, Mapping) else {})}
    graph["edges"].append({"id": way_id, "source": source["id"], "target": target["id"], "data": data})
    return graph


def _disconnect(graph: Json, operation: Mapping[str, Any]) -> Json:
    gone = way(graph, written(operation.get("id")))
    graph["edges"] = [raw for raw in graph["edges"] if raw is not gone]
    return graph


def _update(graph: Json, operation: Mapping[str, Any]) -> Json:
    if node_id := written(operation.get("step")):
        raw = step(graph, node_id)
        if isinstance(kind := operation.get("type"), str):
            raw["type"] = kind
    else:
        raw = way(graph, written(operation.get("way")))
        if target := written(operation.get("target")):
            raw["target"] = step(graph, target)["id"]
    given, data = operation.get("data"), raw.get("data")
    if not isinstance(given, Mapping) or not given:
        return graph
    changed = dict(data) if isinstance(data, dict) else {}
    for key, value in given.items():
        if value is None:
            changed.pop(key, None)
        else:
            changed[key] = copy.deepcopy(value)
        if key in ("label", "description") and key in raw:  # programs read them at the top as well: both say the same
            raw[key] = value or ""
    raw["data"] = changed
    return graph


def _start(graph: Json, operation: Mapping[str, Any]) -> Json:
    chosen = step(graph, written(operation.get("step")))
    for raw in graph["nodes"]:
        data = raw.get("data") if is_node(raw) else None
        if isinstance(data, dict) and raw is not chosen and truthy(data.get("isStart")):
            data["isStart"] = False
    chosen["data"] = {**(chosen["data"] if isinstance(chosen.get("data"), dict) else {}), "isStart": True}
    return graph


def _duplicate(graph: Json, operation: Mapping[str, Any]) -> Json:
    steps = _ids(operation, "steps")
    nodes = [raw for raw in graph["nodes"] if is_node(raw) and written(raw["id"]) in steps]
    return _paste(graph, {**operation, "nodes": nodes, "edges": graph["edges"]})


def _paste(graph: Json, operation: Mapping[str, Any]) -> Json:
    given, shift = operation.get("ids"), operation.get("shift")
    wanted = given if isinstance(given, Mapping) else {}
    dx, dy = (_number(part) for part in (shift if isinstance(shift, list | tuple) and len(shift) == 2 else SHIFT))
    nodes = [copy.deepcopy(raw) for raw in listed(operation, "nodes") if isinstance(raw, dict) and is_node(raw)]
    edges = [copy.deepcopy(raw) for raw in listed(operation, "edges") if isinstance(raw, dict)]
    ids: dict[str, str] = {}
    for raw in nodes:
        old = written(raw["id"])
        ids[old] = raw["id"] = _fresh(graph, wanted.get(old), also=ids.values())
    view = load({"nodes": nodes})
    for raw, node in zip(nodes, view.nodes, strict=True):
        raw["position"] = {**(raw["position"] if isinstance(raw.get("position"), dict) else {}), "x": node.x + dx, "y": node.y + dy}
        raw["data"] = _renamed(raw["data"], ids) if isinstance(raw.get("data"), dict) else {}
        if node.is_start:
            raw["data"]["isStart"] = False
    for raw in edges:
        ends = [ids.get(written(raw.get(end))) for end in ("source", "target")]
        if all(ends):
            graph["edges"].append({**raw, "id": str(uuid4()), "source": ends[0], "target": ends[1]})
    graph["nodes"] += nodes
    return graph


def _renamed(data: Json, ids: Mapping[str, str]) -> Json:
    """The fields of a step that name other steps, with their new names."""

    def follow(value: Any) -> Any:
        if isinstance(value, list):
            return [follow(part) for part in value]
        if isinstance(value, dict):
            return {
                key: _new(part, ids) if key in ("id", "nodeId", "target_id", "targetNodeId") else follow(part)
                for key, part in value.items()
            }
        return value

    kept = {key: follow(value) if key in ("responsePathways", "routes", "tools", "tool") else value for key, value in data.items()}
    if "fallbackNodeId" in kept:
        kept["fallbackNodeId"] = _new(kept["fallbackNodeId"], ids)
    return kept


def _new(value: Any, ids: Mapping[str, str]) -> Any:
    return ids.get(written(value), value) if isinstance(value, str | int) else value


def _words(graph: Json, operation: Mapping[str, Any]) -> Json:
    """Where the words for every step stand already, else before all steps as the public form has it."""
    text = operation.get("text")
    if not isinstance(text, str):
        raise Impossible("The words for every step are a text.")
    for raw in [graph, *graph["nodes"]]:
        config = raw.get("globalConfig") if isinstance(raw, dict) else None
        if isinstance(config, dict) and isinstance(config.get("globalPrompt"), str):
            config["globalPrompt"] = text
            return graph
    graph["nodes"].insert(0, {"globalConfig": {"globalPrompt": text}})
    return graph


def _tidy(graph: Json, operation: Mapping[str, Any]) -> Json:
    return place(graph, load(graph))


def place(graph: Json, view: Graph) -> Json:
    """Every step at its tidy place."""
    return _move(graph, {"places": {node_id: list(at) for node_id, at in tidy(view).items()}})


def _replace(graph: Json, operation: Mapping[str, Any]) -> Json:
    wanted = operation.get("graph")
    if not isinstance(wanted, Mapping):
        raise Impossible("There is no graph to go back to.")
    return _copy(wanted)


OPERATIONS: Mapping[str, Callable[[Json, Mapping[str, Any]], Json]] = {
    "add": _add,
    "move": _move,
    "remove": _remove,
    "connect": _connect,
    "disconnect": _disconnect,
    "update": _update,
    "start": _start,
    "duplicate": _duplicate,
    "paste": _paste,
    "words": _words,
    "tidy": _tidy,
    "replace": _replace,
}


def _fresh(graph: Json, wanted: Any, also: Iterable[str] = ()) -> str:
    """An id that no step has."""
    node_id = written(wanted) or str(uuid4())
    if node_id in also or any(is_node(raw) and written(raw["id"]) == node_id for raw in graph["nodes"]):
        raise Impossible("There is a step with this id already.")
    return node_id


def _name(graph: Json, name: str) -> str:
    """`name`, numbered where steps have it already."""
    taken = {node.name for node in load(graph).nodes}
    return name if name not in taken else next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


def _place(operation: Mapping[str, Any], before: Json | None, graph: Json) -> tuple[float, float]:
    """Where it was put; else below the step it follows; else below everything. Never on top of another."""
    taken = [(node.x, node.y) for node in load(graph).nodes]
    if "x" in operation and "y" in operation:
        x, y = _number(operation["x"]), _number(operation["y"])
    elif before is not None:
        view = load({"nodes": [before]}).nodes[0]
        x, y = view.x, view.y + 144
    else:
        x, y = min((x for x, _ in taken), default=0), max((y for _, y in taken), default=-144) + 144
    while any(abs(x - other) < 180 and abs(y - level) < 84 for other, level in taken):
        x += 224
    return x, y


def _ids(operation: Mapping[str, Any], key: str) -> set[str]:
    found = operation.get(key)
    return {written(value) for value in found} if isinstance(found, list | tuple) else set()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < FARTHEST:
        raise Impossible("A step cannot be put there.")
    return value
