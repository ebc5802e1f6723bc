"""Recordings as the recorder leaves them: tones of known seconds in known channels."""

import math
import struct
from collections.abc import Sequence
from pathlib import Path

from django.utils.timezone import now

from calls.models import Call, Recording
from calls.models.recording import storage
from calls.recordings import rows

RATE = 8_000


def tone(seconds: float, loud: float, hertz: float = 440.0) -> list[int]:
    return [round(loud * 32_767 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(round(seconds * RATE))]


def frames(left: Sequence[int], right: Sequence[int]) -> bytes:
    return b"".join(struct.pack("<hh", a, b) for a, b in zip(left, right, strict=True))


def header(size: int) -> bytes:
    """Of `size` bytes of sound."""
    return b"RIFF" + struct.pack("<I4s4sIHHIIHH4sI", (36 + size) % 2**32, b"WAVE", b"fmt ", 16, 1, 2, RATE, RATE * 4, 4, 16, b"data", size)


def wav(sound: bytes, *, told: int | None = None) -> bytes:
    """The file; `told`: what the header says of the size of its sound."""
    return header(len(sound) if told is None else told) + sound


def talk(seconds: int = 4) -> bytes:
    """The agent speaks in the first half, the callee, more softly, in the second."""
    half = seconds / 2
    loud, soft, none = tone(half, 0.8), tone(half, 0.2, 300.0), [0] * round(half * RATE)
    return frames(loud + none, none + soft)


def path_of(call: Call) -> Path:
    path = Path(storage().path(f"2026/11/{call.uid}.wav"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def recorded(call: Call, sound: bytes | None = None) -> Recording:
    """A ready recording of an ended call, made the way the product makes it."""
    path = path_of(call)
    path.write_bytes(wav(talk() if sound is None else sound))
    rows.begin(call.pk, str(path))
    if call.ended_at is None:
        Call.objects.filter(pk=call.pk).update(ended_at=now())
    assert rows.settle(call.pk)
    return Recording.objects.get(call=call)
