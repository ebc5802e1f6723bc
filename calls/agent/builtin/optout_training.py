"""Makes the weights of `optout_ear`: logistic regression with L2, both classes weighing the same. Deterministic.

The threshold is chosen on scores of examples whose whole group was left out of the training, together with the rules, as in a call.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calls.agent.builtin import optout_ear, signs
from calls.agent.builtin.language import table
from calls.agent.ports import Encoder

L2 = 0.3
FOLDS = 10
SEEN = {"kind": 3, "word": 2}  # examples a feature must occur in
PRECISION = 0.95  # wanted of rules and head together on groups left out, whose near misses are harder than what calls are made of

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    group: str
    optout: bool


def examples() -> list[Example]:
    data = table("optout_examples")
    return [
        Example(signs.normal(str(text)), f"{kind}: {group}", kind == "optout")
        for kind in ("optout", "near")
        for group, texts in data[kind].items()
        for text in texts
    ]


def train(encoder: Encoder) -> list[str]:
    """Writes the weights; the figures of the cross-validation, one a line."""
    cases = examples()
    x, names = matrix(cases, encoder)
    y = np.array([case.optout for case in cases])
    ruled = np.array([signs.ruled("optout", case.text) for case in cases])
    rule, free = ruled == "yes", ruled == ""
    left_out = cross_validated(x, y, groups([case.group for case in cases]))
    threshold = _threshold(left_out, y, rule, free)
    weights, bias = fit(x, y)
    size = len(encoder.vectors(["a"])[0])
    head: dict[str, Any] = {
        "digest": optout_ear.digest(),
        "threshold": round(threshold, 3),
        "bias": round(bias, 5),
        "vector": [round(float(w), 4) for w in weights[:size]],
        "words": {name: round(float(w), 3) for name, w in zip(names, weights[size:], strict=True)},
    }
    optout_ear.WEIGHTS.write_text(json.dumps(head, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    optout_ear.head.cache_clear()
    return [
        f"{len(cases)} examples, {int(y.sum())} opt-outs, {len(names)} features of words; threshold {threshold:.3f}",
        f"rules alone: {_figures(rule, y)}",
        f"with the head, groups left out: {_figures(rule | (free & (left_out >= threshold)), y)}",
    ]


def matrix(cases: Sequence[Example], encoder: Encoder) -> tuple[Matrix, list[str]]:
    """A row per example: its vector, then its features in the order of the names given back."""
    found = [optout_ear.features(case.text) for case in cases]
    blocks = [optout_ear.SHARE["vector"] * np.asarray(encoder.vectors([case.text for case in cases]), dtype=np.float64)]
    names: list[str] = []
    for at, block in enumerate(("kind", "word")):
        count = Counter(f for each in found for f in each[at])
        own = sorted(f for f, n in count.items() if n >= SEEN[block])
        place = {f: i for i, f in enumerate(own)}
        rows = np.zeros((len(cases), len(own)))
        for row, each in zip(rows, found, strict=True):
            hits = [place[f] for f in each[at] if f in place]
            row[hits] = optout_ear.SHARE[block] / np.sqrt(max(1, len(hits)))
        blocks.append(rows)
        names += own
    return np.hstack(blocks), names


def fit(x: Matrix, y: Flags) -> tuple[Matrix, float]:
    """Newton's method in the space of the examples, which are fewer than the features."""
    values, vectors = np.linalg.eigh(x @ x.T)
    kept = values > 1e-7
    basis = vectors[:, kept] * np.sqrt(values[kept])
    a = np.hstack([basis, np.ones((len(basis), 1))])
    weigh = np.where(y, len(y) / 2 / y.sum(), len(y) / 2 / (~y).sum())
    ridge = np.append(np.full(basis.shape[1], L2), 1e-6)
    b = np.zeros(a.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-a @ b))
        slope = a.T @ (weigh * (p - y)) + ridge * b
        bend = (a * (weigh * p * (1 - p))[:, None]).T @ a + np.diag(ridge)
        b -= np.linalg.solve(bend, slope)
    return x.T @ (vectors[:, kept] @ (b[:-1] / np.sqrt(values[kept]))), float(b[-1])


def groups(names: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each example: whole groups, opt-outs and near misses alike spread over the folds."""
    order = {name: i % FOLDS for i, name in enumerate(dict.fromkeys(names))}
    return np.array([order[name] for name in names])


def cross_validated(x: Matrix, y: Flags, folds: NDArray[np.int64]) -> Matrix:
    scores = np.zeros(len(y))
    for fold in range(FOLDS):
        out = folds == fold
        weights, bias = fit(x[~out], y[~out])
        scores[out] = x[out] @ weights + bias
    return scores


def _threshold(scores: Matrix, y: Flags, rule: Flags, free: Flags) -> float:
    """The lowest that keeps the wanted precision."""
    for threshold in np.unique(scores[free]):
        said = rule | (free & (scores >= threshold))
        if y[said].mean() >= PRECISION:
            return float(threshold)
    return float("inf")


def _figures(said: Flags, y: Flags) -> str:
    return f"precision {y[said].mean():.3f}, recall {said[y].mean():.3f}"
