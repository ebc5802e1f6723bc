"""What is heard behind the agent's voice: office, cafe, restaurant, the quiet static of an open line (None), or nothing at all ("none").

Made by this module alone: talkers are pulse trains through the resonances of random vowels, so nobody says a word, and nothing is copied
from anywhere. Each is a loop without a seam, always the same one, made once per process in less than a second.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from calls.speech.audio import FULL, Samples, gain, level_of, pcm_of
from calls.speech.ports import FRAME_BYTES, RATE

Sound = NDArray[np.float64]

TRACKS = ("office", "cafe", "restaurant")
NOTHING = "none"
SECONDS = 16
LENGTH = SECONDS * RATE
TRACK_DBFS, STATIC_DBFS = -35.0, -55.0
TOP_HZ = 2_400  # of a talker: others are far away
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (440, 1020, 2240), (660, 1720, 2410))


class Background:
    """The track behind one call, from a place of its own, so that two calls do not hear the same second."""

    def __init__(self, name: str | None, start_ms: int = 0) -> None:
        """`name` as the parameter background_track; one that is not known is None."""
        self._loop = loop(name)
        self._at = start_ms * RATE // 1000 * 2 % len(self._loop)

    def next(self, size: int = FRAME_BYTES) -> bytes:
        """The next `size` bytes of PCM."""
        found = b""
        while len(found) < size:
            part = self._loop[self._at : self._at + size - len(found)]
            self._at = (self._at + len(part)) % len(self._loop)
            found += part
        return found


@cache
def loop(name: str | None) -> bytes:
    """The whole loop as PCM."""
    if name == NOTHING:
        return bytes(2 * LENGTH)
    place = {"office": _office, "cafe": _cafe, "restaurant": _restaurant}.get(name or "", _static)
    rng = np.random.default_rng(1)
    sound = place(rng)
    wanted = STATIC_DBFS if place is _static else TRACK_DBFS
    return _dithered(sound * gain(wanted - level_of(sound)), rng)


def _dithered(sound: Sound, rng: np.random.Generator) -> bytes:
    """At -55 dBFS a step of 16 bits can be heard; half a step of noise hides it."""
    return pcm_of((sound + rng.uniform(-0.5, 0.5, len(sound)) / FULL).astype(np.float32))


def _static(rng: np.random.Generator) -> Sound:
    return _coloured(rng, 0.3)


def _office(rng: np.random.Generator) -> Sound:
    air = _coloured(rng, 1.2)
    return 0.55 * _unit(air) + 0.6 * _unit(_room(_talkers(rng, 3), rng, 0.25)) + 0.12 * _unit(_keys(rng, 5))


def _cafe(rng: np.random.Generator) -> Sound:
    babble = _room(_talkers(rng, 7), rng, 0.35)
    return 0.3 * _unit(_coloured(rng, 1.0)) + _unit(babble) + 0.12 * _unit(_room(_clinks(rng, 14), rng, 0.3)) + 0.25 * _unit(_steam(rng))


def _restaurant(rng: np.random.Generator) -> Sound:
    babble = _room(_talkers(rng, 10), rng, 0.6)
    return 0.25 * _unit(_coloured(rng, 1.0)) + _unit(babble) + 0.16 * _unit(_room(_clinks(rng, 34), rng, 0.5))


def _unit(sound: Sound) -> Sound:
    return sound / max(float(np.sqrt(np.mean(sound**2))), 1e-9)


def _add(into: Sound, at: int, part: NDArray[np.floating]) -> None:
    """Round the end to the beginning: the loop has no seam."""
    where = at % LENGTH
    first = min(len(part), LENGTH - where)
    into[where : where + first] += part[:first]
    into[: len(part) - first] += part[first:]


def _coloured(rng: np.random.Generator, slope: float) -> Sound:
    """Noise that falls with the frequency: 0 is white, 1 is pink."""
    hz = np.maximum(np.fft.rfftfreq(LENGTH, 1 / RATE), 60)
    spectrum = rng.standard_normal(len(hz)) + 1j * rng.standard_normal(len(hz))
    return _unit(np.fft.irfft(spectrum / hz**slope, LENGTH))


def _room(sound: Sound, rng: np.random.Generator, seconds: float) -> Sound:
    """With the echo of a room that dies away in about `seconds`."""
    at = np.arange(int(seconds * RATE)) / RATE
    echo = np.zeros(LENGTH)
    echo[: len(at)] = rng.standard_normal(len(at)) * np.exp(-5 * at / seconds) * 0.12
    echo[0] = 1.0
    return np.fft.irfft(np.fft.rfft(sound) * np.fft.rfft(echo), LENGTH)


def _talkers(rng: np.random.Generator, count: int) -> Sound:
    sound = np.zeros(LENGTH)
    for _ in range(count):
        pitch, far = rng.choice((rng.uniform(95, 140), rng.uniform(170, 240))), rng.uniform(0.3, 1)
        at, until = int(rng.integers(LENGTH)), 0
        while until < LENGTH:
            for _ in range(int(rng.integers(3, 16))):  # a phrase
                syllable = _syllable(rng, pitch * rng.uniform(0.85, 1.2))
                _add(sound, at + until, far * rng.uniform(0.4, 1) * syllable)
                until += int(len(syllable) * rng.uniform(0.75, 1.05))
            until += int(rng.uniform(0.2, 2.0) * RATE)  # a pause, or the other one's turn
    return sound


def _syllable(rng: np.random.Generator, pitch: float) -> Samples:
    """A vowel of 90 to 260 ms: the harmonics of a falling pitch, each as loud as the resonances make it."""
    at = np.arange(int(rng.uniform(0.09, 0.26) * RATE), dtype=np.float32) / RATE
    phase = (2 * np.pi * pitch * (at - 0.4 * at**2)).astype(np.float32)
    number = np.arange(1, int(TOP_HZ / pitch) + 1, dtype=np.float32)
    formants = np.array(VOWELS[int(rng.integers(len(VOWELS)))]) * rng.uniform(0.9, 1.1)
    loud = (1 / (1 + ((number[:, None] * pitch - formants) / 90) ** 2)).sum(axis=1) / np.sqrt(number)
    rise = np.minimum(at / 0.03, 1) * np.minimum((at[-1] - at) / 0.05, 1)
    sound: Samples = (loud.astype(np.float32) @ np.sin(number[:, None] * phase)) * np.clip(rise, 0, 1).astype(np.float32)
    return sound


def _keys(rng: np.random.Generator, per_second: float) -> Sound:
    """Typing: bursts of short dull clicks."""
    sound, at = np.zeros(LENGTH), 0
    click = np.exp(-np.arange(160) / 25)
    while at < LENGTH:
        for _ in range(int(rng.integers(4, 22))):
            _add(sound, at, click * rng.standard_normal(len(click)) * rng.uniform(0.3, 1))
            at += int(rng.uniform(0.6, 1.8) * RATE / per_second)
        at += int(rng.uniform(0.4, 2.5) * RATE)
    return sound


def _clinks(rng: np.random.Generator, count: int) -> Sound:
    """Cups and cutlery: a few partials that ring for a moment."""
    sound = np.zeros(LENGTH)
    at = np.arange(RATE // 4) / RATE
    for _ in range(count):
        base = rng.uniform(1_500, 2_600)
        ring = np.zeros(len(at))
        for ratio in (1, 1.19, 1.42):
            ring += rng.uniform(0.3, 1) * np.sin(2 * np.pi * base * ratio * at) * np.exp(-at * rng.uniform(25, 70))
        _add(sound, int(rng.integers(LENGTH)), ring * rng.uniform(0.2, 1))
    return sound


def _steam(rng: np.random.Generator) -> Sound:
    """The coffee machine, once a loop."""
    at = np.arange(LENGTH) / RATE
    swell = np.exp(-(((at - 0.6 * SECONDS) / 1.4) ** 2))
    return np.asarray(np.diff(rng.standard_normal(LENGTH + 1)) * swell)
