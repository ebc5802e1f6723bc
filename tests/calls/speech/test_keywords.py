import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.speech import keywords
from calls.speech.keywords import correct
from tests.calls.speech import kit

NAMES = ["Priya Patel", "Whitaker", "Lakeside Dental:2", "Nguyen", "Siobhan Kowalczyk:3", "Acme", "Hibari", "Parley:5"]


@pytest.mark.parametrize(
    ("heard", "wanted", "right"),
    [
        ("This is pre-opatal from the accounting department.", ["Priya Patel"], "This is Priya Patel from the accounting department."),
        ("This is pre apatal from accounting.", ["Priya Patel:2"], "This is Priya Patel from accounting."),
        ("My name is Jonathan Whittaker.", ["Whitaker"], "My name is Jonathan Whitaker."),
        ("My name is Jonathan Witakker, you know.", ["Whitaker"], "My name is Jonathan Whitaker, you know."),
        ("I spoke to Mr. Kovalchick.", ["Kowalczyk:3"], "I spoke to Mr. Kowalczyk."),
        ("From lake side dental.", ["Lakeside Dental"], "From Lakeside Dental."),
        ("ask for priya patel", ["Priya Patel"], "ask for Priya Patel"),
        ("The Hibary project, and hibari.", ["Hibari"], "The Hibari project, and Hibari."),
    ],
)
def test_what_sounds_like_a_keyword_becomes_it(heard, wanted, right):
    assert correct(heard, wanted) == right


@pytest.mark.parametrize(
    "sentence", [*kit.SENTENCES, "The battle of the bottle.", "We party on a barley field.", "A key word for the lock."]
)
def test_ordinary_words_stay(sentence):
    others = [
        "Patel:3",
        "Witty:2",
        "Parley:3",
        "Kiwi",
        "Tess",
        "Yessica",
        "Penn",
        "Cole",
        "Hollis:5",
        "Marya",
        "Kate",
        "Sauer",
        "Norn",
        "Esme:9",
    ]
    assert correct(sentence, others) == sentence


def test_a_boost_allows_more():
    assert correct("with Mr. Kovalchick", ["Kowalczyk:0.1"]) == "with Mr. Kovalchick"
    assert correct("with Mr. Kovalchick", ["Kowalczyk:3"]) == "with Mr. Kowalczyk"


@pytest.mark.parametrize("odd", ["", ":", ":3", "x:y:z", "Acme:nan", "Acme:inf", "Acme:-9", "123", "A7-3021:2", " : "])
def test_odd_keywords_do_no_harm(odd):
    assert correct("Yes, that works for me.", [odd]) == "Yes, that works for me."


def test_no_keywords_no_change_and_no_work():
    assert correct("pre-opatal", []) == "pre-opatal"
    assert correct("", NAMES) == ""


def test_nothing_goes_across_a_comma():
    assert correct("I like Priya, Patel said.", ["Priya Patel"]) == "I like Priya, Patel said."


def test_without_the_dictionary_it_is_careful(monkeypatch):
    monkeypatch.setattr(keywords, "dictionary", frozenset)
    assert correct("My name is Whittaker.", ["Whitaker"]) == "My name is Whittaker."


@given(st.text(max_size=120), st.lists(st.text(max_size=12), max_size=5))
def test_never_raises(text, wanted):
    assert isinstance(correct(text, wanted), str)


def test_many_keywords_and_a_long_line_take_little_time():
    wanted = [f"{a}{b}son Industries" for a in ("Ker", "Mal", "Tor", "Vin", "Zel") for b in "abcdefghijklmnopqrst"]
    correct("warm", wanted)
    began = time.process_time()
    correct(" ".join(kit.SENTENCES[:6]), wanted)
    assert time.process_time() - began < 0.5


async def test_the_recogniser_uses_them(speech):
    sound = b"".join([piece async for piece in speech.tts.speak(kit.SENTENCES[17], voice="June", language="en")])
    assert "Priya Patel" in await speech.stt.transcribe(sound, language="en", keywords=["Priya Patel"])
