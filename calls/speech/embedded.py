"""The engines inside Parley: Moonshine, Hibari and Silero on onnxruntime. No network, no key, English only.

One set per process, loaded when first used or by `warm`, which every process that carries calls does at its start: loading takes up to 2 s.
"""

import threading
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from calls.speech import hibari, moonshine, silero
from calls.speech.hibari import HibariSpeech
from calls.speech.installed import REMEDY, Session
from calls.speech.languages import english
from calls.speech.moonshine import Moonshine
from calls.speech.ports import WINDOW_BYTES, Engines, Missing, SpeechError

SENTENCE = "Thanks for calling, how can I help you today?"
AGREED = 0.75  # share of the sentence's words that must come back


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What `warm` found. `message` is one sentence for staff."""

    ok: bool
    message: str
    heard: str = ""
    load_ms: int = 0
    speak_ms: int = 0
    hear_ms: int = 0
    voice_activity: float = 0.0  # the highest probability in the spoken sentence


_loading = threading.Lock()


def _parts() -> tuple[HibariSpeech, Moonshine, Session]:
    with _loading:  # whoever comes second waits instead of loading them again
        return _loaded()


@cache
def _loaded() -> tuple[HibariSpeech, Moonshine, Session]:
    """An exception is not kept: the next call tries again."""
    speech, hearing, activity = HibariSpeech(), Moonshine(), silero.load()
    speech.load()
    hearing.load()
    return speech, hearing, activity


def lacking() -> str:
    """What this machine lacks, in words; "" when everything is there. Looks at the packages only: nothing is loaded."""
    try:
        hibari.model_file()
        moonshine.model_file()
        silero.model_file()
    except Missing as missing:
        return str(missing)
    return "" if find_spec("onnxruntime") else f"onnxruntime, which runs the speech models, is not installed on this machine. {REMEDY}"


def engines() -> Engines:
    """Loads them when they are not loaded yet. Raises Missing."""
    speech, hearing, activity = _parts()
    return Engines(stt=hearing, tts=speech, vad=lambda: silero.Silero(activity))


def speaks(language: str) -> bool:
    """Is this a language the engines know?"""
    return english(language)


def warm() -> SelfTest:
    """Loads the engines, speaks a sentence and listens to it. Never raises: what is missing or wrong stands in the answer."""
    began = time.perf_counter()
    try:
        speech, hearing, activity = _parts()
        loaded = time.perf_counter()
        sound = speech.say(SENTENCE)
        spoken = time.perf_counter()
        heard = hearing.hear(sound)
        done = time.perf_counter()
        ear = silero.Silero(activity)
        loudest = max(ear.probability(sound[at : at + WINDOW_BYTES]) for at in range(0, len(sound) - WINDOW_BYTES, WINDOW_BYTES))
    except Missing as error:
        return SelfTest(False, str(error))
    except (SpeechError, ValueError) as error:
        return SelfTest(False, f"The built-in speech does not work on this machine: {error} Text calls still work.")
    wanted, got = _words(SENTENCE), _words(heard)
    right = sum(word in got for word in wanted) / len(wanted) >= AGREED
    ok = right and loudest > 0.5
    message = "Hears and speaks." if ok else f"The built-in speech does not understand its own voice: it heard “{heard[:80]}”."
    return SelfTest(ok, message, heard, _ms(began, loaded), _ms(loaded, spoken), _ms(spoken, done), round(loudest, 3))


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def _ms(since: float, until: float) -> int:
    return round((until - since) * 1000)
