"""Numbers and e-mail addresses are blacked out however they were written or said; other words stay."""

import time

import pytest

from calls.sharing.redaction import redact, redact_all, redact_quote

B = "•••"
CASES = [
    # digits, and what stands between them
    ("Call me on (720) 555-0142, okay?", f"Call me on {B}, okay?"),
    ("+1 720.555.0142 or 7/2/0", f"{B} or {B}"),
    ("7\N{ZERO WIDTH SPACE}2\N{NO-BREAK SPACE}0 – 5_5", B),
    ("７２０　５５５　０１４２", B),
    ("\u0667\u0662\u0660-\u0665\u0665\u0665", B),
    ("½ of ② and Ⅷ", f"{B} of {B}"),
    ("1-800-FLOWERS, a 3-bedroom house", f"{B}, a {B}-bedroom house"),
    ("Plan B12", f"Plan B{B}"),
    # dates, times and amounts are digits too
    ("at 3:30 pm on 2026-11-25 for $1,250.00.", f"at {B} pm on {B} for ${B}."),
    # words for numbers
    ("one moment", "one moment"),
    ("two or three people, at nine to five", "two or three people, at nine to five"),
    ("forty-two", "forty-two"),
    ("Oh, one more thing. Oh oh oh.", "Oh, one more thing. Oh oh oh."),
    ("It is Seven. Two. ZERO.", f"It is {B}."),
    ("seven, uh, two and zero okay", f"{B} okay"),
    ("five five five dash oh one four two", B),
    ("double five oh", B),
    ("twenty-five fifty-five", B),
    ("seven two 0", B),
    ("siete, dos, cero", B),
    ("someone often attends a wonderful tension", "someone often attends a wonderful tension"),
    # e-mail addresses
    ("Write to Jane.Doe+x@sub.example.co.uk.", f"Write to {B}."),
    ("jäne＠exämple.de!", f"{B}!"),
    ("jane\N{COMBINING ACUTE ACCENT} at example dot com", B),
    ("it is jane at example dot com, yes", f"it is {B}, yes"),
    ("jane underscore doe at acme dental dot co dot uk", B),
    ("j, a, n, e at g mail dot com", B),
    ("it is, uh, jane, at, example, dot, com", f"it is, uh, {B}"),
    ("jane at example point com", B),
    ("look at this point, at this point we stop", "look at this point, at this point we stop"),
    ("jane (at) example [dot] com", B),
    ("jane.doe at example.com", B),
    ("ana arroba ejemplo punto com", B),
    ("meet me at noon. Then we go home.", "meet me at noon. Then we go home."),
    ("I am at home, look at me", "I am at home, look at me"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "left"), CASES)
def test_what_is_left(text, left):
    assert redact(text) == left


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Ana de la Cruz", "Ana's list, Mrs. Cruz, de la calle, Anabel", f"{B}'s list, Mrs. {B}, de la calle, Anabel"),
        ("will grant", "I will, said Will. GRANT it", f"I will, said {B}. {B} it"),
        ("Jose\N{COMBINING ACUTE ACCENT} O’Neil", "José O’Neil 5", B),
        ("J", "J is a letter", "J is a letter"),
        ("", "Jane", "Jane"),
    ],
)
def test_a_name_that_is_given(name, text, left):
    assert redact(text, name) == left


def test_a_number_told_in_several_lines_is_found():
    assert redact_all(["My number is seven two", "zero", "five five", "Bye"]) == [f"My number is {B}", B, B, "Bye"]


def test_a_quote_that_begins_amid_a_number_tells_none_of_it():
    assert redact_quote("two zero", "It is seven two zero five.") == B
    assert redact_quote("two tickets", "I want two tickets.") == "two tickets"
    assert redact_quote("one two three", "Another line") == B


@pytest.mark.parametrize("text", ["a" * 20_000, "1-" * 5_000 + "x", "a.b" * 5_000 + " at ", "a at " * 3_000, "one " * 3_000 + "x"])
def test_no_line_takes_long(text):
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 3
