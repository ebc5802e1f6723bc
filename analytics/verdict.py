"""Which built-in outcome a whole call most likely has: all that was said on both sides, weighed together.

The rules and the meaning of single lines say what happened (`story`); what of it decides lies in how it goes together, and that is
learned: a linear head over the happenings, the meanings of the callee's clauses and those of our replies. Its weights are made from the
calls of `wording/calls.txt` by `manage.py train_outcomes`.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics import meaning
from analytics.happening import STRENGTH, Happening
from analytics.reading import Exchange, Spoken, clauses, exchanges
from analytics.wording import wording
from calls.agent.encoder import DIMENSIONS
from calls.agent.ports import Encoder

FOLDER = Path(__file__).parent / "wording"
WEIGHTS = FOLDER / "verdict_weights.json"
SOURCES = tuple(FOLDER / name for name in ("calls.txt", "examples.yaml", "questions.yaml", "replies.yaml"))
TAGS = (
    "INTERESTED",
    "NOT_INTERESTED",
    "FOLLOW_UP_REQUIRED",
    "CALL_BACK_SCHEDULED",
    "TRANSFERRED",
    "OBJECTION_RAISED",
    "NEEDS_MORE_INFO",
    "NOT_QUALIFIED",
    "NO_CONTACT_MADE",
    "COMPLETED_ACTION",
    "DO_NOT_CONTACT",
)
LATE = 2  # last turns of the callee that are also weighed by themselves
MOST_CLAUSES = 40  # of a call, from its end
BEFORE = 16  # last words of ours that are read together with the answer to them
VECTORS = 8  # of meaning, at the end of the features

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    digest: str  # of what it was made from
    mean: Numbers
    scale: Numbers
    weights: Numbers  # one row per tag
    bias: Numbers


def likely(lines: Sequence[Spoken], found: Sequence[Happening], encoder: Encoder) -> dict[str, float]:
    """The likelihood of each tag; they add up to 1."""
    h = head()
    logits = h.weights @ ((features(lines, found, encoder) - h.mean) / h.scale) + h.bias
    odds = np.exp(logits - logits.max())
    return dict(zip(TAGS, (odds / odds.sum()).tolist(), strict=True))


def features(lines: Sequence[Spoken], found: Sequence[Happening], encoder: Encoder) -> Numbers:
    """What was found, then the mean meanings of what was said, by itself and together with what it answers: numbers and `VECTORS`."""
    turns = exchanges(lines, encoder)
    happened = dict.fromkeys(STRENGTH, 0.0)
    for h in found:
        happened[h.kind] = max(happened[h.kind], h.certainty)
    kinds = (*wording().asked, "identity")
    heard = [turn.line.text for turn in turns]
    ours = [line.text for line in lines if line.speaker == "assistant"]
    told = [
        *happened.values(),
        *_said(turns, encoder),
        *_said(turns[-LATE:], encoder),
        *_replied(ours[1:], encoder),
        *_replied(ours[1:][-LATE:], encoder),
        *(float(any(turn.kind == kind for turn in turns)) for kind in kinds),
        min(len(turns), 8) / 8,
        sum(len(text.split()) for text in heard) / (10 * max(1, len(turns))),
    ]
    means = [_mean(texts, encoder) for texts in (heard, heard[-LATE:], ours[1:], ours[1:][-LATE:], ours[:1])]
    answers = [" ".join([*turn.asked.split()[-BEFORE:], turn.line.text]) for turn in turns]
    replies = [f"{turn.line.text} {turn.reply}" for turn in turns]
    together = [_whole(texts, encoder) for texts in (answers, replies, [" ".join(line.text for line in lines)])]
    return np.concatenate([np.array(told), *means, *together])


def _whole(texts: Sequence[str], encoder: Encoder) -> Numbers:
    return np.asarray(encoder.vectors(texts).mean(axis=0) if texts else np.zeros(DIMENSIONS), dtype=np.float64)


def _mean(texts: Sequence[str], encoder: Encoder) -> Numbers:
    said = [clause for text in texts for clause in clauses(text)][-MOST_CLAUSES:]
    return _whole(said, encoder)


def _said(turns: Sequence[Exchange], encoder: Encoder) -> list[float]:
    """For each happening, how near a clause of the callee's comes to it."""
    rows = [
        {near.kind: near.score for near in meaning.happened(clause, encoder)}
        for turn in turns
        for clause in clauses(turn.line.text)
        if len(clause.split()) >= 2
    ][-MOST_CLAUSES:]
    return [max((row[kind] for row in rows), default=0.0) for kind in meaning.kinds()]


def _replied(replies: Sequence[str], encoder: Encoder) -> list[float]:
    rows = [meaning.replied(clause, encoder) for text in replies for clause in clauses(text)][-MOST_CLAUSES:]
    return [max((row[kind] for row in rows), default=0.0) for kind in wording().replies]


@cache
def head() -> Head:
    raw = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    rows = {
        name: np.frombuffer(base64.b64decode(raw[name]), dtype="<f2").astype(np.float64) for name in ("mean", "scale", "weights", "bias")
    }
    return Head(raw["digest"], rows["mean"], rows["scale"], rows["weights"].reshape(len(TAGS), -1), rows["bias"])


def digest() -> str:
    """Of the sentences the weights are made from, so that a test can say when they are out of date."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
