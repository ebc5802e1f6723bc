"""Sound as numbers: mu-law, other rates, loudness, mixing. PCM is as in calls.speech.ports; levels are dB below full scale (dBFS)."""

from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray

from calls.speech.ports import RATE

Samples = NDArray[np.float32]

FULL = 32_768.0
SILENT_DBFS = -120.0  # what `level` says of digital silence
_BIAS, _CLIP = 132, 32_635  # G.711


def samples(pcm: bytes) -> Samples:
    """PCM to numbers between -1 and 1. An odd byte at the end is dropped."""
    return np.frombuffer(pcm, "<i2", len(pcm) // 2).astype(np.float32) / FULL


def pcm_of(sound: NDArray[np.floating]) -> bytes:
    """Numbers to PCM, clipped at full scale."""
    pcm: bytes = np.rint(np.clip(sound * FULL, -FULL, FULL - 1)).astype("<i2").tobytes()
    return pcm


def resample(sound: Samples, source: int, target: int) -> Samples:
    """A whole piece at once: nothing is held back, so nothing is late. For a stream use soxr.ResampleStream."""
    if source == target or not len(sound):
        return sound
    return np.asarray(soxr.resample(sound, source, target), np.float32)


def resample_pcm(pcm: bytes, source: int, target: int = RATE) -> bytes:
    return pcm if source == target else pcm_of(resample(samples(pcm), source, target))


def level(pcm: bytes) -> float:
    """Loudness of a piece in dBFS: a full-scale square wave is 0."""
    return level_of(samples(pcm))


def level_of(sound: NDArray[np.floating]) -> float:
    power = float(np.mean(np.square(sound, dtype=np.float64))) if len(sound) else 0.0
    return 10 * float(np.log10(power)) if power > 1e-12 else SILENT_DBFS


def gain(db: float) -> float:
    return float(10 ** (db / 20))


def mix(first: bytes, second: bytes, second_gain: float = 1.0) -> bytes:
    """Both at once, as long as the longer one, clipped at full scale."""
    count = max(len(first), len(second)) // 2
    total = np.zeros(count, np.float32)
    for pcm, factor in ((first, 1.0), (second, second_gain)):
        part = np.frombuffer(pcm, "<i2", len(pcm) // 2)
        total[: len(part)] += part * np.float32(factor)
    return pcm_of(total / np.float32(FULL))


def mulaw_encode(pcm: bytes) -> bytes:
    data: bytes = _encoding()[np.frombuffer(pcm, "<u2", len(pcm) // 2)].tobytes()
    return data


def mulaw_decode(data: bytes) -> bytes:
    return _decoding()[np.frombuffer(data, np.uint8)].tobytes()


@cache
def _encoding() -> NDArray[np.uint8]:
    """The mu-law byte of every 16-bit sample, looked up by its unsigned bits."""
    linear = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    size = np.minimum(np.abs(linear), _CLIP) + _BIAS
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    sign = np.where(linear < 0, 0x80, 0)
    byte: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return byte


@cache
def _decoding() -> NDArray[np.int16]:
    byte = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((byte & 0x0F) << 3) + _BIAS) << ((byte >> 4) & 0x07)) - _BIAS
    return np.where(byte & 0x80, -size, size).astype("<i2")
