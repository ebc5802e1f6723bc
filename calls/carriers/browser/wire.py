"""What the page sends, read strictly: anything else is None and does nothing. The shapes are told in calls.carriers.browser."""

import json
from dataclasses import dataclass
from typing import Any, Literal

LONGEST_LINE = 500  # characters somebody may say at once
KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Pick:
    kind: Literal["answer", "decline", "hangup"]


@dataclass(frozen=True, slots=True)
class Type:
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Press:
    digit: str


@dataclass(frozen=True, slots=True)
class Shown:
    ref: int
    chars: int


FromPage = Pick | Type | Press | Shown


def read(raw: str | bytes) -> FromPage | None:
    try:
        message: Any = json.loads(raw)
    except ValueError:
        return None
    match message:
        case {"type": "answer" | "decline" | "hangup" as kind}:
            return Pick(kind)
        case {"type": "type", "text": str(text), "final": bool(final)}:
            return Type(" ".join(text.split())[:LONGEST_LINE], final)
        case {"type": "press", "digit": str(digit)} if digit in KEYS:
            return Press(digit)
        case {"type": "heard", "ref": int(ref), "chars": int(chars)} if chars >= 0:
            return Shown(ref, chars)
    return None
