"""The difference of two graphs: marks for the drawing, sentences for staff."""

from copy import deepcopy

import pytest
from hypothesis import given, settings

from pathways.difference import KINDS, difference
from pathways.graph import Kind, load
from tests.pathways.test_graph import graphs, nested_edges
from tests.pathways.test_validation import END, SOUND, START, between, pathway, step, way, webhook


def changed(**data):
    """SOUND with other data in its middle step."""
    graph = deepcopy(SOUND)
    graph["nodes"][1]["data"].update(data)
    return graph


def between_graphs(old, new):
    return difference(load(old), load(new))


def test_the_same_graph_has_no_difference():
    found = between_graphs(SOUND, deepcopy(SOUND))
    assert not found
    assert (found.nodes, found.edges, list(found.sentences)) == ({}, {}, [])


def test_a_step_and_its_ways_added_and_removed():
    small = pathway(START, END, ways=[way("1", "9")])
    grown = pathway(START, webhook(), END, ways=[way("1", "2", "Book"), way("2", "9"), way("1", "9")])
    more = between_graphs(small, grown)
    assert (more.nodes, more.edges) == ({"2": "added"}, {"1-2": "added", "2-9": "added"})
    assert list(more.sentences) == [
        "New step “Book it”: a request to a web address.",
        "New way from “Greeting” to “Book it”, “Book”.",
        "New way from “Book it” to “Goodbye”, “Yes”.",
    ]
    less = between_graphs(grown, small)
    assert (less.nodes, less.edges) == ({"2": "removed"}, {"1-2": "removed", "2-9": "removed"})
    assert list(less.sentences) == ["Step “Book it” is gone."], "its ways go with it: said once"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "Day"}, "“Ask” is now called “Day”."),
        ({"prompt": "Ask for the day."}, "The prompt of “Ask” is now “Ask for the day.”, before “Ask {{day}}, {{name.first}}.”."),
        ({"text": "Which day?"}, "What “Ask” says word for word is new: “Which day?”."),
        ({"prompt": ""}, "The prompt of “Ask” is taken out. Before: “Ask {{day}}, {{name.first}}.”."),
        ({"isGlobal": True}, "“Ask” can now be entered from anywhere."),
        ({"isStart": True}, "A call now begins at “Ask”."),
        ({"extractVars": []}, "“Ask” no longer remembers “day”."),
        ({"extractVars": [["day", "date", "which day"], ["n", "integer", ""]]}, "“Ask” now remembers “n”."),
        ({"extractVars": [["day", "string", "which day", True]]}, "“Ask” remembers “day” in another way: string, must be said."),
        ({"condition": "A day was named."}, "“Ask”, what must be met before it goes on: new: “A day was named.”."),
        ({"modelOptions": {"temperature": 0}}, "“Ask”, model settings: changed."),
        ({"flexGroup": 3}, "Another setting of “Ask” changed: “flexGroup”."),
    ],
)
def test_what_changed_in_a_step_is_said(data, sentence):
    found = between_graphs(SOUND, changed(**data))
    assert found.nodes == {"2": "changed"}
    assert list(found.sentences) == [sentence]


def test_the_kind_of_a_step():
    new = deepcopy(SOUND)
    new["nodes"][1]["type"] = "Wait for Response"
    assert list(between_graphs(SOUND, new).sentences) == ["“Ask” is now a wait for an answer, it was a step that talks."]
    assert set(KINDS) == set(Kind)


def test_a_step_that_only_moved():
    new = deepcopy(SOUND)
    new["nodes"][1]["position"] = {"x": 40, "y": 0}
    found = between_graphs(SOUND, new)
    assert found.nodes == {"2": "moved"}
    assert list(found.sentences) == ["1 step stands in another place."]


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [
        (way("1", "2", "Right day"), "The way from “Greeting” to “Ask”, label: now “Right day”, before “Yes”."),
        (way("1", "2", "Yes", description="They agree."), "The way from “Greeting” to “Ask”, when it is taken: new: “They agree.”."),
        (way("1", "2", "Yes", condition="{{day}}"), "The way from “Greeting” to “Ask”, condition: new: “{{day}}”."),
        (way("1", "2", "Yes", examples=["sure"]), "The way from “Greeting” to “Ask”, examples: new “sure”."),
        (
            way("1", "9", "Yes", uid="1-2"),
            "The way, “Yes” now leads from “Greeting” to “Goodbye”, before from “Greeting” to “Ask”.",
        ),
    ],
)
def test_what_changed_on_a_way_is_said(edge, sentence):
    new = deepcopy(SOUND)
    new["edges"][0] = edge
    found = between_graphs(SOUND, new)
    assert found.edges == {"1-2": "changed"}
    assert list(found.sentences) == [sentence]


def test_the_words_for_every_step():
    new = deepcopy(SOUND)
    new["nodes"].append({"globalConfig": {"globalPrompt": "Be short."}})
    assert list(between_graphs(SOUND, new).sentences) == ["The words for every step are new: “Be short.”."]


def test_of_long_texts_the_stretch_that_differs_is_quoted():
    long = "You are calling from the clinic about the appointment that was made last week by letter. "
    new = changed(prompt=long + "Ask whether Tuesday suits.")
    old = changed(prompt=long + "Ask whether Friday suits.")
    (sentence,) = between_graphs(old, new).sentences
    assert "Tuesday" in sentence and "Friday" in sentence and len(sentence) < 200


@settings(max_examples=80, deadline=None)
@given(graphs(nested_edges), graphs(nested_edges))
def test_any_two_graphs_can_be_compared_and_the_marks_are_right(old, new):
    first, second = load(old), load(new)
    found = difference(first, second)
    added = {node_id for node_id, mark in found.nodes.items() if mark == "added"}
    removed = {node_id for node_id, mark in found.nodes.items() if mark == "removed"}
    assert added == set(second.by_id) - set(first.by_id)
    assert removed == set(first.by_id) - set(second.by_id)
    assert set(found.edges) <= {e.id for e in (*first.edges, *second.edges)}
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in found.sentences)
    if any(mark != "moved" for mark in found.nodes.values()):
        assert found.sentences
    assert not difference(first, load(deepcopy(old)))


def test_routes_are_told_in_words():
    old = between(step("2", "Route", "Sort", fallbackNodeId="9", routes=[]))
    new = between(step("2", "Route", "Sort", fallbackNodeId="1", routes=[]))
    assert list(between_graphs(old, new).sentences) == ["“Sort”, where it goes when no rule holds: changed."]
