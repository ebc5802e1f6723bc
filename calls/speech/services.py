"""Which service hears and which speaks: the built-in ones unless an office has others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calls.speech import deepgram, elevenlabs, embedded, openai
from calls.speech.ports import Engines, SpeechConfig, SpeechToText, TextToSpeech


@dataclass(frozen=True, slots=True)
class Provider:
    """A service an office may choose. `base_url` and `model` are what is used when none is given; "" must be given."""

    name: str
    hears: Callable[[SpeechConfig], SpeechToText] | None = None
    speaks: Callable[[SpeechConfig], TextToSpeech] | None = None
    base_url: str = ""
    hearing_model: str = ""
    speaking_model: str = ""
    voice: str = ""
    needs_key: bool = True
    help: str = ""

    def does(self, kind: str) -> bool:
        return (self.hears if kind == "stt" else self.speaks) is not None


BUILTIN = "builtin"
PROVIDERS: dict[str, Provider] = {
    "openai": Provider(
        "OpenAI, or a compatible server",
        openai.Hearing,
        openai.Speaking,
        base_url="https://api.openai.com/v1",
        hearing_model="gpt-4o-mini-transcribe",
        speaking_model="gpt-4o-mini-tts",
        voice="alloy",
        needs_key=False,
        help="Any server with /audio/transcriptions and /audio/speech, also one of your own.",
    ),
    "deepgram": Provider(
        "Deepgram",
        deepgram.Hearing,
        deepgram.Speaking,
        base_url="https://api.deepgram.com/v1",
        hearing_model="nova-3",
        speaking_model="aura-2-thalia-en",
        help="Its voices are models: the voice is chosen by the model.",
    ),
    "elevenlabs": Provider(
        "ElevenLabs",
        None,
        elevenlabs.Speaking,
        base_url="https://api.elevenlabs.io/v1",
        speaking_model="eleven_flash_v2_5",
        help="The voice is the id that ElevenLabs shows for it.",
    ),
}


def engines(configs: Sequence[SpeechConfig]) -> Engines:
    """What `configs` name, the built-in ones for the rest. Raises Missing."""
    builtin = embedded.engines()
    stt, tts = builtin.stt, builtin.tts
    for config in configs:
        provider = PROVIDERS.get(config.provider)
        if provider is None:
            continue
        if config.kind == "stt" and provider.hears is not None:
            stt = provider.hears(filled(config, provider))
        elif config.kind == "tts" and provider.speaks is not None:
            tts = provider.speaks(filled(config, provider))
    return Engines(stt, tts, builtin.vad)


def filled(config: SpeechConfig, provider: Provider) -> SpeechConfig:
    """With the provider's own address, model and voice where none is given."""
    model = provider.hearing_model if config.kind == "stt" else provider.speaking_model
    return SpeechConfig(
        config.kind,
        config.provider,
        (config.base_url or provider.base_url).rstrip("/"),
        config.model or model,
        config.voice or provider.voice,
        config.secret,
    )
