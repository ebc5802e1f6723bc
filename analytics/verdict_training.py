"""Makes the weights of `verdict` from the calls of `wording/calls.txt`: softmax regression with a quadratic penalty. Deterministic.

The vectors of meaning are many and each says little, so they count less than the things that were found (`MEANT`); the shares and the
penalty were chosen by cross-validation.
"""

import base64
import json
from collections.abc import Iterator, Sequence

import numpy as np

from analytics import verdict
from analytics.reading import Spoken
from analytics.story import happenings
from analytics.verdict import FOLDER, TAGS, Numbers
from calls.agent.encoder import DIMENSIONS
from calls.agent.ports import Encoder

FOUND, MEANT = 5.0, 2.5  # how much what was found says, and each vector
PENALTY = 0.003
STEPS, MOMENTUM = 500, 0.9
FLATNESS = 0.1  # added to the deviation of a feature that hardly varies
FOLDS = 5


def calls() -> Iterator[tuple[str, list[Spoken]]]:
    """The calls of the file with their tags."""
    for row in (FOLDER / "calls.txt").read_text(encoding="utf-8").splitlines():
        if not row or row.startswith("#"):
            continue
        tag, talk = row.split(": ", 1)
        lines = talk.split(" | ")
        yield tag, [Spoken("user" if line[0] == "u" else "assistant", line[2:], seq) for seq, line in enumerate(lines, 1)]


def train(encoder: Encoder) -> float:
    """Writes the weights; the share of calls that weights made without them tag right (cross-validation)."""
    tagged = list(calls())
    rows = np.array([verdict.features(lines, happenings(lines, encoder), encoder) for _, lines in tagged])
    tags = np.array([TAGS.index(tag) for tag, _ in tagged])
    _write(rows, tags)
    return _checked(rows, tags)


def _scaled(rows: Numbers) -> tuple[Numbers, Numbers]:
    found = rows.shape[1] - verdict.VECTORS * DIMENSIONS
    mean, scale = np.zeros(rows.shape[1]), np.full(rows.shape[1], 1 / MEANT)
    mean[:found] = rows[:, :found].mean(axis=0)
    scale[:found] = (rows[:, :found].std(axis=0) + FLATNESS) * np.sqrt(found) / FOUND
    return mean, scale


def _fit(rows: Numbers, tags: Sequence[int] | Numbers) -> tuple[Numbers, Numbers]:
    weights, bias, wanted = np.zeros((len(TAGS), rows.shape[1])), np.zeros(len(TAGS)), np.eye(len(TAGS))[tags]
    push, push_bias = np.zeros_like(weights), np.zeros_like(bias)
    rate = 1.0 / max(1.0, float(np.linalg.norm(rows, 2)) ** 2 / len(rows))
    for _ in range(STEPS):
        logits = rows @ weights.T + bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        wrong = (odds / odds.sum(axis=1, keepdims=True) - wanted) / len(rows)
        push = MOMENTUM * push - rate * (wrong.T @ rows + PENALTY * weights)
        push_bias = MOMENTUM * push_bias - rate * wrong.sum(axis=0)
        weights, bias = weights + push, bias + push_bias
    return weights, bias


def _checked(rows: Numbers, tags: Numbers) -> float:
    fold, right = np.arange(len(rows)) % FOLDS, 0
    for n in range(FOLDS):
        mean, scale = _scaled(rows[fold != n])
        weights, bias = _fit((rows[fold != n] - mean) / scale, tags[fold != n])
        right += int((((rows[fold == n] - mean) / scale @ weights.T + bias).argmax(axis=1) == tags[fold == n]).sum())
    return right / len(rows)


def _write(rows: Numbers, tags: Numbers) -> None:
    mean, scale = _scaled(rows)
    weights, bias = _fit((rows - mean) / scale, tags)
    parts = {"mean": mean, "scale": scale, "weights": weights, "bias": bias}
    packed = {name: base64.b64encode(part.astype("<f2").tobytes()).decode() for name, part in parts.items()}
    verdict.WEIGHTS.write_text(json.dumps({"digest": verdict.digest(), **packed}, indent=0) + "\n", encoding="utf-8")
    verdict.head.cache_clear()
