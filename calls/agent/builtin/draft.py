"""What a reading in progress holds, and the change of person that all its parts share."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calls.agent.builtin.language import patterns
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.text import agent_to_first, callee_to_you, expand, owner_to_third

WORDS = patterns("instructions")
ASK, CONFIRM, TELL, OFFER, START = (WORDS[x] for x in ("ASK", "CONFIRM", "TELL", "OFFER", "START"))


@dataclass
class Draft:
    raw: str  # the task, variables filled
    data: Mapping[str, Any]
    # Reads one more sentence: (draft, section, text, when, parent). The rules hand parts of a sentence back through it.
    read: Callable[["Draft", str, str, str, int], None]
    plan: Plan = field(default_factory=Plan)
    names: list[str] = field(default_factory=list)  # the callee's full and first name
    gendered: bool = False  # "he" and "she" mean the callee
    last_reply_slot: bool = False  # the sentence before forbade a topic: "instead, say …" belongs to it
    avoid_run: int = 0  # topics that sentence forbade


def speak(d: Draft, text: str) -> str:
    """Words about the callee, in the task's person, as the agent says them to the callee."""
    text = expand(text)
    text = owner_to_third(text, d.plan.owner) if d.plan.owner else text
    return callee_to_you(agent_to_first(text), d.names, d.gendered)


def clauses(text: str) -> list[str]:
    """ "Greet them and ask whether …, then tell them …" cut before each instruction; one clause when there is nothing to cut."""
    joint = (
        r"(?:[,;]\s*(?:and |then |and then )?(?:also )?(?:please )?(?:to )?"
        r"|\s+(?:and|then)\s+(?:then |also |please )?(?:to )?|\s+so\s+)"
    )
    cut = rf"{joint}(?=(?:{ASK}|{CONFIRM}|{TELL}|{OFFER}|apologi[sz]e|thank|remind|transfer)\b (?!back\b))"
    if not re.match(START + r"\b", text, re.I) and not re.search(cut, text):
        return [text]
    parts = [c.strip() for c in re.split(cut, text) if c and c.strip()]
    return parts if all(len(c.split()) > 1 for c in parts) else [text]


def again(d: Draft, section: str, text: str, when: str = "", parent: int = -1) -> None:
    """Reads a part of a sentence as a sentence of its own."""
    d.read(d, section, text, when, parent)
