"""Hears the callee's channel of a recording again. Needs no database.

Live, a stretch is recognised as soon as there is a short pause, since somebody waits for the answer. Here neighbouring stretches are put
together first: recognition gets whole sentences.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from calls.carriers.base import Heard, MediaEvent
from calls.carriers.voice.hearing import BYTES_PER_MS, Hearing
from calls.carriers.voice.how import How
from calls.recordings import wav
from calls.speech.ports import Engines, SpeechToText

JOIN_MS = 1_200  # a pause up to here is one within a sentence
LONGEST_MS = 20_000  # of what is recognised at once
MARGIN_MS = 200  # of sound around it
PIECE_MS = 1_000
LAST = 120.0  # seconds for the last stretch; nobody waits for it
CALLEE = 1  # channel


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said, on the call's clock."""

    speaker: str  # assistant, user, robot
    text: str
    start_ms: int
    end_ms: int


class _Nothing:
    """A recogniser for finding out when somebody speaks: what was said is asked of the real one, in whole sentences."""

    name = "none"

    async def transcribe(self, pcm: bytes, *, language: str, keywords: Sequence[str] = (), final: bool = True) -> str:
        return ""


async def heard_again(path: Path, engines: Engines, *, language: str, keywords: Sequence[str], speaker: str) -> list[Line]:
    """The callee's lines. Raises SpeechError, wav.Unusable, OSError."""
    sound = await asyncio.to_thread(channel, path, CALLEE)
    how = How(call_id="", language=language, keywords=tuple(keywords))
    lines = []
    for start, end in joined(await _spoken(sound, engines, how)):
        piece = sound[max(0, start - MARGIN_MS) * BYTES_PER_MS : (end + MARGIN_MS) * BYTES_PER_MS]
        if text := await engines.stt.transcribe(piece, language=language, keywords=how.keywords):
            lines.append(Line(speaker, text, start, end))
    return lines


def channel(path: Path, which: int) -> bytes:
    """One side of a recording as mono sound."""
    where = wav.sound_of(path)
    with open(path, "rb") as file:
        file.seek(where.at)
        both = np.frombuffer(file.read(where.size // wav.BLOCK * wav.BLOCK), "<i2").reshape(-1, wav.CHANNELS)
    return np.ascontiguousarray(both[:, which]).tobytes()


async def _spoken(sound: bytes, engines: Engines, how: How) -> list[tuple[int, int]]:
    """When somebody spoke, by the same ear as on the live call."""
    fed, found = 0, []

    def tell(event: MediaEvent) -> None:
        if isinstance(event, Heard):
            found.append((event.start_ms, event.end_ms))

    silent: list[SpeechToText] = [_Nothing()]
    ear = Hearing(silent, engines.vad(), how, lambda: fed, tell)
    step = PIECE_MS * BYTES_PER_MS
    for at in range(0, len(sound), step):
        piece = sound[at : at + step]
        fed += len(piece) // BYTES_PER_MS
        ear.feed(piece, piece)
        await ear.caught_up()
    await ear.finish(LAST)
    return found


def joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches with short pauses between them as one, as long as recognition can take them."""
    found: list[tuple[int, int]] = []
    for start, end in stretches:
        if found and start - found[-1][1] <= JOIN_MS and end - found[-1][0] <= LONGEST_MS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def agreement(text: str, live: Iterable[str]) -> float:
    """0 to 1: how much of what was heard now was heard on the call too. Two hearings that agree are rarely both wrong."""
    now, then = _words(text), _words(" ".join(live))
    return round(SequenceMatcher(None, now, then, autojunk=False).ratio(), 2) if now else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
