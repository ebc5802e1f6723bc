"""What a sentence means: the kind of thing whose reviewed examples lie nearest to it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.wording import wording
from calls.agent.ports import Encoder

NEAREST = 2  # examples of a kind whose cosines are averaged, so that one odd example does not decide
FLOOR = 0.42  # cosine to the nearest example; strangers lie below 0.3
MARGIN = 0.04  # to another meaning: nearer than that it is half a guess
STRICT = {"wrong_number": 0.55, "voicemail": 0.5, "menu": 0.5, "moved_away": 0.6}  # meanings that outrank most others
ASKED_FLOOR = 0.4
NEUTRAL = "collected"  # an answer that decides nothing
LAST_WORDS = 16  # of a line of ours without punctuation: its question stands at its end


@dataclass(frozen=True, slots=True)
class Near:
    score: float  # mean cosine of the nearest examples
    kind: str
    example: str  # the nearest
    top: float  # its cosine


def warm(encoder: Encoder) -> None:
    """Encodes the examples (some 500 sentences, several seconds), so that no outcome waits for it."""
    for examples in (*_happenings().values(), *wording().asked.values(), *wording().replies.values()):
        encoder.vectors(examples)


def happened(sentence: str, encoder: Encoder) -> list[Near]:
    """What a sentence of the callee's may tell of, the nearest first."""
    return _ranked(sentence, _happenings(), encoder)


def asked(text: str, encoder: Encoder) -> str:
    """What a question of ours is about (a key of wording().asked), "" when none is near."""
    best = _ranked(" ".join(text.split()[-LAST_WORDS:]), wording().asked, encoder)[0]
    return best.kind if best.top >= ASKED_FLOOR else ""


def replied(text: str, encoder: Encoder) -> dict[str, float]:
    """How near a clause of ours comes to each kind of reply."""
    return {near.kind: near.score for near in _ranked(text, wording().replies, encoder)}


def kinds() -> list[str]:
    """The happenings that meaning can tell."""
    return list(_happenings())


def _happenings() -> Mapping[str, Sequence[str]]:
    return {kind: meaning.examples for kind, meaning in wording().happenings.items() if meaning.examples}


def _ranked(text: str, kinds: Mapping[str, Sequence[str]], encoder: Encoder) -> list[Near]:
    found = []
    for kind, examples in kinds.items():
        cosines = encoder.similar(text, examples)
        order = cosines.argsort()[::-1][:NEAREST]
        found.append(Near(float(cosines[order].mean()), kind, examples[int(order[0])], float(cosines[order[0]])))
    return sorted(found, key=lambda near: near.score, reverse=True)
