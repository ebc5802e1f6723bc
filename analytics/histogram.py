"""Times as histograms that can be added up and asked for percentiles. Pure.

A bucket holds what lies between two neighbouring powers of 2^(1/8), which are 9 % apart: a percentile is told that exactly; lengths of
calls, which people know by heart, by 2^(1/32), 2 % apart. A histogram is a row of 32-bit counters, all parts one after the other, and
two are added up by adding the rows as if each were one large number. It is kept compressed: most counters are 0.
"""

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

BITS = 32


@dataclass(frozen=True, slots=True)
class Part:
    """Counters from bucket `low` on, `size` of them: bucket n begins at 2^(n/per) ms. What lies outside counts in the first or the last."""

    name: str
    per: int  # octave
    low: int
    size: int
    at: int  # its first counter


def _parts(*given: tuple[str, int, int, int]) -> dict[str, Part]:
    """(name, buckets of an octave, power of two of its least ms, of its most ms)."""
    sizes = [(most - least) * per for _, per, least, most in given]
    begins = [0, *accumulate(sizes)]
    return {name: Part(name, per, least * per, size, at) for (name, per, least, _), size, at in zip(given, sizes, begins, strict=False)}


# How long a reply took, by its parts (Utterance.latency), 8 ms to a minute; and how long calls took, 1 second to 4 hours.
REPLY = ("hold", "stt", "agent", "tts", "total")
PARTS = _parts(*((name, 8, 3, 16) for name in REPLY), ("length", 32, 10, 24))
LANES = sum(part.size for part in PARTS.values())


def lane(name: str, bucket: int) -> int:
    part = PARTS[name]
    return part.at + min(max(bucket - part.low, 0), part.size - 1)


def bucket_of(name: str, ms: float) -> int:
    return math.floor(math.log2(max(ms, 1)) * PARTS[name].per)


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


def counters(counts: int, name: str) -> tuple[int, ...]:
    part = PARTS[name]
    own = (counts >> (part.at * BITS)) & ((1 << (part.size * BITS)) - 1)
    return struct.unpack(f"<{part.size}I", own.to_bytes(part.size * BITS // 8, "little"))


def percentiles(counts: int, name: str, shares: Sequence[float]) -> list[float | None]:
    """In ms; None for each when nothing was counted."""
    found = counters(counts, name)
    total = sum(found)
    if not total:
        return [None for _ in shares]
    return [_at(found, PARTS[name], share * total) for share in shares]


def _at(found: Sequence[int], part: Part, wanted: float) -> float:
    before = 0
    for n, many in enumerate(found):
        if many and before + many >= wanted:
            inside = max(0.0, min(1.0, (wanted - before) / many))
            return float(2 ** ((part.low + n + inside) / part.per))
        before += many
    return float(2 ** ((part.low + part.size) / part.per))


def bars(counts: int, name: str, edges: Sequence[float]) -> list[float]:
    """How many lie below the first edge, between each two, and above the last; a bucket across an edge is shared out."""
    found, part, out = counters(counts, name), PARTS[name], [0.0] * (len(edges) + 1)
    marks = [math.log2(edge) * part.per - part.low for edge in edges]
    for n, many in enumerate(found):
        if not many:
            continue
        last = float(n)
        for place, mark in enumerate([*marks, math.inf]):
            upto = min(max(mark, last), n + 1)
            out[place] += many * (upto - last)
            last = upto
    return out
