"""One tag with its quote, from the transcript alone."""

import json
from pathlib import Path

import pytest

from analytics.dispositions import BUILT_IN, by_system, choose, name_fit
from analytics.evaluation import KINDS
from analytics.reading import Spoken, polarity, quote
from calls.agent.encoder import encoder

LABELLED = Path(__file__).parents[1] / "labelled" / "dispositions.json"


def said(*lines: str) -> list[Spoken]:
    """ "A: hello", "U: hi" -> lines of the assistant and the user."""
    speakers = {"A": "assistant", "U": "user", "R": "robot"}
    return [Spoken(speakers[line[0]], line[3:], seq) for seq, line in enumerate(lines, 1)]


def chosen(*lines: str, tags: tuple[str, ...] = ()) -> tuple[str, str, int | None]:
    choice = choose(said(*lines), tags, encoder())
    return choice.tag, choice.quote, choice.seq


CONFIRM = "A: Hello, this is Anna, an automated assistant calling for Acme Dental. Does Tuesday at 3pm still work for you?"


def test_labelled_set_goal():
    cases = json.loads(LABELLED.read_text(encoding="utf-8"))
    score = KINDS["dispositions"](cases[::3])  # all of them take half a minute: manage.py evaluate dispositions
    assert score.figures["right"] >= 0.85, score.wrong
    assert score.figures["quote exists"] == 1.0, score.wrong


def test_cooperative_call_is_completed_with_the_callees_words():
    tag, words, seq = chosen(
        CONFIRM, "U: Yes, that still works for me.", "A: Do you have insurance?", "U: Yes, through my job.", "A: Goodbye."
    )
    assert (tag, words, seq) == ("COMPLETED_ACTION", "Yes, that still works for me.", 2)


def test_optout_outranks_everything():
    lines = (CONFIRM, "U: Yes, that works.", "A: Shall we call you on Friday at two?", "U: Friday at two is fine.", "A: Until Friday.")
    assert chosen(*lines)[0] == "CALL_BACK_SCHEDULED"
    assert chosen(*lines, "U: Actually, take me off your list.")[0] == "DO_NOT_CONTACT"


def test_a_callback_needs_a_time():
    assert chosen(CONFIRM, "U: I'm driving, call me back tomorrow around six.", "A: We will call you tomorrow.")[0] == "CALL_BACK_SCHEDULED"
    assert chosen(CONFIRM, "U: I'm driving, call me back some time.", "A: Goodbye.")[0] == "FOLLOW_UP_REQUIRED"


def test_transferred_only_when_the_agent_says_it_connects():
    wish = "U: I'd rather talk to a human."
    assert chosen(CONFIRM, wish, "A: One moment, I am connecting you.")[0] == "TRANSFERRED"
    assert chosen(CONFIRM, wish, "A: I can't put you through on this call.")[0] == "FOLLOW_UP_REQUIRED"


def test_a_later_yes_lifts_an_earlier_no():
    no = ("A: Would you like a free month?", "U: No, I'm not interested.", "A: It opens at five and costs nothing.")
    assert chosen(*no, "U: Fine.")[0] == "NOT_INTERESTED"
    assert chosen(*no, "U: Oh, okay, sign me up then.", "A: Thank you.")[0] == "INTERESTED"


def test_a_menu_and_silence_are_no_contact():
    assert chosen("R: For opening hours, press 1. For orders, press 2.", "A: Hello?")[0] == "NO_CONTACT_MADE"
    tag, words, seq = chosen("A: Hello, this is Anna.", "A: Can you hear me?")
    assert (tag, words, seq) == ("NO_CONTACT_MADE", "", None)


def test_own_tags_are_matched_by_meaning_and_exactly_one_is_taken():
    tags = ("Appointment kept", "Wants another day", "Never call again")
    assert chosen(CONFIRM, "U: Yes, I'll be there.", tags=tags)[0] == "Appointment kept"
    assert chosen(CONFIRM, "U: Could we do another day?", "A: I have noted that.", tags=tags)[0] == "Wants another day"
    assert chosen(CONFIRM, "U: Stop calling me.", "A: Goodbye.", tags=tags)[0] == "Never call again"


@pytest.mark.parametrize(
    ("status", "tag"), [("busy", "BUSY"), ("no-answer", "NO_ANSWER"), ("canceled", "CANCELED"), ("failed", "FAILED"), ("unknown", "FAILED")]
)
def test_system_tags(status, tag):
    choice = by_system(status)
    assert choice is not None
    assert (choice.tag, choice.quote) == (tag, "")


def test_two_mute_minutes_are_the_agents_end_but_not_when_somebody_spoke():
    mute = by_system("completed", duration_ms=120_001, lines=said("A: Hello?"))
    assert mute is not None
    assert mute.tag == "AGENT_ENDED_CALL"
    assert by_system("completed", duration_ms=120_000, lines=said("A: Hello?")) is None
    assert by_system("completed", duration_ms=500_000, lines=said("U: Hello?")) is None


YES = ("Yes.", "yeah I think so", "um, sure", "no problem", "Tuesday works", "why not", "I do", "sí")
NO = (
    "No.",
    "I can't pay at the moment",
    "I won't be there",
    "yeah, no",
    "not really",
    "I do not have it",
    "yes but I can't come",
    "no puedo",
)


@pytest.mark.parametrize(("text", "expected"), [*((t, "yes") for t in YES), *((t, "no") for t in NO), ("ten years", "")])
def test_polarity_knows_a_yes_word_under_a_negation(text, expected):
    assert polarity(text) == expected


def test_a_long_line_is_quoted_in_part_and_verbatim():
    text = "word " * 100 + "please take me off your list " + "word " * 100
    tag, words, _ = chosen("A: Hello.", f"U: {text}")
    assert tag == "DO_NOT_CONTACT"
    assert words in text
    assert "off your list" in words
    assert len(words) <= 240
    assert quote("One. Two? Three.") == "One."


def test_every_built_in_tag_can_be_reached_or_is_the_systems():
    from analytics.wording import wording

    reachable = {meaning.tags[0] for meaning in wording().happenings.values()}
    assert set(BUILT_IN) - reachable == {"AGENT_ENDED_CALL", "NO_ANSWER", "BUSY", "CANCELED", "FAILED"}


def test_a_negated_name_is_not_the_plain_one():
    assert name_fit("not interested", ["interested"], None) == 0.0
    assert name_fit("Wrong_Number", ["wrong number"], None) == 1.0
