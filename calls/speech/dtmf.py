"""Key tones: made for `precall_dtmf_sequence` and menus, and found in the sound of lines that carry no events for them."""

import numpy as np

from calls.speech.audio import Samples, pcm_of, samples
from calls.speech.ports import RATE

ROWS = ("123A", "456B", "789C", "*0#D")
ROW_HZ, COLUMN_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
PAUSE = "w"
ON_MS, OFF_MS, PAUSE_MS = 120, 80, 500
AMPLITUDE = 0.2  # of each of the two tones: -11 dBFS together

_HZ = {key: (ROW_HZ[r], COLUMN_HZ[c]) for r, row in enumerate(ROWS) for c, key in enumerate(row)}


def tones(keys: str, on_ms: int = ON_MS, off_ms: int = OFF_MS) -> bytes:
    """The sound of keys 0-9 * # A-D; `w` is half a second of silence. Anything else is left out."""
    return b"".join(
        _silence(PAUSE_MS) if key == PAUSE else _key(key, on_ms) + _silence(off_ms) for key in keys if key in _HZ or key == PAUSE
    )


def _silence(ms: int) -> bytes:
    return bytes(RATE * ms // 1000 * 2)


def _key(key: str, ms: int) -> bytes:
    at = np.arange(RATE * ms // 1000) * (2 * np.pi / RATE)
    row, column = _HZ[key]
    sound = AMPLITUDE * (np.sin(at * row) + np.sin(at * column))
    edge = min(40, len(sound) // 4)  # 5 ms: a tone that begins at once clicks
    sound[:edge] *= np.linspace(0, 1, edge)
    sound[len(sound) - edge :] *= np.linspace(1, 0, edge)
    return pcm_of(sound)


WINDOW, STEP = 205, 102  # 25.6 ms tell the eight frequencies apart
NEEDED = 3  # windows in a row: 50 ms of tone
SOFTEST = 1e-5  # power: -50 dBFS
SHARE = 0.55  # of the window's power that is in the two tones
ROW_LOUDER_DB, COLUMN_LOUDER_DB = 8, 6
_PROBE = np.exp(-2j * np.pi * np.outer(ROW_HZ + COLUMN_HZ, np.arange(WINDOW)) / RATE).astype(np.complex64)


class DtmfDetector:
    """Feed the sound of one line; each key is told once, when it was held for 50 ms. 0.05 ms of work for 20 ms."""

    def __init__(self) -> None:
        self._left: Samples = np.zeros(0, np.float32)
        self._last, self._count = "", 0

    def feed(self, pcm: bytes) -> str:
        """The keys that became known with this piece."""
        sound = np.concatenate([self._left, samples(pcm)])
        found, at = "", 0
        while at + WINDOW <= len(sound):
            key = _key_in(sound[at : at + WINDOW])
            self._count = self._count + 1 if key and key == self._last else int(bool(key))
            self._last = key
            if self._count == NEEDED:
                found += key
            at += STEP
        self._left = sound[at:]
        return found


def _key_in(window: Samples) -> str:
    power = float(np.square(window).sum())
    if power / WINDOW < SOFTEST:
        return ""
    strength = np.square(np.abs(_PROBE @ window))
    row, column = int(strength[:4].argmax()), int(strength[4:].argmax())
    low, high = float(strength[row]), float(strength[4 + column])
    others = float(np.delete(strength, [row, 4 + column]).max())
    twist = 10 * np.log10((high + 1e-12) / (low + 1e-12))
    if (low + high) * 2 / WINDOW / power <= SHARE or not -ROW_LOUDER_DB < twist < COLUMN_LOUDER_DB:
        return ""
    return ROWS[row][column] if others < 0.1 * min(low, high) + 0.02 * max(low, high) else ""
