"""What the page sends, read strictly: anything else is None and does nothing. The shapes are told in calls.carriers.browser."""

import json
from dataclasses import dataclass
from typing import Any, Literal

LONGEST_LINE = 500  # characters somebody may say at once
KEYS = frozenset("0123456789*#")
LONGEST_SOUND = 3_200  # bytes in one message, 200 ms


@dataclass(frozen=True, slots=True)
class Pick:
    kind: Literal["answer", "decline", "hangup"]
    sound: bool = False  # answers with its microphone


@dataclass(frozen=True, slots=True)
class Speak:
    pcm: bytes


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


@dataclass(frozen=True, slots=True)
class Reached:
    """Everything sent before a mark was played."""

    ref: int


FromPage = Pick | Speak | Type | Press | Shown | Reached


def read(raw: str | bytes) -> FromPage | None:
    if isinstance(raw, bytes):
        return Speak(raw) if 0 < len(raw) <= LONGEST_SOUND and len(raw) % 2 == 0 else None
    try:
        message: Any = json.loads(raw)
    except ValueError:
        return None
    match message:
        case {"type": "answer", "sound": bool(sound)}:
            return Pick("answer", sound)
        case {"type": "answer" | "decline" | "hangup" as kind}:
            return Pick(kind)
        case {"type": "type", "text": str(text), "final": bool(final)}:
            return Type(" ".join(text.split())[:LONGEST_LINE], final)
        case {"type": "press", "digit": str(digit)} if digit in KEYS:
            return Press(digit)
        case {"type": "heard", "ref": int(ref), "chars": int(chars)} if chars >= 0:
            return Shown(ref, chars)
        case {"type": "played", "ref": int(ref)}:
            return Reached(ref)
    return None
