"""The picture of a graph: where lines go, what is marked, what fits on a card, and that the SVG needs no style attribute."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.template.loader import render_to_string

from pathways.drawing import HEIGHT, WIDTH, draw, fit, line, width
from pathways.graph import load
from tests.pathways.sixty import sixty_steps

SVG = "{http://www.w3.org/2000/svg}"


def graph(*edges, **places):
    nodes = [
        {"id": key, "type": "Default", "position": {"x": x, "y": y}, "data": {"name": key.title(), "prompt": f"Say {key}"}}
        for key, (x, y) in places.items()
    ]
    return load({"nodes": nodes, "edges": [{"id": f"{a}{b}", "source": a, "target": b, "data": {"label": label}} for a, b, label in edges]})


def ends(path: str) -> tuple[tuple[int, int], tuple[int, int]]:
    numbers = [int(n) for n in re.findall(r"-?\d+", path)]
    return (numbers[0], numbers[1]), (numbers[-2], numbers[-1])


@pytest.mark.parametrize(
    ("target", "begins", "arrives"),
    [
        ((0, 200), (88, 78), (88, 197)),  # below: out at the foot, in at the head
        ((400, 200), (88, 78), (488, 197)),
        ((0, -150), (88, 0), (88, -69)),  # a little above: straight up
        ((0, -600), (176, 39), (179, -561)),  # far above: around at the right side
        ((400, 20), (176, 39), (397, 59)),  # beside
        ((-400, 20), (0, 39), (-221, 59)),
        ((0, 0), (176, 53), (179, 25)),  # to itself
    ],
)
def test_a_line_leaves_and_arrives_where_nothing_is_in_its_way(target, begins, arrives):
    path, tip, x, y = line((0, 0), target)
    assert ends(path) == (begins, arrives)
    assert tip.startswith(f"M{arrives[0]} {arrives[1]}l")
    assert isinstance(x, int) and isinstance(y, int)


def test_two_ways_between_the_same_steps_stand_side_by_side():
    drawn = draw(graph(("a", "b", "yes"), ("b", "a", "no"), ("a", "b", "later"), a=(0, 0), b=(0, 160)))
    assert sorted(way.lane for way in drawn.ways) == [-1, 0, 1]
    assert len({way.line for way in drawn.ways}) == 3
    assert len({way.label_x for way in drawn.ways}) == 3


def test_marks_reach_their_step_and_way_and_are_told_in_words():
    drawn = draw(graph(("a", "b", "yes"), a=(0, 0), b=(0, 160)), {"a": ["lit", "bad"], "b": "now"}, {"ab": ("lit",)})
    first, second = drawn.cards
    assert first.marks == ("lit", "bad") and first.tag == "Fix" and first.tone == "bad"
    assert first.spoken == "Say: A, start, on the route, must be fixed"
    assert second.marks == ("now",)
    assert drawn.ways[0].marks == ("lit",)
    assert drawn.ways[0].spoken == "From A to B: yes"


def test_what_is_gone_is_drawn_from_the_older_graph():
    old = graph(("a", "b", ""), ("b", "c", ""), a=(0, 0), b=(0, 160), c=(0, 320))
    new = graph(("a", "c", ""), a=(0, 0), c=(0, 320))
    drawn = draw(new, {"b": "removed"}, {"ab": "removed", "bc": "removed", "ac": "added"}, gone=old)
    assert {card.id: card.marks for card in drawn.cards} == {"a": (), "c": (), "b": ("removed",)}
    assert {way.id: way.marks for way in drawn.ways} == {"ac": ("added",), "ab": ("removed",), "bc": ("removed",)}


def test_rules_and_answers_of_a_step_are_ways_too():
    answers = [["Default/Webhook Failure", "", "", {"id": "x"}]]
    rules = [{"conditions": [{"field": "age", "operator": ">", "value": 5}], "targetNodeId": "x"}]
    steps = [
        {"id": "w", "type": "Webhook", "data": {"responsePathways": answers}},
        {"id": "r", "type": "Route", "data": {"routes": rules, "fallbackNodeId": "w"}},
        {"id": "x", "type": "End Call", "data": {}},
    ]
    view = load({"nodes": steps})
    ways = {(way.source, way.target): way for way in draw(view).ways}
    assert {pair: way.label for pair, way in ways.items()} == {("w", "x"): "it failed", ("r", "x"): "age > 5", ("r", "w"): "otherwise"}
    assert all(way.own for way in ways.values())


def test_ways_to_nowhere_are_left_out_and_an_empty_graph_is_no_trouble():
    assert draw(graph(("a", "nowhere", "x"), a=(0, 0))).ways == []
    assert draw(load({})).cards == ()


def test_the_frame_holds_every_card():
    drawn = draw(load(sixty_steps()))
    assert len(drawn.cards) == 60 and len(drawn.ways) >= 80
    for card in drawn.cards:
        assert drawn.left <= card.x and card.x + WIDTH <= drawn.left + drawn.width
        assert drawn.top <= card.y and card.y + HEIGHT <= drawn.top + drawn.height


def test_places_can_be_given_and_missing_ones_are_noticed():
    view = graph(("a", "b", ""), a=(0, 0), b=(0, 0))
    assert not draw(view).placed
    assert not draw(graph(a=(0, 0), b=(0, 0), c=(0, 0), d=(9, 9))).placed
    assert draw(graph(a=(0, 0), b=(0, 0), c=(9, 9))).placed
    drawn = draw(view, places={"a": (10, 20), "b": (10, 200)})
    assert drawn.placed and [(card.x, card.y) for card in drawn.cards] == [(10, 20), (10, 200)]


def test_words_are_cut_before_they_leave_the_card():
    assert fit("Short", 100, 12) == "Short"
    cut = fit("The quick brown fox jumps over the lazy dog", 100, 12)
    assert cut.endswith("…") and width(cut, 12) <= 100
    assert width(fit("予約の確認をお願いします予約の確認", 100, 12), 12) <= 100
    assert fit("two\n  lines", 200, 12) == "two lines"


def test_the_svg_is_well_formed_has_no_style_and_keeps_every_id():
    public = sixty_steps()
    public["nodes"][0]["id"] = 'we"ird<&'
    drawn = draw(load(public), {"1": ["now"]})
    html = render_to_string("pathways/_graph.html", {"drawing": drawn, "editable": True, "chosen": "1"})
    assert "style=" not in html and "onclick" not in html
    root = ET.fromstring(html)
    nodes = root.findall(f".//{SVG}g[@data-id]") or root.findall(".//g[@data-id]")
    assert [node.get("data-id") for node in nodes] == [card.id for card in drawn.cards]
    assert [node.get("data-id") for node in nodes if node.get("aria-pressed") == "true"] == ["1"]
    assert sum(node.get("data-now") is not None for node in nodes) == 1


def test_without_editing_it_is_one_picture_with_a_sentence():
    html = render_to_string("pathways/_graph.html", {"drawing": draw(graph(a=(0, 0))), "label": "One step"})
    assert 'role="img" aria-label="One step"' in html
    assert "tabindex" not in html and "aria-pressed" not in html
