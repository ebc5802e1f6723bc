"""The last guard before speaking: no instruction, heading, unfilled variable or endless sentence is ever read aloud."""

import re
from dataclasses import dataclass

from calls.agent.builtin.language import patterns
from calls.agent.builtin.text import sentences

MOST_WORDS = 60  # of one sentence
RULES: dict[str, str] = {
    "an instruction": patterns("guard")["INSTRUCTION"],
    "a heading": patterns("guard")["HEADING"],
    "an unfilled variable": r"\{\{|\}\}",
    "a list mark": r"\((?:[a-h]|\d)\)",
    "a doubled word": r"\b(you|your|the|to|is|are) \1\b",
}


@dataclass(frozen=True, slots=True)
class Checked:
    text: str  # what may be spoken; "" when nothing may
    refused: tuple[tuple[str, str], ...] = ()  # (sentence, why)


def refusal(sentence: str) -> str:
    """Why a sentence may not be spoken; "" when it may."""
    for why, pattern in RULES.items():
        if re.search(pattern, sentence.strip(), re.I):
            return why
    return "more than 60 words" if len(sentence.split()) > MOST_WORDS else ""


def check(text: str) -> Checked:
    kept: list[str] = []
    refused: list[tuple[str, str]] = []
    for sentence in sentences(text):
        why = refusal(sentence)
        if why:
            refused.append((sentence, why))
        else:
            kept.append(sentence)
    return Checked(text if not refused else " ".join(kept), tuple(refused))
