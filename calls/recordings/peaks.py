"""How loud a recording is along its length, for the drawing. Reads block by block: an hour of sound never stands in memory."""

from pathlib import Path

import numpy as np

from calls.recordings import wav

AT_ONCE = 1 << 20  # bytes read at a time


def peaks(path: Path, buckets: int) -> list[list[float]]:
    """The loudest moment of each of `buckets` stretches of equal length, per channel, 0 to 1 (full scale)."""
    sound = wav.sound_of(path)
    moments = sound.size // wav.BLOCK
    edges = np.linspace(0, moments, buckets + 1).astype(np.int64)
    loudest = np.zeros((wav.CHANNELS, buckets))
    with open(path, "rb") as file:
        file.seek(sound.at)
        done = 0
        while done < moments and (block := file.read(min(AT_ONCE, (moments - done) * wav.BLOCK))):
            read = np.abs(np.frombuffer(block[: len(block) // wav.BLOCK * wav.BLOCK], "<i2").astype(np.int32)).reshape(-1, wav.CHANNELS)
            place = np.searchsorted(edges, np.arange(done, done + len(read)), "right") - 1
            for channel in range(wav.CHANNELS):
                np.maximum.at(loudest[channel], np.clip(place, 0, buckets - 1), read[:, channel])
            done += len(read)
            if not len(read):
                break
    return [[round(float(each) / 32768, 3) for each in channel] for channel in loudest]
