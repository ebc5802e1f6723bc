"""Numbers, times, codes and answers in speech, each with its place."""

import time

import pytest

from analytics.extraction import answers, spelled
from analytics.extraction.numbers import numbers
from analytics.extraction.times import when


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("About two hundred and fifty dollars.", [250]),
        ("nine and a half thousand", [9500]),
        ("Up to 1.2 million", [1_200_000]),
        ("Forty nine ninety nine", [49.99]),
        ("two fifty", [250]),
        ("nineteen eighty four", [1984]),
        ("Zero point eight bar", [0.8]),
        ("Between thirty and forty", [30, 40]),
        ("the 21st of March, third floor", [21, 3]),
        ("2,300 or $45", [2300, 45]),
        ("Twice a week, a couple of hours", [2, 2]),
        ("That one is one of the best", []),
        ("at 10:30", []),
    ],
)
def test_numbers(text, values):
    found = numbers(text)
    assert [n.value for n in found] == values
    assert all(text[n.start : n.end].strip() for n in found)


def test_two_fifty_can_also_be_a_price():
    assert numbers("two fifty")[0].values == (250, 2.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Try me tomorrow at nine.", "tomorrow at nine"),
        ("I get paid on the first, so I can send it on the second of next month.", "the second of next month"),
        ("Quarter past seven.", "Quarter past seven"),
        ("In three weeks.", "In three weeks"),
        ("Since last night.", "Since last night"),
        ("The third of May 1984.", "The third of May 1984"),
        ("Not on Friday, but Monday or Tuesday works", "Monday or Tuesday"),
        ("Not before ten.", "Not before ten"),
        ("It may be so.", None),
        ("I don't know.", None),
    ],
)
def test_times(text, said):
    found = when(text)
    assert (found and found.said) == said
    assert found is None or text[found.start : found.end] == said


def test_a_bare_hour_is_one_only_where_we_asked_when():
    assert when("Ten.") is None
    assert when("Ten.", asked=True).said == "Ten"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("That's A B four four one nine.", "AB4419"),
        ("It's 7 7 0 1, dash, 2 2 8.", "7701-228"),
        ("star double four seven", "*447"),
        ("No.", None),
    ],
)
def test_codes(text, code):
    found = spelled.code(text)
    assert (found and found[0]) == code


@pytest.mark.parametrize(
    ("sentence", "question", "said"),
    [
        ("Not necessary.", "Should we send a receipt?", False),
        ("I'd prefer that you don't.", "May we take photos?", False),
        ("Please do.", "Should we take it along?", True),
        ("Two cats.", "Do you have pets?", True),
        ("No, actually yes, I do.", "Do you smoke?", True),
        ("I'd have to ask my wife.", "Would you like a visit?", None),
        ("What do you mean?", "Do you drive?", None),
    ],
)
def test_yes_or_no(sentence, question, said):
    assert answers.yes_or_no(sentence, question, "whether it is so") is said


def test_a_turned_question_turns_the_answer():
    assert answers.yes_or_no("Yes, I can.", "Can you come?", "whether they cannot come") is False


@pytest.mark.parametrize(
    ("sentence", "option"),
    [
        ("A replacement, not a refund.", "replacement"),
        ("A refund, no, make that a replacement.", "replacement"),
        ("Refund or replacement, I don't mind.", None),
        ("I'm really unhappy.", None),
    ],
)
def test_options(sentence, option):
    assert answers.chosen(sentence, ["refund", "replacement", "happy"]) == option


@pytest.mark.parametrize(
    "text", ["in the " * 900, "and a half " * 500, "no, wait " * 500, "Hill " * 1000, "a" * 5000, "the third of the " * 300]
)
def test_long_lines_take_no_time(text):
    began = time.perf_counter()
    numbers(text)
    when(text, asked=True)
    spelled.code(text)
    answers.several(text)
    assert time.perf_counter() - began < 2
