"""Engines with exact times: a tone per character instead of speech, words that are written into the sound."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import numpy as np

from calls.speech.ports import RATE, Engines, SpeechError


def tone(ms: int, level: int = 8_000) -> bytes:
    return (np.sin(np.arange(ms * RATE // 1000) * 0.5) * level).astype("<i2").tobytes()


def quiet(ms: int) -> bytes:
    return bytes(ms * RATE // 1000 * 2)


class Voice:
    """Speaks 10 ms of tone per character, in two pieces. `asked`: what it was given."""

    name = "test voice"

    def __init__(self, *, fails: str = "", delay: float = 0) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self._fails, self._delay = fails, delay

    async def speak(self, text: str, *, voice: str, language: str) -> AsyncIterator[bytes]:
        self.asked.append((text, voice, language))
        await asyncio.sleep(self._delay)
        if self._fails:
            raise SpeechError(self._fails)
        sound = tone(10 * len(text))
        yield sound[: len(sound) // 2]
        yield sound[len(sound) // 2 :]


class Ear:
    """Gives its words in turn; `asked` is the length in ms of what it was to recognise, and whether it was the whole."""

    name = "test ear"

    def __init__(self, *words: str, delay: float = 0, fails: str = "") -> None:
        self._words, self._delay, self._fails = list(words), delay, fails
        self.asked: list[tuple[int, bool, str, tuple[str, ...]]] = []

    async def transcribe(self, pcm: bytes, *, language: str, keywords: Sequence[str] = (), final: bool = True) -> str:
        self.asked.append((len(pcm) // 16, final, language, tuple(keywords)))
        await asyncio.sleep(self._delay)
        if self._fails:
            raise SpeechError(self._fails)
        return (self._words.pop(0) if final else self._words[0]) if self._words else ""


class Loudness:
    """Voice is whatever is loud."""

    def probability(self, window: bytes) -> float:
        return 1.0 if np.abs(np.frombuffer(window, "<i2").astype(int)).max() > 1_000 else 0.0


def engines(ear: Ear | None = None, voice: Voice | None = None) -> Engines:
    return Engines(ear or Ear(), voice or Voice(), Loudness)
