"""Two things that must not be missed, whatever the words: "don't phone me again" and "am I talking to a machine?".

Words first, in English and Spanish whatever the language of the call. Where none speaks, for an opt-out a trained ear (`optout_ear`), for
the machine meaning: nearer to one of the examples than to any of the near misses. Reads a whole turn, as a recogniser writes it: no
capitals, hardly any punctuation.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from calls.agent.builtin import optout_ear
from calls.agent.builtin.language import FOLDER, table
from calls.agent.builtin.text import sentences
from calls.agent.ports import Encoder

Kind = Literal["optout", "robot"]
KINDS: tuple[Kind, ...] = ("optout", "robot")
LANGUAGES = ("en", "es")
NEAREST = 2  # examples, and near misses, whose cosines are averaged
MARGIN = 0.12  # by which the examples must be nearer than the near misses
LONGEST_READ = 1500  # characters
LONGEST_COMPARED = 30  # words: longer turns are compared by their last words
MOST_PIECES = 4  # sentences of a turn, from the end, that the ear hears one by one


@dataclass(frozen=True, slots=True)
class Sign:
    wants: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    gate: re.Pattern[str] | None
    examples: tuple[str, ...]
    near: tuple[str, ...]


@cache
def sign(kind: Kind) -> Sign:
    tables = [table(kind, language) for language in LANGUAGES if (FOLDER / language / f"{kind}.yaml").exists()]
    english = tables[0]
    return Sign(
        tuple(re.compile(p, re.I) for t in tables for p in t["wants"]),
        tuple(re.compile(p, re.I) for t in tables for p in t["unless"]),
        re.compile(english["gate"], re.I) if "gate" in english else None,
        tuple(english.get("examples", ())),
        tuple(english.get("near", ())),
    )


def says(kind: Kind, text: str, encoder: Encoder | None = None) -> float:
    """1.0 when the words say it, how sure the ear or the meaning is when they do not, 0.0 otherwise."""
    if ruling := ruled(kind, text):
        return float(ruling == "yes")
    if encoder is None:
        return 0.0
    plain = normal(text)
    if kind == "optout":
        parts = sentences(plain)
        return optout_ear.hears([plain, *parts[-MOST_PIECES:]] if len(parts) > 1 else [plain], encoder)
    return _meant(sign(kind), plain, encoder)


def ruled(kind: Kind, text: str) -> Literal["yes", "no", ""]:
    """What the words alone say: yes, a near miss, or nothing."""
    s = sign(kind)
    plain = normal(text)
    kept = plain
    for pattern in s.unless:
        kept = pattern.sub(" | ", kept)
    if any(p.search(kept) for p in s.wants):
        return "yes"
    return "no" if kept != plain else ""


def _meant(s: Sign, plain: str, encoder: Encoder) -> float:
    if len(plain.split()) < 3 or (s.gate and not s.gate.search(plain)):
        return 0.0
    words = " ".join(plain.split()[-LONGEST_COMPARED:])
    best, miss = (sum(sorted(map(float, encoder.similar(words, x)))[-NEAREST:]) / NEAREST for x in (s.examples, s.near))
    return best if best - miss >= MARGIN else 0.0


def normal(text: str) -> str:
    """Without the fillers that recognisers keep, and with plain apostrophes. Bounded: a turn is not a book."""
    text = text[-LONGEST_READ:].replace("’", "'").replace("—", " ")
    text = re.sub(r"\b(?:um+|uh+|er+|erm|hm+|mhm|you know)\b,?", " ", text, flags=re.I)
    return re.sub(r"\s+", " ", text).strip(" .,!¡¿")


def warm(encoder: Encoder) -> None:
    for kind in KINDS:
        s = sign(kind)
        encoder.vectors(s.examples)
        encoder.vectors(s.near)
    optout_ear.head()
