"""Hears an opt-out: what a piece of talk means, which kinds of words stand near which, and what the rules say of it, weighed together.

"Lose my digits" and "bin my number" are the same two kinds of words, so wordings nobody wrote down are heard; and "don't call me mister"
trips a rule for a wish not to be called, but is no opt-out. Most of it lies in what comes together ("off" and "list" and not "waiting"),
so the head is a quadratic form of low rank: a weight for each feature, and directions whose squares count. The kinds are data
(`optout_words.yaml`), the weights are made from the examples by `manage.py train_optout`.
"""

import base64
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from calls.agent.builtin.language import FOLDER, table
from calls.agent.ports import Encoder

WEIGHTS = FOLDER / "en" / "optout_weights.json"
SOURCES = (
    *(FOLDER / "en" / f"optout{name}.yaml" for name in ("_examples", "_themes", "_words", "")),
    FOLDER / "es" / "optout.yaml",
)
REACH = 4  # words: how far apart two kinds may stand to count as a pair
BLOCKS = ("kind", "word", "rule")
SHARE = {"vector": 3.0, "kind": 2.0, "word": 1.0, "rule": 0.3}  # how much each block says, chosen by cross-validation
STEEP = 4.0  # from the distance to the threshold to a likelihood

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    rules: frozenset[str]  # the rules that speak in it


@dataclass(frozen=True, slots=True)
class Head:
    digest: str  # of what it was made from
    threshold: float
    bias: float
    place: Mapping[str, int]  # the row of each feature, after those of the vector
    linear: Numbers
    directions: Numbers
    curve: Numbers


@cache
def head() -> Head:
    raw = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    linear, packed = _numbers(raw["linear"], "<f2"), _numbers(raw["directions"], "<i1")
    curve = np.array(raw["curve"])
    names = [f"{block}:{name}" for block in BLOCKS for name in raw["names"][block]]
    size = len(linear) - len(names)
    place = {name: size + i for i, name in enumerate(names)}
    return Head(raw["digest"], raw["threshold"], raw["bias"], place, linear, packed.reshape(len(linear), len(curve)), curve)


def _numbers(packed: str, kind: str) -> Numbers:
    return np.frombuffer(base64.b64decode(packed), dtype=kind).astype(np.float64)


def hears(pieces: Iterable[Piece], encoder: Encoder) -> float:
    """The likelihood, from 0.5 to 1, of the first piece that sounds like an opt-out, or 0.0 where none does."""
    for piece in pieces:
        over = score(piece, encoder) - head().threshold
        if over >= 0:
            return 1 / (1 + math.exp(-STEEP * over))
    return 0.0


def score(piece: Piece, encoder: Encoder) -> float:
    h = head()
    vector = SHARE["vector"] * np.asarray(encoder.vectors([piece.text])[0], dtype=np.float64)
    linear, along = float(vector @ h.linear[: len(vector)]), vector @ h.directions[: len(vector)]
    for block, found in features(piece).items():
        rows = [h.place[key] for name in found if (key := f"{block}:{name}") in h.place]
        weight = share(block, len(rows))
        linear += weight * float(h.linear[rows].sum())
        along = along + weight * h.directions[rows].sum(axis=0)
    return h.bias + linear + float(along**2 @ h.curve)


def share(block: str, count: int) -> float:
    """What one of `count` features found in a block weighs. Rules are few and each speaks for itself."""
    return SHARE[block] / (1.0 if block == "rule" else math.sqrt(max(1, count)))


def features(piece: Piece) -> dict[str, frozenset[str]]:
    """The kinds of words, alone and in pairs in their order; the words themselves, alone and beside each other; the rules."""
    said = re.findall(r"[\w'-]+", piece.text.lower())
    row = [("START",), *(_kinds(word) for word in said), ("END",)]
    kinds = {kind for here in row for kind in here}
    for i, here in enumerate(row):
        for j in range(i + 1, min(i + REACH + 1, len(row))):
            marks = (">", "+") if j == i + 1 else (">",)
            kinds |= {f"{a}{mark}{b}" for a in here for b in row[j] for mark in marks}
    framed = ["<", *said, ">"]
    beside = {f"{a} {b}" for a, b in zip(framed, framed[1:], strict=False)}
    return {"kind": frozenset(kinds), "word": frozenset(framed) | beside, "rule": piece.rules}


@lru_cache(maxsize=8192)
def _kinds(word: str) -> tuple[str, ...]:
    return tuple(kind for kind, pattern in _vocabulary() if pattern.fullmatch(word))


@cache
def _vocabulary() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in table("optout_words").items())


def digest() -> str:
    """Of everything the weights are made from."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
