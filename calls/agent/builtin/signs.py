"""Two things that must not be missed, whatever the words: "don't phone me again" and "am I talking to a machine?".

By words, in English and Spanish whatever the language of the call. For an opt-out a trained ear (`optout_ear`) weighs what the rules
say with the meaning, and may overrule them; without an encoder they decide alone. For the machine the rules decide, and where none
speaks, meaning: nearer to one of the examples than to any of the near misses. Reads a whole turn, as a recogniser writes it: no capitals,
hardly any punctuation.
"""

import re
from collections.abc import Iterator
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
LONGEST_PIECE = 30  # words the ear takes in at once: of a longer piece the beginning, the end, and what is around a rule's words
AROUND = 10  # words on each side of a rule's words


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
    """1.0 when the words say it, how sure the ear or the meaning is where these decide, 0.0 otherwise."""
    plain = normal(text)
    if kind == "optout" and encoder is not None and " " in plain:
        return optout_ear.hears((optout_ear.Piece(part, fired(kind, part)) for part in _pieces(plain)), encoder)
    if ruling := ruled(kind, text):
        return float(ruling == "yes")
    return _meant(sign(kind), plain, encoder) if kind == "robot" and encoder is not None else 0.0


def in_words(kind: Kind, text: str, encoder: Encoder | None) -> bool:
    """Whether the rules say it, and the ear, where it can be asked, agrees. Dearer than the rules only where these speak."""
    return ruled(kind, text) == "yes" and says(kind, text, encoder) > 0


def ruled(kind: Kind, text: str) -> Literal["yes", "no", ""]:
    """What the words alone say: yes, a near miss, or nothing."""
    found = fired(kind, normal(text))
    return "yes" if "yes" in found else "no" if found else ""


def fired(kind: Kind, plain: str) -> frozenset[str]:
    """The rules that speak: "near 3" and "want 5" by their place, and "yes" or "no" for what they come to; nothing where none does."""
    s = sign(kind)
    kept, found = plain, set()
    for i, pattern in enumerate(s.unless):
        kept, changes = pattern.subn(" | ", kept)
        found |= {f"near {i}"} if changes else set()
    wants = {f"want {i}" for i, pattern in enumerate(s.wants) if pattern.search(kept)}
    return frozenset(found | wants | ({"yes"} if wants else {"no"} if found else set()))


def _pieces(plain: str) -> Iterator[str]:
    parts = sentences(plain)
    for piece in [plain, *parts[-MOST_PIECES:]] if len(parts) > 1 else [plain]:
        words = piece.split()
        if len(words) <= LONGEST_PIECE:
            yield piece
            continue
        yield " ".join(words[:LONGEST_PIECE])
        yield " ".join(words[-LONGEST_PIECE:])
        if hit := next((m for p in sign("optout").wants if (m := p.search(piece))), None):
            before, after = piece[: hit.start()].split()[-AROUND:], piece[hit.end() :].split()[:AROUND]
            yield " ".join([*before, hit[0], *after])


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
