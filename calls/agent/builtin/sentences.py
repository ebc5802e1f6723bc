"""What one sentence of a task means: an ordered list of rules, the first that fits reads it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from calls.agent.builtin.asking import add_question, read_ask
from calls.agent.builtin.conditions import read_condition
from calls.agent.builtin.draft import CONFIRM, START, WORDS, Draft, clauses, speak
from calls.agent.builtin.instructions import read_instruction
from calls.agent.builtin.persona import read_calling, read_persona
from calls.agent.builtin.telling import add_fact, read_behaviour, read_purpose, say_instead
from calls.agent.builtin.text import callee_to_you


@dataclass
class Sentence:
    section: str  # kind of the heading above it: ask, verify, purpose, do, fact, avoid, persona or ""
    text: str
    when: str  # the answer it depends on, and
    parent: int  # the question of that answer


def read_sentence(d: Draft, section: str, text: str, when: str = "", parent: int = -1) -> None:
    """Adds to `d.plan` what the sentence says."""
    text = re.sub(WORDS["GOAL_LEAD"], "", text.strip().strip('"“”'), flags=re.I)
    while (new := re.sub(WORDS["LEAD"], "", text, flags=re.I)) != text:
        text = new.strip()
    if not re.search(r"\w", text) or len(text) < 3:
        return
    others = re.search(WORDS["THIRD_PERSON"], d.raw, re.I)
    d.gendered = bool(re.search(WORDS["GENDERED"], text, re.I)) or (d.gendered and not others)
    sentence = Sentence(section, re.sub(r"^should (they|the \w+) ", r"If \1 ", text, flags=re.I), when, parent)
    for rule in RULES:
        if rule(d, sentence):
            return


def part(d: Draft, s: Sentence, text: str, section: str | None = None) -> None:
    read_sentence(d, s.section if section is None else section, text, s.when, s.parent)


def match(name: str, text: str) -> re.Match[str] | None:
    return re.match(WORDS[name], text, re.I)


# Rules: True when the sentence is dealt with ---------------------------------------------------------------------------
def _persona(d: Draft, s: Sentence) -> bool:
    if match("PERSONA", s.text) and not match("NOT_PERSONA", s.text):
        read_persona(d, s.text)
        return True
    return False


def _calling(d: Draft, s: Sentence) -> bool:
    if m := match("CALLING", s.text):
        read_calling(d, m[1], s.text)
    return bool(m)


def _condition(d: Draft, s: Sentence) -> bool:
    m = match("CONDITION", s.text) or match("CONDITION_BARE", s.text)
    return m is not None and read_condition(d, m[1], m[2], s.section)


def _instead(d: Draft, s: Sentence) -> bool:
    if m := match("INSTEAD", s.text):
        read_sentence(d, s.section, m[1])
        say_instead(d, m[2])
        return True
    if d.plan.avoid and d.last_reply_slot and (m := match("INSTEAD_OWN", s.text)):
        say_instead(d, m[1])
        return True
    return False


def _greeting(d: Draft, s: Sentence) -> bool:
    if not match("GREET", s.text) or len(parts := clauses(s.text)) < 2:
        return False
    for one in parts[1:]:
        part(d, s, one)
    return True


def _behaviour(d: Draft, s: Sentence) -> bool:
    if s.section == "avoid" or match("BEHAVE", s.text):
        read_behaviour(d, s.section, s.text)
        return True
    d.last_reply_slot = False
    return False


def _nothing(d: Draft, s: Sentence) -> bool:
    whole = re.fullmatch(WORDS["EMPTY_TELL"], s.text.strip(), re.I)
    return bool(match("LABEL", s.text) or whole or match("SELF_INTRODUCTION", s.text))


def _forbidden(d: Draft, s: Sentence) -> bool:
    if m := match("FORBIDDEN", s.text):
        read_behaviour(d, s.section, "Never " + m[1])
    return bool(m)


def _kinds_of_call(d: Draft, s: Sentence) -> bool:
    p = d.plan
    if m := match("COLD_CALL", s.text):
        p.purpose = p.purpose or "about " + speak(d, m[1]).rstrip(".")
    elif m := match("FOLLOW_UP", s.text):
        p.purpose = p.purpose or "to follow up on " + speak(d, m[1])
        if m[2].strip():
            part(d, s, m[2])
    elif m := match("MAKE_CALL", s.text):
        p.purpose = p.purpose or f"for {'an' if m[1][0] in 'aeiou' else 'a'} {m[1]}"
    return bool(m)


def _then(d: Draft, s: Sentence) -> bool:
    if m := match("THEN", s.text):
        part(d, s, m[1])
        part(d, s, m[2])
    return bool(m)


def _written_question(d: Draft, s: Sentence) -> bool:
    if not s.text.endswith("?"):
        return False
    if not re.match(START + r"\b", s.text, re.I):
        text = s.text if re.search(r"\byou\b", s.text) else callee_to_you(s.text, d.names)
        add_question(d, text, "literal", s.text, s.when, s.parent)
        return True
    if m := match("QUOTED_QUESTION", s.text):
        add_question(d, m[1].strip('"”'), "literal", s.text, s.when, s.parent)
    return bool(m)


def _several(d: Draft, s: Sentence) -> bool:
    parts = clauses(s.text)
    if len(parts) < 2:
        return False
    for one in parts:
        part(d, s, one, s.section if s.section in ("ask", "verify") else "")
    return True


def _goal(d: Draft, s: Sentence) -> bool:
    p, text = d.plan, s.text
    if s.section == "purpose" and re.match(rf"{CONFIRM} .*\b(?:details|information)\b", text, re.I):
        read_purpose(d, text)
        return True
    if match("SALES_GOAL", text):
        p.behaviours.append(text)
        return True
    verbs = re.search(r"\b(?:is|are|was|were|has|have|will|can|you|we|i)\b", text, re.I)
    if not p.purpose and not p.questions and not verbs and (m := match("KIND_OF_CALL", text)) and not re.match(START, text, re.I):
        kind = m[1].strip(". ")
        p.purpose = ("for an " if kind[:1].lower() in "aeiou" else "for a ") + kind[:1].lower() + kind[1:]
        return True
    if s.section == "purpose" and match("COLLECT_GOAL", text):
        p.purpose = p.purpose or "to " + speak(d, text[:1].lower() + text[1:]).rstrip(".")
        return True
    return False


def _instruction(d: Draft, s: Sentence) -> bool:
    return read_instruction(d, s.text, s.when, s.parent)


def _statement(d: Draft, s: Sentence) -> bool:
    if s.section in ("ask", "verify"):
        read_ask(d, s.text, s.section == "verify", s.text, s.when, s.parent)
    elif s.section == "purpose" and not d.plan.purpose:
        read_purpose(d, s.text)
    elif re.search(r"\b(?:only|unless)\b.*\b(?:if|they)\b", s.text) or s.section == "persona":
        d.plan.behaviours.append(s.text)
    else:
        add_fact(d, s.text)
    return True


RULES: tuple[Callable[[Draft, Sentence], bool], ...] = (
    _persona,
    _calling,
    _condition,
    _instead,
    _greeting,
    _behaviour,
    _nothing,
    _forbidden,
    _kinds_of_call,
    _then,
    _written_question,
    _several,
    _goal,
    _instruction,
    _statement,
)
