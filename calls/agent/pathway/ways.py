"""What is known of the ways on of a step before anybody speaks: what people say who go there, and whether they mean yes or no. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from calls.agent.builtin import intents, slots
from calls.agent.builtin.language import table
from calls.agent.builtin.text import stems
from calls.agent.pathway import talk

DESCRIBED, SAID = 0.9, 0.96  # weights of a description, and of one put into the person's mouth: "They cannot come" -> "I cannot come"
BESIDE = 0.85  # weight of both where there are examples: those are people's own words
STANDING = frozenset({"human", "wrong", "absent", "later", "busy", "notinterested"})  # intents that a way may be about

TABLE = table("ways")
YES, NO, ELSE, PLAIN_WORDS = (re.compile(TABLE[name], re.I) for name in ("YES", "NO", "ELSE", "PLAIN"))
THEY, ASKING = (re.compile(TABLE[name], re.I) for name in ("THEY", "ASKING"))
SLOT_WAYS: dict[str, str] = TABLE["slots"]


@dataclass(frozen=True, slots=True)
class Way:
    """`id` is the edge's, or "global:<step>" and "back:<step>"."""

    id: str
    target: str
    label: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    anywhere: bool = False
    answers: Callable[[str], float] | None = field(default=None, compare=False)  # how well the step's knowledge answers a question


@dataclass(frozen=True, slots=True)
class Features:
    texts: tuple[tuple[str, float], ...]  # what is compared by meaning, with its weight
    words: tuple[str, ...]  # the same without weights
    stems: tuple[frozenset[str], ...]
    exact: frozenset[str]
    sign: str  # yes, no or ""
    slot: str  # kind of value the way is about
    unsure: bool  # people who go this way do not know, or want to think
    asks: bool  # people who go this way ask something
    intents: frozenset[str]
    other_time: bool  # people who go this way want another time


def features(way: Way) -> Features:
    return _features(way.label, way.description, way.examples)


@lru_cache(maxsize=4096)
def _features(label: str, description: str, examples: tuple[str, ...]) -> Features:
    told = [w for w in dict.fromkeys((label.strip(), description.strip())) if w]
    texts = [(e, 1.0) for e in examples] + [(w, BESIDE if examples else DESCRIBED) for w in told]
    texts += [(said, BESIDE if examples else SAID) for w in told for said in as_said(w)]
    about = " ".join(told)
    kinds = [found.name for t in (*examples, label) if t and (found := intents.detect(t))]
    return Features(
        texts=tuple(texts),
        words=tuple(t for t, _ in texts),
        stems=tuple(frozenset(stems(t)) for t, _ in texts),
        exact=frozenset(n for t in (*examples, label) if (n := normal(t))),
        sign=_sign(label, description, examples),
        slot="" if NO.search(about) else next((kind for kind, pattern in SLOT_WAYS.items() if re.search(pattern, about, re.I)), ""),
        unsure=any(re.search(slots.UNKNOWN, t, re.I) for t in (*examples, *told)),
        asks=any(intents.is_question(e) for e in examples) or ASKING.search(about) is not None,
        intents=frozenset(kinds) & STANDING,
        other_time=talk.about_other_time(label, description),
    )


def as_said(text: str) -> list[str]:
    """A description put into the person's mouth, "reschedule or cancel it" as two; [] when it is no sentence about them."""
    said = _first_person(text)
    m = re.match(r"(I (?:want|need) to )(\w+) or (\w+) (.+)", said)
    return [f"{m[1]}{m[2]} {m[4]}", f"{m[1]}{m[3]} {m[4]}"] if m else [said] if said else []


def _first_person(text: str) -> str:
    m = THEY.match(text.strip().rstrip("."))
    if m is None:
        return ""
    rest = m[1]
    for old, new in TABLE["said"]:
        rest = re.sub(old, new, rest, flags=re.I)
    return f"I {rest}." if not re.match(r"(?:I|yes|no)\b", rest) else f"{rest}."


def _sign(label: str, description: str, examples: Sequence[str]) -> str:
    """Whether a way means yes or no: by the label's first word, by what the examples say, by the words of the description."""
    if m := re.match(r"\W*(yes|no)\b", label, re.I):
        return m[1].lower()
    if re.match(r"nothing\b|none\b", label, re.I):
        return "no"
    if any(re.search(slots.UNKNOWN, t, re.I) for t in (label, description, *examples)):
        return ""  # a way for those who do not know yet
    signs = [slots.polarity(e) for e in examples]
    for sign in ("yes", "no"):
        if signs and signs.count(sign) >= 0.5 * len(signs) and signs.count(sign) > 2 * signs.count("no" if sign == "yes" else "yes"):
            return sign
    about = f"{label}. {description}"
    if NO.search(about):
        return "no"
    return "yes" if YES.search(about) else ""


def normal(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower().replace("’", "'")))


def general(way: Way) -> bool:
    """Whether a way is meant for whatever is not said by the others."""
    words = [w for w in (way.label, way.description) if w.strip()]
    return not way.examples and all(ELSE.match(w.strip()) for w in words)
