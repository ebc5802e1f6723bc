"""How loud a recording is over time, for the picture under the player."""

import wave
from pathlib import Path

import numpy as np

BLOCK = 65_536  # sample frames read at once: some 2 MB in memory, however long the call was


def peaks(path: Path | str, buckets: int = 1200) -> list[list[float]]:
    """For each channel the highest amplitude, 0 to 1, in each of `buckets` equal parts. A file that is shorter has fewer parts.

    16-bit WAV. A file whose header promises more than it holds (a call that was cut off) is read as far as it goes. Raises ValueError for
    anything else, OSError when it cannot be read.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise ValueError(f"{path} is not 16 bit.")
            return _read(file, max(1, buckets))
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path} is no WAV file: {error}") from error


def _read(file: wave.Wave_read, buckets: int) -> list[list[float]]:
    channels, total = file.getnchannels(), file.getnframes()
    buckets = min(buckets, total)
    if not buckets:
        return [[] for _ in range(channels)]
    highest = np.zeros((buckets, channels), np.int32)
    at = 0
    while at < total:
        data = np.frombuffer(file.readframes(min(BLOCK, total - at)), "<i2")
        sound = np.abs(data[: len(data) // channels * channels].reshape(-1, channels).astype(np.int32))
        if not len(sound):
            break
        # Where each bucket begins in this block; the first one may have begun before it.
        bucket = np.arange(at, at + len(sound), dtype=np.int64) * buckets // total
        begins = np.flatnonzero(np.diff(bucket, prepend=-1))
        np.maximum.at(highest, bucket[begins], np.maximum.reduceat(sound, begins, axis=0))
        at += len(sound)
    return [[round(float(value), 4) for value in channel] for channel in np.minimum(highest.T / 32_767, 1.0)]
