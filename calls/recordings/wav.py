"""The file of a recording after the call: is it whole, how long is it? Pure.

The recorder writes a WAV of two channels and puts its sizes into the header as it goes. When its process dies, the sound that reached the
disk is all there, but the header may tell of less: `close` makes it true.
"""

import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

RATE, CHANNELS, BYTES = 8_000, 2, 2
BLOCK = CHANNELS * BYTES  # bytes of one moment
SETTLED_SECONDS = 3.0  # a file whose header is stale is left alone until nobody wrote to it for so long
MOST_CHUNKS = 16


class Missing(Exception):
    """There is no file."""


class Unusable(Exception):
    """There is a file, but no sound of a call in it. The message says what is wrong with it."""


class Growing(Exception):
    """Somebody is still writing to it."""


@dataclass(frozen=True, slots=True)
class Facts:
    duration_ms: int
    size: int  # bytes of the whole file


@dataclass(frozen=True, slots=True)
class Sound:
    """Where the sound lies in the file, in bytes."""

    at: int
    size: int


def close(path: Path, now: float | None = None) -> Facts:
    """Makes the header fit what was written and says how long it is; doing it twice changes nothing.

    Raises Missing, Unusable, Growing, OSError.
    """
    try:
        with open(path, "r+b") as file:
            sound, told = _find(file)
            size = file.seek(0, os.SEEK_END)
            whole = (size - sound.at) // BLOCK * BLOCK
            if (sound.size, told, size) != (whole, sound.at + whole - 8, sound.at + whole):
                if (now or time.time()) - path.stat().st_mtime < SETTLED_SECONDS:
                    raise Growing
                file.truncate(sound.at + whole)
                file.seek(4)
                file.write(struct.pack("<I", sound.at + whole - 8))
                file.seek(sound.at - 4)
                file.write(struct.pack("<I", whole))
    except FileNotFoundError as error:
        raise Missing from error
    if not whole:
        raise Unusable("there is no sound in it")
    return Facts(whole // BLOCK * 1000 // RATE, sound.at + whole)


def sound_of(path: Path) -> Sound:
    """Where the sound of a closed file lies. Raises Unusable, OSError."""
    with open(path, "rb") as file:
        return _find(file)[0]


def _find(file: BinaryIO) -> tuple[Sound, int]:
    """The sound as the header tells of it, and the size that the header gives to the whole."""
    begin = file.read(12)
    if len(begin) < 12 or begin[:4] != b"RIFF" or begin[8:] != b"WAVE":
        raise Unusable("it is empty" if not begin else "it is no WAV file")
    told, fitting = struct.unpack("<I", begin[4:8])[0], False
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        name, size = head[:4], struct.unpack("<I", head[4:])[0]
        if name == b"data":
            if not fitting:
                break
            return Sound(file.seek(0, os.SEEK_CUR), size), told
        body = file.read(min(size, 64)) if name == b"fmt " else b""
        if len(body) >= 16:
            form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
            fitting = (form, channels, rate, bits) == (1, CHANNELS, RATE, BYTES * 8)
        file.seek(size + size % 2 - len(body), os.SEEK_CUR)
    raise Unusable("it is no recording of two channels with 8 kHz and 16 bit")
