"""A transcript as questions and answers, and how near each of them is to what a variable is about. Pure apart from the encoder."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.extraction import times
from analytics.reading import Spoken, exchanges, sentences
from calls.agent.builtin import slots
from calls.agent.builtin.intents import is_question
from calls.agent.builtin.questions import polar
from calls.agent.builtin.text import CALLEE_NOUNS, callee_to_you, stems
from calls.agent.pathway import talk
from calls.agent.ports import Encoder
from personas.citations import Variable

TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\b\.? ?[A-Z]\w+")
OF_AGENT = re.compile(r"\b(?:agent|assistant|our (?:side|offer|company)|we (?:offered|named|promised|said|quoted))\b", re.I)
HYPOTHETICAL = re.compile(
    r"^\W*(?:(?:and|but|well|so|oh|even)\b\W*)*(?:if|unless|suppose|assuming|imagine|in case)\b"
    r"|\bif (?:i|we|you|he|she|they|it)\b.*\b(?:would|could|might|'d)\b|\b(?:would|could|might|'d)\b.*\bif (?:i|we|you|it)\b",
    re.I,
)
UNTOLD = re.compile(
    r"\b(?:(?:have|need|got|like) to|must|should|let me|i'?ll|i can) (?:look|check|ask|see|find out|think|search)\b|\blook (?:it|that) up\b"
    r"|\bno (?:idea|clue)\b|\bnone of your business\b",
    re.I,
)
YES_OR_NO = re.compile(r"^\W*(?:yes|yeah|yep|no|nope|sure)\b", re.I)
KIN = (
    r"(?:neighbou?r|friend|sister|brother|mother|mum|mom|father|dad|son|daughter|husband|wife|partner|colleague|boss|uncle|aunt|cousin"
    r"|landlord|grandmother|grandfather|parents|kids|children|buddy|roommate)s?"
)
ABOUT_ANOTHER = re.compile(
    rf"^\W*(?:(?:and|but|well|so|oh|no|yes|because)\b\W*)*(?:my|our|his|her|the) (?P<who>{KIN})(?:'s| (?:also |still |always |just )?"
    r"(?:are|have|had|do|did|will|would|can|\w+s|\w+ed|said|thought|got|took|paid|went))\b",
    re.I,
)
AS_QUESTION = 0.15  # cosine: what a description gains only by being put as a question
COUNT = re.compile(r"\bhow (?:many|much|often|old|tall|long|far|high|big|large|heavy)\b", re.I)
WHEN = re.compile(r"\b(?:when|what (?:time|day|date)|which (?:day|date|month|week)|at what time|how soon)\b", re.I)
OPEN = re.compile(r"\b(?:what|which|who|whom|whose|where|why|how)\b|\b(?:tell me|describe)\b", re.I)

MORE = re.compile(r"\W*(?:and |is there |are there )?(?:anything|what|any ?one|any|something) (?:else|others?|more)\W*", re.I)
AGAIN = re.compile(r"\W*so,? (?:would|do|will|can|shall|should|could) (?:you|we|i)\b(?:\W+\w+){0,3} (?:one|it|that|them|so)\b", re.I)
AUXILIARY = re.compile(
    r"\W*(?:and |so |but )?(?:do|does|did|is|are|was|were|can|could|may|will|would|have|has|should"
    r"|shall)\b(?! (?:you|i|we) (?:please )?(?:tell|describe|say|ask|know))",
    re.I,
)
CHOICE = re.compile(r"\w (?:or|oder) (?!not\b|no\b|so\b|more\b|less\b|anything\b|any\b)\w+[^?]*\?", re.I)
PROPOSES = re.compile(
    r"\W*(?:(?:oh|um|well|hm|so|and|but|or|then|maybe)\W+)*(?:(?:could|can|shall|may) (?:we|i|you)|(?:how"
    r"|what) about)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence of a line: `text` is `line.text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of theirs after what we asked. `questions`: our sentences it may answer, the last one nearest."""

    line: Spoken
    parts: tuple[Part, ...]
    questions: tuple[str, ...]
    asked_by: Spoken | None  # our line right before it
    asked: str = ""  # all that we said right before it

    @property
    def question(self) -> str:
        return self.questions[-1] if self.questions else ""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How much a turn is about a variable: cosines, and the share of the variable's words that stand in our question."""

    question: float
    words: float
    line: float
    asked: str  # the question it was measured against


def parts(text: str) -> tuple[Part, ...]:
    found, at = [], 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        found.append(Part(sentence, start, at))
    return tuple(found)


def turns(lines: Sequence[Spoken]) -> list[Turn]:
    """Their lines in order. A line right after another, or after our answer to a question of theirs, still answers what we asked before."""
    found: list[Turn] = []
    for exchange in exchanges(lines):
        if exchange.line.speaker != "user":
            continue
        ours = [line for line in lines if line.speaker == "assistant" and line.seq < exchange.line.seq]
        asked = _still_asked(_questions(exchange.asked), found[-1]) if found else _questions(exchange.asked)
        found.append(Turn(exchange.line, parts(exchange.line.text), asked, ours[-1] if ours else None, exchange.asked))
    return found


def _still_asked(asked: tuple[str, ...], before: Turn) -> tuple[str, ...]:
    """What a line may answer: our questions right before it, and those of the turn before where they are not done with."""
    if not asked or MORE.fullmatch(asked[-1]) or (AGAIN.match(asked[-1]) and not slots.polarity(before.line.text)):
        return (*before.questions, *asked)
    answered_theirs = is_question(before.line.text) and not any(s.endswith("?") for s in asked)
    return (*asked, *before.questions) if answered_theirs else asked


def _questions(asked: str) -> tuple[str, ...]:
    said = sentences(asked)
    return tuple([s for s in said if is_question(s)][-2:] or said[-1:])


def topic(variable: Variable) -> str:
    """What a variable is about, in words."""
    return variable.description.strip() or variable.name.replace("_", " ")


def masked(text: str) -> str:
    """Without names of people: two sentences about Mrs Voss are not about the same thing."""
    return TITLED.sub("them", text)


def as_question(about: str) -> str:
    """ "whether the customer has a car" -> "Do you have a car?"; "" for another description."""
    m = re.match(r"\W*(?:whether|if) (.+)", about, re.I)
    return polar(callee_to_you(m[1], [])) if m else ""


def near(variable: Variable, turn: Turn, encoder: Encoder) -> Nearness:
    about = masked(topic(variable))
    wanted = stems(re.sub(rf"\b{CALLEE_NOUNS}s?\b", " ", about, flags=re.I)) or stems(about)
    ours = dict.fromkeys((*turn.questions, *sentences(turn.asked)[-2:]))
    scored = [(float(encoder.similar(about, [masked(q)])[0]), q) for q in ours]
    if question := as_question(about):  # nearer to every question: it has to be much nearer
        scored += [(float(encoder.similar(question, [masked(q)])[0]) - AS_QUESTION, q) for q in ours]
    cosine, nearest = max(scored, default=(0.0, ""))
    asked = nearest if nearest in turn.questions else turn.question
    shared = len(wanted & stems(masked(f"{turn.asked} {asked}"))) / max(1, len(wanted))
    said = max((float(encoder.similar(about, [masked(p.text)])[0]) for p in turn.parts), default=0.0)
    return Nearness(cosine, shared, said, asked)


def form(question: str) -> str:
    """What a question wants: count, when, open (also a choice of two), polar, or "" when it is none."""
    polar = AUXILIARY.match(question) is not None
    for word, pattern in (("count", COUNT), ("when", WHEN), ("open", OPEN)):
        if pattern.search(question) and not polar:
            return word
    if CHOICE.search(question):
        return "open"
    return "polar" if is_question(question) else ""


def asks(text: str) -> bool:
    """A question, and no proposal in its form: "Could we do Wednesday?" names a day."""
    return talk.asks(text) and not (PROPOSES.match(text) and times.when(text))


def states(part: Part, variable: Variable) -> bool:
    """Whether a sentence of theirs may hold a value: no question, no supposition, no refusal, and not about somebody else."""
    text = part.text.replace("’", "'")
    if asks(text) or HYPOTHETICAL.search(text) or UNTOLD.search(text) or re.search(slots.REFUSED, text, re.I):
        return False
    if variable.type == "boolean" and YES_OR_NO.match(text):
        return True
    other = ABOUT_ANOTHER.match(text)
    return other is None or bool(re.search(rf"\b{re.escape(other['who'].rstrip('s'))}|\bwho\b|\bwhom\b", topic(variable), re.I))
