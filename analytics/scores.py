"""What the kinds of labelled sets share (analytics.evaluation)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Case = Mapping[str, Any]


class BadSet(Exception):
    """The file cannot be scored; the message is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Score:
    """`figures`: name -> share of 1; `wrong`: one line for each case that is not right; `also`: figures that are no shares, in words."""

    cases: int
    figures: dict[str, float]
    wrong: list[str] = field(default_factory=list)
    also: tuple[str, ...] = ()


def precision_recall(found: Sequence[bool], wanted: Sequence[bool]) -> dict[str, float]:
    """1.0 where nothing was there to be found, or nothing was found."""
    right = sum(f and w for f, w in zip(found, wanted, strict=True))
    return {"precision": right / sum(found) if any(found) else 1.0, "recall": right / sum(wanted) if any(wanted) else 1.0}


def text_of(case: Case, n: int, key: str = "text") -> str:
    """Raises BadSet."""
    value = case.get(key)
    if not isinstance(value, str):
        raise BadSet(f'Case {n} needs "{key}" as a string.')
    return value
