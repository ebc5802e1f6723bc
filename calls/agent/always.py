"""Answered by rule on every call, never by a model: "are you a robot?", an opt-out, an emergency. With the sentences said then."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from calls.agent.builtin import intents, signs
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.standing import robot_line
from calls.agent.builtin.text import sentences
from calls.agent.builtin.wording import for_whom, line, who
from calls.agent.ports import Encoder

ALWAYS = ("emergency", "optout", "robot")  # in order of priority
ENGLISH = {"unknown": "I don't have that information."}


@dataclass(frozen=True, slots=True)
class Found:
    name: str  # one of ALWAYS
    sentence: str  # the words that made it, verbatim
    rest: str  # what else was said


def detect(text: str, encoder: Encoder | None) -> Found | None:
    """The gravest standing matter in what the callee said, in any language there are rules for."""
    parts = sentences(text) or [text]
    hits = [(ALWAYS.index(name), i) for i, part in enumerate(parts) if (name := _of(part, encoder))]
    if signs.in_words("optout", text, encoder):  # also across what looks like sentences
        hits.append((ALWAYS.index("optout"), 0))
    if not hits:
        return None
    rank, at = min(hits)
    return Found(ALWAYS[rank], parts[at], " ".join(p for i, p in enumerate(parts) if i != at))


def _of(sentence: str, encoder: Encoder | None) -> str:
    if (intent := intents.detect(sentence, encoder)) and intent.name in ALWAYS:
        return intent.name
    return "emergency" if any(re.search(rules["emergencies"], sentence, re.I) for rules in _others().values()) else ""


class Sentences:
    """The authored sentences of one call, in its language where there are some, else in English."""

    def __init__(self, language: str, plan: Plan) -> None:
        code = re.sub(r"^babel-?", "", language.lower()).split("-")[0]
        self._own: dict[str, Any] | None = _others().get(code)
        self._plan = plan

    def say(self, key: str, asked: str = "") -> str:
        """`key`: robot, optout, emergency, unknown, disclose, goodbye or transfer. `asked`: the question a robot sentence answers."""
        if self._own is not None:
            party = self._plan.owner or self._plan.organisation
            return str(self._own[key]).replace("{for_whom}", str(self._own["for_whom"]).replace("{party}", party) if party else "")
        if key == "robot":
            return robot_line(self._plan, asked) if asked else line("robot_plain", for_whom=for_whom(self._plan))
        if key == "disclose":
            return line("disclose", who=who(self._plan))
        return ENGLISH.get(key) or line(key)


@cache
def _others() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "always.yaml").read_text(encoding="utf-8"))
    return loaded
