"""ElevenLabs: `POST /text-to-speech/{voice}/stream` answers raw sound as it is made.

https://elevenlabs.io/docs/api-reference/text-to-speech/stream
"""

from collections.abc import AsyncIterator
from urllib.parse import quote

import soxr

from calls.speech import remote
from calls.speech.audio import pcm_of, samples
from calls.speech.ports import RATE, SpeechConfig, SpeechError

SPEECH_RATE = 16_000


class Speaking:
    def __init__(self, config: SpeechConfig) -> None:
        self._config = config
        self.name = f"ElevenLabs {config.model}"

    async def speak(self, text: str, *, voice: str, language: str) -> AsyncIterator[bytes]:
        if not self._config.voice:
            raise SpeechError("Choose a voice for ElevenLabs: its id, as ElevenLabs shows it.")
        url = f"{self._config.base_url}/text-to-speech/{quote(self._config.voice, safe='')}/stream"
        asked = {"output_format": f"pcm_{SPEECH_RATE}"}
        body = {"text": text, "model_id": self._config.model}
        slower, rest = soxr.ResampleStream(SPEECH_RATE, RATE, 1, "float32", "LQ"), b""
        async with remote.streamed(url, {"xi-api-key": self._config.secret}, params=asked, json=body) as pieces:
            async for piece in pieces:
                whole, rest = remote.even(rest, piece)
                if whole and (sound := pcm_of(slower.resample_chunk(samples(whole)))):
                    yield sound
        if last := pcm_of(slower.resample_chunk(samples(b""), last=True)):
            yield last
