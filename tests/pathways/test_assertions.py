"""The sentences that must hold: what each asks, in words, and what it finds."""

import time

import pytest

from pathways import assertions
from pathways.assertions import Run, Spoken, check
from pathways.graph import load

GRAPH = load(
    {
        "nodes": [
            {"id": "a", "type": "Default", "data": {"name": "Greeting", "isStart": True}},
            {"id": "b", "type": "Default", "data": {"name": "Confirm"}},
            {"id": "c", "type": "End Call", "data": {"name": "Goodbye"}},
            {"id": "d", "type": "End Call", "data": {"name": "Wrong person"}},
        ],
        "edges": [],
    }
)
RUN = Run(
    GRAPH,
    lines=[
        Spoken("assistant", "Hello, this is the “automated assistant” of Harbor Dental."),
        Spoken("user", "Yes, I guarantee it."),
        Spoken("assistant", "Thank you.  Goodbye."),
    ],
    route=["a", "a", "b", "c"],
    variables={"coming": True, "people": 3, "day": "Thursday at ten", "email": None},
    disposition="COMPLETED_ACTION",
    turns=2,
)


@pytest.mark.parametrize(
    ("assertion", "sentence", "passed", "found"),
    [
        (
            {"type": "reaches_node", "node_ids": ["b", "c"], "all": True},
            "The call reaches “Confirm” and “Goodbye”",
            True,
            "It went Greeting → Confirm → Goodbye.",
        ),
        ({"type": "reaches_node", "node_ids": ["b", "d"], "all": True}, "The call reaches “Confirm” and “Wrong person”", False, "It went"),
        ({"type": "reaches_node", "node_ids": ["b", "d"], "all": False}, "The call reaches “Confirm” or “Wrong person”", True, "It went"),
        ({"type": "reaches_node", "node_ids": ["gone"]}, "The call reaches “gone”", False, "This version has no step “gone”."),
        ({"type": "avoids_node", "node_id": "d"}, "The call does not reach “Wrong person”", True, "It went"),
        ({"type": "avoids_node", "node_id": "b"}, "The call does not reach “Confirm”", False, "It went"),
        ({"type": "avoids_node", "node_id": "gone"}, "The call does not reach “gone”", False, "has no step"),
        ({"type": "variable", "name": "coming", "is": "yes"}, "“coming” is “yes”", True, "“coming” is “yes”."),
        ({"type": "variable", "name": "coming", "is": True}, "“coming” is “yes”", True, "“coming” is “yes”."),
        ({"type": "variable", "name": "coming", "is": False}, "“coming” is “no”", False, "“coming” is “yes”."),
        ({"type": "variable", "name": "people", "is": "3"}, "“people” is “3”", True, "“people” is “3”."),
        ({"type": "variable", "name": "people", "is": "many"}, "“people” is “many”", False, "“people” is “3”."),
        ({"type": "variable", "name": "day", "contains": "thursday"}, "“day” contains “thursday”", True, "“day” is “Thursday at ten”."),
        ({"type": "variable", "name": "day", "matches": r"^\w+ at (ten|9)$"}, "“day” fits the pattern", True, "Thursday"),
        ({"type": "variable", "name": "day", "matches": "friday"}, "“day” fits the pattern “friday”", False, "Thursday"),
        ({"type": "variable", "name": "email", "is": None}, "“email” stays unknown", True, "“email” was not learnt."),
        ({"type": "variable", "name": "day", "is": None}, "“day” stays unknown", False, "“day” is"),
        ({"type": "variable", "name": "nothing", "contains": "x"}, "“nothing” contains “x”", False, "“nothing” was not learnt."),
        ({"type": "says", "text": 'the "automated  assistant"'}, "We say", True, "Said: “Hello"),
        ({"type": "says", "text": "guarantee"}, "We say “guarantee”", False, "Not in any of our 2 lines."),
        ({"type": "never_says", "text": "guarantee"}, "We never say “guarantee”", True, "Not said."),
        ({"type": "never_says", "text": "thank you. goodbye"}, "We never say", False, "Said: “Thank you.  Goodbye.”"),
        ({"type": "disposition", "tag": "completed_action"}, "The outcome is completed_action", True, "The outcome is COMPLETED_ACTION."),
        ({"type": "disposition", "tag": "INTERESTED"}, "The outcome is INTERESTED", False, "The outcome is COMPLETED_ACTION."),
        ({"type": "ends_within", "turns": 2}, "not spoken", True, ""),
        ({"type": "ends_within", "turns": 1}, "", False, "Over after the person spoke 2 times."),
    ],
)
def test_each_sentence(assertion, sentence, passed, found):
    result = check(assertion, RUN)
    assert result.passed is passed
    assert found in result.found
    if assertion["type"] != "ends_within":
        assert sentence in result.sentence
    else:
        assert result.sentence == f"The call is over before the person has spoken more than {assertion['turns']} times"


def test_a_rehearsal_that_was_cut_off_did_not_end():
    run = Run(GRAPH, turns=3, cut_off=True)
    result = check({"type": "ends_within", "turns": 9}, run)
    assert (result.passed, result.found) == (False, "Still talking after 3; the rehearsal was cut off there.")


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "reaches",
        {},
        {"type": "judge"},
        {"type": "reaches_node", "node_ids": []},
        {"type": "reaches_node", "node_ids": [3]},
        {"type": "avoids_node"},
        {"type": "variable", "is": 1},
        {"type": "variable", "name": "x"},
        {"type": "variable", "name": "x", "contains": ""},
        {"type": "variable", "name": "x", "matches": "("},
        {"type": "says", "text": "  "},
        {"type": "never_says", "text": 4},
        {"type": "disposition", "tag": ""},
        {"type": "ends_within", "turns": True},
        {"type": "ends_within", "turns": 0},
    ],
)
def test_what_is_written_badly_says_so_and_never_passes(broken):
    assert assertions.problem(broken)
    if isinstance(broken, dict):
        result = check(broken, RUN)
        assert result.passed is False
        assert result.found == assertions.problem(broken)


def test_a_run_without_words_says_so():
    assert check({"type": "says", "text": "x"}, Run(GRAPH)).found == "We said nothing."
    assert check({"type": "disposition", "tag": "x"}, Run(GRAPH)).found == "There is no outcome."
    assert check({"type": "avoids_node", "node_id": "b"}, Run(GRAPH)).found == "No step was reached."


def test_a_pattern_that_would_take_hours_is_given_up():
    began = time.monotonic()
    run = Run(GRAPH, variables={"code": "a" * 60 + "!"})
    result = check({"type": "variable", "name": "code", "matches": "(a|a)*$"}, run)
    assert not result.passed and "takes too long" in result.found
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("pattern", ["x" * 501, "(" * 5_000 + ")" * 5_000, "a{99999999999}"])
def test_a_pattern_that_is_too_large_is_refused_when_it_is_written(pattern):
    assert "is not a pattern" in assertions.problem({"type": "variable", "name": "code", "matches": pattern})
