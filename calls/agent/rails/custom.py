"""A custom guard rail against one sentence: words that settle it first, then meaning against its examples and near misses. CPU-bound.

`Match.sure` is False where the meaning alone lies near the line: there a configured model is asked for a second opinion.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from calls.agent.builtin.signs import normal
from calls.agent.builtin.text import sentences, stems
from calls.agent.ports import Encoder
from calls.agent.rails import words

Speaker = Literal["assistant", "user"]

LEAST = 0.35  # cosine to the nearest example, or to the matter of the prompt
AHEAD = 0.05  # by which it must be nearer than to any near miss and to what is said on every call; a word in common settles a tie
UNSURE = 0.07  # so close to the line, on either side, a second opinion is worth its time
SHORTEST = 3  # words


@dataclass(frozen=True, slots=True)
class Rail:
    """What a custom rail says, read once."""

    prompt: str
    examples: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    trips: bool
    sentence: str = ""
    why: str = ""
    sure: bool = True
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Read:
    watches: frozenset[Speaker]
    wanted: tuple[str, ...]  # the matter of the prompt and the examples; of a prompt that quotes words, the examples alone
    quoted: tuple[str, ...]  # words that the prompt puts in quotation marks
    stems: frozenset[str]  # words of its matter that no near miss has
    refuses: bool  # the rail itself is about refusals


def watches(rail: Rail) -> frozenset[Speaker]:
    """Whose words: the agent's unless the prompt speaks of what the callee says."""
    return _read(rail).watches


def match(rail: Rail, text: str, encoder: Encoder) -> Match:
    """The first sentence of `text` that trips, else the one that came nearest to the line."""
    nearest = Match(False)
    for sentence in sentences(text) or [text]:
        found = _sentence(rail, sentence.strip(), encoder)
        if found.trips and found.sure:
            return found
        if not nearest.why or _rank(found) > _rank(nearest):
            nearest = found
    return nearest


def _rank(found: Match) -> tuple[bool, bool, float]:
    """Of sentences that do not trip for sure: what nearly does first."""
    return found.trips, not found.sure, found.score


def _sentence(rail: Rail, sentence: str, encoder: Encoder) -> Match:
    read, plain = _read(rail), normal(sentence).lower()
    if not plain:
        return Match(False, sentence)
    if plain in {normal(s).lower() for s in rail.near_misses}:
        return Match(False, sentence, "It is one of the near misses.")
    for quoted in read.quoted:
        if re.search(rf"(?<!\w){re.escape(quoted)}(?!\w)", plain):
            return Match(True, sentence, f"The words “{quoted}” stand in the guard rail.", score=1.0)
    for example in rail.examples:
        if normal(example).lower() == plain:
            return Match(True, sentence, "It is one of the examples.", score=1.0)
    if not read.refuses and words.pattern("refusal").search(plain) and "assistant" in read.watches:
        return Match(False, sentence, "It refuses instead of doing it.")
    if len(plain.split()) < SHORTEST and not stems(plain) & read.stems:
        return Match(False, sentence, "Too short to mean it.")
    return _by_meaning(rail, read, sentence, plain, encoder)


def _by_meaning(rail: Rail, read: _Read, sentence: str, plain: str, encoder: Encoder) -> Match:
    if not read.wanted:
        return Match(False, sentence, "None of the words in quotation marks.")
    best, text = _nearest(plain, read.wanted, encoder)
    miss, miss_text = max(_nearest(plain, rail.near_misses, encoder), _nearest(plain, words.listed("everyday"), encoder))
    ahead = 0.0 if not stems(plain) & read.stems else AHEAD
    over = min(best - LEAST, best - miss - ahead)
    if over >= 0:
        why = f"Close to “{text}” ({best:.2f})."
    elif best < LEAST:
        why = f"Far from it ({best:.2f})."
    else:
        why = f"Nearer to “{miss_text}” ({miss:.2f}) than to “{text}” ({best:.2f})."
    return Match(over >= 0, sentence, why, abs(over) > UNSURE, best)


def _nearest(text: str, others: Sequence[str], encoder: Encoder) -> tuple[float, str]:
    if not others:
        return 0.0, ""
    scores = [float(x) for x in encoder.similar(text, others)]
    best = max(range(len(scores)), key=scores.__getitem__)
    return scores[best], others[best]


def matter(prompt: str) -> str:
    """What a prompt is about: "Never promise a refund" -> "promise a refund"."""
    text = re.sub(r"\s+", " ", prompt.replace("’", "'")).strip(" .!")
    for lead in words.patterns("matter"):
        text = lead.sub("", text, count=1).strip(" ,.")
    return text or prompt


@lru_cache(maxsize=512)
def _read(rail: Rail) -> _Read:
    about = matter(rail.prompt)
    theirs = words.pattern("callee_words").search(rail.prompt) is not None
    ours = not theirs or words.pattern("agent_words").search(rail.prompt) is not None
    speakers: set[Speaker] = set()
    if theirs:
        speakers.add("user")
    if ours:
        speakers.add("assistant")
    key = stems(about) | {s for text in rail.examples for s in stems(text)}
    key -= {s for text in rail.near_misses for s in stems(text)}
    quoted = tuple(q.lower() for q in re.findall(r"[\"“”]([^\"“”]{2,60})[\"“”]", rail.prompt))
    refuses = any(words.pattern("refusal").search(text) for text in (about, *rail.examples))
    return _Read(frozenset(speakers), rail.examples if quoted else (about, *rail.examples), quoted, frozenset(key), refuses)


def warm(encoder: Encoder) -> None:
    """Encodes what is said on every call, so that no call pays for it."""
    encoder.vectors(words.listed("everyday"))
