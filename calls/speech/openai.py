"""OpenAI's audio endpoints, as OpenAI and compatible servers offer them.

`POST /audio/transcriptions` (multipart: file, model, language, prompt) answers `{"text": …}`; `POST /audio/speech` with
`response_format: pcm` answers 24 kHz, 16 bit, mono, as it is made. https://platform.openai.com/docs/api-reference/audio
"""

import io
import wave
from collections.abc import AsyncIterator, Sequence

import soxr

from calls.speech import remote
from calls.speech.audio import pcm_of, samples
from calls.speech.languages import iso
from calls.speech.ports import RATE, SpeechConfig, SpeechError

SPEECH_RATE = 24_000


def _headers(config: SpeechConfig) -> dict[str, str]:
    return {"Authorization": f"Bearer {config.secret}"} if config.secret else {}


class Hearing:
    def __init__(self, config: SpeechConfig) -> None:
        self._config = config
        self.name = f"{config.model} (OpenAI-compatible)"

    async def transcribe(self, pcm: bytes, *, language: str, keywords: Sequence[str] = (), final: bool = True) -> str:
        if not final:
            return ""  # paid by the minute: half an utterance is not worth asking for
        data = {"model": self._config.model, "response_format": "json"}
        if spoken := iso(language):
            data["language"] = spoken
        if keywords:
            data["prompt"] = ", ".join(word.rpartition(":")[0] or word for word in keywords)
        files = {"file": ("said.wav", wav(pcm), "audio/wav")}
        answer = await remote.post(f"{self._config.base_url}/audio/transcriptions", _headers(self._config), data=data, files=files)
        try:
            return str(answer.json()["text"]).strip()
        except (ValueError, KeyError, TypeError):
            raise SpeechError(f"{answer.url.host} sent what could not be read.") from None


class Speaking:
    def __init__(self, config: SpeechConfig) -> None:
        self._config = config
        self.name = f"{config.model} (OpenAI-compatible)"

    async def speak(self, text: str, *, voice: str, language: str) -> AsyncIterator[bytes]:
        body = {"model": self._config.model, "voice": self._config.voice, "input": text, "response_format": "pcm"}
        slower, rest = soxr.ResampleStream(SPEECH_RATE, RATE, 1, "float32", "LQ"), b""
        async with remote.streamed(f"{self._config.base_url}/audio/speech", _headers(self._config), json=body) as pieces:
            async for piece in pieces:
                whole, rest = remote.even(rest, piece)
                if whole and (sound := pcm_of(slower.resample_chunk(samples(whole)))):
                    yield sound
        if last := pcm_of(slower.resample_chunk(samples(b""), last=True)):
            yield last


def wav(pcm: bytes) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return made.getvalue()
