"""Synthesis by Hibari (English) on onnxruntime: 30 ms of processor for a sentence of 4 s, the voice inside the package.

The model predicts a melody and three spectra in frames of 12.5 ms, from which `hibari.dsp` makes the sound. Other voices than the recorded
one come from changing these before the sound is made: that costs nothing and loses no words, unlike bending the finished sound.
"""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calls.speech.audio import Samples, gain, pcm_of, resample
from calls.speech.installed import REMEDY, file_of, session
from calls.speech.pool import Urgency, pool
from calls.speech.ports import RATE, Missing, SpeechError
from calls.speech.voices import Shape, voice_of

NAME = "Built-in (Hibari)"
WHAT = "Synthesis (hibari-tts)"
MODEL_RATE = 24_000
RECORDED = "heart"  # the only voice inside the package: any other would be downloaded
LOUDER_DB = 5.5  # brings the voice to -20 dBFS while it speaks, as a line expects
LONGEST = 240  # characters given to the model at once
LEAD_MS, TAIL_MS, BETWEEN_MS = 15, 60, 220  # silence kept before and after a piece, and between two sentences
KNEE = 0.7  # amplitude from which on peaks are bent
HEARD = 0.006  # amplitude from which on it is no silence
VOICED_HZ = 40.0  # the model's: below it there is no melody
LOWEST_HZ = 45.0
NOTHING = -12.0  # log of an amplitude nobody hears

Frames = NDArray[np.float32]


def model_file() -> Path:
    """Raises Missing."""
    return file_of("hibari", "assets/hibari.onnx", WHAT)


class HibariSpeech:
    name = NAME

    def __init__(self) -> None:
        self._reading = threading.Lock()  # spelling to sound is Python with caches of its own

    @cached_property
    def _model(self) -> Any:  # hibari.Hibari: the package has no types
        """Raises Missing. The lexicon and the model for words that are not in it are loaded too."""
        weights = session(model_file(), WHAT)
        spelling = session(file_of("hibari", "assets/oov.onnx", WHAT), WHAT)
        try:
            from hibari import Hibari
        except ImportError as error:
            raise Missing(f"{WHAT} cannot be loaded on this machine ({error}). {REMEDY}") from error
        model = Hibari(voice=RECORDED, threads=1)
        model.sess, model.g2p.oov.sess = weights, spelling
        return model

    def load(self) -> None:
        """Raises Missing."""
        with self._reading:
            _ = self._model

    async def speak(self, text: str, *, voice: str, language: str) -> AsyncIterator[bytes]:
        """As calls.speech.ports: a piece for each sentence. Every language is read as English."""
        shape = voice_of(voice).shape
        sentences = pieces(text)
        made: Future[bytes] | None = None
        try:
            for n, _ in enumerate(sentences):
                made = made or self._begin(sentences, n, shape)
                sound = await asyncio.wrap_future(made)
                # The next one is made while this one is played.
                made = self._begin(sentences, n + 1, shape) if n + 1 < len(sentences) else None
                if sound:
                    yield sound
        finally:
            if made is not None:
                made.cancel()

    def _begin(self, sentences: list[str], n: int, shape: Shape) -> Future[bytes]:
        last = n + 1 == len(sentences)
        urgency = Urgency.SOON if n else Urgency.WAITED_FOR
        return pool().submit(lambda: self.say(sentences[n], shape, TAIL_MS if last else BETWEEN_MS), urgency)

    def say(self, sentence: str, shape: Shape = Shape(), tail_ms: int = TAIL_MS) -> bytes:  # noqa: B008 - frozen
        """One sentence, in the thread that asks. Raises SpeechError."""
        if not any(c.isalnum() for c in sentence):
            return b""
        self.load()
        try:
            sound = [self._sound(part, shape) for part in self.phonemes(sentence)]
        except Exception as error:  # the package and onnxruntime raise classes of their own
            raise SpeechError(f"The built-in voice failed: {type(error).__name__}.") from error
        spoken = trimmed(np.concatenate(sound), tail_ms) if sound else np.zeros(0, np.float32)
        return pcm_of(softened(resample(spoken, MODEL_RATE, RATE) * np.float32(gain(LOUDER_DB + shape.loudness_db))))

    def phonemes(self, sentence: str) -> list[str]:
        """In the package's alphabet; more than one when the sentence is long."""
        with self._reading:
            found: list[str] = self._model.phonemize(_LETTER_A.sub(LETTER_A, sentence))
        return found

    def _sound(self, phonemes: str, shape: Shape) -> Samples:
        from hibari import dsp

        ids = self._model.ids(phonemes)
        if len(ids) < 3:  # nothing but the edges
            return np.zeros(0, np.float32)
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([shape.pace], np.float32)}
        frames = [part[0] for part in self._model.sess.run(None, given)]
        made: Samples = dsp.synth(*shaped(frames, shape), np.random.default_rng(1))
        return made


def shaped(frames: list[Frames], shape: Shape) -> list[Frames]:
    """Another voice: the melody is moved and the spectra are stretched. Order as the model's: harmonics, their phase, noise, free part, its
    phase, melody."""
    harmonics, phase, noise, free, free_phase, melody = frames
    if shape.pitch != 1:
        melody = np.where(melody > VOICED_HZ, np.maximum(melody * shape.pitch, LOWEST_HZ), melody).astype(np.float32)
    if shape.throat == 1:
        return [harmonics, phase, noise, free, free_phase, melody]
    nearest = np.minimum(np.rint(np.arange(len(free_phase)) / shape.throat).astype(int), len(free_phase) - 1)
    loud = [stretched(part, shape.throat, NOTHING) for part in (harmonics, noise, free)]
    return [loud[0], stretched(phase, shape.throat, 0.0), loud[1], loud[2], free_phase[nearest], melody]


def stretched(part: Frames, factor: float, beyond: float) -> Frames:
    """The frequency axis times `factor`; `beyond` is for what lies above the model's highest frequency."""
    last = len(part) - 1
    source = np.arange(len(part)) / factor
    low = np.minimum(source.astype(int), last)
    share = (np.minimum(source, last) - low).astype(np.float32)[:, None]
    moved = part[low] * (1 - share) + part[np.minimum(low + 1, last)] * share
    moved[source > last] = beyond
    made: Frames = moved.astype(np.float32)
    return made


def trimmed(sound: Samples, tail_ms: int) -> Samples:
    """The model begins with 0.3 s of silence and ends with 0.5 s: somebody waits for the first, and the second sounds like hesitation."""
    heard = np.flatnonzero(np.abs(sound) > HEARD)
    if not len(heard):
        return sound[:0]
    begin, end = max(0, int(heard[0]) - LEAD_MS * MODEL_RATE // 1000), int(heard[-1]) + 1
    tail = tail_ms * MODEL_RATE // 1000
    kept = sound[begin : end + tail]
    return np.pad(kept, (0, max(0, end + tail - begin - len(kept))))


def softened(sound: Samples) -> Samples:
    """Peaks bent down instead of cut off: a deep voice has high ones."""
    over = np.maximum(np.abs(sound) - KNEE, 0) / (1 - KNEE)
    bent: Samples = np.where(over > 0, np.sign(sound) * (KNEE + (1 - KNEE) * np.tanh(over)), sound).astype(np.float32)
    return bent


# A letter, which the package would read as the article: after anything but the begin of a sentence, or before letters and digits.
_LETTER_A = re.compile(r"(?<=[\w,] )A(?![\w'])|\bA(?= (?:[A-Z]|zero|two|three|four|five|six|seven|eight|nine)\b)")
LETTER_A = "[A](/ˈA/)"
# After the end of a sentence and a closing quote; not after "Mr." or an initial, nor before a small letter.
_SENTENCE = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)\]]))(?<!\b[A-Z]\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMrs\.)\s+(?![a-z])"
)
_CLAUSE = re.compile(r"(?<=[,;:—])\s+")


def pieces(text: str) -> list[str]:
    """Sentences, and of long ones the clauses, and of endless ones as many words as fit."""
    found = []
    for sentence in _SENTENCE.split(" ".join(text.split())):
        parts = [sentence] if len(sentence) <= LONGEST else _CLAUSE.split(sentence)
        found += [piece for part in parts for piece in _words(part)]
    return found


def _words(text: str) -> Iterator[str]:
    held = ""
    for word in text.split():
        for piece in (word[k : k + LONGEST] for k in range(0, len(word), LONGEST)):
            if held and len(held) + len(piece) + 1 > LONGEST:
                yield held
                held = ""
            held = f"{held} {piece}".strip()
    if held:
        yield held
