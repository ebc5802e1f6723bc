"""Tidy: a place for every step, from the top down in layers. Pure.

The usual four steps: ways that lead back are turned round, each step stands one layer below the lowest step that leads to it, the order
within a layer is chosen for few crossings, and each layer slides to stand under and over what it is joined to. Parts of the graph that
are not joined stand beside each other, the part with the start first.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pathways.drawing import HEIGHT, WIDTH, links
from pathways.graph import Graph

DOWN = HEIGHT + 62  # from one layer to the next
GAP = 48  # between neighbours of a layer
PASSING = 20  # room for a way that passes a layer
APART = 96  # between parts that are not joined
ROW = 3  # single steps beside each other
SWEEPS = 8
MOST_PASSING = 5_000  # places kept for ways that pass layers
SNAP = 4

type Place = tuple[int, int]
type Ways = Mapping[str, Sequence[str]]


def tidy(graph: Graph) -> dict[str, Place]:
    """Where each step stands; no two overlap."""
    ids = list(graph.by_id)
    pairs = dict.fromkeys((link.source, link.target) for link in links(graph) if link.source != link.target)
    onward: dict[str, list[str]] = {node_id: [] for node_id in ids}
    for source, target in pairs:
        if source in onward and target in onward:
            onward[source].append(target)
    begin = graph.start.id if graph.start else ""
    parts = sorted(_parts(ids, onward), key=lambda part: begin not in part)
    places: dict[str, Place] = {}
    left = 0
    for part in [part for part in parts if len(part) > 1]:
        found = _part(part, onward, begin)
        places |= {node_id: (left + x, y) for node_id, (x, y) in found.items()}
        left = max(x for x, _ in places.values()) + WIDTH + APART
    alone = [part[0] for part in parts if len(part) == 1]
    for index, node_id in enumerate(alone):
        places[node_id] = (left + (index % ROW) * (WIDTH + GAP), (index // ROW) * (HEIGHT + GAP))
    return places


def _parts(ids: Sequence[str], onward: Ways) -> list[list[str]]:
    """Groups of steps that are joined, each in the order of the graph."""
    beside: dict[str, list[str]] = {node_id: [] for node_id in ids}
    for source, targets in onward.items():
        for target in targets:
            beside[source].append(target)
            beside[target].append(source)
    part_of: dict[str, int] = {}
    for number, first in enumerate(ids):
        line = [first] if first not in part_of else []
        part_of.setdefault(first, number)
        while line:
            for other in beside[line.pop()]:
                if other not in part_of:
                    part_of[other] = number
                    line.append(other)
    groups: dict[int, list[str]] = defaultdict(list)
    for node_id in ids:
        groups[part_of[node_id]].append(node_id)
    return list(groups.values())


def _part(part: Sequence[str], onward: Ways, begin: str) -> dict[str, Place]:
    forward = _forward(part, onward, begin)
    layer = _layers(part, forward)
    rows, down, up, sizes = _rows(part, forward, layer)
    _order(rows, down, up)
    middle = _slide(rows, down, up, sizes)
    left = min(middle[node_id] for node_id in part) - WIDTH / 2
    return {node_id: (_snap(middle[node_id] - WIDTH / 2 - left), layer[node_id] * DOWN) for node_id in part}


def _forward(part: Sequence[str], onward: Ways, begin: str) -> dict[str, list[str]]:
    """The same ways without circles: those that lead back to a step we are coming from are turned round."""
    reached = {target for node_id in part for target in onward[node_id]}
    firsts = [begin] * (begin in part) + [node_id for node_id in part if node_id not in reached] + list(part)
    state: dict[str, int] = {}  # 1: we are coming from here, 2: done
    forward: dict[str, dict[str, None]] = {node_id: {} for node_id in part}
    for first in firsts:
        line = [(first, iter(onward[first]))] if first not in state else []
        state.setdefault(first, 1)
        while line:
            node_id, targets = line[-1]
            target = next(targets, None)
            if target is None:
                state[node_id] = 2
                line.pop()
            elif state.get(target) == 1:
                forward[target][node_id] = None
            else:
                forward[node_id][target] = None
                if target not in state:
                    state[target] = 1
                    line.append((target, iter(onward[target])))
    return {node_id: list(targets) for node_id, targets in forward.items()}


def _layers(part: Sequence[str], forward: Ways) -> dict[str, int]:
    """Each step below everything that leads to it; one that nothing leads to stands right above what it leads to."""
    waits = dict.fromkeys(part, 0)
    for targets in forward.values():
        for target in targets:
            waits[target] += 1
    roots = [node_id for node_id in part if not waits[node_id]]
    layer = dict.fromkeys(part, 0)
    line = list(roots)
    while line:
        node_id = line.pop()
        for target in forward[node_id]:
            layer[target] = max(layer[target], layer[node_id] + 1)
            waits[target] -= 1
            if not waits[target]:
                line.append(target)
    for node_id in roots[1:]:
        layer[node_id] = min(layer[target] for target in forward[node_id]) - 1
    return layer


def _rows(
    part: Sequence[str], forward: Ways, layer: Mapping[str, int]
) -> tuple[list[list[str]], dict[str, list[str]], dict[str, list[str]], dict[str, int]]:
    """The layers, with a place wherever a long way passes, unless they are too many; what is joined below and above; how wide each is."""
    rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    down: dict[str, list[str]] = defaultdict(list)
    up: dict[str, list[str]] = defaultdict(list)
    sizes = dict.fromkeys(part, WIDTH)
    long = sum(layer[target] - layer[source] - 1 for source in part for target in forward[source]) > MOST_PASSING
    for node_id in part:
        rows[layer[node_id]].append(node_id)
    for source in part:
        for target in forward[source]:
            before = source
            if long and layer[target] - layer[source] > 1:
                continue
            for level in range(layer[source] + 1, layer[target]):
                passing = f"\0{source}\0{target}\0{level}"
                rows[level].append(passing)
                sizes[passing] = PASSING
                down[before].append(passing)
                up[passing].append(before)
                before = passing
            down[before].append(target)
            up[target].append(before)
    return rows, down, up, sizes


def _order(rows: list[list[str]], down: Ways, up: Ways) -> None:
    """Sorts every row by the middle of its neighbours, downwards and upwards in turn; the order with the fewest crossings stays."""
    best, fewest = [list(row) for row in rows], _crossings(rows, down)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        towards, order = (up, range(1, len(rows))) if sweep % 2 == 0 else (down, range(len(rows) - 2, -1, -1))
        for level in order:
            beside = rows[level - 1] if sweep % 2 == 0 else rows[level + 1]
            place = {node_id: index for index, node_id in enumerate(beside)}
            here = {node_id: index for index, node_id in enumerate(rows[level])}
            rows[level].sort(key=lambda node_id: _mean((place[n] for n in towards.get(node_id, ())), here[node_id]))
        crossings = _crossings(rows, down)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _crossings(rows: Sequence[Sequence[str]], down: Ways) -> int:
    found = 0
    for upper, lower in zip(rows, rows[1:], strict=False):
        place = {node_id: index for index, node_id in enumerate(lower)}
        before: list[int] = []
        for end in (end for node_id in upper for end in sorted(place[target] for target in down.get(node_id, ()))):
            found += len(before) - bisect_right(before, end)
            insort(before, end)
    return found


def _slide(rows: Sequence[Sequence[str]], down: Ways, up: Ways, sizes: Mapping[str, int]) -> dict[str, float]:
    """The middle of everything: each row as near to its neighbours as the room allows."""
    middle: dict[str, float] = {}
    for row in rows:
        middle |= dict(zip(row, _offsets(row, sizes), strict=True))
    for sweep in range(SWEEPS):
        towards, order = (up, rows[1:]) if sweep % 2 == 0 else (down, rows[-2::-1])
        for row in order:
            wanted = [_mean((middle[other] for other in towards.get(node_id, ())), middle[node_id]) for node_id in row]
            middle |= dict(zip(row, _spread(wanted, _offsets(row, sizes)), strict=True))
    return middle


def _offsets(row: Sequence[str], sizes: Mapping[str, int]) -> list[float]:
    found = [0.0] * len(row)
    for index in range(1, len(row)):
        found[index] = found[index - 1] + (sizes[row[index - 1]] + sizes[row[index]]) / 2 + GAP
    return found


def _spread(wanted: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """The places nearest to `wanted` (least squares) that keep their order and at least the room of `offsets` between them."""
    blocks: list[tuple[float, int]] = []  # mean and count: what would come too close moves as one
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, others = blocks.pop()
            mean, count = (before * others + mean * count) / (others + count), others + count
        blocks.append((mean, count))
    means = [mean for mean, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _mean(values: Iterable[float], otherwise: float) -> float:
    found = list(values)
    return sum(found) / len(found) if found else otherwise


def _snap(value: float) -> int:
    return round(value / SNAP) * SNAP
