"""Codes and numbers as they are read out: "A B four four one nine", "7 7 0 1, dash, 2 2 8", "star four four seven". Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from calls.agent.builtin.slots import NUMBER_WORDS

SIGNS = {"dash": "-", "hyphen": "-", "minus": "-", "dot": ".", "slash": "/", "underscore": "_", "star": "*", "hash": "#", "pound": "#"}
SIGNS |= {"plus": "+", "oh": "0", "nought": "0", "double": "2×", "triple": "3×"}
LONGEST = 24  # spoken pieces of one code
MOST = 400  # stretches of one line that are tried


@dataclass(frozen=True, slots=True)
class Piece:
    written: str
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Each word of a text as it would be written: digits for number words, signs for their names."""
    found: list[Piece] = []
    times = 1
    for m in re.finditer(r"[^\s,;]+", text):
        word = m[0].strip(".?!\"'“”()")
        low = word.lower()
        value = NUMBER_WORDS.get(low)
        written = SIGNS.get(low) or (str(value) if value is not None else word)
        if written.endswith("×"):
            times = int(written[0])
            continue
        if word:
            start = m.start() + m[0].index(word)
            found.append(Piece(written * (times if len(written) == 1 else 1), start, start + len(word)))
        times = 1
    return found


def written(text: str) -> str:
    """The whole text with what was read out put together: only to look for a value in it."""
    return "".join(piece.written for piece in pieces(text)).casefold()


def code(text: str) -> tuple[str, int, int] | None:
    """The longest stretch of letters, digits and signs read out one by one, or one word that holds a digit."""
    runs: list[list[Piece]] = [[]]
    for piece in pieces(text):
        if re.fullmatch(r"(?:[A-Z]|[-_*#./+]|[\w-]*\d[\w-]*)", piece.written) and piece.written != "I":
            runs[-1].append(piece)
        else:
            runs.append([])
    best = max(runs, key=lambda run: sum(len(p.written) for p in run))
    joined = "".join(p.written for p in best).strip("./-")
    return (joined, best[0].start, best[-1].end) if len(joined) >= 2 and re.search(r"\d", joined) else None


def fitting(text: str, fits: Callable[[str], bool]) -> tuple[str, int, int] | None:
    """The longest stretch of a text that fits a whole pattern, as it stands or as it would be written."""
    return next(((value, start, end) for value, start, end in _stretches(text) if fits(value)), None)


def _stretches(text: str) -> Iterator[tuple[str, int, int]]:
    row, tried = pieces(text), 0
    for length in range(min(LONGEST, len(row)), 0, -1):
        for first in range(len(row) - length + 1):
            part = row[first : first + length]
            start, end = part[0].start, part[-1].end
            joined = "".join(p.written for p in part)
            for value in dict.fromkeys((text[start:end], joined, joined.upper(), " ".join(p.written for p in part))):
                yield value, start, end
            tried += 1
            if tried >= MOST:
                return
