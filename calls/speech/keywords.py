"""The parameter keywords, for a recogniser that takes no hints: what sounds very much like a keyword becomes the keyword.

A recogniser that does not know a name writes down other words of the same sound ("pre-opatal" for "Priya Patel"). Spelling is reduced to
sound, and a run of words whose sound is near enough to the keyword's is replaced. Near enough is little: a word of the dictionary is never
replaced alone, and several of them only when they are nearer still; a boost ("Lakeside:2") allows somewhat more.
"""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from calls.speech.installed import file_of
from calls.speech.ports import Missing

NEAR = 0.24  # share of the sounds that may differ, at boost 1
PER_BOOST, MOST_NEAR = 0.05, 0.4
FEWEST_SOUNDS = 4  # shorter ones are near to everything: only the same sound will do
MOST_KEYWORDS = 200
EXTRA_WORDS = 2  # a name is often heard as more words than it has
ORDINARY = 0.5  # of the nearness is what words of the dictionary get

_WORD = re.compile(r"[A-Za-zÀ-ÿ']+")
# Spelling to sound: letters of one sound become one letter; capitals are vowels of any kind.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("'", ""), ("^(?:kn|gn|pn)", "n"), ("^wr", "r"), ("^x", "z"), ("^ps", "s"),
        ("tch|cz", "C"), ("sch|sh|[ts]io(?=n)", "S"), ("ch", "C"),
        ("ph", "f"), ("gh(?=t|$)", ""), ("gh", "g"), ("th", "T"), ("ck|q|c(?![eiy])", "k"), ("c", "s"), ("dge?|g(?=[eiy])|j", "J"),
        ("x", "ks"), ("z", "s"), ("v", "f"), ("wh", "w"), ("(?<=[aeiou])h(?![aeiou])", ""), ("mb$", "m"), ("e$", ""),
        ("[aeiouy]+w?", "A"),
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keyword:
    text: str
    words: int
    sound: str
    near: float


def correct(text: str, keywords: Sequence[str]) -> str:
    """`text` with what sounds like a keyword replaced by it. The nearest go first."""
    wanted = [keyword for keyword in map(_keyword, keywords[:MOST_KEYWORDS]) if keyword]
    found = list(_WORD.finditer(text)) if wanted else []
    taken: set[int] = set()
    chosen: list[tuple[int, int, Keyword]] = []
    for _, first, end, keyword in sorted(_near(text, found, wanted), key=lambda near: near[0]):
        if taken.isdisjoint(range(first, end)):
            taken.update(range(first, end))
            chosen.append((first, end, keyword))
    out, done = "", 0
    for first, end, keyword in sorted(chosen, key=lambda place: place[0]):
        out += text[done : found[first].start()] + keyword.text
        done = found[end - 1].end()
    return out + text[done:]


def _near(text: str, found: Sequence[re.Match[str]], wanted: Sequence[Keyword]) -> Iterator[tuple[float, int, int, Keyword]]:
    """Every run of words that is near a keyword: how far away, from which word to before which one."""
    longest = max((keyword.words for keyword in wanted), default=0) + EXTRA_WORDS
    for first in range(len(found)):
        for end in range(first + 1, min(first + longest, len(found)) + 1):
            if end > first + 1 and re.search(r"[^\s-]", text[found[end - 2].end() : found[end - 1].start()]):
                break  # a comma or a full stop: no name goes across
            run = [word[0].lower() for word in found[first:end]]
            sound = sound_of("".join(run))
            for keyword in wanted:
                away = _away(keyword, run, sound)
                if away is not None:
                    yield away, first, end, keyword


def _away(keyword: Keyword, run: Sequence[str], sound: str) -> float | None:
    """How far the run is from the keyword, as a share of its sounds; None when too far."""
    if " ".join(run) == keyword.text.lower():
        return 0.0
    if not sound or (sound[0] != keyword.sound[0] and _change(sound[0], keyword.sound[0]) == 1):
        return None
    ordinary = all(map(_in_dictionary, run))
    if len(run) > keyword.words + EXTRA_WORDS or (ordinary and len(run) == 1):
        return None
    near = keyword.near * ORDINARY if ordinary else keyword.near
    longest = max(len(sound), len(keyword.sound))
    if abs(len(sound) - len(keyword.sound)) > near * longest:
        return None
    if min(len(sound), len(keyword.sound)) < FEWEST_SOUNDS:
        return 0.01 if sound == keyword.sound and sound[:1] == keyword.sound[:1] else None
    away = _distance(sound, keyword.sound) / longest
    return away + 0.01 if away <= near else None


def _in_dictionary(word: str) -> bool:
    """Small endings do not count. Without a dictionary every word is one of it: then hardly anything is replaced."""
    words = dictionary()
    stems = (
        word,
        word.removesuffix("'s"),
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("ed"),
        word.removesuffix("ing"),
    )
    return not words or any(stem in words for stem in stems)


@cache
def dictionary() -> frozenset[str]:
    """The 80,000 words that the package for synthesis can read, without names."""
    try:
        file = file_of("hibari", "assets/lexicon_us_gold.json.gz", "Synthesis (hibari-tts)")
    except Missing:
        return frozenset()
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return frozenset(word for word in json.load(text) if word.islower())


@lru_cache(maxsize=512)
def _keyword(given: str) -> Keyword | None:
    """ "word" or "word:boost"."""
    text, _, boost = given.rpartition(":") if ":" in given else (given, "", "")
    text = " ".join(text.split())
    try:
        more = float(boost or 1) - 1
    except ValueError:
        text, more = " ".join(given.split()), 0.0
    words = _WORD.findall(text)
    sound = sound_of("".join(word.lower() for word in words))
    if not sound or re.search(r"\d", text):
        return None  # numbers are heard as numbers
    near = min(MOST_NEAR, max(0.0, NEAR + PER_BOOST * (more if more == more else 0.0)))
    return Keyword(text, len(words), sound, near)


@lru_cache(maxsize=4096)
def sound_of(word: str) -> str:
    word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^A-Za-z]", "", word))


def _distance(first: str, second: str) -> float:
    """Edits between two sounds; to change one vowel group for another costs nothing, to add or drop one a half."""
    row = [0.0]
    for c in second:
        row.append(row[-1] + _weight(c))
    for a in first:
        before, row[0] = row[0], row[0] + _weight(a)
        for j, b in enumerate(second, 1):
            change = 0.0 if a == b else _change(a, b)
            before, row[j] = row[j], min(row[j] + _weight(a), row[j - 1] + _weight(b), before + change)
    return row[-1]


def _weight(sound: str) -> float:
    return 0.5 if sound in "Ah" else 1.0


_ALIKE = {frozenset(pair) for pair in ("pb", "td", "kg", "sS", "CS", "CJ", "mn", "Td", "Tt", "fT", "lr", "sz", "Js")}


def _change(a: str, b: str) -> float:
    return 0.5 if frozenset((a, b)) in _ALIKE else 1.0
