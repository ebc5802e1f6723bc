"""Where calls end on a pathway: how many reached each step, where they went on, where they ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from analytics.figures import Step, percent
from analytics.page.parts import Cell, Section, Sight, Table, count, share
from pathways.graph import Graph, load
from pathways.models import Pathway, PathwayVersion

FULL = 1240  # width of a whole bar
MOST = 40  # steps that are drawn; the table has all


@dataclass(frozen=True, slots=True)
class Way:
    name: str
    calls: int
    share: str


@dataclass(frozen=True, slots=True)
class Place:
    """One step. `width` of FULL; `was`: the share of the other days, as words, "" without any."""

    name: str
    href: str
    reached: int
    share: str
    width: float
    ended: int
    ended_share: str
    was: str
    final: bool  # a step that is meant to end the call
    ways: Sequence[Way]


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    section: Section
    places: Sequence[Place]
    pathways: Sequence[Choice]
    versions: Sequence[Choice]
    editor: str  # address of the version


@dataclass(frozen=True, slots=True)
class Walk:
    """A pathway with what calls did on it, by version; `was`: in the other days."""

    pathway: Pathway
    now: Mapping[int, Mapping[str, Step]]
    was: Mapping[int, Mapping[str, Step]]


def version_of(walk: Walk, wanted: int | None) -> int:
    """The one asked for, else the one that most calls took, else the one in production."""
    if wanted is not None:
        return wanted
    begun = {number: max((step.reached for step in nodes.values()), default=0) for number, nodes in walk.now.items()}
    if begun:
        return max(begun, key=lambda number: (begun[number], number))
    return walk.pathway.production.number if walk.pathway.production else 1


def funnel(sight: Sight, walk: Walk | None, pathways: Sequence[tuple[str, str]], version: int) -> Funnel:
    """One query: the version's graph."""
    if walk is None:
        empty = "No call in these days was led by a pathway."
        return Funnel(Section("steps", "Where calls end on a pathway", Table(["Step"], []), empty=empty), [], [], [], "")
    found = PathwayVersion.objects.filter(pathway=walk.pathway, number=version).values_list("graph", flat=True).first()
    graph, editor = load(found or {}), f"{reverse('pathway-editor', args=[walk.pathway.uid])}?v={version}"
    now, was = walk.now.get(version, {}), walk.was.get(version, {})
    order = _order(graph, now)
    whole, whole_was = _most(now), _most(was)
    places = [_place(graph, node, now, whole, was, whole_was, editor) for node in order]
    section = Section(
        "steps",
        f"Where calls end on {walk.pathway.name}",
        _table(sight, graph, order, now, was),
        aside="calls that reached each step, and how many ended there",
        empty="" if now else f"No call in these days took version {version}.",
    )
    return Funnel(
        section,
        places[:MOST],
        [Choice(uid, name, uid == str(walk.pathway.uid)) for uid, name in pathways],
        [Choice(str(n), f"Version {n}", n == version) for n in sorted({*walk.now, version}, reverse=True)],
        editor,
    )


def _order(graph: Graph, now: Mapping[str, Step]) -> list[str]:
    """The most reached first; where as many reached two steps, as the pathway goes."""
    place = {node: n for n, node in enumerate(graph.by_id)}
    start = graph.start.id if graph.start else ""
    return sorted(now, key=lambda node: (-now[node].reached, node != start, place.get(node, len(place)), node))


def _most(steps: Mapping[str, Step]) -> int:
    return max((step.reached for step in steps.values()), default=0)


def _place(graph: Graph, node: str, now: Mapping[str, Step], whole: int, was: Mapping[str, Step], whole_was: int, editor: str) -> Place:
    step, known = now[node], graph.node(node)
    query = QueryDict(mutable=True)
    query["step"] = node
    return Place(
        name=_name(graph, node),
        href=f"{editor}&{query.urlencode()}" if known else "",
        reached=step.reached,
        share=_percent(step.reached, whole),
        width=round(FULL * step.reached / whole, 1) if whole else 0,
        ended=step.ended,
        ended_share=_percent(step.ended, step.reached),
        was=_percent(was[node].reached if node in was else 0, whole_was) if whole_was else "",
        final=known is not None and not graph.next(node),
        ways=[
            Way(_way(graph, way), calls, _percent(calls, step.reached))
            for way, calls in sorted(step.left.items(), key=lambda item: (-item[1], item[0]))
        ],
    )


def _percent(part: int, whole: int) -> str:
    return share(percent(part, whole)).shown if whole else ""


def _name(graph: Graph, node: str) -> str:
    known = graph.node(node)
    return (known.name or node) if known else f"{node} (no longer there)"


def _way(graph: Graph, way: str) -> str:
    """A way's label; of one that is open from everywhere, the step it leads to."""
    if way.startswith("global:"):
        return _name(graph, way.removeprefix("global:"))
    edge = next((edge for edge in graph.edges if edge.id == way), None)
    return (edge.label or _name(graph, edge.target)) if edge else "a way that is no longer there"


def _table(sight: Sight, graph: Graph, order: Sequence[str], now: Mapping[str, Step], was: Mapping[str, Step]) -> Table:
    """Ways stand below their step."""
    head = ["Step or way on", "Calls", "Of all", "Ended there"]
    head += [f"Calls, {sight.was_word}", f"Ended there, {sight.was_word}"] if sight.was else []
    whole = _most(now)
    rows = []
    for node in order:
        step, other = now[node], was.get(node, Step())
        row = [Cell(_name(graph, node)), count(step.reached), share(percent(step.reached, whole)), count(step.ended)]
        rows.append(row + ([count(other.reached), count(other.ended)] if sight.was else []))
        for way, calls in sorted(step.left.items(), key=lambda item: (-item[1], item[0])):
            cells = [Cell(f"→ {_way(graph, way)}"), count(calls), share(percent(calls, whole)), Cell("", "")]
            rows.append(cells + ([count(other.left.get(way, 0)), Cell("", "")] if sight.was else []))
    return Table(head, rows)
