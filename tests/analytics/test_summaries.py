"""The summary: built from the transcript with quotes, or a model's words that add nothing to it."""

import pytest

from analytics.dispositions import Choice, choose
from analytics.reading import Spoken
from analytics.summaries import LONGEST, by_template, summarise
from tests.calls.agent.model_double import Pause, Script, Status, serving

LINES = [
    Spoken("assistant", "Hello, this is Anna. Does Tuesday at 3pm still work for you?", 1),
    Spoken("user", "Yes, that works.", 2),
    Spoken("assistant", "Do you have insurance?", 3),
    Spoken("user", "Yes, with Blue Shield. How much is it?", 4),
    Spoken("assistant", "I don't have that information. Goodbye.", 5),
]
CHOICE = choose(LINES, (), None)


def test_the_template_says_what_was_asked_and_answered_in_the_callees_words():
    made = summarise(LINES, CHOICE)
    assert made.by == "template"
    assert made.text == (
        "The callee confirmed: “Yes, that works.” Asked “Do you have insurance?”: “Yes, with Blue Shield.” "
        "We could not answer: “How much is it?”"
    )


def test_a_long_call_stays_short():
    lines = [Spoken("assistant" if n % 2 == 0 else "user", "Is it so? " + "word " * 100, n) for n in range(100)]
    assert len(summarise(lines, choose(lines, (), None)).text) <= LONGEST


def by_model(settings, script: Script, prompt: str = ""):
    with serving(script) as double:
        settings.MODEL_BASE_URL, settings.MODEL_BASE, settings.MODEL_TIMEOUT = double.url, "tiny-1", 0.3
        return summarise(LINES, CHOICE, prompt=prompt, task="Confirm Tuesday at 3pm."), double


def test_a_configured_model_writes_it(settings):
    made, double = by_model(settings, "**Tuesday at 3pm** was confirmed.", prompt="Name the insurance.")
    assert (made.text, made.by, made.trouble) == ("Tuesday at 3pm was confirmed.", "tiny-1", "")
    assert "Name the insurance." in double.system()
    assert "Callee: Yes, that works." in double.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Status(500), "status 500"),
        ([Pause(1.2), "late"], "did not answer"),
        ("", "empty answer"),
        ("They agreed to pay $70.", "70 has no source"),
    ],
    ids=str,
)
def test_a_model_that_fails_or_invents_is_not_used(settings, script, words):
    made, _ = by_model(settings, script)
    assert made.by == "template"
    assert words in made.trouble
    assert "Yes, that works." in made.text


def test_nobody_spoke_no_model_is_asked(settings):
    with serving("x") as double:
        settings.MODEL_BASE_URL, settings.MODEL_BASE = double.url, "tiny-1"
        assert summarise(LINES[:1], choose(LINES[:1], (), None)).text == "Nobody spoke."
        assert double.requests == []


def test_asking_to_hear_it_again_is_no_answer():
    lines = [
        Spoken("assistant", "Does Tuesday work?", 1),
        Spoken("user", "Yes.", 2),
        Spoken("assistant", "Do you have insurance?", 3),
        Spoken("user", "Can you say that again?", 4),
        Spoken("assistant", "Do you have insurance?", 5),
        Spoken("user", "Blue Shield.", 6),
    ]
    text = by_template(lines, Choice("COMPLETED_ACTION", "Yes.", 2, "The callee confirmed.", 0.9))
    assert "say that again" not in text
    assert "Asked “Do you have insurance?”: “Blue Shield.”" in text
