"""A value stands only with words of the call that hold it."""

from datetime import UTC, datetime

import pytest

from analytics.extraction import Quote
from analytics.extraction.proof import trouble
from analytics.reading import Spoken
from personas.citations import Variable

TEXT = [
    ("assistant", "Many people give 20 dollars. What would you like to give?"),
    ("user", "I can do two fifty, on the third of May."),
    ("assistant", "Do you want a receipt?"),
    ("user", "Not necessary, thanks."),
    ("user", "If I won the lottery I would give a thousand."),
    ("user", "Is it 40 dollars?"),
    ("user", "My mail is omar dot haddad at fastmail dot com, A B four four one nine."),
    ("user", "I'd rather not say, it is 70."),
]
LINES = [Spoken(speaker, text, seq) for seq, (speaker, text) in enumerate(TEXT, 1)]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def whole(seq: int) -> list[Quote]:
    return [Quote(seq, 0, len(TEXT[seq - 1][1]))]


def stands(kind: str, value, quotes, **more) -> bool:
    variable = Variable("x", more.pop("description", "What they give"), kind, **more)
    return trouble(variable, value, quotes, LINES, NOW) == ""


@pytest.mark.parametrize(
    ("kind", "value", "seq", "more"),
    [
        ("number", 250, 2, {}),
        ("number", 2.5, 2, {}),
        ("string", "the third of May", 2, {}),
        ("string", "2026-05-03", 2, {}),
        ("string", "omar.haddad@fastmail.com", 7, {}),
        ("string", "AB4419", 7, {"regex": "[A-Z]{2}[0-9]{4}"}),
        ("boolean", False, 4, {"description": "Does the donor want a receipt?"}),
        ("category", "no receipt", 4, {"options": ("no receipt", "receipt by mail")}),
        ("array", ["the third of May"], 2, {}),
        ("number", 20, 1, {"description": "What the agent named"}),
    ],
)
def test_stands(kind, value, seq, more):
    assert stands(kind, value, whole(seq), **more)


@pytest.mark.parametrize(
    ("kind", "value", "seq", "more"),
    [
        ("number", 251, 2, {}),
        ("number", 20, 1, {}),  # only the agent said it
        ("number", 250, 2, {"description": "What the agent named"}),
        ("number", 1000, 5, {}),  # a supposition
        ("number", 40, 6, {}),  # a question
        ("number", 70, 8, {}),  # refused
        ("string", "fourth of May", 2, {}),
        ("string", "AB4419", 7, {"regex": "[0-9]{4}"}),
        ("string", "", 2, {}),
        ("boolean", True, 4, {"description": "Does the donor want a receipt?"}),
        ("category", "cash", 4, {"options": ("card", "cheque")}),
        ("array", ["the third of May", "June"], 2, {}),
        ("number", "250", 2, {}),
        ("number", True, 2, {}),
    ],
)
def test_falls(kind, value, seq, more):
    assert not stands(kind, value, whole(seq), **more)


@pytest.mark.parametrize("quotes", [[], [Quote(99, 0, 4)], [Quote(2, 0, 900)], [Quote(2, 5, 5)], [Quote(2, -3, 4)]])
def test_words_that_are_not_there_prove_nothing(quotes):
    assert not stands("number", 250, quotes)
