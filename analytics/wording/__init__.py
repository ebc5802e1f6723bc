"""Reviewed wording as data: what people say that decides how a call came out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A thing that can have happened on a call. `tags`: the built-in dispositions it stands for, best first."""

    tags: tuple[str, ...]
    names: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    callee: Mapping[str, Pattern]
    agent: Mapping[str, Pattern]
    questions: Mapping[str, Pattern]
    agrees: Pattern
    refuses: Pattern
    time: Pattern
    happenings: Mapping[str, Meaning]
    asked: Mapping[str, tuple[str, ...]]  # examples of our questions by what they are about
    replies: Mapping[str, tuple[str, ...]]  # and of our replies by what they show


@cache
def wording() -> Wording:
    raw, examples = _read("outcome.yaml"), _read("examples.yaml")
    return Wording(
        callee={name: _any_of(patterns) for name, patterns in raw["callee"].items()},
        agent={name: _any_of(patterns) for name, patterns in raw["agent"].items()},
        questions={name: _any_of(patterns) for name, patterns in raw["questions"].items()},
        agrees=_any_of(raw["agrees"]),
        refuses=_any_of(raw["refuses"]),
        time=_any_of(raw["time"]),
        happenings={
            name: Meaning(tuple(row["tags"]), tuple(row["names"]), tuple(examples.get(name, ()))) for name, row in raw["happenings"].items()
        },
        asked={name: tuple(rows) for name, rows in _read("questions.yaml").items()},
        replies={name: tuple(rows) for name, rows in _read("replies.yaml").items()},
    )


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return loaded


def _any_of(patterns: Sequence[str]) -> Pattern:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)
