"""What the pages of rehearsals show, finished."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calls.rehearsal.callees import known
from pathways import assertions
from pathways import graph as graphs
from pathways.assertions import sentence
from pathways.drawing import Drawing, draw
from pathways.graph import Graph
from pathways.models import Pathway, PathwayVersion, Scenario, ScenarioRun
from pathways.scenarios import newest_runs, setup_digest

Status = ScenarioRun.Status


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    passed: bool | None = None  # None: not tried
    found: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario with its newest run on this version."""

    scenario: Scenario
    who: str
    run: ScenarioRun | None
    state: str  # passed, failed, running or untried
    failing: Sequence[Sentence]
    sentences: int


@dataclass(frozen=True, slots=True)
class Suite:
    pathway: Pathway
    version: PathwayVersion
    label: str
    rows: Sequence[Row]
    passed: int
    failed: int
    running: int
    untried: int
    required: int
    ready: bool  # every required scenario is green on this version


@dataclass(frozen=True, slots=True)
class Said:
    lane: str  # agent, caller, or event
    who: str
    text: str
    step: str
    decisions: Sequence["Decision"] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One run, whole."""

    pathway: Pathway
    run: ScenarioRun
    label: str
    who: str
    sentences: Sequence[Sentence]
    lines: Sequence[Said]
    way: str
    known: Sequence[tuple[str, str]]
    drawing: Drawing | None
    outdated: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    label: str
    target: str
    score: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Decision:
    step: str
    chosen: str
    why: str
    quote: str
    candidates: Sequence[Candidate]


def suite_rows(pathway: Pathway, version: PathwayVersion) -> list[Row]:
    """Two queries for any number of scenarios."""
    scenarios = list(Scenario.objects.filter(pathway=pathway))
    newest = newest_runs(scenarios, version.digest)
    return [_row(each, newest.get(each.pk)) for each in scenarios]


def suite(pathway: Pathway, version: PathwayVersion) -> Suite:
    rows = suite_rows(pathway, version)
    counted = {
        state: sum(row.state == state for row in rows if row.scenario.enabled) for state in ("passed", "failed", "running", "untried")
    }
    required = [row for row in rows if row.scenario.required and row.scenario.enabled]
    return Suite(
        pathway,
        version,
        version_label(pathway, version),
        rows,
        **counted,
        required=len(required),
        ready=all(r.state == "passed" for r in required),
    )


def version_label(pathway: Pathway, version: PathwayVersion) -> str:
    if not version.frozen:
        return f"Draft of version {version.number}"
    places = [place for place in ("production", "staging") if getattr(pathway, f"{place}_id") == version.pk]
    return f"Version {version.number}{' in ' if places else ''}{' and '.join(places)}"


def _row(scenario: Scenario, run: ScenarioRun | None) -> Row:
    state = "untried" if run is None else {Status.PASSED: "passed", Status.FAILED: "failed"}.get(Status(run.status), "running")
    return Row(scenario, who(scenario), run, state, failing(run), len(scenario.assertions))


def failing(run: ScenarioRun | None) -> list[Sentence]:
    """The sentences that did not hold, or the one that says why nothing could be tried."""
    if run is None or run.status != Status.FAILED:
        return []
    broken = [Sentence(str(r["sentence"]), False, str(r["found"])) for r in run.results if not r["passed"]]
    return broken if broken or not run.error else [Sentence(run.error, False)]


def sentences(run: ScenarioRun, graph: Graph) -> list[Sentence]:
    if run.results:
        return [Sentence(str(r["sentence"]), bool(r["passed"]), str(r["found"])) for r in run.results]
    return [Sentence(sentence(a, graph)) for a in run.scenario.assertions]


def who(scenario: Scenario) -> str:
    if not scenario.callee:
        return f"Says {len(scenario.lines)} {'line' if len(scenario.lines) == 1 else 'lines'} in turn"
    return dict(known()).get(scenario.callee, scenario.callee).rstrip(".")


def conversation(logs: Sequence[dict[str, Any]], graph: Graph) -> list[Said]:
    """The lines of a run, each with the decisions that came just before it."""
    shown: list[Said] = []
    decided: list[Decision] = []
    for entry in logs:
        match entry.get("kind"):
            case "line":
                shown.append(_said(entry, graph, decided))
                decided = []
            case "decision":
                decided.append(decision(entry.get("data") or {}, graph))
            case "webhook" | "tool" | "sms" | "optout" | "note_for_staff" | "transfer_failed" | "agent_failed":
                shown.append(Said("event", "", str(entry.get("message")), ""))
    return shown if not decided else [*shown, Said("event", "", "", "", decided)]


def _said(entry: dict[str, Any], graph: Graph, decided: Sequence[Decision]) -> Said:
    lane = {"assistant": "agent", "user": "caller", "robot": "caller"}.get(str(entry.get("speaker")), "event")
    who = {"assistant": "Agent", "user": "Person", "robot": "Machine"}.get(str(entry.get("speaker")), "")
    node = graph.node(str(entry.get("node_id") or ""))
    return Said(lane, who, str(entry.get("text")), node.name if node and lane == "agent" else "", decided)


def decision(data: dict[str, Any], graph: Graph) -> Decision:
    chosen = data.get("chosen_edge")
    candidates = [
        Candidate(
            str(c.get("label") or "otherwise"),
            _name(graph, c.get("target")),
            f"{c['score']:.2f}" if isinstance(c.get("score"), int | float) else "",
            bool(chosen) and c.get("id") == chosen,
        )
        for c in data.get("candidates") or []
    ]
    step = _name(graph, data.get("node_id"))
    went = _name(graph, data.get("chosen_node")) if data.get("chosen_node") else ""
    return Decision(step, went, str(data.get("why") or ""), str(data.get("quote") or ""), candidates)


def _name(graph: Graph, node_id: Any) -> str:
    node = graph.node(str(node_id))
    return node.name if node is not None else str(node_id or "")


def values(variables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known, as people say it; "" for what was not said."""
    return [(name, assertions.shown(value)) for name, value in variables.items()]


def result(pathway: Pathway, version: PathwayVersion | None, run: ScenarioRun) -> Result:
    """`version` None: it is gone. One that was changed since the run is not drawn: its steps may be others."""
    same = version is not None and version.digest == run.digest
    graph = graphs.load(version.graph) if version is not None else Graph()
    route = [str(e["data"].get("node_id")) for e in run.logs if e.get("kind") == "node"]
    edges = [str(e["data"].get("chosen_edge")) for e in run.logs if e.get("kind") == "decision" and e["data"].get("chosen_edge")]
    return Result(
        pathway,
        run,
        version_label(pathway, version) if version is not None else f"Version {run.version}",
        who(run.scenario),
        sentences(run, graph),
        conversation(run.logs, graph),
        assertions.way(assertions.Run(graph, route=route)) if route else "",
        values(run.variables),
        draw(graph, {**dict.fromkeys(route, "lit"), route[-1]: "now"}, dict.fromkeys(edges, "lit")) if same and route else None,
        not same or setup_digest(run.scenario) != run.setup,
    )
