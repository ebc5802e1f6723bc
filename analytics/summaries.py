"""What a person reads instead of the transcript: built from it, with quotes; a model's words only when an endpoint is configured."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import async_to_sync

from analytics.dispositions import Choice
from analytics.reading import Spoken, exchanges, quote, sentences, their_question, unanswered
from calls.agent import checks
from calls.agent.builtin import intents
from calls.agent.endpoint import ask, endpoint, trouble

SPEAKERS = ("assistant", "user", "robot")

TEMPLATE = "template"  # who wrote a summary that no model did
MOST_ANSWERS = 6
BACK = {"repeat", "hold", "robot", "who", "why", "source"}  # intents that answer nothing
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
        if question and turn.line.speaker == "user" and said != choice.quote and not _asked_back(turn.line.text):
            parts.append(f"Asked “{question}”: “{said}”")
    shown = parts[: MOST_ANSWERS + 1]
    if open_questions := unanswered(lines):
        shown.append("We could not answer: " + "; ".join(f"“{their_question(line.text)}”" for line in open_questions[:3]))
    return " ".join(part if part.rstrip("”")[-1:] in ".!?" else f"{part}." for part in shown)[:LONGEST]


def _question(asked: str) -> str:
    """The last question of what we said; "" when we asked nothing."""
    found = [s for s in sentences(asked) if s.endswith("?")]
    return found[-1] if found else ""


def _asked_back(said: str) -> bool:
    """Not an answer: they did not catch the question, or wanted to know who is asking."""
    return intents.detect(said, words_only=True).name in BACK


def _left_message(lines: Sequence[Spoken]) -> str:
    said = [line.text for line in lines if line.speaker == "assistant"]
    return f"We left this message: “{quote(said[-1])}”." if said else "We left no message."


@dataclass(frozen=True, slots=True)
class Summary:
    text: str
    by: str  # TEMPLATE or the model's name
    trouble: str = ""  # why a configured model did not write it


def summarise(lines: Sequence[Spoken], choice: Choice, *, answered_by: str = "", prompt: str = "", task: str = "") -> Summary:
    """The summary of a call; never fails. A model writes it when one is configured and somebody spoke; else the template."""
    template = by_template(lines, choice, answered_by=answered_by)
    at = endpoint("base")
    if at is None or not any(line.speaker == "user" for line in lines):
        return Summary(template, TEMPLATE)
    try:
        text = _plain(async_to_sync(ask)(at, _messages(lines, prompt, task)))
    except Exception as error:
        return Summary(template, TEMPLATE, trouble(error, at).text)
    if not text:
        return Summary(template, TEMPLATE, f"{at.host} gave an empty answer")
    if numbers := checks.unsupported(text, [task, prompt, *(line.text for line in lines)]):
        return Summary(template, TEMPLATE, f"The model's summary was not used: {', '.join(numbers)} has no source in the call")
    return Summary(text, at.model)


INSTRUCTION = (
    "Summarise this phone call for the office in two to four plain sentences. Say only what the transcript says: what was asked, "
    "what was answered, what is open. Never add a number, name or promise. No markup."
)


def _messages(lines: Sequence[Spoken], prompt: str, task: str) -> list[dict[str, str]]:
    wishes = f"\nThe office also asks: {prompt}" if prompt.strip() else ""
    spoken = "\n".join(f"{'Agent' if line.speaker == 'assistant' else 'Callee'}: {line.text}" for line in lines if line.speaker in SPEAKERS)
    return [
        {"role": "system", "content": INSTRUCTION + wishes},
        {"role": "user", "content": f"Task of the agent:\n{task[:4000]}\n\nTranscript:\n{spoken[-24_000:]}"},
    ]


def _plain(text: str) -> str:
    """A model's words on one line, without markup or thoughts."""
    text = re.sub(r"<think>.*?</think>", " ", text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"[*_#`]+", "", text)).strip()[:LONGEST]
