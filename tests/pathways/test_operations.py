"""Every step of the editor: what it does to the graph, what it leaves alone, what it refuses; undo brings back what was."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.graph import is_node, load
from pathways.operations import Impossible, apply, edge_id
from tests.pathways.sixty import sixty_steps


@pytest.fixture
def graph():
    """Three steps by another system: ids as numbers, unknown keys, words at the top of an edge."""
    answers = [["a", "==", "b", {"id": 1, "name": "x"}]]
    return {
        "nodes": [
            {"globalConfig": {"globalPrompt": "Be kind.", "tone": "warm"}},
            {"id": 1, "type": "Default", "position": {"x": 0, "y": 0, "z": 3}, "data": {"name": "Hello", "isStart": "true", "odd": [1]}},
            {"id": "2", "type": "Webhook", "position": {"x": 0, "y": 150}, "data": {"name": "Look", "responsePathways": answers}},
            {"id": "3", "type": "End Call", "data": {"name": "Bye"}, "measured": {"width": 3}},
        ],
        "edges": [
            {"id": "e1", "source": 1, "target": "2", "label": "yes", "animated": True, "data": {"label": "yes", "color": "red"}},
            {"source": "2", "target": "3"},
        ],
        "viewport": {"zoom": 2},
    }  # fmt: skip


def do(graph, **operation):
    return apply(graph, [operation])


def node(graph, node_id):
    return next(raw for raw in graph["nodes"] if is_node(raw) and str(raw["id"]) == node_id)


def edge(graph, way_id):
    return next(raw for raw in graph["edges"] if edge_id(raw) == way_id)


def test_add_puts_a_step_where_it_was_asked_and_connects_it(graph):
    made = do(graph, op="add", type="End Call", id="new", x=600, y=40, data={"prompt": "Bye"}, **{"from": "1"})
    assert node(made, "new") == {
        "id": "new", "type": "End Call", "position": {"x": 600, "y": 40}, "data": {"prompt": "Bye", "name": "Goodbye"}
    }  # fmt: skip
    assert made["edges"][-1]["source"] == 1 and made["edges"][-1]["target"] == "new"
    assert graph["edges"] == graph["edges"][:2] and len(graph["nodes"]) == 4


def test_the_first_step_is_the_start_and_names_are_numbered():
    made = apply({}, [{"op": "add", "type": "Default", "id": "a"}, {"op": "add", "type": "Default", "id": "b"}])
    assert [raw["data"] for raw in made["nodes"]] == [{"name": "Say something", "isStart": True}, {"name": "Say something 2"}]


def test_a_new_step_never_lies_on_another(graph):
    made = apply(graph, [{"op": "add", "type": "Default", "id": f"n{n}", "from": "1"} for n in range(3)])
    spots = {(load(made).node(f"n{n}").x, load(made).node(f"n{n}").y) for n in range(3)}
    assert len(spots) == 3


def test_move_keeps_what_else_a_position_holds(graph):
    made = do(graph, op="move", places={"1": [12, -8], "3": [4, 5]})
    assert node(made, "1")["position"] == {"x": 12, "y": -8, "z": 3}
    assert node(made, "3")["position"] == {"x": 4, "y": 5}


def test_remove_takes_the_ways_of_a_step_with_it(graph):
    made = do(graph, op="remove", steps=["2"])
    assert [str(raw["id"]) for raw in made["nodes"] if is_node(raw)] == ["1", "3"]
    assert made["edges"] == []
    assert do(graph, op="remove", ways=["e1"])["edges"] == [{"source": "2", "target": "3"}]


def test_connect_and_disconnect(graph):
    made = do(graph, op="connect", source="1", target="3", id="w", data={"label": "no"})
    assert edge(made, "w") == {"id": "w", "source": 1, "target": "3", "data": {"label": "no", "description": ""}}
    assert apply(made, [{"op": "disconnect", "id": "w"}]) == graph
    assert len(do(graph, op="disconnect", id="2-3")["edges"]) == 1


def test_update_sets_and_takes_out_single_keys(graph):
    made = do(graph, op="update", step="1", data={"prompt": "Hi", "odd": None, "isStart": True})
    assert node(made, "1")["data"] == {"name": "Hello", "isStart": True, "prompt": "Hi"}
    made = do(graph, op="update", way="e1", target="3", data={"label": "fine", "examples": ["sure"]})
    assert edge(made, "e1") == {
        "id": "e1", "source": 1, "target": "3", "label": "fine", "animated": True,
        "data": {"label": "fine", "color": "red", "examples": ["sure"]},
    }  # fmt: skip
    assert do(graph, op="update", step="3", type="Default")["nodes"][3]["type"] == "Default"


def test_only_one_step_is_the_start(graph):
    made = do(graph, op="start", step="3")
    assert [load(made).node(key).is_start for key in "123"] == [False, False, True]
    assert load(made).start.id == "3"


def test_duplicate_and_paste_make_new_ids_and_keep_ways_inside(graph):
    made = do(graph, op="duplicate", steps=["1", "2"], ids={"1": "n1", "2": "n2"}, shift=[10, 20])
    assert node(made, "n1")["data"] == {"name": "Hello", "isStart": False, "odd": [1]}
    assert node(made, "n2")["position"] == {"x": 10, "y": 170}
    assert node(made, "n2")["data"]["responsePathways"] == [["a", "==", "b", {"id": "n1", "name": "x"}]]
    new = made["edges"][-1]
    assert (new["source"], new["target"], new["animated"]) == ("n1", "n2", True) and new["id"] != "e1"
    assert len(made["edges"]) == 3
    elsewhere = do({"nodes": [], "edges": []}, op="paste", nodes=graph["nodes"], edges=graph["edges"])
    assert len(elsewhere["nodes"]) == 3 and len(elsewhere["edges"]) == 2


def test_words_for_every_step_stay_where_they_were(graph):
    made = do(graph, op="words", text="Be brief.")
    assert made["nodes"][0] == {"globalConfig": {"globalPrompt": "Be brief.", "tone": "warm"}}
    assert do({"nodes": []}, op="words", text="x")["nodes"] == [{"globalConfig": {"globalPrompt": "x"}}]
    assert do({"globalConfig": {"globalPrompt": "a"}}, op="words", text="b")["globalConfig"] == {"globalPrompt": "b"}


def test_tidy_only_moves(graph):
    made = do(graph, op="tidy")
    for raw in made["nodes"]:
        raw.pop("position", None)
    without = copy.deepcopy(graph)
    for raw in without["nodes"]:
        raw.pop("position", None)
    assert made == without


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "explode"},
        "move",
        {"op": "add", "type": "Dance"},
        {"op": "add", "type": "Default", "id": "2"},
        {"op": "add", "type": "Default", "from": "9"},
        {"op": "add", "type": "Default", "x": "left", "y": 0},
        {"op": "move", "places": {"9": [0, 0]}},
        {"op": "move", "places": {"1": [float("inf"), 0]}},
        {"op": "move", "places": {"1": [0]}},
        {"op": "remove", "steps": ["9"]},
        {"op": "connect", "source": "1", "target": "9"},
        {"op": "connect", "source": "1", "target": "3", "id": "e1"},
        {"op": "disconnect", "id": "9"},
        {"op": "update", "step": "9"},
        {"op": "update", "way": "e1", "target": "9"},
        {"op": "start", "step": "9"},
        {"op": "words"},
        {"op": "replace"},
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_happens(graph, operation):
    before = copy.deepcopy(graph)
    with pytest.raises(Impossible):
        apply(graph, [{"op": "move", "places": {"1": [9, 9]}}, operation])
    assert graph == before


IDS = st.sampled_from([str(n) for n in range(60)])
EVERY = st.one_of(
    st.builds(lambda a, x, y: {"op": "move", "places": {a: [x, y]}}, IDS, st.integers(-999, 999), st.integers(-999, 999)),
    st.builds(lambda a, b: {"op": "connect", "source": a, "target": b}, IDS, IDS),
    st.builds(lambda a, t: {"op": "update", "step": a, "data": {"prompt": t}}, IDS, st.text(max_size=9)),
    st.builds(lambda a: {"op": "start", "step": a}, IDS),
    st.builds(lambda a: {"op": "duplicate", "steps": [a]}, IDS),
    st.builds(lambda a, t: {"op": "add", "type": t, "from": a}, IDS, st.sampled_from(["Default", "End Call"])),
    st.builds(lambda t: {"op": "words", "text": t}, st.text(max_size=9)),
    st.just({"op": "tidy"}),
)
OURS = {"isStart", "prompt"}


def unknown(raw):
    """What the editor has no business with."""
    return {
        **{key: value for key, value in raw.items() if key not in ("position", "data")},
        "data": {key: value for key, value in raw.get("data", {}).items() if key not in OURS},
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(EVERY, max_size=6))
def test_nothing_unknown_is_ever_lost_and_undo_brings_back_what_was(operations):
    before = sixty_steps()
    after = apply(before, operations)
    assert before == sixty_steps()
    by_id = {raw["id"]: raw for raw in after["nodes"] if is_node(raw)}
    for raw in before["nodes"]:
        if is_node(raw):
            assert unknown(by_id[raw["id"]]) == unknown(raw)
    assert after["edges"][: len(before["edges"])] == before["edges"]
    assert {key: after[key] for key in before if key not in ("nodes", "edges")} == {
        key: before[key] for key in before if key not in ("nodes", "edges")
    }
    assert next(raw for raw in after["nodes"] if not is_node(raw))["globalConfig"]["tone"] == ["warm", None]
    assert apply(after, [{"op": "replace", "graph": before}]) == before


def test_copies_of_copies_stop_before_they_fill_the_memory():
    ids = [str(n) for n in range(2_000)]
    graph = {"nodes": [{"id": i, "type": "Default", "data": {"text": "x" * 400}} for i in ids], "edges": []}
    with pytest.raises(Impossible, match="too large"):
        apply(graph, [{"op": "duplicate", "steps": ids}] * 3)
