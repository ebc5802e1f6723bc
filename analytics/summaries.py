"""What a person reads instead of the transcript: built from it, with quotes; a model's words only when an endpoint is configured."""

import re
from collections.abc import Sequence

from analytics.dispositions import Choice
from analytics.reading import Spoken, exchanges, quote, sentences, unanswered

MOST_ANSWERS = 6
LONGEST = 1200  # characters


def by_template(lines: Sequence[Spoken], choice: Choice, *, answered_by: str = "") -> str:
    """What came out, then what was asked and answered, in the callee's own words."""
    if answered_by == "voicemail":
        return "A voicemail answered. " + _left_message(lines)
    if not any(line.speaker in ("user", "robot") for line in lines):
        return choice.reason
    parts = [f"{choice.reason.removesuffix('.')}: “{choice.quote}”" if choice.quote else choice.reason]
    for turn in exchanges(lines):
        question = _question(turn.asked)
        said = quote(turn.line.text)
        if question and turn.line.speaker == "user" and said != choice.quote:
            parts.append(f"Asked “{question}”: “{said}”")
    shown = parts[: MOST_ANSWERS + 1]
    if open_questions := unanswered(lines):
        shown.append("We could not answer: " + "; ".join(f"“{quote(line.text)}”" for line in open_questions[:3]))
    return " ".join(part if part[-1] in ".!?" else f"{part}." for part in shown)[:LONGEST]


def _question(asked: str) -> str:
    """The last question of what we said; "" when we asked nothing."""
    found = [s for s in sentences(asked) if s.endswith("?")]
    return found[-1] if found else ""


def _left_message(lines: Sequence[Spoken]) -> str:
    said = [line.text for line in lines if line.speaker == "assistant"]
    return f"We left this message: “{quote(said[-1])}”." if said else "We left no message."


def strip_invented(text: str) -> str:
    """A model's summary on one line, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"[*_#`]+", "", text)).strip()[:LONGEST]


def summarise(lines: Sequence[Spoken], choice: Choice, *, answered_by: str = "", prompt: str = "", task: str = "") -> str:
    """The summary of a call; never fails."""
    return by_template(lines, choice, answered_by=answered_by)
