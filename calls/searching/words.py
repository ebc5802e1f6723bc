"""What a word is, for what was said and for what is looked for alike. Pure.

Words are compared in small letters and without accents. Apostrophes belong to a word ("don't" is dont), all other signs part words.
Characters of writing without spaces (Chinese, Japanese, Thai …) are words of their own.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 60  # letters of a word that count
PREFIX_FROM = 3  # letters: a shorter last word must be whole
MOST_TERMS = 20
_ASCII = re.compile(r"[a-z0-9]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ＇"))
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ħ": "h"})
# Vowel signs and accents: those of Latin, Greek, Cyrillic, Hebrew and Arabic can be left out in writing; those of India cannot.
_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_ALONE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Japanese syllables
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A word where it stands: text[start:end]."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other in one line. `prefix`: the last of them may go on."""

    words: tuple[str, ...]
    prefix: bool = False


type Terms = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every term of one of the `ways` must occur in the call, each in any line. No ways: nothing is found."""

    ways: tuple[Terms, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ways)

    @property
    def terms(self) -> Terms:
        return tuple(dict.fromkeys(term for way in self.ways for term in way))

    @property
    def ordered(self) -> bool:
        """Whether the order of words matters."""
        return any(len(term.words) > 1 for term in self.terms)


def number_words(number: str) -> list[str]:
    """What a call's number is found by: its beginning, with the country or in America without, or its end. No spoken word is like these."""
    digits = "".join(char for char in number if char.isdecimal())
    national = [f"№{digits[1:]}"] if len(digits) == 11 and digits[0] == "1" else []
    return [f"№{digits}", *national, f"℞{digits[::-1]}"] if digits else []


def only_digits(text: str) -> str:
    """The digits of a text that may be a part of a number; "" when it is none."""
    digits = "".join(char for char in text if char in "0123456789")
    return digits if digits and not any(char.isalpha() for char in text) else ""


def words(text: str) -> list[str]:
    if text.isascii():
        return [word[:LONGEST] for word in _ASCII.findall(text.lower().replace("'", ""))]
    return [place.word for place in places(text)]


def places(text: str) -> Iterator[Place]:
    """The words of `words`, each with where it stands in the text as it is."""
    start = 0
    for start, end in _runs(text):
        run = text[start:end]
        for word in _plain(run):
            yield Place(word[:LONGEST], start, end)


def read(text: str) -> Wanted:
    """What somebody typed: all words, "in quotes" as they follow each other, the last word as its beginning unless it is quoted.

    Digits alone may also begin or end the number that was called.
    """
    terms: list[Term] = []
    pieces = list(_PIECES.finditer(text.translate(_QUOTES)))
    for piece in pieces:
        found = tuple(words(piece["quoted"] if piece["quoted"] is not None else piece["plain"]))
        if found:
            goes_on = piece is pieces[-1] and not piece["closed"] and len(found[-1]) >= PREFIX_FROM
            terms.append(Term(found, goes_on))
    ways = [tuple(dict.fromkeys(terms))[:MOST_TERMS]] if terms else []
    if len(digits := only_digits(text)) >= PREFIX_FROM:
        ways += [(Term((f"№{digits}",), True),), (Term((f"℞{digits[::-1]}",), True),)]
    return Wanted(tuple(ways))


_PIECES = re.compile(r'"(?P<quoted>[^"]*)(?P<closed>")?|(?P<plain>[^\s"]+)')
_QUOTES = dict.fromkeys(map(ord, "“”„«»＂"), '"')


def hits(term: Term, line: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Where the term stands in a line: (from, to) in its text."""
    size = len(term.words)
    for n in range(len(line) - size + 1):
        stretch = [place.word for place in line[n : n + size]]
        if stretch[:-1] == list(term.words[:-1]) and (
            stretch[-1] == term.words[-1] or (term.prefix and stretch[-1].startswith(term.words[-1]))
        ):
            yield line[n].start, line[n + size - 1].end


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the runs of letters, digits, marks and apostrophes stand; characters that are words of their own one by one."""
    begin: int | None = None
    for n, char in enumerate(text):
        alone = _alone(char)
        if not alone and (_lettered(char) or ord(char) in _APOSTROPHES):
            begin = n if begin is None else begin
            continue
        if begin is not None:
            yield begin, n
            begin = None
        if alone:
            yield n, n + 1
    if begin is not None:
        yield begin, len(text)


def _plain(run: str) -> list[str]:
    """The words of a run: nearly always one."""
    if run.isascii():
        return _ASCII.findall(run.lower().replace("'", ""))
    text = unicodedata.normalize("NFKD", run.translate(_APOSTROPHES)).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
    kept = "".join(c if _lettered(c) else " " for c in text)
    return kept.split()


def _alone(char: str) -> bool:
    code = ord(char)
    return code >= _ALONE[0][0] and any(first <= code <= last for first, last in _ALONE) and _lettered(char)


def _lettered(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"
