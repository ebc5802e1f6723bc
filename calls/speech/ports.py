"""Ports to recognition, synthesis and voice activity.

Sound is PCM everywhere: 8,000 samples a second, 16-bit signed little-endian, mono. A frame is 20 ms, 320 bytes; a window of voice
activity is 32 ms, 512 bytes. Engines are shared by all calls of a process and safe to use from several tasks; a `VoiceActivity` is not.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

RATE = 8_000
FRAME_MS = 20
FRAME_BYTES = RATE * FRAME_MS // 1000 * 2
WINDOW_BYTES = 512


class SpeechError(Exception):
    """An engine did not do its work; the message is for staff and holds no secret."""


class Missing(SpeechError):
    """An engine is not installed on this machine; the message says what is missing."""


class SpeechToText(Protocol):
    @property
    def name(self) -> str:
        """As screens show it: "Built-in (Moonshine tiny)"."""
        ...

    async def transcribe(self, pcm: bytes, *, language: str, keywords: Sequence[str] = (), final: bool = True) -> str:
        """The words in `pcm`, "" when there are none. `final` False: half an utterance, for the live transcript. Raises SpeechError.

        `language` is the call's parameter ("babel-en", "en", "es", "auto", …), `keywords` its "word" or "word:boost".
        """
        ...


class TextToSpeech(Protocol):
    @property
    def name(self) -> str: ...

    def speak(self, text: str, *, voice: str, language: str) -> AsyncIterator[bytes]:
        """The sound of `text`, in pieces of any length as they are made, the first as soon as possible. Raises SpeechError.

        `text` is already written for the ear (calls.speech.spoken). `voice` is a name or id; an unknown one gets the default voice.
        """
        ...


class VoiceActivity(Protocol):
    """Is somebody speaking? One per call; it remembers what went before."""

    def probability(self, window: bytes) -> float:
        """0 to 1 for the next 32 ms (`WINDOW_BYTES`)."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """What a call hears and speaks with."""

    stt: SpeechToText
    tts: TextToSpeech
    vad: Callable[[], VoiceActivity]


@dataclass(frozen=True, slots=True)
class SpeechConfig:
    """A speech service as it is to be used; `provider` is a key of calls.speech.services.PROVIDERS."""

    kind: Literal["stt", "tts"]
    provider: str = "builtin"
    base_url: str = ""
    model: str = ""
    voice: str = ""
    secret: str = field(default="", repr=False)
