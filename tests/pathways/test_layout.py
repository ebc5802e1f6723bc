"""Tidy: nothing overlaps, ways lead down, it is quick, and the same graph always looks the same."""

import time
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.drawing import HEIGHT, WIDTH
from pathways.graph import load
from pathways.layout import GAP, tidy
from tests.pathways.sixty import sixty_steps


def graph(count: int, ways):
    nodes = [{"id": str(n), "type": "Default", "data": {"isStart": n == 0}} for n in range(count)]
    return load({"nodes": nodes, "edges": [{"source": str(a), "target": str(b)} for a, b in ways]})


def large(count: int = 150):
    """Like a pathway of an office: every fourth step branches, some ways lead back."""
    ways = [(n, n + 1) for n in range(count - 1)]
    ways += [(n, min(count - 1, n + 3)) for n in range(0, count, 4)] + [(n, n + 9) for n in range(0, count - 9, 7)]
    ways += [(n, n - 5) for n in range(10, count, 10)]
    return graph(count, ways)


def overlapping(places) -> list:
    return [
        (a, b)
        for (a, (ax, ay)), (b, (bx, by)) in combinations(places.items(), 2)
        if abs(ax - bx) < WIDTH + GAP - 4 and abs(ay - by) < HEIGHT
    ]


def test_a_way_leads_down_and_a_branch_stands_around_its_beginning():
    places = tidy(graph(4, [(0, 1), (0, 2), (1, 3), (2, 3)]))
    assert places["0"][1] < places["1"][1] == places["2"][1] < places["3"][1]
    assert places["0"][0] == places["3"][0] == (places["1"][0] + places["2"][0]) / 2


def test_a_way_back_does_not_turn_the_picture_round():
    places = tidy(graph(3, [(0, 1), (1, 2), (2, 0), (1, 1)]))
    assert [places[key][1] for key in "012"] == sorted(places[key][1] for key in "012")
    assert len({y for _, y in places.values()}) == 3


def test_the_start_is_on_top_and_parts_stand_beside_each_other():
    places = tidy(graph(6, [(0, 1), (2, 3)]))
    assert places["0"] == (0, 0)
    assert places["2"][0] > places["1"][0] + WIDTH
    assert not overlapping(places)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 14), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=30))
def test_nothing_ever_overlaps_and_every_step_has_its_place(count, ways):
    view = graph(count, [(a % count, b % count) for a, b in ways])
    places = tidy(view)
    assert set(places) == set(view.by_id)
    assert not overlapping(places)
    assert places == tidy(view)


def test_hostile_graphs_are_laid_out_too():
    assert tidy(load({})) == {}
    assert len(tidy(load(sixty_steps()))) == 60


def test_a_hundred_and_fifty_steps_are_laid_out_in_a_moment():
    view = large()
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        places = tidy(view)
        best = min(best, time.perf_counter() - began)
    assert not overlapping(places)
    assert best < 0.3, best  # about 0.05 s alone on a small machine


def test_a_very_large_tangle_is_quick_too():
    """Two megabytes of JSON are some thousand steps: nobody may hold up a process with them."""
    count = 2_000
    tangle = graph(count, [(n, (n * 7 + 1) % count) for n in range(count)] + [(n, (n * 3 + 2) % count) for n in range(count)])
    began = time.monotonic()
    assert len(tidy(tangle)) == count
    assert time.monotonic() - began < 5
