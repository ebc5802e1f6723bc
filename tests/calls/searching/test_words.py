"""What counts as a word, and how what somebody typed is read."""

import pytest

from calls.searching.words import LONGEST, Term, Wanted, hits, number_words, places, read, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Yes, I don't KNOW.", ["yes", "i", "dont", "know"]),
        ("Yes, I don’t know!", ["yes", "i", "dont", "know"]),
        ("Chloé Ångström, café", ["chloe", "angstrom", "cafe"]),
        ("cafe\u0301", ["cafe"]),
        ("Straße Łódź Øre", ["strasse", "lodz", "ore"]),
        ("ORDER-4711 at 9:30, a_b", ["order", "4711", "at", "9", "30", "a", "b"]),
        ("我是José。", ["我", "是", "jose"]),
        ("ガス", ["ガ", "ス"]),
        ("हिन्दी", ["हिन्दी"]),
        ("안녕하세요 여러분", ["안녕하세요", "여러분"]),
        ("½ ２３", ["1", "2", "23"]),
        ("'' … — !", []),
        ("x" * 100, ["x" * LONGEST]),
    ],
)
def test_words(text, found):
    assert words(text) == found
    assert [place.word for place in places(text)] == found


def test_a_word_knows_where_it_stands():
    text = "She said: «Déjà vu», 我是."
    assert [text[p.start : p.end] for p in places(text)] == ["She", "said", "Déjà", "vu", "我", "是"]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("insurance", [Term(("insurance",), True)]),
        ("Dental insur", [Term(("dental",)), Term(("insur",), True)]),
        ("to be", [Term(("to",)), Term(("be",))]),
        ('"to be sure" not', [Term(("to", "be", "sure")), Term(("not",), True)]),
        ('"insure"', [Term(("insure",))]),
        ('he said "call me tom', [Term(("he",)), Term(("said",)), Term(("call", "me", "tom"), True)]),
        ("“curly quotes”", [Term(("curly", "quotes"))]),
        ("e-mail", [Term(("e", "mail"), True)]),
        ("你好", [Term(("你", "好"))]),
        ("yes yes", [Term(("yes",)), Term(("yes",), True)]),
        ('"" !!', []),
        ("", []),
    ],
)
def test_what_somebody_typed(typed, terms):
    assert read(typed) == Wanted((tuple(terms),) if terms else ())
    assert bool(read(typed)) == bool(terms)


def test_digits_alone_may_be_a_number():
    assert number_words("+17205550142") == ["№17205550142", "№7205550142", "℞24105550271"]
    assert number_words("+4930123") == ["№4930123", "℞3210394"]
    assert read("555-0142").ways == ((Term(("555", "0142"), True),), (Term(("№5550142",), True),), (Term(("℞2410555",), True),))
    assert read("42").ways == ((Term(("42",)),),)
    assert len(read("room 142").ways) == 1


@pytest.mark.parametrize(
    ("typed", "line", "marked"),
    [
        ("insur", "No insurance, I am uninsured. Insured?", ["insurance", "Insured"]),
        ('"call me"', "Call me — but do not call, me too", ["Call me", "call, me"]),
        ('"is"', "This is his", ["is"]),
        ("cafe", "The Café is closed", ["Café"]),
    ],
)
def test_where_a_term_stands(typed, line, marked):
    (term,) = read(typed).terms
    assert [line[start:end] for start, end in hits(term, list(places(line)))] == marked
