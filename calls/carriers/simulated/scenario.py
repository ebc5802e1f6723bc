"""What a simulated callee is like: one readable YAML file each, `scenarios/_default.yaml` under all of them.

A file may say: number (the end of +1500555…), about, line (outcome, ring_ms, after_ms), greeting, machine, beep_after_ms, mute, interrupts
(turns at which it talks over a long line), persona, rules and topics. A rule fires once, at its `turn`, from a turn on (`from`) or when
what it hears matches `hears`; it says `say`, may add the ordinary answer (`then_answer`) and may hang up. A topic answers a question that
matches one of its patterns; the topics named like the kinds of question (calls.carriers.simulated.questions) answer all others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

FOLDER = Path(__file__).parent / "scenarios"
PREFIX = "+1500555"
PLAIN = "cooperative"


@dataclass(frozen=True, slots=True)
class LinePlan:
    """What the line does; times in ms since dialling."""

    outcome: Literal["answer", "busy", "no-answer", "failed"] = "answer"
    ring_ms: int = 700
    after_ms: int = 3_500


@dataclass(frozen=True, slots=True)
class Rule:
    say: str = ""
    turn: int | None = None
    from_turn: int = 0
    hears: re.Pattern[str] | None = None
    then_answer: bool = False
    hangup: bool = False
    once: bool = True


@dataclass(frozen=True, slots=True)
class Topic:
    say: tuple[str, ...]
    match: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    about: str
    number: str = ""  # whole, E.164; "" for one that has no number of its own
    line: LinePlan = field(default_factory=LinePlan)
    greeting: str = ""
    greeting_after_ms: int = 700
    machine: bool = False
    beep_after_ms: int | None = None
    mute: bool = False
    pause_ms: int = 700  # before it answers
    interrupts: frozenset[int] = frozenset()
    persona: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    topics: Mapping[str, Topic] = field(default_factory=dict)
    refuses_transfer_to: frozenset[str] = frozenset()


def _topic(spec: Mapping[str, Any]) -> Topic:
    says = spec["say"]
    return Topic(
        (says,) if isinstance(says, str) else tuple(says),
        tuple(re.compile(p, re.IGNORECASE) for p in spec.get("match", ())),
    )


def _rule(spec: Mapping[str, Any]) -> Rule:
    known = {"say", "turn", "from", "hears", "then_answer", "hangup", "once"}
    if unknown := set(spec) - known:
        raise ValueError(f"a rule does not know {sorted(unknown)}")
    return Rule(
        say=spec.get("say", ""),
        turn=spec.get("turn"),
        from_turn=spec.get("from", 0),
        hears=re.compile(spec["hears"], re.IGNORECASE) if "hears" in spec else None,
        then_answer=spec.get("then_answer", False),
        hangup=spec.get("hangup", False),
        once=spec.get("once", True),
    )


def parse(name: str, spec: Mapping[str, Any], default: Mapping[str, Any]) -> Scenario:
    """A scenario from its file and the defaults under it. Raises ValueError, TypeError or KeyError for what it does not understand."""
    own = dict(spec)
    topics = {**default.get("topics", {}), **own.pop("topics", {})}
    return Scenario(
        name=name,
        about=own.pop("about"),
        number=PREFIX + own.pop("number") if "number" in own else "",
        line=LinePlan(**own.pop("line", {})),
        interrupts=frozenset(own.pop("interrupts", ())),
        persona={k: str(v) for k, v in {**default.get("persona", {}), **own.pop("persona", {})}.items()},
        rules=tuple(_rule(r) for r in own.pop("rules", ())),
        topics={key: _topic(t) for key, t in topics.items()},
        refuses_transfer_to=frozenset(own.pop("refuses_transfer_to", ())),
        **own,
    )


@cache
def scenarios() -> Mapping[str, Scenario]:
    """All of them by name, read once."""
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
    default = files.pop("_default")
    return {name: parse(name, spec, default) for name, spec in files.items()}


def is_test_number(number: str) -> bool:
    """Whether one of the pretend callees owns this number: it is never dialled over a line."""
    return any(s.number == number for s in scenarios().values())


@cache
def by_number(number: str) -> Scenario:
    """Who answers at this number; every other number belongs to the cooperative callee."""
    return next((s for s in scenarios().values() if s.number == number), scenarios()[PLAIN])
