"""Which service hears and which speaks: the built-in ones unless an office has others."""

from collections.abc import Sequence

from calls.speech import embedded
from calls.speech.ports import Engines, SpeechConfig


def engines(configs: Sequence[SpeechConfig]) -> Engines:
    """What `configs` name, the built-in ones for the rest. Raises Missing."""
    return embedded.engines()
