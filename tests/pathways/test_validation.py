"""Each problem has a graph that shows exactly it; a sound graph shows none; nothing raises."""

import time

import pytest
from hypothesis import given, settings

from pathways import validation
from pathways.graph import Kind
from pathways.validation import Known, problems
from tests.pathways.sixty import sixty_steps
from tests.pathways.test_graph import graphs, json_values, nested_edges


def step(uid="1", kind="Default", name="Greeting", **data):
    words = {"prompt": "Say hello."} if kind == "Default" and not {"prompt", "text"} & set(data) else {}
    return {"id": uid, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": name, **words, **data}}


def way(source, target, label="Yes", uid="", **data):
    return {"id": uid or f"{source}-{target}", "source": source, "target": target, "data": {"label": label, **data}}


def pathway(*steps, ways=()):
    return {"nodes": list(steps), "edges": list(ways)}


START = step(isStart=True)
END = step("9", "End Call", "Goodbye", text="Thank you. Goodbye.")


def between(middle, *, ways=None, more=()):
    """Start, one step, the end."""
    return pathway(START, middle, END, *more, ways=[way("1", "2"), way("2", "9")] if ways is None else ways)


def webhook(**data):
    return step("2", "Webhook", "Book it", **{"url": "https://example.com/book", **data})


SOUND = between(step("2", "Default", "Ask", prompt="Ask {{day}}, {{name.first}}.", extractVars=[["day", "date", "which day"]]))
SHOWS = {
    "empty": (pathway(), "error", ""),
    "unreadable": ({"nodes": [START, END], "edges": [way("1", "9")], "x": 1} | {"edges": "none"}, "error", ""),
    "bad_step": (pathway(START, "what", END, ways=[way("1", "9")]), "error", ""),
    "bad_way": (pathway(START, END, ways=[way("1", "9"), 5]), "error", ""),
    "no_start": (pathway(step(), END, ways=[way("1", "9")]), "error", ""),
    "two_starts": (between(step("2", name="Ask", isStart=True)), "error", "2"),
    "double_step": (pathway(START, END, END, ways=[way("1", "9")]), "error", "9"),
    "double_way": (pathway(START, END, ways=[way("1", "9"), way("1", "9", "No")]), "error", ""),
    "unreachable": (pathway(START, END, step("2", "End Call", "Lost", text="Bye."), ways=[way("1", "9")]), "warning", "2"),
    "dead_end": (between(step("2", name="Ask"), ways=[way("1", "2"), way("1", "9", "No")]), "error", "2"),
    "endless": (between(step("2", name="Ask"), ways=[way("1", "2"), way("2", "2", "Again"), way("1", "9", "No")]), "error", "2"),
    "way_to_nowhere": (pathway(START, END, ways=[way("1", "9"), way("1", "5", "No")]), "error", "1"),
    "way_from_nowhere": (pathway(START, END, ways=[way("1", "9"), way("5", "9", "No")]), "error", "9"),
    "way_from_end": (pathway(START, END, ways=[way("1", "9"), way("9", "1", "Again")]), "warning", "9"),
    "empty_label": (pathway(START, END, ways=[way("1", "9"), way("1", "1", " ")]), "warning", "1"),
    "undefined_variable": (between(step("2", name="Ask", prompt="Ask {{ patient.name }} and {{patient.name}}.")), "warning", "2"),
    "no_words": (between(step("2", name="Ask", prompt=" ")), "error", "2"),
    "no_last_words": (pathway(START, step("9", "End Call", "Goodbye"), ways=[way("1", "9")]), "warning", "9"),
    "no_number": (pathway(START, step("9", "Transfer Call", "Desk"), ways=[way("1", "9")]), "error", "9"),
    "bad_number": (pathway(START, step("9", "Transfer Call", "Desk", transferNumber="Bob"), ways=[way("1", "9")]), "error", "9"),
    "no_url": (between(webhook(url="")), "error", "2"),
    "bad_url": (between(webhook(url="example.com/x")), "error", "2"),
    "http_url": (between(webhook(url="http://example.com/x")), "error", "2"),
    "response_to_nowhere": (between(webhook(responsePathways=[["BlandStatusCode", "==", "200", {"id": "7", "name": "ok"}]])), "error", "2"),
    "no_knowledge": (between(step("2", "Knowledge Base", "Answer", prompt="Answer.")), "error", "2"),
    "no_message": (between(step("2", "SMS", "Confirm", phoneNumber="+17205550142")), "error", "2"),
    "no_tool": (between(step("2", "Custom Tool", "Look up", tool="TL-1")), "error", "2"),
    "no_digit": (between(step("2", "Press Button", "Press")), "error", "2"),
    "bad_digit": (between(step("2", "Press Button", "Press", digit="one")), "error", "2"),
    "no_pathway": (pathway(START, step("9", "Transfer Pathway", "Other"), ways=[way("1", "9")]), "error", "9"),
    "unknown_pathway": (pathway(START, step("9", "Transfer Pathway", "Other", transferPathway="p2"), ways=[way("1", "9")]), "error", "9"),
    "no_fallback": (
        pathway(START, step("2", "Route", "Sort", routes=[{"conditions": [{}], "targetNodeId": "9"}]), END, ways=[way("1", "2")]),
        "error",
        "2",
    ),
    "rule_to_nowhere": (between(step("2", "Route", "Sort", fallbackNodeId="9", routes=[{"conditions": [{}]}])), "error", "2"),
    "empty_rule": (between(step("2", "Route", "Sort", fallbackNodeId="9", routes=[{"targetNodeId": "9"}])), "warning", "2"),
    "unknown_type": (between(step("2", "Amazon Connect", "Elsewhere")), "error", "2"),
    "no_global_label": (between(step("2", name="Ask", isGlobal=True)), "error", "2"),
    "bad_variable": (between(step("2", name="Ask", extractVars=[["day"], [], 7, {"type": "date"}])), "warning", "2"),
    "variable_type": (between(step("2", name="Ask", extractVars=[["day", "weekday"]])), "warning", "2"),
    "too_large": (pathway(*(step(str(n)) for n in range(501))), "error", ""),
}
KNOWN = Known(pathways={"p1"}, variables={"Name"})


def test_a_sound_pathway_has_no_problem():
    assert problems(SOUND, KNOWN) == []


@pytest.mark.parametrize("code", SHOWS)
def test_each_problem_is_shown_by_its_graph_alone(code):
    graph, level, node_id = SHOWS[code]
    found = problems(graph, KNOWN)
    expected = {"unreadable": {"unreadable", "unreachable", "dead_end"}}.get(code, {code})
    assert {problem.code for problem in found} == expected, found
    mine = [problem for problem in found if problem.code == code]
    assert (mine[0].level, mine[0].node_id) == (level, node_id)
    assert len(mine) == 1
    assert mine[0].message[0].isupper() or mine[0].message[0] in "“0123456789"
    assert mine[0].message.endswith(".")


def test_every_code_of_the_checks_has_its_graph():
    import inspect
    import re

    from pathways import step_checks

    written = re.findall(r"(?:error|warning)\(\s*\"(\w+)\"", inspect.getsource(validation) + inspect.getsource(step_checks))
    assert set(written) == set(SHOWS)


def test_every_kind_is_checked():
    from pathways.step_checks import CHECKS

    assert set(CHECKS) == set(Kind)


def test_the_step_is_named_in_the_sentence():
    assert problems(SHOWS["no_words"][0])[0].message == ("“Ask” has neither a prompt nor a text: the agent would not know what to say.")
    assert problems(SHOWS["endless"][0])[0].message == "“Ask” leads to itself only: a call would never end."
    assert "“Ask”" in problems(SHOWS["dead_end"][0])[0].message


@pytest.mark.parametrize(
    "graph",
    [
        between(webhook(url="https://{{host}}/x/{{ id }}"), ways=[way("1", "2"), way("2", "9")]),
        between(webhook(url="{{base}}/x")),
        between(webhook(responsePathways=[["Default/Webhook Completion", "", "", {"id": "9"}]]), ways=[way("1", "2")]),
        pathway(START, step("9", "Transfer Call", "Desk", transferNumber="{{desk}}"), ways=[way("1", "9")]),
        pathway(START, step("9", "Transfer Call", "Desk", transferNumber="+1 (720) 555-0142"), ways=[way("1", "9")]),
        between(step("2", "Press Button", "Press", sequence="1w2#")),
        between(step("2", "Press Button", "Press", digitPrompt="The key for appointments")),
        between(step("2", "Wait for Response", "Wait")),
        between(step("2", "Custom Tool", "Look up", tool={"name": "find", "config": {"url": "https://example.com"}})),
        between(step("2", "SMS", "Confirm", smsBody="See you.")),
        between(step("2", "Knowledge Base", "Answer", kb="We open at 8.")),
        between(step("2", "Knowledge Base", "Answer", kb={"id": "kb-1", "text": "We open at 8."})),
        between(step("2", "Custom Tool", "Look up", tool="TL-1", tools=[{"url": "https://example.com"}])),
        pathway(START, step("9", "Transfer Pathway", "Other", transferPathway={"id": "p1"}), ways=[way("1", "9")]),
        # a loop that has a way out, and one that a global step leads out of
        between(step("2", name="Ask"), ways=[way("1", "2"), way("2", "1", "Again"), way("2", "9")]),
        pathway(
            START, step("2", name="Ask"), step("9", "End Call", "Bye", text="Bye.", isGlobal=True, globalLabel="Wants to stop"),
            ways=[way("1", "2"), way("2", "1")],
        ),
        # a global step without ways goes back to where it was called from
        pathway(START, step("2", name="Who", isGlobal=True, globalLabel="Asks who is calling"), END, ways=[way("1", "9")]),
    ],
)  # fmt: skip
def test_what_is_right_is_not_objected_to(graph):
    known = Known(pathways={"p1"}, variables={"host", "id", "base", "desk"})
    assert problems(graph, known) == []


def test_what_webhooks_tools_and_steps_bring_is_defined():
    graph = between(
        webhook(
            responseData=[{"name": "slot", "data": "$.slot"}],
            tools=[
                {"url": "https://example.com", "extractVars": [["who", "name"]]},
                {"url": "https://example.com", "input_schema": {"type": "object", "properties": {"zip_code": {"type": "string"}}}},
                {"config": {"url": "https://example.com", "response_data": [{"name": "Price"}]}},
            ],
            text="{{slot}} {{zip_code}} {{WHO}} {{price.eur}} {{Phone_Number}} {{lastusermessage}}",
        )
    )  # fmt: skip
    assert problems(graph) == []


def test_a_step_left_only_by_a_global_one_is_a_warning():
    graph = pathway(START, step("9", "End Call", "Bye", text="Bye.", isGlobal=True, globalLabel="Wants to stop"))
    found = problems(graph)
    assert [(p.level, p.code) for p in found] == [("warning", "dead_end")]


def test_of_two_ways_without_words_nobody_can_tell():
    found = problems(pathway(START, END, ways=[way("1", "9", ""), way("1", "1", "", uid="again"), way("1", "9", "Yes", uid="yes")]))
    assert [(p.level, p.code, p.edge_id) for p in found] == [("error", "empty_label", "1-9"), ("error", "empty_label", "again")]


@pytest.mark.parametrize("url", ["https://me:secret@example.com", "https://", "ftp://example.com", "https://exa mple.com", "https://a:b"])
def test_addresses_that_are_none(url):
    assert [p.code for p in problems(between(webhook(url=url)))] == ["bad_url"]


def test_two_endless_groups_are_two_problems():
    steps = [step(str(n), name=f"S{n}") for n in range(2, 7)]
    ways = [
        way("1", "2"),
        way("2", "3"),
        way("3", "2"),
        way("1", "4", "No"),
        way("4", "5"),
        way("5", "6"),
        way("6", "5"),
        way("1", "9", "End"),
    ]
    found = problems(pathway(START, *steps, END, ways=ways))
    assert [(p.code, p.node_id) for p in found] == [("endless", "2"), ("endless", "5")]


def test_a_variable_that_is_missing_in_many_places_is_one_problem():
    ask = step("2", name="Ask", prompt="Ask {{Day}} and {{day.name}}.")
    graph = between(ask, ways=[way("1", "2"), way("2", "9", "{{day}}")])
    assert [(p.node_id, p.message) for p in problems(graph)] == [
        ("2", "“Ask” and 1 other place use {{Day}}, which no step fills: each call must bring it, or the sentence is left unsaid.")
    ]


def test_without_knowing_the_pathways_none_is_missed():
    assert problems(SHOWS["unknown_pathway"][0]) == []


def test_unencrypted_addresses_may_be_allowed():
    assert problems(SHOWS["http_url"][0], Known(http=True)) == []


@settings(max_examples=150, deadline=None)
@given(graphs(nested_edges) | json_values)
def test_nothing_raises(graph):
    for problem in problems(graph, KNOWN):
        assert problem.message and problem.level in ("error", "warning")


def test_the_sixty_steps_are_read_whole():
    unknown = {p.node_id for p in problems(sixty_steps()) if p.code == "unknown_type"}
    assert unknown == {str(n) for n in range(58) if n % 9 in (7, 8)}


def test_the_largest_pathway_is_checked_in_a_moment():
    steps = [step(str(n), name=f"S{n}", isStart=n == 0, isGlobal=n % 2 == 0, globalLabel="x") for n in range(500)]
    ways = [way(str(n % 500), str((n * 7 + n // 500) % 500), f"w{n}", f"e{n}") for n in range(4_000)]
    began = time.perf_counter()
    assert any(p.code == "endless" for p in problems(pathway(*steps, ways=ways)))
    assert time.perf_counter() - began < 3
