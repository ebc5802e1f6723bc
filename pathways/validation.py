"""Everything that is wrong with a pathway, each with its step and a sentence. Pure: nothing is looked up, nothing raises.

An error stops publishing; a warning is shown. The order is that of the graph: the whole, then step by step, then way by way.
"""

import json
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from config.kit.places import PLACE
from pathways.graph import FINAL, Graph, Kind, Node, is_node, listed, load, text_of
from pathways.problems import Known, Problem, error, quoted, warning
from pathways.step_checks import of_step

__all__ = ["SYSTEM_VARIABLES", "Known", "Problem", "errors", "problems"]

MOST_STEPS = 500
MOST_WAYS = 5_000
MOST_BYTES = 2_000_000
ANYWHERE = "\0anywhere"  # stands between all steps and the global ones, which may be entered from each
SYSTEM_VARIABLES = frozenset(
    name.casefold()
    for name in (
        *("now", "now_utc", "from", "to", "short_from", "short_to", "phone_number", "call_id", "callID", "country", "city", "state", "zip"),
        *("timezone", "language", "input", "voice_id", "lastUserMessage", "prevNodePrompt", "BlandStatusCode"),
    )
)


def problems(graph: Any, known: Known | None = None) -> list[Problem]:
    """Never raises, whatever the JSON holds. [] means: ready for calls."""
    known = known or Known()
    if not isinstance(graph, Mapping):
        return [error("unreadable", "This is not a pathway: it needs a list of steps.")]
    size = len(json.dumps(graph, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    view = load(graph)
    if len(view.nodes) > MOST_STEPS or len(view.edges) > MOST_WAYS or size > MOST_BYTES:
        most = f"A pathway has at most {MOST_STEPS} steps, {MOST_WAYS:,} ways and {MOST_BYTES // 1_000_000} MB."
        this = f"This one has {len(view.nodes):,} steps, {len(view.edges):,} ways and {size / 1_000_000:.1f} MB"
        return [error("too_large", f"{most} {this}: split it and go over from one part to the other.")]
    found = [*_shape(graph), *_starts(view)]
    for node in view.nodes:
        found += of_step(node, view, known)
    return [*found, *_edges(view), *_walk(view), *_variables(view, known)]


def errors(graph: Any, known: Known | None = None) -> list[Problem]:
    return [problem for problem in problems(graph, known) if problem.level == "error"]


def _shape(graph: Mapping[str, Any]) -> Iterator[Problem]:
    """What `load` had to leave out, and ids that stand twice."""
    for key, word in (("nodes", "steps"), ("edges", "ways between steps")):
        if key in graph and not isinstance(graph[key], list):
            yield error("unreadable", f"The {word} are not a list.")
    for place, raw in enumerate(listed(graph, "nodes"), 1):
        if not is_node(raw) and not (isinstance(raw, Mapping) and "globalConfig" in raw):
            yield error("bad_step", f"Entry {place} of the steps cannot be read: a step needs an id.")
    for place, raw in enumerate(listed(graph, "edges"), 1):
        if not isinstance(raw, Mapping):
            yield error("bad_way", f"Entry {place} of the ways cannot be read.")
    view = load(graph)
    for node_id, count in Counter(node.id for node in view.nodes).items():
        if count > 1:
            yield error("double_step", f"{count} steps have the id {quoted(node_id)}: a way could not tell which one it leads to.", node_id)
    for edge_id, count in Counter(edge.id for edge in view.edges).items():
        if count > 1:
            yield error("double_way", f"{count} ways have the id {quoted(edge_id)}.", edge_id=edge_id)


def _starts(view: Graph) -> Iterator[Problem]:
    marked = [node for node in view.nodes if node.is_start]
    if not view.nodes:
        yield error("empty", "The pathway has no step yet.")
    elif not marked:
        yield error("no_start", "No step is marked as the start: a call would not know where to begin.")
    for node in marked[1:]:
        if node.id != marked[0].id:
            message = f"{quoted(node.name)} is marked as the start, and so is {quoted(marked[0].name)}: a call begins at one step only."
            yield error("two_starts", message, node.id)


def _edges(view: Graph) -> Iterator[Problem]:
    for edge in view.edges:
        source, target = view.node(edge.source), view.node(edge.target)
        name = f" {quoted(edge.label)}" if edge.label.strip() else ""
        if source is None:
            place, near = (f" to {quoted(target.name)}", target.id) if target else ("", "")
            yield error("way_from_nowhere", f"The way{name}{place} begins at a step that does not exist.", near, edge.id)
        if target is None:
            place, near = (f" from {quoted(source.name)}", source.id) if source else ("", "")
            yield error("way_to_nowhere", f"The way{name}{place} leads to a step that does not exist.", near, edge.id)
        if source is not None and source.kind in FINAL:
            message = f"The way{name} from {quoted(source.name)} is never taken: the pathway is over at that step."
            yield warning("way_from_end", message, source.id, edge.id)
    for node in view.by_id.values():
        yield from _mute(node, view)


def _mute(node: Node, view: Graph) -> Iterator[Problem]:
    """Ways without words where there are several. A single one is taken when no other fits; of two nobody could tell which."""
    ways = view.ways(node.id) if node.kind not in FINAL else ()
    mute = [way for way in ways if not (way.label.strip() or way.description.strip() or way.examples)]
    if len(ways) < 2:
        return
    for way in mute:
        there = view.node(way.target)
        who = f"A way from {quoted(node.name)}{f' to {quoted(there.name)}' if there else ''} says nothing"
        if len(mute) == 1:
            yield warning("empty_label", f"{who}: it is taken when no other way fits.", node.id, way.id)
        else:
            yield error("empty_label", f"{who}, nor does another one: nobody could tell when to take which.", node.id, way.id)


def _walk(view: Graph) -> Iterator[Problem]:
    """Where a call could not come, or from where it could not go on."""
    onward = {node.id: () if node.kind in FINAL else view.next(node.id) for node in view.by_id.values()}
    leading = [node.id for node in view.globals if node.kind in FINAL or onward[node.id]]  # the others return to where they came from
    if view.start is not None and view.start.is_start:
        reached = _reach([view.start.id, *(node.id for node in view.globals)], onward)
        for node in view.by_id.values():
            if node.id not in reached:
                yield warning("unreachable", f"No way leads to {quoted(node.name)}: no call ever comes there.", node.id)
    for node in view.by_id.values():
        if onward[node.id] or node.kind in FINAL or node.is_global or _excused(node, view):
            continue
        if leading:
            message = f"Nothing leads on from {quoted(node.name)} but the steps that can be entered from anywhere."
            yield warning("dead_end", message, node.id)
        else:
            yield error("dead_end", f"{quoted(node.name)} is a dead end: nothing leads on from it and the call is not ended.", node.id)
    yield from _circles(view, onward, leading)


def _excused(node: Node, view: Graph) -> bool:
    """A way that leads to nowhere, or a step that is not understood, has its own problem: it is not a dead end as well."""
    return node.kind == Kind.OTHER or bool(view.ways(node.id)) or bool(node.targets) or node.kind == Kind.ROUTE


def _circles(view: Graph, onward: Mapping[str, tuple[str, ...]], leading: Sequence[str]) -> Iterator[Problem]:
    """Steps that only lead to each other: one problem for each such group."""
    ways = {node_id: [*targets, ANYWHERE] if leading and targets else [*targets] for node_id, targets in onward.items()}
    ways[ANYWHERE] = [*leading]
    back: dict[str, list[str]] = {}
    for source, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(source)
    ending = _reach([node_id for node_id in onward if not onward[node_id]], back)
    rest = [node_id for node_id in onward if node_id not in ending]
    while rest:
        here = rest[0]
        while deeper := (reached := _reach([here], ways)) - (group := reached & _reach([here], back)):
            here = min(deeper)  # further down there is a group that leads to no other
        names = ", ".join(quoted(node.name) for node in view.by_id.values() if node.id in group)
        first = next(node_id for node_id in onward if node_id in group)
        way = "lead to each other only" if len(group - {ANYWHERE}) > 1 else "leads to itself only"
        yield error("endless", f"{names} {way}: a call would never end.", first)
        gone = _reach(group, back)
        rest = [node_id for node_id in rest if node_id not in gone]


def _reach(start: Collection[str], onward: Mapping[str, Iterable[str]]) -> set[str]:
    found, line = set(start), deque(start)
    while line:
        for target in onward.get(line.popleft(), ()):
            if target not in found:
                found.add(target)
                line.append(target)
    return found


def _variables(view: Graph, known: Known) -> Iterator[Problem]:
    """Every {{name}} that no step fills, once. The data of the request may bring it, so it is a warning."""
    for name, users in _unfilled(view, known):
        node_id, edge_id, who = users[0]
        others = len(users) - 1
        use = "uses" if not others else f"and {others} other place{'' if others == 1 else 's'} use"
        message = f"{who} {use} {{{{{name}}}}}, which no step fills: each call must bring it, or the sentence is left unsaid."
        yield warning("undefined_variable", message, node_id, edge_id)


def wanted(graph: Mapping[str, Any]) -> list[str]:
    """The names that a call must bring in its data, as the steps write them, in their order."""
    return [name for name, _ in _unfilled(load(graph), Known())]


def _unfilled(view: Graph, known: Known) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Each name with the places that use it: (step, way, what it is called)."""
    filled = SYSTEM_VARIABLES | {name.casefold() for name in known.variables} | set(_filled(view))
    places: list[tuple[str, str, str, Any]] = [("", "", "The prompt for every step", view.global_prompt)]
    places += [(node.id, "", quoted(node.name), node.data) for node in view.nodes if node.kind != Kind.OTHER]
    places += [(e.source, e.id, f"The way {quoted(e.label or e.id)}", [e.label, e.description, e.condition]) for e in view.edges]
    used: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}
    for node_id, edge_id, who, where in places:
        here: dict[str, str] = {}
        for name in _names(where):
            first = name.split(".")[0].strip()
            here.setdefault(first.casefold(), first)
        for folded, name in here.items():
            if folded not in filled:
                used.setdefault(folded, (name, []))[1].append((node_id, edge_id, who))
    yield from used.values()


def _filled(view: Graph) -> Iterator[str]:
    for node in view.nodes:
        yield from (variable.name.casefold() for variable in node.variables)
        for holder in (node.data, *node.tools):
            config = holder.get("config")
            for place in (holder, config if isinstance(config, Mapping) else {}):
                for key in ("responseData", "response_data", "response"):
                    yield from (text_of(item, "name").casefold() for item in listed(place, key))
                if holder is not node.data:
                    yield from _asked(place)
                    extracted = load({"nodes": [{"id": "t", "data": {"extractVars": place.get("extractVars")}}]}).nodes[0].variables
                    yield from (variable.name.casefold() for variable in extracted)


def _asked(tool: Mapping[str, Any]) -> Iterator[str]:
    """What a tool needs to know is remembered from what the person says."""
    schema = tool.get("input_schema")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    yield from (str(name).casefold() for name in properties) if isinstance(properties, Mapping) else ()


def _names(value: Any) -> Iterator[str]:
    """The names in {{…}} of every text inside."""
    if isinstance(value, str):
        yield from PLACE.findall(value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _names(part)
    elif isinstance(value, list):
        for part in value:
            yield from _names(part)
