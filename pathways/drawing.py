"""A graph as a picture: where each step and way stands, and the words that fit on it. Pure; templates/pathways/_graph.html writes the SVG.

Text is cut to fit by an estimate of its width, so that the picture needs no layout of the browser. The same lines are drawn by
static/js/pathway/geometry.js while a step is moved; a browser test holds the two together.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import urlsplit

from pathways.graph import Edge, Graph, Kind, Node, text_of, written

WIDTH, HEIGHT = 176, 78
LANE = 22  # between two ways that join the same two steps
NEAR = 120  # a step this little above is reached straight up; one further up from the side
BULGE = 56
TIP = 3  # the arrow ends this far before the step
MARGIN = 40

WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.SAY: ("Say", "message-circle"),
    Kind.END: ("End", "square"),
    Kind.TRANSFER: ("Hand over", "phone-forwarded"),
    Kind.WEBHOOK: ("Look up", "globe"),
    Kind.KNOWLEDGE: ("Know", "book-open"),
    Kind.SMS: ("Text", "send"),
    Kind.TOOL: ("Use a tool", "wrench"),
    Kind.PRESS: ("Press keys", "hash"),
    Kind.WAIT: ("Listen", "mic"),
    Kind.PATHWAY: ("Go over", "route"),
    Kind.ROUTE: ("Choose", "git-compare-arrows"),
    Kind.OTHER: ("Not known here", "circle-help"),
}
MARK_WORDS = {
    "now": "the call is here",
    "lit": "on the route",
    "bad": "must be fixed",
    "look": "worth a look",
    "added": "new",
    "removed": "gone",
    "changed": "changed",
    "moved": "moved",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One step. `x`, `y` is its upper left corner; `marks` are keys of MARK_WORDS."""

    id: str
    kind: str  # word
    icon: str
    name: str
    title: str  # the name as it fits
    line: str  # what it says or does, as it fits
    x: int
    y: int
    start: bool = False
    anywhere: bool = False
    marks: tuple[str, ...] = ()
    tag: str = ""  # a word in the corner
    tag_width: int = 0
    tone: str = ""

    @property
    def tag_x(self) -> int:
        return WIDTH - 10 - self.tag_width

    @property
    def spoken(self) -> str:
        """For who cannot see it."""
        more = ["start"] * self.start + ["can be entered from anywhere"] * self.anywhere + [MARK_WORDS[m] for m in self.marks]
        return ", ".join([f"{self.kind}: {self.name}", *more])


@dataclass(frozen=True, slots=True)
class Way:
    """One way on. `own`: kept by the step it leaves (a rule, an answer), not an edge of its own."""

    id: str
    source: str
    target: str
    lane: float
    line: str
    tip: str
    label: str
    label_x: int
    label_y: int
    label_width: int
    spoken: str
    own: bool = False
    marks: tuple[str, ...] = ()

    @property
    def label_left(self) -> int:
        return -(self.label_width // 2)


@dataclass(frozen=True, slots=True)
class Drawing:
    cards: Sequence[Card] = ()
    ways: Sequence[Way] = ()
    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0
    placed: bool = True  # False: most steps lie on each other, as without places: pathways.layout finds some


@dataclass(frozen=True, slots=True)
class Link:
    """Two steps that are joined: by an edge, or (`own`) by a field of the first."""

    id: str
    source: str
    target: str
    label: str
    own: bool


def draw(
    graph: Graph,
    nodes: Mapping[str, str | Collection[str]] | None = None,
    edges: Mapping[str, str | Collection[str]] | None = None,
    *,
    gone: Graph | None = None,
    places: Mapping[str, tuple[float, float]] | None = None,
) -> Drawing:
    """The picture. `nodes` and `edges` mark some by id; `gone` is the older graph whose lost steps and ways are drawn too;
    `places` stands for the places in the graph where it names a step."""
    steps = dict(graph.by_id)
    joined = links(graph)
    if gone is not None:
        lost = {node_id: node for node_id, node in gone.by_id.items() if node_id not in steps}
        known = {link.id for link in joined}
        steps |= lost
        joined += [link for link in links(gone) if link.id not in known]
    at = {node_id: _spot(node, places) for node_id, node in steps.items()}
    begin = graph.start.id if graph.start else ""
    cards = [_card(node, at[node_id], begin, _marks(nodes, node_id)) for node_id, node in steps.items()]
    drawn = [link for link in joined if link.source in at and link.target in at]
    lanes = _lanes(drawn)
    names = {node_id: node.name for node_id, node in steps.items()}
    ways = [_way(link, at, lane, names, _marks(edges, link.id)) for link, lane in zip(drawn, lanes, strict=True)]
    return _framed(cards, ways, placed=len(at) < 2 or 2 * len(set(at.values())) > len(at))


def line(source: tuple[int, int], target: tuple[int, int], lane: float = 0) -> tuple[str, str, int, int]:
    """The line between two cards, the arrow at its end, and where its label stands."""
    (ax, ay), (bx, by) = source, target
    shift = _round(lane * LANE)
    t = 0.56 if lane == 0 else 0.7 if lane > 0 else 0.3  # labels of neighbours stand at different heights
    if source == target:
        return _beside(ax, ay, bx, by, shift, apart=14)
    if by >= ay + HEIGHT + 12:
        return _down(ax + WIDTH // 2 + shift, ay + HEIGHT, bx + WIDTH // 2 + shift, by - TIP, t)
    if by + HEIGHT + 12 <= ay:
        if ay - by - HEIGHT > NEAR:
            return _beside(ax, ay, bx, by, shift)
        return _up(ax + WIDTH // 2 + shift, ay, bx + WIDTH // 2 + shift, by + HEIGHT + TIP, 1 - t)
    y1, y2 = ay + HEIGHT // 2 + shift, by + HEIGHT // 2 + shift
    if bx >= ax:
        return _across(ax + WIDTH, y1, bx - TIP, y2, 1, t)
    return _across(ax, y1, bx + WIDTH + TIP, y2, -1, 1 - t)


def label_width(label: str) -> int:
    return _round(width(label, 11)) + 18 if label else 0


def width(text: str, size: float) -> float:
    """About how wide text is in our face: never exact, seldom too small."""
    return size * sum(_share(char) for char in text)


def fit(text: str, room: float, size: float) -> str:
    """As much of the first line of `text` as fits."""
    words = " ".join(text[:400].split())
    if width(words, size) <= room:
        return words
    used, kept = width("…", size), 0
    for char in words:
        used += size * _share(char)
        if used > room:
            break
        kept += 1
    return words[:kept].rstrip(" ,.;:") + "…"


def _share(char: str) -> float:
    if char in "iljtfI.,:;'’|!()[]{} ":
        return 0.3
    if char in "mwMW@%…—":
        return 0.88
    if east_asian_width(char) in "WF":
        return 1.0
    return 0.67 if char.isupper() else 0.57


def links(graph: Graph) -> list[Link]:
    """Edges in their order, then what the fields of a step lead to."""
    found = [Link(edge.id, edge.source, edge.target, _says(edge), False) for edge in graph.edges]
    for node in graph.by_id.values():
        for place, response in enumerate(node.responses):
            found.append(Link(f"{node.id}~answer{place}", node.id, response.target, response.name or _heard(response), True))
        for place, rule in enumerate(node.rules):
            words = " and ".join(f"{c.field} {c.operator} {c.value}" for c in rule.conditions)
            found.append(Link(f"{node.id}~rule{place}", node.id, rule.target, words, True))
        if node.fallback:
            found.append(Link(f"{node.id}~else", node.id, node.fallback, "otherwise", True))
    return found


def _says(edge: Edge) -> str:
    return edge.label or edge.description or (f"“{edge.examples[0]}”" if edge.examples else "")


def _heard(response: Any) -> str:
    if response.variable.startswith("Default/"):
        return "it worked" if response.variable.endswith("Completion") else "it failed"
    return f"{response.variable} {response.operator} {response.value}".strip()


def _spot(node: Node, places: Mapping[str, tuple[float, float]] | None) -> tuple[int, int]:
    x, y = (places or {}).get(node.id, (node.x, node.y))
    return _round(x), _round(y)


def _marks(given: Mapping[str, str | Collection[str]] | None, key: str) -> tuple[str, ...]:
    found = (given or {}).get(key, ())
    names = {found} if isinstance(found, str) else set(found)
    return tuple(name for name in MARK_WORDS if name in names)


def _card(node: Node, at: tuple[int, int], begin: str, marks: tuple[str, ...]) -> Card:
    word, icon = WORDS[node.kind]
    tag, tone = _tag(node, node.id == begin, marks)
    return Card(
        id=node.id,
        kind=word,
        icon=icon,
        name=node.name,
        title=fit(node.name, WIDTH - 24, 13),
        line=fit(_gist(node), WIDTH - 24, 12),
        x=at[0],
        y=at[1],
        start=node.id == begin,
        anywhere=node.is_global,
        marks=marks,
        tag=tag,
        tag_width=_round(width(tag, 10.5)) + 12 if tag else 0,
        tone=tone,
    )


def _tag(node: Node, start: bool, marks: tuple[str, ...]) -> tuple[str, str]:
    """The one word in the corner: what changed, what is wrong, else what the step is to the whole."""
    for mark, word, tone in (
        ("added", "New", "good"),
        ("removed", "Gone", "bad"),
        ("changed", "Changed", "warn"),
        ("moved", "Moved", ""),
        ("bad", "Fix", "bad"),
        ("look", "Look", "warn"),
    ):
        if mark in marks:
            return word, tone
    if start:
        return "Start", ""
    return ("Anywhere", "") if node.is_global else ("", "")


def _gist(node: Node) -> str:
    """What stands on the third line of a card."""
    data = node.data
    if node.kind == Kind.WEBHOOK and (url := text_of(data, "url")):
        try:
            host = urlsplit(url).hostname
        except ValueError:
            host = None
        return f"{text_of(data, 'method').upper() or 'GET'} {host or url}"
    own = {
        Kind.TRANSFER: written(data.get("transferNumber")),
        Kind.SMS: text_of(data, "smsBody"),
        Kind.KNOWLEDGE: text_of(data, "kb"),
        Kind.PRESS: written(data.get("digit")) or written(data.get("sequence")),
        Kind.TOOL: text_of(data.get("tool"), "name"),
        Kind.ROUTE: f"{len(node.rules)} rule{'' if len(node.rules) == 1 else 's'}" if node.rules else "",
        Kind.OTHER: node.type,
    }.get(node.kind, "")
    return own or (f"“{node.text}”" if node.text else node.prompt)


def _lanes(links: Sequence[Link]) -> list[float]:
    """Ways that join the same two steps, in whichever direction, stand side by side."""
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for place, link in enumerate(links):
        groups[frozenset((link.source, link.target))].append(place)
    lanes = [0.0] * len(links)
    for group in groups.values():
        for index, place in enumerate(group):
            lanes[place] = index - (len(group) - 1) / 2
    return lanes


def _way(link: Link, at: Mapping[str, tuple[int, int]], lane: float, names: Mapping[str, str], marks: tuple[str, ...]) -> Way:
    path, tip, x, y = line(at[link.source], at[link.target], lane)
    label = fit(link.label, 112, 11)
    spoken = f"From {names[link.source]} to {names[link.target]}" + (f": {link.label}" if link.label else "")
    return Way(link.id, link.source, link.target, lane, path, tip, label, x, y, label_width(label), spoken, link.own, marks)


def _framed(cards: Sequence[Card], ways: Sequence[Way], *, placed: bool) -> Drawing:
    if not cards:
        return Drawing()
    left = min([card.x for card in cards] + [way.label_x - way.label_width // 2 for way in ways]) - MARGIN
    top = min(card.y for card in cards) - MARGIN
    right = max([card.x + WIDTH for card in cards] + [way.label_x + max(way.label_width // 2, BULGE // 2) for way in ways]) + MARGIN
    bottom = max(card.y + HEIGHT for card in cards) + MARGIN
    return Drawing(cards, ways, left, top, right - left, bottom - top, placed)


def _down(x1: int, y1: int, x2: int, y2: int, t: float) -> tuple[str, str, int, int]:
    c = _round(max(20, (y2 - y1) * 0.45))
    return _curve(x1, y1, x1, y1 + c, x2, y2 - c, x2, y2, f"M{x2} {y2}l-5 -9h10z", t)


def _up(x1: int, y1: int, x2: int, y2: int, t: float) -> tuple[str, str, int, int]:
    c = _round(max(20, (y1 - y2) * 0.45))
    return _curve(x1, y1, x1, y1 - c, x2, y2 + c, x2, y2, f"M{x2} {y2}l-5 9h10z", t)


def _across(x1: int, y1: int, x2: int, y2: int, way: int, t: float) -> tuple[str, str, int, int]:
    c = way * _round(max(20, abs(x2 - x1) * 0.45))
    return _curve(x1, y1, x1 + c, y1, x2 - c, y2, x2, y2, f"M{x2} {y2}l{-9 * way} -5v10z", t)


def _beside(ax: int, ay: int, bx: int, by: int, shift: int, apart: int = 0) -> tuple[str, str, int, int]:
    """Out at the right side and back in at the right side: to oneself, or far up."""
    x1, y1, x2, y2 = ax + WIDTH, ay + HEIGHT // 2 + apart, bx + WIDTH + TIP, by + HEIGHT // 2 - apart
    far = max(x1, x2) + BULGE + abs(shift)
    return _curve(x1, y1, far, y1, far, y2, x2, y2, f"M{x2} {y2}l9 -5v10z", 0.5)


def _curve(x1: int, y1: int, x2: int, y2: int, x3: int, y3: int, x4: int, y4: int, tip: str, t: float) -> tuple[str, str, int, int]:
    """A cubic, its arrow, and the point at `t` where the label stands: a little past the middle ways that fan out are further apart."""
    a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3
    x, y = a * x1 + b * x2 + c * x3 + d * x4, a * y1 + b * y2 + c * y3 + d * y4
    return f"M{x1} {y1}C{x2} {y2} {x3} {y3} {x4} {y4}", tip, _round(x), _round(y)


def _round(value: float) -> int:
    """As a browser rounds: halves go up."""
    return math.floor(value + 0.5)
