"""The state of one conversation and its basic moves: say, note, ask the next question, ask back, close."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from calls.agent.builtin import callback, guard
from calls.agent.builtin.knowledge import Facts
from calls.agent.builtin.language import patterns
from calls.agent.builtin.plan import Plan, Question
from calls.agent.builtin.slots import Reading, when
from calls.agent.builtin.text import stems
from calls.agent.builtin.wording import MAX_DETOURS, filled, for_team, introduction, line, turns, who
from calls.agent.ports import Encoder, Note

WORDS = patterns("instructions")
NEEDS_CONTEXT, INTEREST = WORDS["NEEDS_CONTEXT"], WORDS["INTEREST"]
SKIPPED = Reading("skipped")

Action = Literal["say", "end", "transfer", "press", "wait"]
# What the agent waits for: an answer to question `at`, a check of its reading, or one of the small questions.
Pending = Literal["", "question", "check", "moment", "identity", "available", "callback", "angry", "else"]


@dataclass(frozen=True, slots=True)
class Reply:
    text: str = ""
    action: Action = "say"
    value: str = ""  # digits to press
    why: tuple[str, ...] = ()


@dataclass
class Conversation:
    plan: Plan
    encoder: Encoder
    facts: Facts
    questions: list[Question]
    first_sentence: str = ""
    can_transfer: bool = False
    timezone: str = ""
    english: bool = True  # False: the call was ordered in a language without rules
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    answers: dict[int, Reading] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)  # since the last turn
    happened: set[str] = field(default_factory=set)  # kinds of notes so far
    open_questions: list[str] = field(default_factory=list)  # the callee's, without an answer
    heard: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # answers, as they were said
    why: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # still to be said before the goodbye
    pending: Pending = ""
    at: int = -1
    last: str = ""
    last_question: str = ""
    turn: int = 0
    silent: int = 0
    detours: int = 0
    acks: int = 0
    closes: int = 0
    opened: bool = False
    introduced: bool = False  # it was said that this is an automated assistant
    purposed: bool = False  # it was said why it calls
    declined: bool = False
    ended: bool = False


def begin(plan: Plan, encoder: Encoder, **options: Any) -> Conversation:
    """A conversation from a plan. Lines that the guard would refuse are taken out now, so that nothing is missing later."""
    c = Conversation(plan, encoder, Facts(plan, encoder), [replace(q) for q in plan.questions], **options)
    plan.statements = [x for x in plan.statements if spoken(c, x)]
    plan.context = [x for x in plan.context if spoken(c, x)]
    c.late = [x for x in plan.late if spoken(c, x)]
    c.facts.facts, c.facts.stems = _speakable(c.facts)
    if plan.purpose and not spoken(c, line("purpose", purpose=plan.purpose)):
        plan.purpose = ""
    for index, question in enumerate(c.questions):
        question.lead = question.lead if not question.lead or spoken(c, question.lead) else ""
        if question.text and not spoken(c, question.text):
            c.answers[index] = SKIPPED
    return c


def _speakable(facts: Facts) -> tuple[list[str], list[set[str]]]:
    kept = [(f, s) for f, s in zip(facts.facts, facts.stems, strict=True) if not guard.refusal(f)]
    return [f for f, _ in kept], [s for _, s in kept]


def spoken(c: Conversation, text: str) -> bool:
    """Whether a line made from the task may be spoken; when not, staff are told."""
    checked = guard.check(text)
    for sentence, why in checked.refused:
        note(c, "fallback", f"Not spoken, it looks like {why}: {sentence}", {"sentence": sentence, "why": why}, level="error")
    return not checked.refused


# Notes and words ------------------------------------------------------------------------------------------------------
def note(c: Conversation, kind: str, message: str, data: Mapping[str, Any] | None = None, level: Literal["info", "error"] = "info") -> None:
    c.notes.append(Note(kind, message, dict(data or {}), level))
    c.happened.add(kind)


def say(c: Conversation, *parts: str, action: Action = "say", value: str = "") -> Reply:
    """What to do now, after the last guard."""
    text = for_team(c.plan, re.sub(r"\s+", " ", " ".join(x for x in parts if x)).strip())
    checked = guard.check(text)
    if checked.refused:
        for sentence, cause in checked.refused:
            note(c, "fallback", f"Not spoken, it looks like {cause}: {sentence}", {"sentence": sentence, "why": cause}, level="error")
        text = checked.text or line("fallback")
    c.last, why = text or c.last, tuple(c.why)
    c.why = []
    if action in ("end", "transfer"):
        c.ended = True
        done = sum(r.status == "answered" for r in c.answers.values())
        note(c, "finished", f"{done} questions answered", {"answered": done, "complete": finished(c)})
    return Reply(text, action, value, why)


def end(c: Conversation, key: str, **values: str) -> Reply:
    return say(c, line(key, **values), action="end")


def ack(c: Conversation, kind: str, **values: str) -> str:
    """An acknowledgement, in turn so that no two lines sound alike."""
    c.acks += 1
    choices = turns("ack", kind)
    text = filled(choices[(c.acks - 1) % len(choices)], **values)
    return text[:1].upper() + text[1:]


def wait_for(c: Conversation, pending: Pending, question: str, at: int = -1) -> str:
    """Notes which question is open and returns its words."""
    c.pending, c.at, c.last_question = pending, at, question
    return question


def current(c: Conversation) -> Question | None:
    """The question of the task whose answer is open."""
    return c.questions[c.at] if c.pending == "question" else None


def purpose(c: Conversation) -> str:
    p, count = c.plan, len([x for i, x in enumerate(c.questions) if not x.when and c.answers.get(i) != SKIPPED])
    if p.purpose:
        leads = {x.lead for x in c.questions}
        about = [x for x in p.context if x not in leads and not stems(x) <= stems(p.purpose)][:2]
        text = " ".join([line("purpose", purpose=p.purpose), *about])
    elif p.context:
        text = " ".join(p.context[:2])
    elif p.statements:
        text = ""
    elif all(c.answers.get(i) == SKIPPED for i in range(len(c.questions))):
        text = line("purpose_none")
    else:
        text = line("purpose_one" if count == 1 else "purpose_some" if count else "purpose_message")
    return " ".join([text, *[s for s in p.statements if s not in text]]).strip()


def restate(c: Conversation, purpose_told: bool = False) -> str:
    """The open question, with what it refers to when it cannot stand alone."""
    question = current(c)
    if question and re.match(NEEDS_CONTEXT, c.last_question):
        about = "" if question.lead or purpose_told else purpose(c)
        return " ".join(x for x in (about, question.lead, c.last_question) if x)
    return c.last_question


# Moves ----------------------------------------------------------------------------------------------------------------
def wanted(c: Conversation, question: Question) -> bool:
    """Whether a question that depends on an answer is to be asked."""
    if not question.when:
        return True
    parent = c.answers.get(question.parent)
    if question.when in ("yes", "no"):
        return parent is not None and parent.status == "answered" and parent.polarity == question.when
    need = stems(question.when)
    said = {w for h in c.heard[-6:] for w in stems(h)} | (stems(parent.value) if parent and c.heard else set())
    return bool(need) and len(need & said) / len(need) >= 0.6


def finished(c: Conversation) -> bool:
    return all(i in c.answers or not wanted(c, q) for i, q in enumerate(c.questions))


def advance(c: Conversation, *before: str) -> Reply:
    """Say what came before, then the next question, else close."""
    lead = [x for x in before if x]
    if not c.introduced:
        c.introduced = True
        lead.append(line("disclose", who=who(c.plan)))
    if not c.purposed:
        c.purposed = True
        lead.append(purpose(c))
    order = sorted(enumerate(c.questions), key=lambda x: (x[1].parent if x[1].when and x[1].parent >= 0 else x[0], x[0]))
    for index, question in order:
        if index in c.answers or not wanted(c, question):
            continue
        if question.lead:
            lead.append(question.lead)
        if question.slot == "say":
            c.answers[index] = Reading("said")
            continue
        c.detours = 0
        note(c, "question", question.text, {"question": question.text})
        return say(c, *lead, wait_for(c, "question", question.text, index))
    if c.declined and c.pending == "question" and c.at in c.answers and len(lead) <= 1:
        return goodbye(c, *lead)
    return close(c, *lead)


def resume(c: Conversation, *before: str) -> Reply:
    """Answer a side remark, then go back to the open question."""
    c.detours += 1
    if c.pending == "" or (c.pending == "moment" and not c.last_question.endswith("?")):
        return advance(c, *before)
    if c.pending == "moment":
        return say(c, *before, line("ask_go_on") if c.first_sentence else c.last_question)
    if c.detours > MAX_DETOURS and c.pending == "question":
        c.answers[c.at] = Reading("unknown")
        return advance(c, *before)
    return say(c, *before, restate(c, purpose_told=purpose(c) in before))


def close(c: Conversation, *before: str) -> Reply:
    late, c.late = c.late, []
    c.closes += 1
    if c.closes > 3:
        return goodbye(c, *before)
    first = "ask_else_first" if "question" in c.happened else "ask_else_message"
    return say(c, *before, *late, wait_for(c, "else", line(first if c.closes == 1 else "ask_else")))


def goodbye(c: Conversation, *before: str) -> Reply:
    late, c.late = c.late, []
    return say(c, *before, *late, line("goodbye"), action="end")


def ask_callback(c: Conversation, question: str) -> Reply:
    return say(c, wait_for(c, "callback", question))


def agree_callback(c: Conversation, text: str, *before: str) -> Reply:
    """A time to call back, noted in the callee's words and, where it can be told, as an instant. Noted for the team, never promised."""
    instant = callback.parse(text, c.now(), c.timezone)
    if said := when(text) or callback.phrase(text):
        at = instant.isoformat() if instant else None
        note(c, "callback", f"Call back: {said}", {"quote": text, "said": said, "at": at})
        return end(c, "goodbye_callback", value=said)
    c.tries["callback"] = c.tries.get("callback", 0) + 1
    if refuses_callback(text) or c.tries["callback"] > 1:
        note(c, "callback_open", "No time for a call back", {"quote": text})
        return end(c, "goodbye_team")
    return say(c, *before, line("ask_callback_again"))


def refuses_callback(text: str) -> bool:
    return bool(re.match(r"\W*(?:no|nope|nah|never|don'?t)\b", text, re.I))


def introduce(c: Conversation) -> str:
    c.introduced = True
    return introduction(c.plan)
