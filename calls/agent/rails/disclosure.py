"""What a call disclosed so far: that a machine calls, who calls, that it is recorded. Pure.

Only our own words count, sentence by sentence; one exception: leave to record that was asked for and granted. A denial, a company that
uses AI, and "monitored" do not count. The words stand in `language/*/disclosure.yaml`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from calls.agent import checks
from calls.agent.builtin.language import FOLDER, table
from calls.agent.builtin.signs import normal
from calls.agent.builtin.text import sentences

Fact = Literal["ai", "self", "recording"]
FACTS: tuple[Fact, ...] = ("ai", "self", "recording")
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence that disclosed something, or that asked for leave to record."""

    fact: Fact
    sentence: str


def facts(sentence: str) -> set[Fact]:
    """What one sentence of ours discloses."""
    text = normal(sentence)
    made: set[Fact] = set()
    if _any("ai", text) and not _any("ai_unless", text) and not checks.claims_human(text):
        made.add("ai")
    if introduces(text):
        made.add("self")
    if _any("recording", text) and not _any("recording_unless", text) and not asks_leave(text):
        made.add("recording")
    return made


def introduces(text: str) -> bool:
    """A name of its own or a named organisation. Text without capitals is read by its words alone."""
    kept = text
    for pattern in _patterns("introduction_unless"):
        kept = pattern.sub(" | ", kept)
    if any(p.search(kept) for p in _patterns("introduction")):
        return True
    return not re.search(r"[A-Z]", text[1:].replace("I'", "").replace(" I ", " ")) and any(
        p.search(kept) for p in _patterns("introduction_low")
    )


def asks_leave(text: str) -> bool:
    """Asks whether the call may be recorded."""
    asked = _any("asks_leave", text)
    return asked and (text.endswith("?") or not _any("recording", text) or _any("recording_unless", text))


def grants(question: str, answer: str) -> bool:
    """Whether an answer gives the leave that was asked for. "No" to "do you mind?" does."""
    text = normal(answer)
    if re.search(_table("refused"), text, re.I):
        return False
    return re.search(_table("not_minded" if re.search(_table("mind"), question, re.I) else "granted"), text, re.I) is not None


class Disclosures:
    """Takes in a call line by line."""

    def __init__(self) -> None:
        self.made: dict[Fact, str] = {}  # what was disclosed, and by which words
        self._asked = ""  # leave to record, not yet answered

    def ours(self, text: str) -> set[Fact]:
        """Something we said; what is new by it."""
        new: set[Fact] = set()
        for sentence in sentences(text) or [text]:
            for fact in facts(sentence) - set(self.made):
                self.made[fact] = sentence
                new.add(fact)
            if asks_leave(normal(sentence)):
                self._asked = sentence
        return new

    def theirs(self, text: str) -> set[Fact]:
        """Something the callee said."""
        asked, self._asked = self._asked, ""
        if not asked or "recording" in self.made or not grants(asked, text):
            return set()
        self.made["recording"] = f"{asked} {text}"
        return {"recording"}


def read(lines: Iterable[tuple[str, str]]) -> Disclosures:
    """`lines`: (speaker, text), speaker "assistant" for us."""
    d = Disclosures()
    for speaker, text in lines:
        if speaker == "assistant":
            d.ours(text)
        else:
            d.theirs(text)
    return d


def _any(name: str, text: str) -> bool:
    return any(p.search(text) for p in _patterns(name))


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.I) for language in LANGUAGES for p in _of(language).get(name, ()))


@cache
def _of(language: str) -> dict[str, Any]:
    return table("disclosure", language) if (FOLDER / language / "disclosure.yaml").exists() else {}


def _table(name: str) -> str:
    return str(_of("en")[name])
