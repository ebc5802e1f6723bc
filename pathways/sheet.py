"""What the editor shows of one version: the picture, the list of the same steps, what is wrong, and the form of what is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from config.models import Member
from pathways import drawing, validation, versions
from pathways.drawing import WORDS, Card, Drawing, Link, draw
from pathways.forms import WayForm, WholeForm
from pathways.graph import FINAL, Edge, Graph, Kind, Node, load
from pathways.layout import tidy
from pathways.models import Pathway, PathwayVersion
from pathways.operations import Impossible, way
from pathways.problems import Problem
from pathways.publishing import known
from pathways.step_forms import step_form

SENTENCES: Mapping[Kind, str] = {
    Kind.SAY: "Says something and hears the answer",
    Kind.WAIT: "Waits for the person to speak",
    Kind.ROUTE: "Takes a way by rules, without speaking",
    Kind.KNOWLEDGE: "Answers questions from a text",
    Kind.WEBHOOK: "Asks a program at a web address",
    Kind.TOOL: "Uses a tool written in the step",
    Kind.SMS: "Sends a text message",
    Kind.PRESS: "Presses keys of the phone",
    Kind.TRANSFER: "Hands the call over to a person",
    Kind.PATHWAY: "Goes on in another pathway",
    Kind.END: "Says goodbye and hangs up",
    Kind.OTHER: "A kind of step that Parley cannot run. It is kept as it is.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of step that can be added."""

    type: str
    word: str
    icon: str
    sentence: str


KINDS = [Choice(kind.value, *WORDS[kind], sentence) for kind, sentence in SENTENCES.items() if kind != Kind.OTHER]


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem with the address of what it is about."""

    problem: Problem
    href: str

    @property
    def must(self) -> bool:
        return self.problem.level == "error"


@dataclass(frozen=True, slots=True)
class Exit:
    """A way on as the list and the form of its step show it. `href` is empty for one that the step's own form holds."""

    words: str
    target: str
    target_id: str
    href: str
    way_id: str
    lost: bool


@dataclass(frozen=True, slots=True)
class Step:
    card: Card
    href: str
    exits: Sequence[Exit]


@dataclass(frozen=True, slots=True)
class Version:
    label: str
    note: str
    href: str
    current: bool
    draft: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """The form of what is chosen: a step, a way on, or (with neither) the whole."""

    form: Any
    title: str
    sentence: str
    icon: str
    kind: str  # step, way, whole
    id: str = ""
    start: bool = False
    final: bool = False
    exits: Sequence[Exit] = ()
    problems: Sequence[Shown] = ()
    others: Sequence[tuple[str, str]] = ()  # steps a new way may lead to
    source: str = ""  # of a way: name and address of where it begins
    source_href: str = ""


@dataclass(frozen=True)
class Sheet:
    pathway: Pathway
    version: PathwayVersion
    graph: Graph
    drawing: Drawing
    label: str
    editable: bool
    may_edit: bool
    problems: Sequence[Shown]
    steps: Sequence[Step]
    panel: Panel | None
    versions: Sequence[Version] = ()
    places: Mapping[str, str] = field(default_factory=dict)  # addresses of neighbouring pages, by name; "" for one that is not there

    @property
    def errors(self) -> int:
        return sum(shown.must for shown in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors

    @property
    def chosen(self) -> str:
        return self.panel.id if self.panel else ""

    @property
    def saved_by(self) -> str:
        return str(self.version.updated_by) if self.version.updated_by else ""


def sheet(member: Member, pathway: Pathway, version: PathwayVersion, chosen: Mapping[str, Any], posted: Any = None) -> Sheet:
    """Everything of the page. `chosen` may name a `step` or a `way`; `posted` is what stood in its form."""
    drawn = content(member, pathway, version)
    shelf = [_version(pathway, each, version) for each in versions.listing(pathway)]
    return replace(drawn, panel=panel_of(drawn, chosen, posted), versions=shelf, places=_places(pathway))


def content(member: Member, pathway: Pathway, version: PathwayVersion) -> Sheet:
    """What follows from the graph alone. One query."""
    view = load(version.graph)
    base = reverse("pathway-editor", args=[pathway.uid])
    problems = [
        Shown(problem, _address(base, version, problem.node_id, problem.edge_id))
        for problem in validation.problems(version.graph, known(pathway.account))
    ]
    drawn = picture(view, [shown.problem for shown in problems])
    links = _by_source(drawing.links(view))
    steps = [
        Step(card, _address(base, version, card.id), [_exit(link, view, base, version) for link in links.get(card.id, ())])
        for card in _reading_order(drawn.cards)
    ]
    may_edit = member.may("editor")
    return Sheet(
        pathway=pathway,
        version=version,
        graph=view,
        drawing=drawn,
        label=label_of(pathway, version),
        editable=may_edit and not version.frozen,
        may_edit=may_edit,
        problems=problems,
        steps=steps,
        panel=None,
    )


def picture(view: Graph, problems: Sequence[Problem] = ()) -> Drawing:
    """The picture with its problems marked; a graph that says nothing about places is laid out."""
    nodes: dict[str, set[str]] = {}
    edges: dict[str, set[str]] = {}
    for problem in problems:
        mark = "bad" if problem.level == "error" else "look"
        if problem.edge_id:
            edges.setdefault(problem.edge_id, set()).add(mark)
        elif problem.node_id:
            nodes.setdefault(problem.node_id, set()).add(mark)
    drawn = draw(view, nodes, edges)
    return drawn if drawn.placed else draw(view, nodes, edges, places=tidy(view))


def panel_of(drawn: Sheet, chosen: Mapping[str, Any], posted: Any = None) -> Panel:
    node = drawn.graph.node(str(chosen.get("step") or ""))
    if node is not None:
        return _step_panel(drawn, node, posted)
    edge = next((edge for edge in drawn.graph.edges if edge.id == chosen.get("way")), None)
    if edge is not None:
        return _way_panel(drawn, edge, posted)
    return Panel(WholeForm(drawn.graph, posted), "The whole pathway", "What holds at every step", "route", "whole")


def label_of(pathway: Pathway, version: PathwayVersion) -> str:
    if not version.frozen:
        return f"Draft of version {version.number}"
    stands = " and ".join(place for place in ("production", "staging") if getattr(pathway, f"{place}_id") == version.pk)
    return f"Version {version.number}{', ' if stands else ''}{stands}"


def _step_panel(drawn: Sheet, node: Node, posted: Any) -> Panel:
    word, icon = WORDS[node.kind]
    step = next(step for step in drawn.steps if step.card.id == node.id)
    others = _pathways(drawn.pathway) if node.kind == Kind.PATHWAY else []
    return Panel(
        form=step_form(node, drawn.graph, posted, pathways=others),
        title=node.name,
        sentence=SENTENCES[node.kind],
        icon=icon,
        kind="step",
        id=node.id,
        start=step.card.start and node.is_start,
        final=node.kind in FINAL,
        exits=step.exits,
        problems=[shown for shown in drawn.problems if shown.problem.node_id == node.id],
        others=[(other.id, other.name) for other in drawn.graph.by_id.values()],
    )


def _way_panel(drawn: Sheet, edge: Edge, posted: Any) -> Panel:
    source, target = drawn.graph.node(edge.source), drawn.graph.node(edge.target)
    try:
        kept = way(drawn.version.graph, edge.id).get("data")
    except Impossible:
        kept = None
    base = reverse("pathway-editor", args=[drawn.pathway.uid])
    return Panel(
        form=WayForm(edge, kept if isinstance(kept, Mapping) else {}, drawn.graph, posted),
        title=edge.label or "A way on",
        sentence=f"From {source.name if source else 'nowhere'} to {target.name if target else 'nowhere'}",
        icon="arrow-right",
        kind="way",
        id=edge.id,
        problems=[shown for shown in drawn.problems if shown.problem.edge_id == edge.id],
        source=source.name if source else "",
        source_href=_address(base, drawn.version, edge.source) if source else "",
    )


def _pathways(pathway: Pathway) -> list[tuple[str, str]]:
    """The other pathways of the account, to go over to."""
    found = Pathway.objects.filter(account=pathway.account_id, deleted_at=None).exclude(pk=pathway.pk).order_by("name")
    return [(str(uid), name) for uid, name in found.values_list("uid", "name")]


def _by_source(links: Sequence[Link]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(link.source, []).append(link)
    return found


def _exit(link: Link, view: Graph, base: str, version: PathwayVersion) -> Exit:
    target = view.node(link.target)
    href = "" if link.own else _address(base, version, "", link.id)
    return Exit(link.label or "Always", target.name if target else "nowhere yet", link.target, href, link.id, target is None)


def _reading_order(cards: Sequence[Card]) -> list[Card]:
    """From the top down and from left to right, the start first: as one would read the picture."""
    return sorted(cards, key=lambda card: (not card.start, card.y // 60, card.x))


def _version(pathway: Pathway, version: PathwayVersion, current: PathwayVersion) -> Version:
    base = reverse("pathway-editor", args=[pathway.uid])
    stands = [place for place in ("production", "staging") if getattr(pathway, f"{place}_id") == version.pk]
    note = ", ".join(stands) or ("" if version.frozen else "draft")
    return Version(
        label=f"Version {version.number}" if version.frozen else f"Draft of version {version.number}",
        note=" · ".join(part for part in (note if version.frozen else "", version.name) if part),
        href=f"{base}?v={version.number}",
        current=version.pk == current.pk,
        draft=not version.frozen,
    )


def _address(base: str, version: PathwayVersion, node_id: str = "", edge_id: str = "") -> str:
    query = {"v": str(version.number)}
    if edge_id or node_id:
        query |= {"way": edge_id} if edge_id else {"step": node_id}
    return f"{base}?{urlencode(query)}"


PLACES = {"publish": "pathway-publish", "chat": "pathway-chat", "rehearsals": "rehearsals"}


def _places(pathway: Pathway) -> dict[str, str]:
    """Addresses of what belongs to calls, which this app does not know: "" where there are none."""
    found = {}
    for place, name in PLACES.items():
        try:
            found[place] = reverse(name, args=[pathway.uid])
        except NoReverseMatch:
            found[place] = ""
    return found
