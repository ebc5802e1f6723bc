"""Whole calls with the built-in agent."""

from calls.agent.choose import make_agent
from calls.agent.ports import Brief, EndCall, Note, Say, Turn
from tests.calls.agent.talking import agent_for, converse, tell

ACME = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."


def test_the_acceptance_example_is_a_sensible_conversation():
    talk = converse(agent_for(ACME))
    said = talk.agent()
    assert len(talk.lines) >= 6
    assert talk.lines[0][1].startswith("Hello, this is Anna, an automated assistant calling for Acme Dental.")
    assert "appointment on Tuesday at 3pm" in said
    assert said.index("Does that still work for you?") < said.index("Do you have insurance?") < said.index("Goodbye.")
    assert talk.ended
    assert [n.data["question"] for n in talk.notes if n.kind == "answer"] == ["Does that still work for you?", "Do you have insurance?"]
    assert all(a.why or a.text for a in talk.actions if isinstance(a, Say))


async def test_through_the_port():
    agent = make_agent(Brief(task=ACME))
    assert agent.name == "Built-in agent"
    opening = [a async for a in agent.reply(Turn("open"))]
    assert any(isinstance(a, Say) and "automated assistant" in a.text for a in opening)
    last = [a async for a in agent.reply(Turn("heard", "Please stop calling me."))]
    assert [n.kind for n in last if isinstance(n, Note)][:2] == ["intent", "optout"]
    assert isinstance(last[-1], EndCall)


def test_first_sentence_is_said_exactly_and_disclosure_follows():
    talk = tell(ACME, "Yes", first_sentence="Hi {{ Name }}, it's Anna!", variables={"name": "Sue"})
    assert talk.lines[0] == ("agent", "Hi Sue, it's Anna!")
    assert "automated assistant" in talk.lines[-1][1]


def test_a_plan_of_staff_is_used_instead_of_the_task():
    questions = [{"text": "Is Monday fine?", "slot": "yesno"}]
    plan = {"agent": "Eve", "organisation": "Blue Co", "purpose": "about your order", "questions": questions}
    talk = converse(agent_for(ACME, plan=plan))
    assert "Eve" in talk.agent()
    assert "Is Monday fine?" in talk.agent()
    assert "insurance" not in talk.agent()


def test_silence_ends_after_three():
    talk = tell(ACME, "", "", "")
    assert talk.ended
    assert "silence" in talk.kinds()
