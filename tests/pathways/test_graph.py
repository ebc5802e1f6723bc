"""The public JSON of a pathway goes in and comes out whole; the typed view reads what it can."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways import graph
from pathways.graph import Kind, Response
from tests.pathways.sixty import sixty_steps

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
unknown = st.dictionaries(st.text(min_size=1, max_size=8).map("x_".__add__), json_values, max_size=2)
ids = st.one_of(st.uuids().map(str), st.integers(0, 9).map(str), st.integers(0, 9), st.sampled_from(["randomnode_1700000000000", "1"]))


def mixed(**fields):
    """An object that has some of the known keys, with any value of theirs, and unknown ones."""
    optional = st.fixed_dictionaries({}, optional=fields)
    return st.tuples(optional, unknown).map(lambda parts: {**parts[0], **parts[1]})


words = st.text(max_size=8) | json_values
steps = st.one_of(
    mixed(
        id=ids,
        type=st.sampled_from(["Default", "End Call", "Webhook", "Custom Code", "Amazon Connect"]) | json_values,
        position=st.fixed_dictionaries({"x": st.floats(-1e6, 1e6), "y": st.integers(-500, 500)}) | json_values,
        data=mixed(
            name=words,
            prompt=words,
            isStart=st.booleans() | words,
            extractVars=st.lists(st.lists(words, max_size=4) | json_values, max_size=2),
            responsePathways=st.lists(st.lists(words, max_size=4) | json_values, max_size=2),
            routes=st.lists(mixed(conditions=json_values | st.lists(json_values, max_size=2), targetNodeId=ids), max_size=2),
            tools=json_values | st.lists(mixed(responsePathways=json_values), max_size=1),
        )
        | json_values,
    ),
    st.fixed_dictionaries({"globalConfig": mixed(globalPrompt=words) | json_values}),
    json_values,
)
nested_edges = mixed(id=ids, source=ids, target=ids, data=mixed(label=words, description=words, condition=words) | json_values)
top_edges = mixed(id=ids, source=ids, target=ids, label=words, description=words)
any_edges = mixed(id=ids, source=ids, target=ids, label=words, description=words, data=mixed(label=words) | json_values)


def graphs(edges):
    whole = st.fixed_dictionaries({"nodes": st.lists(steps, max_size=5), "edges": st.lists(edges, max_size=5)})
    return st.tuples(whole, unknown).map(lambda parts: {**parts[1], **parts[0]})


def there_and_back(sent):
    """What a program reads after it saved `sent`: in, as JSON into the row, out."""
    kept = json.loads(json.dumps(graph.accepted(sent)))
    return graph.public_form(kept)


@settings(max_examples=200, deadline=None)
@given(graphs(nested_edges | json_values))
def test_nothing_is_lost_or_changed_when_words_came_nested(sent):
    before = deepcopy(sent)
    assert there_and_back(sent) == before
    assert sent == before, "what was sent is not touched"


@settings(max_examples=200, deadline=None)
@given(graphs(top_edges))
def test_edges_with_words_at_the_top_only_gain_them_in_data(sent):
    expected = deepcopy(sent)
    for edge in expected["edges"]:
        found = {key: edge[key] for key in ("label", "description") if key in edge}
        if found:
            edge["data"] = found
    assert there_and_back(sent) == expected


@settings(max_examples=200, deadline=None)
@given(st.one_of(json_values, graphs(any_edges)))
def test_any_json_can_be_read_and_what_was_once_read_stays(sent):
    once = there_and_back(sent)
    assert there_and_back(once) == once
    read = graph.load(once)
    assert read.start is None or read.start in read.nodes
    for node in read.nodes:
        assert isinstance(node.id, str) and node.id
        assert set(read.next(node.id)) <= set(read.by_id)
        assert all(isinstance(v.name, str) for v in node.variables)
        assert isinstance(node.text + node.prompt + node.name + node.condition + node.fallback, str)
    assert len(graph.digest(once)) == 64


def test_sixty_steps_with_unknown_keys_are_byte_equal():
    sent = sixty_steps()
    canonical = json.dumps(sent, sort_keys=True, ensure_ascii=False)
    assert json.dumps(there_and_back(sent), sort_keys=True, ensure_ascii=False) == canonical
    assert len(graph.load(sent).nodes) == 60


def test_on_the_way_in_the_top_of_an_edge_goes_before_its_data():
    sent = {"nodes": [], "edges": [{"id": "e", "label": "New", "data": {"label": "Old", "description": "why"}}]}
    kept = graph.accepted(sent)
    assert kept["edges"][0]["data"] == {"label": "New", "description": "why"}
    empty = {"edges": [{"id": "e", "label": "", "data": {"label": "Kept"}}]}
    assert graph.accepted(empty)["edges"][0] == {"id": "e", "label": "", "data": {"label": "Kept"}}


def test_afterwards_data_is_the_truth_in_both_places():
    kept = {"nodes": [], "edges": [{"id": "e", "source": "1", "target": "2", "label": "Came so", "data": {"label": "Edited"}}]}
    assert graph.public_form(kept)["edges"][0]["label"] == "Edited"
    assert graph.load(kept).edges[0].label == "Edited"


def test_the_global_prompt_is_found_anywhere():
    words = {"globalConfig": {"globalPrompt": "Be short."}}
    step = {"id": "1", "type": "Default", "data": {}}
    for sent in ({"nodes": [words, step]}, {"nodes": [step, words]}, {"nodes": [step], **words}):
        assert graph.load(sent).global_prompt == "Be short."
        assert [node.id for node in graph.load(sent).nodes] == ["1"]


def test_ids_are_compared_as_text_and_zero_is_one():
    read = graph.load({"nodes": [{"id": 0, "type": "Default"}, {"id": "1"}], "edges": [{"source": 0, "target": 1}]})
    assert read.next("0") == ("1",)
    assert read.edges[0].id == "0-1"


@pytest.mark.parametrize(
    ("written", "kind"),
    [("default", Kind.SAY), ("Transfer Number", Kind.TRANSFER), ("Vector DB Knowledge Base", Kind.KNOWLEDGE), ("Custom Code", Kind.OTHER)],
)
def test_kinds(written, kind):
    node = graph.load({"nodes": [{"id": "1", "type": written}]}).nodes[0]
    assert (node.kind, node.type) == (kind, written)


def test_variables_in_both_forms():
    data = {"extractVars": [["day", "date", "the day", True], ["n"], {"name": "who", "type": "name", "required": "true"}, 5, []]}
    found = graph.load({"nodes": [{"id": "1", "data": data}]}).nodes[0].variables
    assert [(v.name, v.type, v.required) for v in found] == [("day", "date", True), ("n", "string", False), ("who", "name", True)]


def test_every_way_on_is_known():
    data = {
        "responsePathways": [["BlandStatusCode", "==", 200, {"id": "2", "name": "ok"}], ["Default/Webhook Failure", "", None, {"id": "3"}]],
        "routes": [{"conditions": [{"field": "age", "operator": ">", "value": 17}], "targetNodeId": "4"}],
        "fallbackNodeId": "5",
        "tools": [{"name": "find", "responsePathways": [{"type": "x", "condition": "==", "value": 0, "nodeId": 6}]}],
    }
    nodes = [{"id": "1", "type": "Webhook", "data": data}, *({"id": str(n)} for n in range(2, 8))]
    read = graph.load({"nodes": nodes, "edges": [{"id": "e", "source": "1", "target": "7"}, {"source": "1", "target": "nowhere"}]})
    assert read.next("1") == ("7", "2", "3", "6", "4", "5")
    assert read.nodes[0].responses[0] == Response("BlandStatusCode", "==", "200", "2", "ok")
    assert read.nodes[0].responses[1].value == ""
    assert read.nodes[0].rules[0].conditions[0].value == "17"


def test_the_start_is_the_marked_step_else_the_only_free_one():
    nodes = [{"id": "1"}, {"id": "2"}, {"id": "3", "data": {"isStart": "true"}}]
    assert graph.load({"nodes": nodes}).start.id == "3"
    free = {"nodes": [{"id": "1"}, {"id": "2", "data": {"fallbackNodeId": "1"}}], "edges": []}
    assert graph.load(free).start.id == "2"


def test_the_digest_sees_every_change_and_no_order():
    a = {"nodes": [{"id": "1", "x": 1}], "edges": []}
    assert graph.digest(a) == graph.digest({"edges": [], "nodes": [{"x": 1, "id": "1"}]})
    assert graph.digest(a) != graph.digest({"edges": [], "nodes": [{"x": 2, "id": "1"}]})
