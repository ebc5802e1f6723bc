"""Deepgram: `POST /listen` with raw sound answers the words, `POST /speak` answers raw sound as it is made.

https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded, …/text-to-speech/speak-request
"""

from collections.abc import AsyncIterator, Sequence

from calls.speech import remote
from calls.speech.languages import iso
from calls.speech.ports import RATE, SpeechConfig, SpeechError


def _headers(config: SpeechConfig, kind: str) -> dict[str, str]:
    return {"Authorization": f"Token {config.secret}", "Content-Type": kind}


class Hearing:
    def __init__(self, config: SpeechConfig) -> None:
        self._config = config
        self.name = f"Deepgram {config.model}"

    async def transcribe(self, pcm: bytes, *, language: str, keywords: Sequence[str] = (), final: bool = True) -> str:
        if not final:
            return ""  # paid by the minute: half an utterance is not worth asking for
        asked: list[tuple[str, str | int | float | bool | None]] = [
            ("model", self._config.model),
            ("smart_format", "true"),
            ("encoding", "linear16"),
            ("sample_rate", str(RATE)),
            ("language", iso(language) or "multi"),
        ]
        # nova-3 takes key terms, older models take keywords with a boost
        term = "keyterm" if self._config.model.startswith("nova-3") else "keywords"
        asked += [(term, word.rpartition(":")[0] or word if term == "keyterm" else word) for word in keywords]
        url = f"{self._config.base_url}/listen"
        answer = await remote.post(url, _headers(self._config, "application/octet-stream"), params=asked, content=pcm)
        try:
            return str(answer.json()["results"]["channels"][0]["alternatives"][0]["transcript"]).strip()
        except (ValueError, KeyError, IndexError, TypeError):
            raise SpeechError(f"{answer.url.host} sent what could not be read.") from None


class Speaking:
    def __init__(self, config: SpeechConfig) -> None:
        self._config = config
        self.name = f"Deepgram {config.model}"

    async def speak(self, text: str, *, voice: str, language: str) -> AsyncIterator[bytes]:
        asked = {"model": self._config.model, "encoding": "linear16", "sample_rate": str(RATE), "container": "none"}
        rest = b""
        url = f"{self._config.base_url}/speak"
        async with remote.streamed(url, _headers(self._config, "application/json"), params=asked, json={"text": text}) as pieces:
            async for piece in pieces:
                whole, rest = remote.even(rest, piece)
                if whole:
                    yield whole
