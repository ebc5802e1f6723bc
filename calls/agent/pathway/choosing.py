"""Which way on the person's words lead: rules first, the sentence encoder second. Pure and deterministic.

Each sentence of what was said is held against each way (its examples, description and label). A plain yes or no goes the way that means
yes or no. A way is taken when its score reaches the threshold and no way to another step is as near. Nothing is taken rather than guessed.
Thresholds are centred cosines, measured on tests/labelled/ways.yaml.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from calls.agent.builtin import intents, slots
from calls.agent.builtin.language import table
from calls.agent.builtin.text import sentences, stems
from calls.agent.ports import Encoder

THRESHOLD, ANYWHERE = 0.50, 0.56  # of a way of the step, and of a step that can be entered from anywhere
BARE = 0.42  # of a way without examples: a description is never as near as an example
MARGIN = 0.05  # to the best way to another step
FAR, LESS = 0.09, 0.14  # with such a margin so much less is enough
SURE = 0.62  # a score that needs no second opinion when the margin is there
DESCRIBED, SAID = 0.9, 0.96  # weights of a description, and of one put into the person's mouth: "They cannot come" -> "I cannot come"
BESIDE = 0.85  # weight of both where there are examples: those are people's own words
SECOND = 0.25  # weight of the second nearest example
SHARED = 0.18  # weight of shared rare words
SAME_SIGN, OTHER_SIGN = 0.12, -0.22  # a yes or no in the sentence that agrees, or disagrees, with the way
ASKED, STRANGE = -0.10, -0.25  # a question where the way's words are none; a standing question (who, why …) that the way is not about
DOUBT = -0.15  # "I don't know", on a way that is not about not knowing
KINDRED = 0.12  # sentence and way are of one standing intent: busy, wrong number …
LEANS = 0.56  # a yes or no with more words, to the only way that means it
PLAIN = 0.70  # a plain yes or no, to the way that means it
ANSWERS = 0.64  # a value of the kind that the way is about: "They name a time"
KNOWN = 0.62  # a question that the knowledge of a step answers
ONLY = 0.50  # the only way on, and an answer
NO_ANSWER, CERTAIN = 0.25, 0.75  # the only way on, and no answer: so much at most, unless it is as good as said
MOST_SENTENCES = 8  # of one turn that are compared

TABLE = table("ways")
YES, NO, ELSE, PLAIN_WORDS = (re.compile(TABLE[name], re.I) for name in ("YES", "NO", "ELSE", "PLAIN"))
THEY, WISH, LOOKS_BACK, WEAK_YES, ASKING = (re.compile(TABLE[name], re.I) for name in ("THEY", "WISH", "LOOKS_BACK", "WEAK_YES", "ASKING"))
SLOT_WAYS: dict[str, str] = TABLE["slots"]
SLOT_NAMES: dict[str, str] = TABLE["slot_names"]


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
class Scored:
    way: Way
    score: float
    quote: str = ""
    why: str = ""
    meaning: float | None = None  # the score without the yes or no that it leans on


@dataclass(frozen=True, slots=True)
class Choice:
    """`way` None: nothing fits. `sure` False: a model may be asked. `candidates`: the best first."""

    way: Way | None
    sure: bool
    candidates: tuple[Scored, ...] = ()
    why: str = ""
    quote: str = ""

    def taking(self, way: Way | None, why: str) -> "Choice":
        return replace(self, way=way, why=why, sure=True)


def choose(text: str, ways: Sequence[Way], encoder: Encoder, *, unheard: bool = False) -> Choice:
    """`unheard`: they spoke over our question, so a plain yes or no means nothing."""
    parts = (sentences(text) or [text])[:MOST_SENTENCES]
    own = [way for way in ways if not way.anywhere]
    signs = Counter(features(way).sign for way in own)
    found = [_best(way, parts, encoder, unheard, alone=signs[features(way).sign] == 1 and not way.anywhere) for way in ways]
    unsigned = max((s.score for s in found if not s.way.anywhere and not features(s.way).sign), default=0.0)
    found = [replace(s, score=s.meaning, why="") if s.meaning is not None and unsigned > s.meaning + MARGIN else s for s in found]
    ranked = tuple(sorted(found, key=lambda s: (-s.score, s.way.anywhere)))
    spoken_over = unheard and all(plain(s) for s in parts)
    if not spoken_over and (only := _only(ranked, own, parts)) is not None:
        ranked = tuple(sorted([only, *(s for s in ranked if s.way is not only.way)], key=lambda s: (-s.score, s.way.anywhere)))
    if not ranked:
        return Choice(None, True)
    best = ranked[0]
    others = [s.score for s in ranked if s.way.target != best.way.target]
    ahead = best.score - max(others, default=0.0)
    need = _needed(best.way)
    enough = best.score >= need
    if (enough and ahead >= MARGIN) or (others and best.score >= need - LESS and ahead >= FAR):
        return Choice(best.way, best.score >= SURE, ranked, best.why, best.quote)
    fallback = next((way for way in own if general(way)), None)
    if fallback is not None and not enough and _content(parts):
        return Choice(fallback, False, ranked, "no other way fits", text)
    return Choice(None, False, ranked, "two ways fit alike" if enough else "no way fits", text)


def _needed(way: Way) -> float:
    if not way.examples:
        return BARE
    return ANYWHERE if way.anywhere else THRESHOLD


def general(way: Way) -> bool:
    """Whether a way is meant for whatever is not said by the others."""
    words = [w for w in (way.label, way.description) if w.strip()]
    return not way.examples and all(ELSE.match(w.strip()) for w in words)


def _best(way: Way, parts: Sequence[str], encoder: Encoder, unheard: bool, *, alone: bool) -> Scored:
    """`alone`: no other way of the step means the same yes or no."""
    return max((_score(way, s, len(parts), encoder, unheard, alone) for s in parts), key=lambda s: s.score)


def _score(way: Way, sentence: str, count: int, encoder: Encoder, unheard: bool, alone: bool) -> Scored:
    about = features(way)
    said = normal(sentence)
    if said and said in about.exact:
        return Scored(way, 1.0, sentence, "they said just that")
    sign = _said_sign(sentence)
    asks = intents.is_question(sentence) and as_wish(sentence) == sentence
    if plain(sentence):
        if way.anywhere or unheard or not sign:
            return Scored(way, 0.0, sentence)
        if about.sign == sign and not asks:
            first = sum(normal(e).startswith(said.split(" ")[0]) for e in way.examples) / max(1, len(way.examples))
            return Scored(way, (PLAIN if count == 1 else PLAIN - 0.1) + 0.1 * first, sentence, f"a plain {sign}")
        return Scored(way, 0.0 if about.sign else 0.1, sentence)
    scored = _meaning(way, about, sentence, encoder)
    if sign and about.sign:
        scored = replace(scored, score=scored.score + (SAME_SIGN if sign == about.sign else OTHER_SIGN))
        if sign == about.sign and alone and not asks and not unheard and len(sentence.split()) <= 8:
            leaning = Scored(way, LEANS, sentence, f"it says {sign}", scored.score)
            scored = max(scored, leaning, key=lambda s: s.score)
    if re.search(slots.UNKNOWN, sentence, re.I) and not about.unsure:
        scored = replace(scored, score=scored.score + DOUBT)
    intent = intents.detect(sentence).name
    if intent and intent in about.intents:
        scored = replace(scored, score=scored.score + KINDRED, why=f"{scored.why}; both are about “{intent}”")
    elif asks:
        scored = replace(
            scored,
            score=scored.score + (STRANGE if intent in ("who", "why", "source") else 0.0 if about.asks else ASKED),
        )
    if not asks and not way.anywhere and about.slot and sign != "no" and VALUES[about.slot](sentence):
        scored = max(scored, Scored(way, ANSWERS, sentence, f"it names a {SLOT_NAMES[about.slot]}"), key=lambda s: s.score)
    if asks and way.answers is not None and (fits := way.answers(sentence)) > 0:
        scored = max(scored, Scored(way, max(KNOWN, min(0.9, fits)), sentence, "the step's knowledge answers it"), key=lambda s: s.score)
    return replace(scored, score=max(0.0, min(0.99, scored.score)))


def _said_sign(sentence: str) -> str:
    """yes or no; "" also for a yes that is only the beginning of something else: "I have to …", "I would like to …"."""
    sign = slots.polarity(sentence)
    return "" if sign == "yes" and len(sentence.split()) > 3 and WEAK_YES.match(sentence.replace("’", "'")) else sign


VALUES: dict[str, Callable[[str], str]] = {
    "when": lambda s: "" if LOOKS_BACK.search(s) else slots.when(s),
    "email": slots.email,
    "phone": slots.phone,
    "number": lambda s: slots.number(re.sub(re.escape(slots.when(s)), " ", s, flags=re.I) if slots.when(s) else s),
    "name": slots.name,
}


def _meaning(way: Way, about: "Features", sentence: str, encoder: Encoder) -> Scored:
    """Nearest of the way's texts: centred cosine and shared words."""
    if not about.texts:
        return Scored(way, 0.0, sentence)
    found: list[tuple[float, str]] = []
    for said in dict.fromkeys((sentence, as_wish(sentence))):
        cosines = encoder.similar(said, [t for t, _ in about.texts])
        words = stems(said)
        for (text, weight), cosine, need in zip(about.texts, cosines, about.stems, strict=True):
            share = len(need & words) / len(need | words) if need and words else 0.0
            found.append((float(cosine) * weight + SHARED * share, text))
    found.sort(reverse=True)
    best, nearest = found[0]
    others = [score for score, text in found if text != nearest]
    if len(way.examples) > 1 and others:
        best = (1 - SECOND) * best + SECOND * others[0]
    return Scored(way, max(0.0, best), sentence, f"it is like “{nearest}”" if best > 0 else "")


def _only(ranked: Sequence[Scored], own: Sequence[Way], parts: Sequence[str]) -> Scored | None:
    """A single way on is taken by any answer that does not speak against it, and hardly by what is no answer."""
    if len({way.target for way in own}) != 1:
        return None
    best = next(s for s in ranked if not s.way.anywhere)
    if not _content(parts):
        return replace(best, score=min(best.score, NO_ANSWER)) if best.score < CERTAIN else None
    sign = next((p for s in parts if (p := slots.polarity(s))), "")
    about = features(best.way).sign
    if best.score >= ONLY or (about and sign and sign != about):
        return None
    return replace(best, score=ONLY, why="it is the only way on, and they answered")


def _content(parts: Sequence[str]) -> bool:
    """Whether something was said that can be an answer: no question, no "I don't know"."""
    told = [s for s in parts if not intents.is_question(s)]
    doubt = any(re.search(slots.UNKNOWN, s, re.I) or re.search(slots.REFUSED, s, re.I) for s in told)
    standing = (
        len(told) == 1
        and (found := intents.detect(told[0]))
        and found.name in ("greeting", "hold", "repeat", "bye", "angry", "busy", "later", "human")
    )
    return bool(told) and not doubt and not standing


# What is known of a way before anybody speaks ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Features:
    texts: tuple[tuple[str, float], ...]  # what is compared by meaning, with its weight
    stems: tuple[set[str], ...]
    exact: frozenset[str]
    sign: str  # yes, no or ""
    slot: str  # kind of value the way is about
    unsure: bool  # people who go this way do not know, or want to think
    asks: bool  # people who go this way ask something
    intents: frozenset[str]


def features(way: Way) -> Features:
    return _features(way.label, way.description, way.examples)


@lru_cache(maxsize=4096)
def _features(label: str, description: str, examples: tuple[str, ...]) -> Features:
    words = [w for w in dict.fromkeys((label.strip(), description.strip())) if w]
    texts = [(e, 1.0) for e in examples] + [(w, BESIDE if examples else DESCRIBED) for w in words]
    texts += [(said, BESIDE if examples else SAID) for w in words for said in as_said(w)]
    about = " ".join(words)
    kinds = [found.name for t in (*examples, label) if t and (found := intents.detect(t))]
    return Features(
        texts=tuple(texts),
        stems=tuple(stems(t) for t, _ in texts),
        exact=frozenset(n for t in (*examples, label) if (n := normal(t))),
        sign=_sign(label, description, examples),
        slot="" if NO.search(about) else next((kind for kind, pattern in SLOT_WAYS.items() if re.search(pattern, about, re.I)), ""),
        unsure=any(re.search(slots.UNKNOWN, t, re.I) for t in (*examples, *words)),
        asks=any(intents.is_question(e) for e in examples) or ASKING.search(about) is not None,
        intents=frozenset(k for k in kinds if k in ("human", "wrong", "absent", "later", "busy", "notinterested")),
    )


def as_wish(sentence: str) -> str:
    """ "Could I move it?", "I'd like to move it", "I have to move it": all "I want to move it"."""
    m = WISH.match(sentence.strip())
    return f"I want to {m[1].rstrip(' ?.')}." if m else sentence


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


def plain(sentence: str) -> bool:
    """Whether nothing but yes, no and polite words is said."""
    return bool(slots.polarity(sentence)) and not PLAIN_WORDS.sub("", sentence.replace("’", "'"))


def normal(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower().replace("’", "'")))
