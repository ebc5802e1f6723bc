"""The 24 sentences of the lab, and how many words of them are wrong."""

import re
from collections.abc import Iterable

import numpy as np

from calls.speech.audio import mulaw_decode, mulaw_encode, pcm_of

SENTENCES = (
    "Hello, this is Maria calling from Lakeside Dental about your appointment on Tuesday.",
    "Yes, that works for me.",
    "No, thank you.",
    "Yes.",
    "No.",
    "My name is Jonathan Whitaker.",
    "It's spelled W H I T A K E R.",
    "My phone number is four one five, five five five, zero one nine two.",
    "The confirmation code is seven three nine zero two.",
    "Can I reschedule to next Thursday at half past three in the afternoon?",
    "I'd like to speak to a real person, please.",
    "How much does the premium plan cost per month?",
    "My date of birth is March twenty first nineteen eighty four.",
    "I live at one twenty eight Maple Avenue in Springfield.",
    "Sorry, could you repeat that please?",
    "I already paid that invoice last week with my credit card.",
    "Please remove me from your calling list.",
    "This is Priya Patel from the accounting department.",
    "Hold on, let me find a pen.",
    "I want to cancel my subscription because it is too expensive.",
    "The total comes to two hundred and forty six dollars and fifty cents.",
    "Who is this and why are you calling me?",
    "Is Saturday morning available, or do you only have weekdays?",
    "Okay great, thanks for your help, goodbye.",
)
BELOW_20 = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}
# The same words, written in two ways.
SAME = (
    ("$246.50", "two hundred and forty six dollars and fifty cents"),
    ("3:30", "half past three"),
    ("march 21st, 1984", "march twenty first nineteen eighty four"),
    ("march 21, 1984", "march twenty first nineteen eighty four"),
    ("128", "one twenty eight"),
    ("dr.", "doctor"),
    ("good-bye", "goodbye"),
    ("%", " percent"),
)
CONTRACTIONS = (
    (r"\bcan't\b", "can not"),
    (r"\bcannot\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"'d\b", " would"),
    (r"\bi'm\b", "i am"),
    (r"\b(it|that|he|she|what|who|where|there|here|let)'s\b", r"\1 is"),
    (r"\bok\b", "okay"),
)


def words(text: str) -> list[str]:
    """What was said, however it is written."""
    text = text.lower().replace("’", "'")
    for written, said in SAME:
        text = text.replace(written, said)
    for short, long in CONTRACTIONS:
        text = re.sub(short, long, text)
    text = re.sub(r"\$(\d+)", r"\1 dollars", text)
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1])), text)
    text = re.sub(r"\b(?<!\d[-,.])([1-9]\d)\b(?![-,.]\d)", lambda m: number(int(m[1])), text)
    text = re.sub(r"\d", lambda m: f" {BELOW_20[int(m[0])]} ", text)  # a longer one is read digit by digit
    return re.sub(r"[^a-z' ]", " ", text).split()


def number(n: int) -> str:
    """0 to 99."""
    return BELOW_20[n] if n < 20 else f"{TENS[n // 10]} {BELOW_20[n % 10] if n % 10 else ''}".strip()


def ordinal(n: int) -> str:
    *tens, last = number(n).split()
    ending = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*tens, ending])


def wrong(said: str, heard: str) -> int:
    """Words put in, left out or changed."""
    wanted, got = words(said), words(heard)
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Wrong words as a share of all words, over pairs of what was said and what was heard."""
    pairs = list(pairs)
    return sum(wrong(said, heard) for said, heard in pairs) / sum(len(words(said)) for said, _ in pairs)


def line(pcm: bytes) -> bytes:
    """As a telephone line carries it."""
    return mulaw_decode(mulaw_encode(pcm))


def sine(hz: float, ms: int, amplitude: float = 0.3) -> bytes:
    return pcm_of(amplitude * np.sin(2 * np.pi * hz * np.arange(8 * ms) / 8_000))


def noise(samples: int, seed: int = 0, rms: float = 0.03) -> np.ndarray:
    """Pink."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    sound = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), samples)
    return sound * rms / sound.std()
