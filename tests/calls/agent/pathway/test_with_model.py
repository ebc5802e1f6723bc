"""A walk with a model: it writes prompts and decides where the rules are not sure; it never leaves the rules. The far side is a double."""

import pytest

from calls.agent.endpoint import Endpoint
from calls.agent.ports import EndCall
from tests.calls.agent.model_double import Status, serving
from tests.calls.agent.pathway.kit import graph, step, walking, way

ASK = step("ask", isStart=True, text="How can we help you?")
BOOK = step("book", prompt="Ask the caller warmly which day suits them for the visit.")
BILL = step("bill", text="Which invoice is it about?")
BYE = step("bye", "End Call", text="Goodbye.")
WAYS = (
    way("ask", "book", "Booking", "They want to come to us"),
    way("ask", "bill", "Billing", "They have something about money"),
    way("book", "bye", "They name a day", "They say which day suits them", ["On Tuesday."]),
)
SMALL = graph(ASK, BOOK, BILL, BYE, *WAYS)


def model(double) -> Endpoint:
    return Endpoint(double.url, "tiny-1", "key", 2.0)


async def test_a_prompt_is_written_by_the_model_and_checked():
    with serving(["I'd be glad to help. ", "Which day suits you best?"]) as double:
        w = walking(SMALL, start="book", model=model(double))
        assert await w.open() == "I'd be glad to help. Which day suits you best?"
        assert "which day suits them" in double.system() and "You are an automated assistant" in double.system()
        assert "tools" not in double.requests[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("I am a real human, believe me.", "I'm an automated assistant for Harbor Dental, not a human."),
        ("The visit costs 85 dollars.", "I don't have that information."),
    ],
)
async def test_what_must_not_be_said_is_not(line, said):
    with serving([line]) as double:
        w = walking(SMALL, start="book", model=model(double))
        assert await w.open() == said


async def test_the_goodbye_of_a_model_does_not_end_the_call_the_graph_does():
    with serving(["Goodbye!"]) as double:
        w = walking(SMALL, start="book", model=model(double))
        await w.open()
        assert not any(isinstance(a, EndCall) for a in w.actions)


async def test_it_decides_where_the_rules_are_not_sure():
    with serving('{"way": 1}', ["Which day suits you?"]) as double:
        w = walking(SMALL, model=model(double))
        await w.open()
        await w.say("My shoulder aches when I lie on it.")
        assert w.route[1] in ("book", "bill") and "tiny-1 decided" in w.notes("decision")[0].data["why"]
        assert "My shoulder aches" in double.requests[0]["messages"][1]["content"]


async def test_none_fits_is_an_answer_too():
    with serving('{"way": 0}') as double:
        w = walking(SMALL, model=model(double))
        await w.open()
        assert "How can we help you?" in await w.say("My shoulder aches when I lie on it.")
        assert w.route == ["ask"] and "no way fits" in w.notes("decision")[0].data["why"]


@pytest.mark.parametrize("answer", ["way two, I think", '{"way": 99}', '{"way": true}', "[]"])
async def test_an_answer_that_is_none_leaves_it_to_the_rules(answer):
    with serving(answer) as double:
        w = walking(SMALL, model=model(double))
        await w.open()
        await w.say("My shoulder aches when I lie on it.")
        assert w.route == ["ask"]


async def test_an_opt_out_is_never_left_to_it():
    with serving('{"way": 1}') as double:
        w = walking(SMALL, model=model(double))
        await w.open()
        await w.say("Never call me again.")
        assert w.over and w.notes("optout") and not double.requests


async def test_when_it_fails_the_rules_speak_and_it_is_not_asked_for_ever():
    with serving(Status(500)) as double:
        w = walking(SMALL, start="book", model=model(double))
        assert (await w.open()).endswith("?")
        assert w.notes("fallback")[0].level == "error"
        asked = len(double.requests)
        for _ in range(3):
            await w.say("My shoulder aches when I lie on it.")
        assert len(double.requests) <= asked + 1  # two failures in a row, then the rules alone


async def test_a_condition_that_no_variable_tells_of_is_judged_by_it():
    angry = step("angry", isStart=True, text="I am sorry. How can I make it good?", condition="The caller has calmed down")
    public = graph(angry, BYE, way("angry", "bye", "They answer", "", ["That is fine."]))
    with serving('{"met": false}', '{"met": true}') as double:
        w = walking(public, model=model(double))
        await w.open()
        await w.say("That is fine.")
        assert w.route == ["angry"] and w.notes("decision")[-1].data["loop"] is True
        await w.say("That is fine.")
        assert w.route == ["angry", "bye"]


@pytest.mark.parametrize("way_number", [1, 2])
async def test_it_cannot_decide_that_it_is_them_where_they_did_not_say_so(way_number):
    asked = step("who", isStart=True, text="Am I speaking with Jordan Miller?")
    ways = (
        way("who", "book", "Yes, that is them", "The person says that it is them", ["Yes, speaking."]),
        way("who", "bye", "Wrong number", "It is somebody else", ["You have the wrong number."]),
    )
    with serving(f'{{"way": {way_number}}}') as double:
        w = walking(graph(asked, BOOK, BYE, *ways), model=model(double))
        await w.open()
        await w.say("My shoulder aches when I lie on it.")
        assert "book" not in w.route and len(double.requests) == 1
