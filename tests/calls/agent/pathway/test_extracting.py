"""Values out of what people say. Now is Tuesday, 24 November 2026, 10:00 in New York."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from calls.agent.pathway.extracting import Asked, extract
from pathways.graph import Variable

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/New_York"))


def value(kind: str, text: str, description: str = "", question: str = "", *more: str):
    found = extract(Variable("x", kind, description), [text, *more], Asked(question, NOW))
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Yes.", True), ("Yeah, sure.", True), ("No problem.", True), ("That still works for me.", True), ("I do.", True),
        ("No.", False), ("No, I can't make it then.", False), ("I'm afraid not.", False), ("I don't think so.", False),
        ("I can't pay at the moment.", False), ("Not at all.", False),
        ("Maybe.", None), ("I don't know.", None), ("What do you mean?", None), ("I want to cancel it.", None), ("Tuesday.", None),
    ],
)  # fmt: skip
def test_booleans(text, wanted):
    assert value("boolean", text, "Whether they can come", "Can you come?") is wanted


def test_a_boolean_of_a_negative():
    assert value("boolean", "Yes, I can.", "Whether they cannot come", "Can you come?") is False
    assert value("boolean", "No, I can't.", "Whether they cannot come", "Can you come?") is True


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("integer", "About twelve.", 12), ("integer", "We are three people.", 3), ("integer", "Two hundred and fifty.", 250),
        ("integer", "Three, no wait, four.", 4), ("integer", "Around 300 a month, roughly.", 300), ("integer", "1,200 dollars", 1200),
        ("number", "2.5 hours", 2.5), ("number", "Not more than 50 dollars.", 50), ("number", "5k", 5000),
        ("integer", "I'd have to check.", None), ("integer", "A few.", None), ("number", "None of your business.", None),
    ],
)  # fmt: skip
def test_numbers(kind, text, wanted):
    assert value(kind, text, "How many people", "How many are you?") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tomorrow.", "2026-11-25"), ("On Friday.", "2026-11-27"),
        ("Next Tuesday.", "2026-12-01"),
        ("The day after tomorrow.", "2026-11-26"),
        ("December 3rd", "2026-12-03"), ("the 3rd of December", "2026-12-03"), ("in a week", "2026-12-01"),
        ("in 3 days", "2026-11-27"),
        ("Today would be good.", "2026-11-24"), ("2026-12-24", "2026-12-24"), ("12/24/2026", "2026-12-24"), ("on the 30th", "2026-11-30"),
        ("Not on Friday, Monday is better.", "2026-11-30"), ("Thursday, no, make it Friday.", "2026-11-27"),
        ("I don't know yet.", None), ("At ten.", None), ("Soon.", None),
    ],
)  # fmt: skip
def test_days_to_come(text, wanted):
    assert value("date", text, "The day they want to come", "Which day suits you?") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Yesterday.", "2026-11-23"), ("Last Friday.", "2026-11-20"), ("On Friday.", "2026-11-20"), ("Two days ago.", "2026-11-22"),
        ("a week ago", "2026-11-17"), ("On November 3rd.", "2026-11-03"), ("On the 20th.", "2026-11-20"), ("December 20th", "2025-12-20"),
        ("This morning.", "2026-11-24"),
    ],
)  # fmt: skip
def test_days_that_were(text, wanted):
    assert value("date", text, "The day on which they paid", "When did you pay?") == wanted


def test_a_date_of_birth():
    assert value("date", "March 4th, 1984.", "Date of birth", "What is your date of birth?") == "1984-03-04"
    assert value("date", "the 4th of March 1984", "Date of birth") == "1984-03-04"


def test_a_day_is_that_of_the_calls_zone():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    found = extract(Variable("day", "date"), ["Tomorrow."], Asked("", late))
    assert found is not None and (found.value, found.aloud) == ("2026-11-25", "Wednesday, November 25")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("At ten.", "10:00"), ("Half past three.", "15:30"), ("4 pm", "16:00"), ("eight thirty in the morning", "08:30"),
        ("Around six in the evening.", "18:00"), ("noon", "12:00"), ("at three", "15:00"), ("14:45", "14:45"), ("quarter to five", "16:45"),
        ("Ten, no wait, eleven o'clock.", "11:00"), ("Tomorrow.", None), ("Whenever you like.", None),
    ],
)  # fmt: skip
def test_clock_times(text, wanted):
    assert value("time", text, "When to come", "At what time?") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My name is Jordan Miller.", "Jordan Miller"), ("my name is jordan miller", "Jordan Miller"), ("It's Ann.", "Ann"),
        ("Jordan.", "Jordan"), ("this is anna", "Anna"), ("Yes.", None), ("I'd rather not say.", None), ("Why do you ask?", None),
        ("I don't know.", None),
    ],
)  # fmt: skip
def test_names(text, wanted):
    assert value("name", text, "Their name", "May I have your name?") == wanted
    assert value("string", text, "The caller's full name", "May I have your name?") == wanted


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("phone", "It's 555-0123 44.", "555012344"), ("phone", "+1 (720) 555-0142", "+17205550142"),
        ("phone", "five five five oh one two three", "5550123"),
        ("phone", "Just use this one.", None), ("email", "jordan dot miller at example dot com", "jordan.miller@example.com"),
        ("email", "It's Bob@Example.org", "bob@example.org"), ("email", "I don't have one.", None),
    ],
)  # fmt: skip
def test_phones_and_emails(kind, text, wanted):
    assert value(kind, text) == wanted


@pytest.mark.parametrize(
    ("description", "question", "text", "wanted"),
    [
        ("What the office should know", "Is there anything else?", "Yes, please tell them I have moved.", "tell them I have moved"),
        ("What the office should know", "Is there anything else?", "No, that's all. Thank you.", None),
        ("The day and time they would rather come", "Which day suits you?", "Thursday at ten would be good.", "Thursday at ten"),
        ("When to call again", "When is a good time?", "Tomorrow around 6 pm.", "tomorrow around 6 pm"),
        ("What is wrong with it", "What is wrong?", "You charged me twice. Is that normal?", "You charged me twice"),
        ("Their e-mail address", "What is your email?", "bob at example dot com", "bob@example.com"),
        ("Size of the shirt: one of small, medium or large", "Which size?", "Large, please.", "large"),
        ("What is wrong with it", "What is wrong?", "I don't know.", None),
        ("What is wrong with it", "What is wrong?", "I'd rather not say.", None),
    ],
)
def test_texts(description, question, text, wanted):
    assert value("string", text, description, question) == wanted


def test_the_newest_words_count():
    assert value("integer", "Two.", "How many", "How many?", "Sorry, I meant five.") == 5
    assert value("integer", "Two.", "How many", "How many?", "Hello?") == 2


def test_an_unknown_type_is_a_text():
    assert value("colour", "Blue, please.", "The colour", "Which colour?") == "Blue, please"
