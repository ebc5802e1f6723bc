"""Two texts compared, and put together again."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.wording import Pair, pairs, sentences, words

TEXT = st.text(alphabet="ab .!?\n", max_size=60)


@given(TEXT)
def test_sentences_are_the_text(text):
    assert "".join(sentences(text)) == text


@settings(max_examples=200)
@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_words(old, new):
    found = words(old, new)
    if any(w.kind == "gap" for w in found):
        return
    assert "".join(w.text for w in found if w.kind != "ins") == old
    assert "".join(w.text for w in found if w.kind != "del") == new


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("Say hi. Then go.", "Say hi. Be kind. Then go.", [Pair("", "Be kind.")]),
        ("Say hi. Be kind. Then go.", "Say hi. Then go.", [Pair("Be kind.", "")]),
        (
            "Offer to text or e-mail the link.",
            "Offer to text the link.",
            [Pair("Offer to text or e-mail the link.", "Offer to text the link.")],
        ),
        (
            "Ask for the ZIP code.",
            "Never talk about money at all.",
            [Pair("", "Never talk about money at all."), Pair("Ask for the ZIP code.", "")],
        ),
        ("It costs $1.50 a day. Go.", "It costs $1.50 a day. Go.", []),
        ("One line\nAnother line", "One line\nAnother line\nA third", [Pair("", "A third")]),
        ("Go.  Now.", "Go. Now.", []),
    ],
)
def test_sentences_that_came_went_or_changed(old, new, found):
    assert pairs(old, new) == found


def test_long_stretches_without_a_change_are_left_out():
    same = " ".join(f"word{n}" for n in range(60)) + ". "
    found = words(same + "Stay. " + same, same + "Go away now. " + same)
    assert [w.kind for w in found].count("gap") == 2
    assert len("".join(w.text for w in found)) < len(same)


def tale(n: int, verb: str) -> str:
    return " ".join(f"{verb} them about the thing number {k} of the {k % 7} things." for k in range(n))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (tale(400, "Ask"), tale(400, "Tell")),
        (tale(400, "Ask"), " ".join(f"word{n}" for n in range(3000))),
        ("Ask them. " * 2000, "Tell them. Ask them. " * 900),
        ("." * 20_000 + "x", "!" * 20_000 + " x"),
    ],
    ids=["anew", "without marks", "the same again and again", "marks alone"],
)
def test_long_texts_are_compared_fast(old, new):
    began = time.process_time()
    words(old, new)
    pairs(old, new)
    assert time.process_time() - began < 1.5
