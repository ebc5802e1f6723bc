"""Hears an opt-out where no rule speaks: a linear head on the sentence's vector and on which kinds of words stand near which.

"Lose my digits" and "bin my number" are the same two kinds of words, so wordings nobody wrote down are heard. The kinds are data
(`optout_words.yaml`), the weights are made from `optout_examples.yaml` by `manage.py train_optout`.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from calls.agent.builtin.language import FOLDER, table
from calls.agent.ports import Encoder

WEIGHTS = FOLDER / "en" / "optout_weights.json"
SOURCES = tuple(FOLDER / "en" / f"optout_{name}.yaml" for name in ("examples", "words"))
REACH = 4  # words: how far apart two kinds may stand to count as a pair
SHARE = {"kind": 2.0, "word": 1.0, "vector": 1.0}  # how much each block says, chosen by cross-validation
LONGEST = 30  # words read in one piece; a longer one is read by its beginning and by its end


@dataclass(frozen=True, slots=True)
class Head:
    digest: str  # of what it was made from
    threshold: float
    bias: float
    vector: Sequence[float]
    words: Mapping[str, float]


@cache
def head() -> Head:
    return Head(**json.loads(WEIGHTS.read_text(encoding="utf-8")))


def hears(pieces: Sequence[str], encoder: Encoder) -> float:
    """The likelihood, 0 to 1, of the piece that most sounds like an opt-out, or 0.0 where none is sure enough."""
    best = max((score(part, encoder) for piece in pieces for part in _parts(piece)), default=-math.inf)
    return 1 / (1 + math.exp(-best)) if best >= head().threshold else 0.0


def score(text: str, encoder: Encoder) -> float:
    h = head()
    kinds, words = features(text)
    total = h.bias + SHARE["vector"] * float(encoder.vectors([text])[0] @ h.vector)
    for block, found in (("kind", kinds), ("word", words)):
        known = [h.words[f] for f in found if f in h.words]
        total += SHARE[block] * math.fsum(known) / math.sqrt(max(1, len(known)))
    return total


def _parts(text: str) -> list[str]:
    words = text.split()
    if len(words) <= LONGEST:
        return [text] if len(words) > 1 else []
    return [" ".join(words[:LONGEST]), " ".join(words[-LONGEST:])]


def features(text: str) -> tuple[set[str], set[str]]:
    """The kinds of words, alone and in pairs in their order, and the words themselves, alone and beside each other."""
    said = re.findall(r"[\w'-]+", text.lower())
    row = [("START",), *(_kinds(word) for word in said), ("END",)]
    kinds = {kind for here in row for kind in here}
    for i, here in enumerate(row):
        for j in range(i + 1, min(i + REACH + 1, len(row))):
            marks = (">", "+") if j == i + 1 else (">",)
            kinds |= {f"{a}{mark}{b}" for a in here for b in row[j] for mark in marks}
    framed = ["<", *said, ">"]
    return kinds, set(framed) | {f"{a} {b}" for a, b in zip(framed, framed[1:], strict=False)}


@lru_cache(maxsize=8192)
def _kinds(word: str) -> tuple[str, ...]:
    return tuple(kind for kind, pattern in _vocabulary() if pattern.fullmatch(word))


@cache
def _vocabulary() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in table("optout_words").items())


def digest() -> str:
    """Of everything the weights are made from."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
