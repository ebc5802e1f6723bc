"""Times as histograms that can be added up and asked for percentiles. Pure.

A bucket holds what lies between two neighbouring powers of 2^(1/8), which are 9 % apart: a percentile is told that exactly. A histogram
is a row of 32-bit counters, all parts one after the other, and two are added up by adding the rows as if each were one large number.
It is kept compressed: most counters are 0.
"""

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

PER_OCTAVE = 8
BITS = 32
MASK = (1 << BITS) - 1


@dataclass(frozen=True, slots=True)
class Part:
    """Counters from `low` on, `size` of them: bucket n begins at 2^(n/8) ms. What lies outside counts in the first or the last."""

    name: str
    low: int
    size: int
    at: int  # its first counter


def _parts(*given: tuple[str, int, int]) -> dict[str, Part]:
    """(name, power of two of its least ms, of its most ms)."""
    sizes = [(most - least) * PER_OCTAVE for _, least, most in given]
    begins = [0, *accumulate(sizes)]
    return {name: Part(name, least * PER_OCTAVE, size, at) for (name, least, _), size, at in zip(given, sizes, begins, strict=False)}


# How long a reply took, by its parts (Utterance.latency), 8 ms to a minute; and how long calls took, 1 second to 4 hours.
REPLY = ("hold", "stt", "agent", "tts", "total")
PARTS = _parts(*((name, 3, 16) for name in REPLY), ("length", 10, 24))
LANES = sum(part.size for part in PARTS.values())


def lane(name: str, bucket: int) -> int:
    part = PARTS[name]
    return part.at + min(max(bucket - part.low, 0), part.size - 1)


def bucket_of(ms: float) -> int:
    return math.floor(math.log2(max(ms, 1)) * PER_OCTAVE)


def pack(counts: int) -> bytes:
    return zlib.compress(counts.to_bytes(LANES * BITS // 8, "little"), 1)


def unpack(kept: bytes) -> int:
    return int.from_bytes(zlib.decompress(kept), "little")


def of(counted: Iterable[tuple[int, int]]) -> int:
    """Of (lane, how many)."""
    total = 0
    for place, many in counted:
        total += many << (place * BITS)
    return total


def counters(counts: int, name: str) -> list[int]:
    part = PARTS[name]
    own = counts >> (part.at * BITS)
    return [(own >> (n * BITS)) & MASK for n in range(part.size)]


def percentiles(counts: int, name: str, shares: Sequence[float]) -> list[float | None]:
    """In ms; None for each when nothing was counted."""
    found = counters(counts, name)
    total = sum(found)
    if not total:
        return [None for _ in shares]
    return [_at(found, PARTS[name].low, share * total) for share in shares]


def _at(found: Sequence[int], low: int, wanted: float) -> float:
    before = 0
    for n, many in enumerate(found):
        if many and before + many >= wanted:
            inside = max(0.0, min(1.0, (wanted - before) / many))
            return float(2 ** ((low + n + inside) / PER_OCTAVE))
        before += many
    return float(2 ** ((low + len(found)) / PER_OCTAVE))


def bars(counts: int, name: str, edges: Sequence[float]) -> list[float]:
    """How many lie below the first edge, between each two, and above the last; a bucket across an edge is shared out."""
    found, part, out = counters(counts, name), PARTS[name], [0.0] * (len(edges) + 1)
    marks = [math.log2(edge) * PER_OCTAVE - part.low for edge in edges]
    for n, many in enumerate(found):
        if not many:
            continue
        last = float(n)
        for place, mark in enumerate([*marks, math.inf]):
            upto = min(max(mark, last), n + 1)
            out[place] += many * (upto - last)
            last = upto
    return out
