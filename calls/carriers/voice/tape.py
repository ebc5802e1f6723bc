"""The recording in the making: two channels into one WAV file, agent left, callee right, by the clock of the call."""

import asyncio
import struct
from pathlib import Path

import numpy as np

from calls.speech.audio import level
from calls.speech.ports import FRAME_BYTES, RATE

PER_MS = RATE // 1000  # samples
SLACK_MS = 60  # the far end's sound comes in uneven steps: as much is no gap
TORN_MS = 300  # words that come late are not torn apart, so far: what is late by then catches up, and time is mended in the next silence
AHEAD_MS = 1_000  # sound that comes in faster than time: what is too much is left out
QUIET_DBFS = -45.0  # nobody speaks
HEADER = 44


def header(samples: int) -> bytes:
    """Of a WAV file with `samples` of two channels, 16 bit."""
    size = samples * 4
    return b"RIFF" + struct.pack("<I4s4sIHHIIHH4sI", 36 + size, b"WAVE", b"fmt ", 16, 1, 2, RATE, RATE * 4, 4, 16, b"data", size)


class Tape:
    """Keeps what is not yet written in memory, at most some seconds. `write` and `close` do the work of the disk in a thread."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._ours, self._theirs = bytearray(), bytearray()  # from sample `_written` on
        self._written = 0
        self._lock = asyncio.Lock()
        self._closed = False

    def ours(self, at_ms: int, frame: bytes) -> None:
        """Our sound, heard from `at_ms` on."""
        self._place(self._ours, at_ms * PER_MS, frame)

    def unsaid(self, from_ms: int) -> None:
        """What was to be heard from `from_ms` on was dropped by the line."""
        start = max(0, (from_ms * PER_MS - self._written) * 2)
        del self._ours[start:]

    def theirs(self, until_ms: int, pcm: bytes) -> None:
        """Their sound, whole when the clock showed `until_ms`."""
        start = until_ms * PER_MS - len(pcm) // 2
        follows = self._written + len(self._theirs) // 2
        gap_ms, quiet = (start - follows) / PER_MS, level(pcm) < QUIET_DBFS
        if gap_ms < -(SLACK_MS if quiet else AHEAD_MS):
            return
        self._place(self._theirs, start if gap_ms > (SLACK_MS if quiet else TORN_MS) else follows, pcm)

    def _place(self, track: bytearray, sample: int, pcm: bytes) -> None:
        if self._closed:
            return
        at = (sample - self._written) * 2
        if at < 0:
            pcm, at = pcm[-at:], 0
        if at > len(track):
            track.extend(bytes(at - len(track)))
        track[at : at + len(pcm)] = pcm

    async def write(self, until_ms: int) -> None:
        """Everything up to `until_ms` goes to the file; sound of that time that comes later is lost."""
        async with self._lock:
            samples = until_ms * PER_MS - self._written
            if samples <= 0 or self._closed:
                return
            block = np.zeros((samples, 2), "<i2")
            for channel, track in enumerate((self._ours, self._theirs)):
                sound = np.frombuffer(bytes(track[: samples * 2]), "<i2")
                block[: len(sound), channel] = sound
                del track[: samples * 2]
            self._written += samples
            await asyncio.to_thread(self._append, block.tobytes(), self._written)

    async def close(self, at_ms: int) -> None:
        await self.write(max(at_ms, 1))
        self._closed = True

    def _append(self, block: bytes, samples: int) -> None:
        """The header is right after every block: a process that dies leaves a file that plays."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self._path, "r+b" if self._path.exists() else "w+b") as file:
            file.seek(HEADER + samples * 4 - len(block))
            file.write(block)
            file.seek(0)
            file.write(header(samples))
        self._path.chmod(0o600)


def meter(frame: bytes) -> float:
    """0 to 1: -60 dBFS and less is 0, full scale is 1."""
    return max(0.0, 1 + level(frame) / 60)


SILENCE = bytes(FRAME_BYTES)
