"""One rehearsal: the loop of real calls and the walker, with somebody who pretends."""

import pytest

from calls.agent.ports import PathwayBrief, Say
from calls.rehearsal.run import rehearse
from calls.rehearsal.setup import Setup
from tests.calls.rehearsal.kit import DATA, graph


def setup(**fields: object) -> Setup:
    made = fields.pop("graph", None) or graph()
    start = fields.pop("start", "")
    return Setup(PathwayBrief("id", "Reminder", 1, made, start), **{"data": DATA, **fields})


def test_lines_are_said_in_turn_and_the_way_is_told():
    done = rehearse(
        setup(
            lines=["Yes, that's me.", "Yes, I'll be there."],
            assertions=[
                {"type": "reaches_node", "node_ids": ["ask", "good"], "all": True},
                {"type": "variable", "name": "coming", "is": True},
                {"type": "says", "text": "assistant of Harbor Dental"},
                {"type": "ends_within", "turns": 2},
            ],
        )
    )
    assert done.error == ""
    assert [(r.passed, r.found) for r in done.results if not r.passed] == []
    assert done.passed
    assert [(line.speaker, line.node_id) for line in done.lines] == [
        ("assistant", "hello"),
        ("user", "hello"),
        ("assistant", "ask"),
        ("user", "ask"),
        ("assistant", "good"),
    ]
    assert list(done.route) == ["hello", "ask", "good"]
    assert done.turns == 2
    assert done.variables["coming"] is True
    assert {entry["kind"] for entry in done.logs} >= {"line", "node", "decision", "variable"}


def test_a_sentence_that_does_not_hold_says_what_was_found():
    done = rehearse(setup(lines=["Yes, speaking.", "No, I can't make it."], assertions=[{"type": "reaches_node", "node_ids": ["good"]}]))
    assert not done.passed
    assert done.results[0].found == "It went Greeting → Question → Off the list."


@pytest.mark.parametrize(
    ("callee", "end", "tag"),
    [
        ("cooperative", "good", "COMPLETED_ACTION"),
        ("wrong_person", "wrong", "NO_CONTACT_MADE"),
        ("declines", "bad", ""),
        ("stop_calling", "", "DO_NOT_CONTACT"),
        ("voicemail", "", "NO_CONTACT_MADE"),
        ("busy", "", "BUSY"),
    ],
)
def test_simulated_callees_by_name(callee, end, tag):
    done = rehearse(setup(callee=callee))
    assert done.error == ""
    assert not end or done.route[-1] == end, done.lines
    assert not tag or done.disposition == tag, done.lines


def test_it_begins_where_it_should():
    done = rehearse(setup(start="ask", lines=["Yes, I'll be there."]))
    assert list(done.route) == ["ask", "good"]
    wrong = rehearse(setup(start="nowhere"))
    assert (wrong.passed, wrong.error) == (False, "Invalid start_node_id: this version has no step “nowhere”.")
    assert rehearse(Setup(PathwayBrief("id", "Empty", 1, {"nodes": [], "edges": []}))).error == "This version has no steps."
    assert rehearse(setup(callee="nobody")).error == "There is no simulated callee named “nobody”."


def test_who_goes_on_for_ever_is_cut_off():
    lines = ["What did you say?"] * 40
    done = rehearse(setup(lines=lines, max_turns=4, assertions=[{"type": "ends_within", "turns": 30}]))
    assert done.turns <= 5
    assert not done.passed or done.turns < 4


def test_silence_lets_a_turn_pass():
    done = rehearse(setup(lines=["(silence)", "Yes, speaking.", "Yes, I'll be there."]))
    assert done.route[-1] == "good", done.lines
    assert [line.text for line in done.lines if line.speaker == "user"] == ["Yes, speaking.", "Yes, I'll be there."]


def test_an_agent_that_breaks_makes_it_red():
    class Broken:
        name = "Broken"

        async def reply(self, turn):
            if turn.kind != "open":
                raise RuntimeError("no")
            yield Say("Hello.")

    done = rehearse(setup(lines=["Hello."]), agent=lambda _brief: Broken())
    assert not done.passed
    assert "RuntimeError" in done.error


def test_nobody_is_called_or_texted_and_no_address_is_asked():
    """A web step whose address would fail at once, and a text message: both are only told."""
    made = graph()
    made["nodes"] += [
        {"id": "look", "type": "Webhook", "data": {"name": "Look up", "url": "https://127.0.0.1:9/", "method": "POST",
         "responsePathways": [["Default/Webhook Completion", "", "", {"id": "text", "name": "worked"}]]}},
        {"id": "text", "type": "SMS", "data": {"name": "Text", "smsBody": "See you."}},
    ]  # fmt: skip
    made["edges"] = [e for e in made["edges"] if e["id"] != "ask-good"] + [
        {"id": "ask-look", "source": "ask", "target": "look", "data": {"label": "They come", "examples": ["Yes, I'll be there."]}},
        {"id": "text-good", "source": "text", "target": "good", "data": {"label": "Sent"}},
    ]
    done = rehearse(setup(graph=made, lines=["Yes, speaking.", "Yes, I'll be there."]))
    assert done.error == ""
    assert done.route[-1] == "good", done.logs
    told = [entry["message"] for entry in done.logs if entry["kind"] in ("webhook", "sms")]
    assert len(told) == 2
    assert all("not sent in a rehearsal" in each.lower() for each in told), told


def test_a_web_step_answers_from_its_sample():
    made = graph()
    data = {
        "name": "Look up",
        "url": "https://127.0.0.1:9/",
        "sample": {"slots": {"first": "Monday"}},
        "responseData": [{"name": "slot", "data": "$.slots.first"}],
        "responsePathways": [
            ["slot", "==", "Tuesday", {"id": "bad", "name": "no"}],
            ["slot", "==", "Monday", {"id": "good", "name": "yes"}],
        ],
    }
    made["nodes"].append({"id": "look", "type": "Webhook", "data": data})
    made["edges"] = [e for e in made["edges"] if e["id"] != "ask-good"] + [
        {"id": "ask-look", "source": "ask", "target": "look", "data": {"label": "They come", "examples": ["Yes, I'll be there."]}}
    ]
    done = rehearse(setup(graph=made, lines=["Yes, speaking.", "Yes, I'll be there."]))
    assert list(done.route) == ["hello", "ask", "look", "good"]
    assert done.variables["slot"] == "Monday"
