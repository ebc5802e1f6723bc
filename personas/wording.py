"""Two texts compared: sentence by sentence for a list, word by word to be shown in place. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SPACE = re.compile(r"\s+")
ALIKE = 0.55  # from here on two sentences are the same one worded anew
KEPT = 10  # words shown on each side of a change
MOST_ALIKE = 900  # pairs of sentences looked at; a text written anew has no sentence of the old one


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of words. kind: same, ins, del, or gap (words left out because they did not change)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence before and after; "" where there was or is none."""

    old: str
    new: str


def sentences(text: str) -> list[str]:
    """Each with the space after it, so that together they are the text. A sentence ends with its mark and a space, or with its line."""
    found, start = [], 0
    for space in SPACE.finditer(text):
        ends = text[space.start() - 1 : space.start()] in (".", "!", "?") or "\n" in space[0]
        if ends and space.start() > start:
            found.append(text[start : space.end()])
            start = space.end()
    return [*found, *filter(None, [text[start:]])]


def pairs(old: str, new: str) -> list[Pair]:
    """What changed from one text to the other, sentence by sentence."""
    found: list[Pair] = []
    for before, after in _blocks(old, new):
        gone = list(before)
        for sentence in after:
            match = _closest(gone, sentence) if len(before) * len(after) <= MOST_ALIKE else ""
            if match:
                gone.remove(match)
            found.append(Pair(match, sentence))
        found += [Pair(sentence, "") for sentence in gone]
    return [pair for pair in found if pair.old != pair.new]


def words(old: str, new: str) -> list[Word]:
    """Both texts in one, with what went and what came."""
    found: list[Word] = []
    a, b = sentences(old), sentences(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b).get_opcodes():
        if tag == "equal":
            found.append(Word("same", "".join(a[i1:i2])))
        else:
            found += _inside("".join(a[i1:i2]), "".join(b[j1:j2]))
    return list(_shortened(_joined(found)))


def _blocks(old: str, new: str) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    a, b = ([s.strip() for s in sentences(text) if s.strip()] for text in (old, new))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b).get_opcodes():
        if tag != "equal":
            yield a[i1:i2], b[j1:j2]


def _closest(gone: Sequence[str], sentence: str) -> str:
    """The one of the sentences that went which this is worded anew; "" when it is none of them."""
    scored = max(((_alike(old, sentence), old) for old in gone), default=(0.0, ""))
    return scored[1] if scored[0] >= ALIKE else ""


def _alike(old: str, new: str) -> float:
    return SequenceMatcher(None, old.lower().split(), new.lower().split(), autojunk=False).ratio()


def _inside(old: str, new: str) -> Iterator[Word]:
    a, b = re.findall(r"\s*\S+\s*?|\s+", old), re.findall(r"\s*\S+\s*?|\s+", new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b).get_opcodes():
        if tag == "equal":
            yield Word("same", "".join(a[i1:i2]))
            continue
        if i1 < i2:
            yield Word("del", "".join(a[i1:i2]))
        if j1 < j2:
            yield Word("ins", "".join(b[j1:j2]))


def _joined(parts: Sequence[Word]) -> list[Word]:
    joined: list[Word] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            joined[-1] = Word(part.kind, joined[-1].text + part.text)
        else:
            joined.append(part)
    return joined


def _shortened(parts: Sequence[Word]) -> Iterator[Word]:
    """Long stretches that did not change keep their ends only."""
    for place, part in enumerate(parts):
        bits = re.findall(r"\s*\S+", part.text)
        head = 0 if place == 0 else KEPT
        tail = 0 if place == len(parts) - 1 else KEPT
        if part.kind != "same" or len(bits) <= head + tail + KEPT:
            yield part
            continue
        if head:
            yield Word("same", "".join(bits[:head]))
        yield Word("gap", " … ")
        if tail:
            yield Word("same", "".join(bits[-tail:]))
