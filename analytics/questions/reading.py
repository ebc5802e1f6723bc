"""Questions as programs and people write them, as variables that the reading of values knows. Pure.

A type is `string`, `number`, `boolean` or `array`; anything else names the possible answers: "human or voicemail", "good, fair, bad".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personas.citations import Variable

MOST = 20
LONGEST = 500  # characters of one question
MOST_OPTIONS = 20
LONGEST_OPTION = 80
PLAIN = {"string": "string", "text": "string", "number": "number", "integer": "number", "boolean": "boolean", "array": "array"}
BETWEEN = re.compile(r"\s*(?:[,/|;]|\bor\b)\s*", re.I)
# Beginnings of a question that can only be answered by yes or no, for people who name no type.
YES_OR_NO = re.compile(r"^\s*(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)\b", re.I)
COUNTED = re.compile(r"^\s*how (?:many|much|old)\b", re.I)


class Bad(ValueError):
    """A question that cannot be read; the text is for whoever asked."""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    type: str  # as it was written, to be shown again
    variable: Variable


def read(given: Any) -> list[Question]:
    """[[question, type], …], or objects with these two keys, or questions alone. Raises Bad."""
    if not isinstance(given, list) or not given:
        raise Bad("questions must be an array of [question, type] pairs, with at least one.")
    if len(given) > MOST:
        raise Bad(f"At most {MOST} questions can be asked at once.")
    return [_one(number, each) for number, each in enumerate(given, 1)]


def from_lines(text: str) -> list[Question]:
    """One question on each line, its type after a last "=" when it has one. Raises Bad."""
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    if not rows:
        raise Bad("Write at least one question.")
    pairs = [re.split(r"\s*=\s*(?=[^=]*$)", row, maxsplit=1) for row in rows]
    return read([[pair[0], pair[1] if len(pair) > 1 else ""] for pair in pairs])


def to_lines(questions: Sequence[Question]) -> str:
    return "\n".join(f"{q.text} = {q.type}" if q.type else q.text for q in questions)


def _one(number: int, given: Any) -> Question:
    if isinstance(given, str):
        given = [given, ""]
    if isinstance(given, dict):
        given = [given.get("question"), given.get("type", "")]
    if not (isinstance(given, list) and len(given) == 2 and all(isinstance(part, str) for part in given)):
        raise Bad(f"Question {number} must be a pair of texts: the question and its type.")
    text, kind = " ".join(given[0].split()), " ".join(given[1].split())
    if not text:
        raise Bad(f"Question {number} is empty.")
    if len(text) > LONGEST:
        raise Bad(f"Question {number} has more than {LONGEST} characters.")
    return Question(text, kind, _variable(number, text, kind))


def _variable(number: int, text: str, kind: str) -> Variable:
    name = f"question_{number}"
    word = kind.lower() or ("boolean" if YES_OR_NO.match(text) else "number" if COUNTED.match(text) else "string")
    if word in PLAIN:
        return Variable(name, text, PLAIN[word])  # type: ignore[arg-type]  # its values are types of variables
    options = tuple(dict.fromkeys(part for part in BETWEEN.split(kind) if part))
    if len(options) < 2:
        raise Bad(f"Question {number}: “{kind}” is no type. Use string, number, boolean, array, or the possible answers: “good or bad”.")
    if len(options) > MOST_OPTIONS or any(len(option) > LONGEST_OPTION for option in options):
        raise Bad(f"Question {number}: at most {MOST_OPTIONS} possible answers of at most {LONGEST_OPTION} characters each.")
    return Variable(name, text, "category", options)
