"""What a model's sentence must pass before it is spoken."""

import pytest

from calls.agent.checks import claims_human, discloses, spoken_form, unsupported, value
from calls.agent.cutting import LONGEST, Cutter

LIES = (
    "Yes, I am a real person.",
    "I’m a human being just like you.",
    "I'm actually a woman from Ohio.",
    "You're speaking with a live agent.",
    "This is a real person.",
    "I am not an AI.",
    "I'm definitely not a robot, haha.",
    "No, this isn't a recording.",
    "It's not an automated call.",
    "There are no robots here.",
    "As a human, I understand.",
    "Soy una persona.",
    "No soy una máquina.",
)
HONEST = (
    "I'm not a real person.",
    "I am not a human, I'm an automated assistant.",
    "I'm an AI, not a person.",
    "You are not talking to a real person.",
    "I can put you through to a real person.",
    "Are you the person who booked it?",
    "Would you like to speak to a human?",
    "I'm an automated assistant.",
    "Is the robot vacuum still working?",
    "I am calling about the man who called you.",
)


@pytest.mark.parametrize("sentence", LIES)
def test_lies(sentence):
    assert claims_human(sentence)
    assert not discloses(sentence)


@pytest.mark.parametrize("sentence", HONEST)
def test_honest_sentences_pass(sentence):
    assert not claims_human(sentence)


TASK = "Confirm Tuesday at 3pm, March 4th, 2026. The fee is $1,200.50 or fifty euros. Call 555-012 3344. Room twenty-two, second floor."


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Tuesday at 3:00 pm is fine.", []),
        ("It costs 1200.50 dollars.", []),
        ("It is fifty euros.", []),
        ("It is 50 euros.", []),
        ("Please call 5550123344.", []),
        ("It is room 22 on floor 2.", []),
        ("I have two short questions and it takes 3 minutes.", []),
        ("One moment, please.", []),
        ("It costs $49.", ["49"]),
        ("You get a 10% discount.", ["10"]),
        ("That is sixty euros a month.", ["sixty"]),
        ("Take nine tablets.", ["nine"]),
        ("We are open from 8 to 17.", ["8", "17"]),
        ("Your code is 4471.", ["4471"]),
    ],
)
def test_numbers_need_a_source(sentence, missing):
    assert unsupported(sentence, [TASK]) == missing


@pytest.mark.parametrize(
    ("words", "number"), [("two hundred and fifty", 250), ("nineteen", 19), ("twenty-two", 22), ("three thousand", 3000)]
)
def test_number_words(words, number):
    assert value(words) == number


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**Thank you.**", "Thank you."),
        ("Assistant: Hello.", "Hello."),
        ("- First point.", "First point."),
        ("See [our page](https://example.com).", "See our page."),
        ("😀", ""),
        ("Hello {{name}}.", ""),
        ('{"name": "end_call"}', ""),
        ("end_call()", ""),
        ("Transfer of ownership is done.", "Transfer of ownership is done."),
    ],
)
def test_only_what_a_voice_can_say(written, spoken):
    assert spoken_form(written) == spoken


def cut(*pieces: str) -> list[str]:
    cutter = Cutter()
    found = [s for piece in pieces for s in cutter.feed(piece)]
    return [*found, *([rest] if (rest := cutter.rest()) else [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you? Fine", ["Hello there.", "How are you?", "Fine"]),
        ("It is $3.50 a day. Dr. Lee said so.", ["It is $3.50 a day.", "Dr. Lee said so."]),
        ("One\nTwo\n", ["One", "Two"]),
        ("<think>no. yes.</think>Yes. <think>more</think> No.", ["Yes.", "No."]),
        ("<think>never ends. really.", []),
    ],
)
def test_sentences_are_the_same_however_the_text_arrives(text, expected):
    assert cut(text) == expected
    assert cut(*text) == expected


def test_a_text_without_an_end_is_cut_at_a_pause():
    pieces = cut("word " * 100 + "and, " + "more " * 100)
    assert all(len(p) <= LONGEST for p in pieces)
    assert " ".join(pieces).split() == ("word " * 100 + "and, " + "more " * 100).split()
