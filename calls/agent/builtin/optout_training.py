"""Makes the weights of `optout_ear`: ridge with a square kernel, both classes weighing the same, cut to a low rank. Deterministic.

The threshold is chosen on scores of examples that were left out of the training together with their neighbours.
"""

import base64
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calls.agent.builtin import optout_ear, signs
from calls.agent.builtin.language import table
from calls.agent.builtin.optout_ear import BLOCKS, SHARE, Piece
from calls.agent.ports import Encoder

L2 = 1.0
SCALE = 4.0  # the kernel is (1 + x.y / SCALE) squared
RANK = 32  # directions kept
FOLDS = 10
TOGETHER = 8  # examples that follow each other in a group are left out together: they resemble each other
ORDINARY = 0.01  # of ordinary talk may be heard as an opt-out, left out
SEEN = {"kind": 3, "word": 2, "rule": 1}  # examples a feature must occur in

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    group: str
    optout: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The quadratic form: bias + x.linear + sum of curve * (x.directions) squared."""

    bias: float
    linear: Matrix
    directions: Matrix
    curve: Matrix

    def scores(self, x: Matrix) -> Matrix:
        result: Matrix = self.bias + x @ self.linear + (x @ self.directions) ** 2 @ self.curve
        return result


def examples() -> list[Example]:
    plain, themes = table("optout_examples"), table("optout_themes")
    groups = [(kind, group, texts) for kind in ("optout", "near") for group, texts in plain[kind].items()]
    groups += [(kind, theme, texts) for theme, sides in themes.items() for kind, texts in sides.items()]
    return [Example(signs.normal(str(text)), f"{kind}: {group}", kind == "optout") for kind, group, texts in groups for text in texts]


def train(encoder: Encoder) -> list[str]:
    """Writes the weights; the figures of the cross-validation, one a line."""
    cases = examples()
    x, names = matrix(cases, encoder)
    y = np.array([case.optout for case in cases])
    ruled = np.array([signs.ruled("optout", case.text) == "yes" for case in cases])
    inner = x @ x.T
    inverse, weights = solve(inner, y)
    left_out = cross_validated(inverse, weights, y, folds(cases))
    ordinary = np.array(["ordinary" in case.group for case in cases])
    threshold = _threshold(left_out, y, ordinary)
    form = low_rank(x, inner, weights)
    _write(form, names, threshold)
    return [
        f"{len(cases)} examples, {int(y.sum())} opt-outs, {x.shape[1]} features; threshold {threshold:.3f}",
        f"rules alone: {_figures(ruled, y)}",
        f"the ear, neighbours left out: {_figures(left_out >= threshold, y)}",
        f"of {int(ordinary.sum())} pieces of ordinary talk, left out: {int((left_out[ordinary] >= threshold).sum())} heard",
        f"the ear at low rank, on what it learnt from: {_figures(form.scores(x) >= threshold, y)}",
    ]


def matrix(cases: Sequence[Example], encoder: Encoder) -> tuple[Matrix, dict[str, list[str]]]:
    """A row per example: its vector, then its features, block by block, in the order of the names given back."""
    found = [optout_ear.features(Piece(case.text, signs.fired("optout", case.text))) for case in cases]
    blocks = [SHARE["vector"] * np.asarray(encoder.vectors([case.text for case in cases]), dtype=np.float64)]
    names: dict[str, list[str]] = {}
    for block in BLOCKS:
        count = Counter(name for each in found for name in each[block])
        names[block] = sorted(name for name, n in count.items() if n >= SEEN[block])
        place = {name: i for i, name in enumerate(names[block])}
        rows = np.zeros((len(cases), len(place)))
        for row, each in zip(rows, found, strict=True):
            hits = [place[name] for name in each[block] if name in place]
            row[hits] = optout_ear.share(block, len(hits))
        blocks.append(rows)
    return np.hstack(blocks), names


def solve(inner: Matrix, y: Flags, *, balanced: bool = True) -> tuple[Matrix, Matrix]:
    """The inverse of the regularised kernel, and the weight of each example."""
    each = np.where(y, len(y) / 2 / y.sum(), len(y) / 2 / (~y).sum()) if balanced else np.ones(len(y))
    kernel = (1 + inner / SCALE) ** 2 + 1  # and a bias
    inverse = np.linalg.inv(kernel + np.diag(L2 / each))
    return inverse, inverse @ np.where(y, 1.0, -1.0)


def low_rank(x: Matrix, inner: Matrix, weights: Matrix) -> Form:
    """The square of the kernel multiplied out, with the directions that count most."""
    values, vectors = np.linalg.eigh(inner)
    kept = values > 1e-6
    root, vectors = np.sqrt(values[kept]), vectors[:, kept]
    basis = vectors * root
    curve, turned = np.linalg.eigh(basis.T @ (weights[:, None] * basis))
    most = np.argsort(-np.abs(curve), kind="stable")[:RANK]
    directions = x.T @ (vectors / root) @ turned[:, most]
    directions *= np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])])
    return Form(2 * float(weights.sum()), 2 / SCALE * x.T @ weights, directions, curve[most] / SCALE**2)


def folds(cases: Sequence[Example]) -> NDArray[np.int64]:
    """The fold of each example: neighbours together, each group over several folds."""
    at: Counter[str] = Counter()
    parts = []
    for case in cases:
        parts.append((case.group, at[case.group] // TOGETHER))
        at[case.group] += 1
    order = {part: i % FOLDS for i, part in enumerate(dict.fromkeys(parts))}
    return np.array([order[part] for part in parts])


def cross_validated(inverse: Matrix, weights: Matrix, y: Flags, fold: NDArray[np.int64]) -> Matrix:
    """The score of each example had its fold been left out, without training anew: exact for ridge."""
    scores = np.where(y, 1.0, -1.0)
    for each in np.unique(fold):
        out = np.flatnonzero(fold == each)
        scores[out] -= np.linalg.solve(inverse[np.ix_(out, out)], weights[out])
    return scores


def _threshold(scores: Matrix, y: Flags, ordinary: Flags) -> float:
    """Where precision equals recall, or higher: calls are made of ordinary talk, of which hardly any may be heard."""
    even = float(np.sort(scores)[-int(y.sum())])
    return max(even, float(np.quantile(scores[ordinary], 1 - ORDINARY)))


def _write(form: Form, names: dict[str, list[str]], threshold: float) -> None:
    largest = np.abs(form.directions).max(axis=0)
    packed = np.rint(form.directions / largest * 127).astype("<i1")
    head: dict[str, Any] = {
        "digest": optout_ear.digest(),
        "threshold": round(threshold, 3),
        "bias": round(form.bias, 5),
        "names": names,
        "linear": base64.b64encode(form.linear.astype("<f2").tobytes()).decode(),
        "directions": base64.b64encode(packed.tobytes()).decode(),
        "curve": [float(f"{c:.6g}") for c in form.curve * (largest / 127) ** 2],
    }
    optout_ear.WEIGHTS.write_text(json.dumps(head, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    optout_ear.head.cache_clear()


def _figures(said: Flags, y: Flags) -> str:
    return f"precision {y[said].mean():.3f}, recall {said[y].mean():.3f}"
