"""Which way on the person's words lead: rules first, the sentence encoder second. Pure and deterministic.

Each sentence of what was said is held against each way (its examples, description and label). A plain yes or no goes the way that means
yes or no. A way is taken when its score reaches the threshold and no way to another step is as near. Nothing is taken rather than guessed.
Thresholds are centred cosines, measured on tests/labelled/ways.yaml.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from calls.agent.builtin import intents, slots
from calls.agent.builtin.text import sentences, stems
from calls.agent.builtin.wording import line
from calls.agent.pathway import talk
from calls.agent.pathway.ways import PLAIN_WORDS, TABLE, Features, Way, features, general, normal
from calls.agent.ports import Encoder

THRESHOLD, ANYWHERE = 0.50, 0.56  # of a way of the step, and of a step that can be entered from anywhere
BARE = 0.42  # of a way without examples: a description is never as near as an example
MARGIN = 0.05  # to the best way to another step
FAR, LESS = 0.09, 0.14  # with such a margin so much less is enough
SURE = 0.62  # a score that needs no second opinion when the margin is there
SECOND = 0.25  # weight of the second nearest example
SHARED = 0.18  # weight of shared rare words
SAME_SIGN, OTHER_SIGN = 0.12, -0.22  # a yes or no in the sentence that agrees, or disagrees, with the way
ASKED, STRANGE = -0.10, -0.25  # a question where the way's words are none; a standing question (who, why …) that the way is not about
DOUBT = -0.15  # "I don't know", on a way that is not about not knowing
ANSWERING = -0.08  # a sentence with a yes or no answers our question: it hardly asks for a step from anywhere
KINDRED = 0.12  # sentence and way are of one standing intent: busy, wrong number …
LEANING_WORDS = 12
LEANS = 0.56  # a yes or no with more words, to the only way that means it
PLAIN = 0.70  # a plain yes or no, to the way that means it
ANSWERS = 0.64  # a value of the kind that the way is about: "They name a time"
KNOWN = 0.62  # a question that the knowledge of a step answers
ONLY = 0.50  # the only way on, and an answer
NO_ANSWER, CERTAIN = 0.25, 0.75  # the only way on, and no answer: so much at most, unless it is as good as said
MOST_SENTENCES = 8  # of one turn that are compared

WISH, LOOKS_BACK, WEAK_YES = (re.compile(TABLE[name], re.I) for name in ("WISH", "LOOKS_BACK", "WEAK_YES"))
NO_ANSWERS = frozenset({"greeting", "hold", "repeat", "bye", "angry", "busy", "later", "human"})
SLOT_NAMES: dict[str, str] = TABLE["slot_names"]


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
    if enough and (likely := _likelier_no(ranked, parts, encoder)) is not None:
        return Choice(likely.way, False, ranked, "a plain no, and of the ways that mean no the likeliest", likely.quote)
    fallback = next((way for way in own if general(way)), None)
    if fallback is not None and not enough and _content(parts):
        return Choice(fallback, False, ranked, "no other way fits", text)
    return Choice(None, False, ranked, "two ways fit alike" if enough else "no way fits", text)


def _likelier_no(ranked: Sequence[Scored], parts: Sequence[str], encoder: Encoder) -> Scored | None:
    """Of several ways that a plain no can mean: where most people say no, else the nearest. None where nothing tells of what people say."""
    told = " ".join(parts)
    if not all(said(s).plain and said(s).sign == "no" for s in parts):
        return None
    alike = [s for s in ranked if ranked[0].score - s.score < MARGIN and features(s.way).sign == "no"]
    if not all(s.way.examples for s in alike):
        return None
    near = {s.way.id: float(encoder.similar(told, s.way.examples).max()) for s in alike}
    return max(alike, key=lambda s: (sum(slots.polarity(e) == "no" for e in s.way.examples) / len(s.way.examples), near[s.way.id]))


def clearly(choice: Choice, text: str, asked: str) -> Choice:
    """Where a step asks whom we speak with, only a clear yes is one (what follows may be private), and a hedge is nothing at all."""
    way = choice.way
    if way is None or way.anywhere or not talk.asks_who(asked) or normal(text) in features(way).exact:
        return choice
    if talk.hedges(text) or (features(way).sign == "yes" and not talk.clear_yes(text, asked)):
        return choice.taking(None, "they did not say clearly that it is them")
    return choice


def which(ways: Sequence[Way], text: str) -> str:
    """A question which of the two ways they mean that their plain yes or no can go; "" when there is no such choice."""
    sign = slots.polarity(text)
    labels = [m[1] for way in ways if features(way).sign == sign and (m := re.match(r"They (.+?)\.?$", way.label or way.description))]
    return line("ask_which", one=f"you {labels[0]}", other=f"you {labels[1]}") if len(labels) == 2 else ""


def _needed(way: Way) -> float:
    if not way.examples:
        return BARE
    return ANYWHERE if way.anywhere else THRESHOLD


# One sentence against one way ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a sentence, whatever way it is held against."""

    text: str
    normal: str
    sign: str  # yes, no or ""
    plain: bool  # nothing but yes, no and polite words
    asks: bool
    other_time: bool  # it proposes another time than ours
    unsure: bool
    intent: str
    forms: tuple[tuple[str, frozenset[str]], ...]  # as it was said and as a wish, with their stems
    values: frozenset[str]  # kinds of value that it names
    short: bool


@lru_cache(maxsize=512)
def said(sentence: str) -> Said:
    wish = as_wish(sentence)
    return Said(
        text=sentence,
        normal=normal(sentence),
        sign=_said_sign(sentence),
        plain=plain(sentence),
        asks=talk.asks(sentence) and wish == sentence,
        other_time=talk.other_time(sentence) and not LOOKS_BACK.search(sentence),
        unsure=re.search(slots.UNKNOWN, sentence, re.I) is not None,
        intent=intents.detect(sentence).name,
        forms=tuple((form, frozenset(stems(form))) for form in dict.fromkeys((sentence, wish, *talk.forms(sentence)))),
        values=frozenset(kind for kind, read in VALUES.items() if read(sentence)),
        short=len(sentence.split()) <= LEANING_WORDS,
    )


def _best(way: Way, parts: Sequence[str], encoder: Encoder, unheard: bool, *, alone: bool) -> Scored:
    """`alone`: no other way of the step means the same yes or no."""
    return max((_score(way, said(s), len(parts), encoder, unheard, alone) for s in parts), key=lambda s: s.score)


def _score(way: Way, heard: Said, count: int, encoder: Encoder, unheard: bool, alone: bool) -> Scored:
    about = features(way)
    if heard.normal and heard.normal in about.exact:
        return Scored(way, 1.0, heard.text, "they said just that")
    if heard.plain:
        return _plainly(way, about, heard, count, unheard)
    scored = _meaning(way, about, heard, encoder)
    if heard.sign and about.sign:
        scored = replace(scored, score=scored.score + (SAME_SIGN if heard.sign == about.sign else OTHER_SIGN))
        if heard.sign == about.sign and alone and heard.short and not heard.asks and not unheard:
            scored = _higher(scored, Scored(way, LEANS, heard.text, f"it says {heard.sign}", scored.score))
    scored = _in_kind(way, about, heard, scored)
    if heard.values and about.slot in heard.values and not heard.asks and not way.anywhere and heard.sign != "no":
        scored = _higher(scored, Scored(way, ANSWERS, heard.text, f"it names a {SLOT_NAMES[about.slot]}"))
    if heard.other_time and about.other_time and not way.anywhere:
        scored = _higher(scored, Scored(way, ANSWERS, heard.text, "it proposes another time"))
    if heard.asks and way.answers is not None and (fits := way.answers(heard.text)) > 0:
        scored = _higher(scored, Scored(way, max(KNOWN, min(0.9, fits)), heard.text, "the step's knowledge answers it"))
    return replace(scored, score=max(0.0, min(0.99, scored.score)))


def _higher(one: Scored, other: Scored) -> Scored:
    return other if other.score > one.score else one


def _plainly(way: Way, about: Features, heard: Said, count: int, unheard: bool) -> Scored:
    """A plain yes or no: to the way that means it, the more so when people who go there begin with it."""
    if way.anywhere or unheard or not heard.sign:
        return Scored(way, 0.0, heard.text)
    if about.sign == heard.sign and not heard.asks:
        begin = sum(normal(e).startswith(heard.normal.split(" ")[0]) for e in way.examples) / max(1, len(way.examples))
        return Scored(way, (PLAIN if count == 1 else PLAIN - 0.1) + 0.1 * begin, heard.text, f"a plain {heard.sign}")
    return Scored(way, 0.0 if about.sign else 0.1, heard.text)


def _in_kind(way: Way, about: Features, heard: Said, scored: Scored) -> Scored:
    """Whether a question, a doubt or a standing intent is what this way is about."""
    score, why = scored.score, scored.why
    if heard.unsure and not about.unsure:
        score += DOUBT
    if heard.sign and way.anywhere:
        score += ANSWERING
    if heard.intent and heard.intent in about.intents:
        score, why = score + KINDRED, f"{why}; both are about “{heard.intent}”"
    elif heard.asks:
        score += STRANGE if heard.intent in ("who", "why", "source") else 0.0 if about.asks else ASKED
    return replace(scored, score=score, why=why)


def _meaning(way: Way, about: Features, heard: Said, encoder: Encoder) -> Scored:
    """Nearest of the way's texts: centred cosine and shared words."""
    if not about.texts:
        return Scored(way, 0.0, heard.text)
    found: list[tuple[float, str]] = []
    for form, words in heard.forms:
        cosines = encoder.similar(form, about.words)
        for (text, weight), cosine, need in zip(about.texts, cosines, about.stems, strict=True):
            share = len(need & words) / len(need | words) if need and words else 0.0
            found.append((float(cosine) * weight + SHARED * share, text))
    found.sort(reverse=True)
    best, nearest = found[0]
    others = [score for score, text in found if text != nearest]
    if len(way.examples) > 1 and others:
        best = (1 - SECOND) * best + SECOND * others[0]
    return Scored(way, max(0.0, best), heard.text, f"it is like “{nearest}”" if best > 0 else "")


def _said_sign(sentence: str) -> str:
    """yes or no; "" also for a yes that is only the beginning of something else: "I have to …", "I would like to …"."""
    sign = slots.polarity(sentence)
    return "" if sign == "yes" and len(sentence.split()) > 3 and WEAK_YES.match(sentence.replace("’", "'")) else sign


VALUES: dict[str, Callable[[str], str]] = {
    "when": lambda s: "" if LOOKS_BACK.search(s) else slots.when(s),
    "email": slots.email,
    "phone": slots.phone,
    "number": lambda s: slots.number(talk.counted(re.sub(re.escape(slots.when(s)), " ", s, flags=re.I) if slots.when(s) else s)),
    "name": slots.name,
}


def as_wish(sentence: str) -> str:
    """ "Could I move it?", "I'd like to move it", "I have to move it": all "I want to move it"."""
    m = WISH.match(sentence.strip())
    return f"I want to {m[1].rstrip(' ?.')}." if m else sentence


def plain(sentence: str) -> bool:
    """Whether nothing but yes, no and polite words is said."""
    return bool(slots.polarity(sentence)) and not PLAIN_WORDS.sub("", sentence.replace("’", "'"))


# The only way on --------------------------------------------------------------------------------------------------------
def _only(ranked: Sequence[Scored], own: Sequence[Way], parts: Sequence[str]) -> Scored | None:
    """A single way on is taken by any answer that does not speak against it, and hardly by what is no answer."""
    if len({way.target for way in own}) != 1:
        return None
    best = next(s for s in ranked if not s.way.anywhere)
    bare = features(best.way).slot and all(said(s).plain for s in parts)  # "How soon?" "Right."
    if bare or not _content(parts):
        return replace(best, score=min(best.score, NO_ANSWER)) if best.score < CERTAIN else None
    sign = next((p for s in parts if (p := slots.polarity(s))), "")
    about = features(best.way).sign
    if best.score >= ONLY or (about and sign and sign != about):
        return None
    return replace(best, score=ONLY, why="it is the only way on, and they answered")


def _content(parts: Sequence[str]) -> bool:
    """Whether something was said that can be an answer: no question, no "I don't know"."""
    told = [said(s) for s in parts if not talk.asks(s)]
    doubt = any(each.unsure or re.search(slots.REFUSED, each.text, re.I) for each in told)
    standing = len(told) == 1 and told[0].intent in NO_ANSWERS
    return bool(told) and not doubt and not standing
