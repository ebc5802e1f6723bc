"""The answers of one call. Every answer stands on words of the transcript, or on what the line knows; else it is None."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from analytics import outcomes
from analytics.extraction import Ask, Found, asking, extract
from analytics.questions.reading import Question
from analytics.reading import Spoken
from calls.agent.encoder import encoder
from calls.models import Call
from calls.states import AnsweredBy

WHO = re.compile(r"\bwho\b.*\b(?:answered|picked up|responded)\b|\banswered by\b", re.I)
LINE_KNOWS = {
    AnsweredBy.HUMAN: re.compile(r"\b(?:human|person|people|callee|customer)\b", re.I),
    AnsweredBy.VOICEMAIL: re.compile(r"\b(?:voice ?mail|machine|mailbox)\b", re.I),
    AnsweredBy.NO_ANSWER: re.compile(r"\b(?:nobody|no[ -]?one|no answer)\b", re.I),
}


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one line that prove an answer."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    value: Any  # str, number, bool, list of them; None: the call does not say
    quotes: tuple[Said, ...] = ()
    why: str = ""  # how it was found, or why it stays open; for staff

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def answers(call: Call, questions: Sequence[Question], goal: str = "") -> list[Answer]:
    """One answer to each question, in order. May take a second, or as long as the model may."""
    lines = outcomes.transcript(call.pk)
    by_seq = {line.seq: line for line in lines}
    variables = [question.variable for question in questions]
    found = extract(variables, lines, encoder(), ask=_with_goal(asking.configured(), goal), now=call.started_at)
    return [_by_line(question, call) or _answer(each, by_seq) for question, each in zip(questions, found, strict=True)]


def _answer(found: Found, lines: dict[int, Spoken]) -> Answer:
    quotes = tuple(Said(q.seq, lines[q.seq].text[q.start : q.end]) for q in found.quotes)
    return Answer(found.value, quotes, found.why)


def _by_line(question: Question, call: Call) -> Answer | None:
    """Who answered is known from the line, not from words; None when that is not what was asked."""
    if not WHO.search(question.text) or question.variable.type != "category":
        return None
    options = question.variable.options
    known = [pattern for pattern in LINE_KNOWS.values() if any(pattern.search(option) for option in options)]
    if len(known) < 2:
        return None  # "the owner or the cook": only words can tell
    names = LINE_KNOWS.get(AnsweredBy(call.answered_by)) if call.answered_by else None
    option = next((option for option in options if names and names.search(option)), None)
    return Answer(option, (), "As the line heard it." if option else "The line does not know who answered.")


def _with_goal(ask: Ask | None, goal: str) -> Ask | None:
    if ask is None or not goal.strip():
        return ask
    return lambda messages: ask([{"role": "system", "content": f"What the office wants from these calls: {goal.strip()}"}, *messages])
