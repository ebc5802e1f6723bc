"""The pathway of a call as its page shows it: the way it went on the drawn graph, and the steps in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calls.models import Call, CallEvent
from calls.states import ACTIVE
from pathways import graph as graphs
from pathways.drawing import Drawing, draw
from pathways.models import PathwayVersion

KINDS = ("node", "decision", "pathway")
MOST = 2_000  # events of one call that are looked at


@dataclass(frozen=True, slots=True)
class Stop:
    """One step that was entered; `seq` is that of its event, `again`: it had been entered before."""

    name: str
    seq: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """`over`: names of pathways that it went over to. `drawing` None: that version is gone."""

    stops: Sequence[Stop]
    drawing: Drawing | None
    now: str  # the step it stands at, or ended at
    over: Sequence[str] = ()

    @property
    def told(self) -> str:
        return "The way it went: " + ", then ".join(dict.fromkeys(stop.name for stop in self.stops)) if self.stops else "No step yet"


def graph_of(call: Call) -> dict[str, Any]:
    """The graph that leads a call, as it was when the call was accepted; {} without one."""
    if call.pathway_graph is not None:
        return dict(call.pathway_graph)
    return version_graph(call.pathway_id, call.pathway_version)


def version_graph(pathway: Any, number: int | None) -> dict[str, Any]:
    """`pathway`: primary key or uid."""
    key = "pathway_id" if isinstance(pathway, int) else "pathway__uid"
    if pathway is None:
        return {}
    found = PathwayVersion.objects.filter(**{key: pathway, "number": number or 0}).values_list("graph", flat=True).first()
    return dict(found or {})


def walked(call: Call) -> Walked | None:
    """None for a call that no pathway has led. Two queries at most, none without a pathway."""
    if call.pathway_id is None and not call.routes:
        return None
    rows = CallEvent.objects.filter(call=call, kind__in=KINDS).order_by("seq").only("seq", "kind", "data", "message")
    events = list(rows[:MOST])
    over = [e for e in events if e.kind == "pathway"]
    if call.pathway_id is None and not over:
        return None
    since = over[-1].seq if over else 0
    graph = graphs.load(version_graph(over[-1].data.get("pathway_id"), over[-1].data.get("version")) if over else graph_of(call))
    here = [e for e in events if e.seq > since]
    nodes = [str(e.data.get("node_id")) for e in here if e.kind == "node"]
    ways = [str(e.data.get("chosen_edge")) for e in here if e.kind == "decision" and e.data.get("chosen_edge")]
    marks = {**dict.fromkeys(nodes, "lit"), **({nodes[-1]: "now"} if nodes and call.state in ACTIVE else {})}
    drawing = draw(graph, marks, dict.fromkeys(ways, "lit")) if graph.nodes else None
    return Walked(_stops(events), drawing, nodes[-1] if nodes else "", [_name(e) for e in over])


def _stops(events: Sequence[CallEvent]) -> list[Stop]:
    seen: set[str] = set()
    found = []
    for event in events:
        if event.kind == "node":
            node_id = str(event.data.get("node_id"))
            found.append(Stop(str(event.data.get("name") or node_id), event.seq, node_id in seen))
            seen.add(node_id)
    return found


def _name(event: CallEvent) -> str:
    return event.message.removeprefix("Went over to the pathway ").split(", because")[0]
