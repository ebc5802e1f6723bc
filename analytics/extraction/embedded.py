"""Reading values without a model: which of our questions is about a variable, and what the answer says. Pure apart from the encoder.

The order of the day: a turn must be about the variable, its answer must say something of the type, and the last word counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.extraction import answers, readers, spelled
from analytics.extraction.numbers import numbers
from analytics.extraction.proof import fits_whole
from analytics.extraction.shape import Found, Quote
from analytics.extraction.turns import OF_AGENT, Nearness, Part, Turn, form, near, parts, states, topic
from analytics.reading import Spoken
from analytics.wording import wording
from calls.agent.builtin import slots
from calls.agent.pathway.extracting import CORRECTION
from calls.agent.ports import Encoder
from personas.citations import Variable

# Cosines of a description to our question: what is about it lies above, strangers below 0.45. WITH_WORDS: enough with so many words.
FLOORS = {"boolean": 0.55, "number": 0.5, "when": 0.42, "free": 0.44, "array": 0.5, "category": 0.5}
FLOOR, WITH_WORDS, WORDS = 0.5, 0.36, 0.3
A_WORD, ALONE = 0.15, 0.6  # a thing that shares no word with our question must be much nearer
NAMED_OPTION = 0.25  # where the answer names one of the options
SAME = 0.12  # turns that are nearly as near: the last of them counts
CLEARLY = 0.2  # cosine: so much nearer is a question to another variable that it is that one's
ELSEWHERE = Nearness(0.0, 0.0, 0.0, "")
NEAR_BY = 2  # turns in which a correction follows
ASKS = {
    "address": r"\baddress\b|\bwhere (?:do|are) you (?:live|located|based)\b|\bwhich street\b",
    "email": r"\be-?mail\b",
    "phone": r"\bphone\b|\bnumber\b|\breach you\b",
    "name": r"\b(?:sur)?name\b|\bspeaking (?:with|to)\b|\bwho am i\b",
}
HOW_WAS = re.compile(r"\bhow (?:was|were|is|are|did|do|does)\b", re.I)
REACHED = re.compile(r"\b(?:reach(?:ed)?|sp[eo]ak|spoke|talk(?:ed)?|right person)\b", re.I)
TROUBLE = re.compile(r"\b(?:problem|trouble|issue|damaged?|broken|wrong|complain\w*)\b", re.I)
OPENING = re.compile(r"\b(?:problem|what(?:'s| is) wrong|reason for (?:the )?call\w*|why (?:they|the \w+) calls?|matter|concern)\b", re.I)
OFFERS_HELP = re.compile(r"\bhow (?:can|may) (?:i|we) help\b|\bwhat can (?:i|we) do for you\b|\bwhat (?:is|'s) (?:this|it) about\b", re.I)
TAKES_BACK = re.compile(
    r"\bforget (?:it|that|about (?:it|that))\b|\bchanged my mind\b|\bscrap that\b|\btake (?:that|it) back\b|\bcancel that\b", re.I
)
CORRECTS = re.compile(r"^\W*(?:(?:oh|wait|no|sorry|hang on|hold on|actually|i mean|well|uh|um)\b\W*)*", re.I)


@dataclass(frozen=True, slots=True)
class Candidate:
    at: int  # index of the turn
    score: float
    value: Any
    quotes: tuple[Quote, ...]
    why: str


def read(variables: Sequence[Variable], rows: Sequence[Turn], lines: Sequence[Spoken], encoder: Encoder) -> list[Found]:
    """All of them together: a question that is clearly about one of them says nothing about another one of its type."""
    nearness = [[near(variable, turn, encoder) for turn in rows] for variable in variables]
    found = []
    for i, variable in enumerate(variables):
        others = [nearness[k] for k, other in enumerate(variables) if k != i and other.type == variable.type]
        mine = [n if all(o[at].question - n.question < CLEARLY for o in others) else ELSEWHERE for at, n in enumerate(nearness[i])]
        found.append(_read(variable, rows, mine, lines, encoder))
    return found


def _read(variable: Variable, rows: Sequence[Turn], nearness: Sequence[Nearness], lines: Sequence[Spoken], encoder: Encoder) -> Found:
    if OF_AGENT.search(topic(variable)):
        return _ours(variable, lines, encoder)
    every = list(_candidates(variable, rows, nearness, encoder))
    found = [c for c in every if c.value is not None]
    best = max((c.score for c in every), default=0.0)
    if not found or max(c.score for c in found) < best - SAME:
        return Found(variable.name, None, (), "It was asked and not told." if every else "Nobody said it.")
    best = max(c.score for c in found)
    kept = [c for c in found if c.score >= best - SAME]
    last = kept[-1]
    if variable.type == "array":
        kept = [c for c in kept if c.why == last.why]  # a list grows only with answers to the same question
        values = list(dict.fromkeys(item for c in kept for item in c.value))
        quotes = tuple(dict.fromkeys(q for c in kept for q in c.quotes))
        return Found(variable.name, values, quotes, last.why)
    last = _corrected(variable, last, rows)
    if any(_taken_back(part.text) for turn in rows[last.at + 1 : last.at + 1 + NEAR_BY] for part in turn.parts):
        return Found(variable.name, None, (), "The callee took it back.")
    return Found(variable.name, last.value, last.quotes, last.why)


def _candidates(variable: Variable, rows: Sequence[Turn], nearness: Sequence[Nearness], encoder: Encoder) -> Iterator[Candidate]:
    """Every turn that is about the variable, also one that tells no value: what was asked and not told is not looked for elsewhere."""
    for i, turn in enumerate(rows):
        score = _about(variable, turn, nearness[i])
        if score and (got := _value(variable, turn, nearness[i].asked, encoder)):
            yield Candidate(i, score, *got)
        elif got := _unasked(variable, turn, i):
            yield Candidate(i, max(score, 0.5), *got)
        elif score:
            yield Candidate(i, score, None, (), "")


def _about(variable: Variable, turn: Turn, n: Nearness) -> float:
    """How near a turn is to a variable; 0 when it is about something else, or asks for another kind of thing."""
    how = readers.kind(variable) if variable.type == "string" else variable.type
    asked = form(n.asked)
    if variable.type == "boolean" and asked not in ("polar", ""):
        return 0.0
    if variable.type == "number" and not readers.same_measure(variable, n.asked):
        return 0.0
    if how in ("entity", "free", "array", "code", "name", "address") and _other_form(variable, how, asked, n):
        return 0.0
    score = n.question + 0.2 * n.words
    if how in ASKS and readers.OWN.search(topic(variable)) and _asks_for(how, n.asked or turn.question):
        return max(score, 0.6)
    if variable.type == "category" and any(answers.named(p.text, variable.options) for p in turn.parts):
        option_asked = any(answers.named(q, variable.options) for q in turn.questions)
        return max(score, 0.5) if option_asked or max(n.question, n.line) >= NAMED_OPTION else 0.0
    if variable.type == "boolean":
        return score if n.question >= FLOORS["boolean"] or (n.question >= WITH_WORDS and n.words >= 0.6) else 0.0
    if how in ("entity", "array") and n.words < A_WORD and n.question < ALONE:
        return 0.0
    return score if n.question >= FLOORS.get(how, FLOOR) or (n.question >= WITH_WORDS and n.words >= WORDS) else 0.0


def _other_form(variable: Variable, how: str, asked: str, n: Nearness) -> bool:
    """ "How many years …?" is not answered with a name, and a yes-or-no question names a thing only when it is about nothing else."""
    if asked == "count":
        return not re.search(r"\bhow\b|\bnumber\b|\bamount\b", topic(variable), re.I) and variable.items != "number"
    if asked == "when" or (how == "entity" and HOW_WAS.search(n.asked) and not re.search(r"\bhow\b", topic(variable), re.I)):
        return True
    return asked == "polar" and how in ("entity", "free") and n.question < FLOOR


def _asks_for(how: str, question: str) -> bool:
    return bool(re.search(ASKS[how], question, re.I)) or (how == "email" and bool(slots.email(question)))


type Got = tuple[Any, tuple[Quote, ...], str]


def _value(variable: Variable, turn: Turn, asked: str, encoder: Encoder) -> Got | None:
    """What the line says to the question, or what a yes to it agrees to."""
    said = [p for p in turn.parts if states(p, variable)]
    why = f"The answer to “{asked}”" if asked else "Said by the callee"
    things = variable.type == "array" or (variable.type == "string" and readers.kind(variable) == "entity")
    straight = variable.type == "boolean" or (things and not any(CORRECTION.search(part.text) for part in said))
    order = said if straight else list(reversed(said))
    for part in order:
        value = _in(variable, part, asked, encoder)
        if value is not None:
            return value, (_quote(turn, part),), why[:200]
    return _agreed(variable, turn, encoder)


def _in(variable: Variable, part: Part, asked: str, encoder: Encoder) -> Any:
    text = part.text
    match variable.type:
        case "boolean":
            return answers.yes_or_no(text, asked, topic(variable))
        case "number":
            if readers.counted(variable, asked, text):
                return 0
            found = readers.amount(variable, text, asked)
            return found.value if found else None
        case "category":
            if (one := answers.chosen(text, variable.options)) is not None:
                return one
            unsure = re.search(slots.UNKNOWN, text, re.I) or len(text.split()) < 3
            return None if unsure or answers.named(text, variable.options) else answers.nearest(text, variable.options, encoder)
        case "array":
            return _things(variable, text)
    return _string(variable, text, asked)


def _things(variable: Variable, text: str) -> list[Any] | None:
    if re.search(slots.UNKNOWN, text, re.I):
        return None
    if variable.items == "number":
        return [n.value for n in numbers(text)] or None
    return answers.several(text) or None


def _string(variable: Variable, text: str, asked: str) -> str | None:
    if variable.regex:
        fit = spelled.fitting(text, lambda value: fits_whole(variable.regex, value))
        if fit:
            return fit[0]
    found = readers.text(variable, text, asked)
    if found is None or variable.regex and not fits_whole(variable.regex, found[0]):
        return None
    return found[0]


def _agreed(variable: Variable, turn: Turn, encoder: Encoder) -> Got | None:
    """Our own words count when the callee says yes to them: "Is it still 12 Hill Road?" "Yes." Both lines are quoted."""
    if turn.asked_by is None or variable.type in ("boolean", "array") or form(turn.question) != "polar":
        return None
    if not turn.parts or slots.polarity(turn.line.text) != "yes" or len(turn.line.text.split()) > 8:
        return None
    if variable.type == "string" and readers.kind(variable) in ("entity", "free"):
        return None
    ours = [p for p in parts(turn.asked_by.text) if p.text in turn.questions]
    for part in reversed(ours):
        value = _in(variable, part, turn.question, encoder)
        if value is not None:
            quotes = (Quote(turn.asked_by.seq, part.start, part.end), _quote(turn, turn.parts[0]))
            return value, quotes, "Agreed to by the callee"
    return None


def _unasked(variable: Variable, turn: Turn, at: int) -> Got | None:
    """What they said of their own accord, where its form shows what it is about."""
    about = topic(variable)
    how = readers.kind(variable) if variable.type == "string" else variable.type
    for part in turn.parts:
        if not states(part, variable):
            continue
        value: Any = None
        if how in ("email", "phone", "name") and readers.OWN.search(about):
            found = readers.text(variable, part.text, "")
            value = found[0] if found and (how != "name" or found[0] in part.text) else None  # unasked for, it has capitals
            value = value if value and (not variable.regex or fits_whole(variable.regex, value)) else None
        elif how == "number":
            row = readers.amount(variable, part.text, "")
            value = row.value if row and any(readers.beside(variable, part.text, x) for x in numbers(part.text)) else None
        elif how == "free" and TROUBLE.search(about) and _troubled(part.text):
            value = part.text.rstrip(".")
        elif how == "free" and OPENING.search(about) and at == 0 and _opens(turn) and len(part.text.split()) >= 4:
            value = answers.bare(part.text)
        elif how == "boolean" and REACHED.search(about) and any(wording().callee[k].search(part.text) for k in ("wrong_number", "absent")):
            value = False
        if value is not None:
            return value, (_quote(turn, part),), "Said by the callee unasked"
    return None


def _opens(turn: Turn) -> bool:
    return not turn.questions or OFFERS_HELP.search(turn.question) is not None


def _taken_back(text: str) -> bool:
    return TAKES_BACK.search(text) is not None


def _troubled(text: str) -> bool:
    m = wording().callee["problem"].search(text)
    return m is not None and not re.search(r"replacement|refund|repair", m[0], re.I)  # a wish, not what is wrong


def _corrected(variable: Variable, last: Candidate, rows: Sequence[Turn]) -> Candidate:
    """ "No, make that Thursday", said after the value was settled: the last word counts."""
    for i in range(last.at + 1, min(len(rows), last.at + 1 + NEAR_BY)):
        turn = rows[i]
        for part in turn.parts:
            opened = CORRECTS.match(part.text)
            corrects = (
                CORRECTION.search(part.text)
                and opened is not None
                and (m := CORRECTION.search(part.text))
                and m.start() <= max(opened.end(), 12)
            )
            if not corrects or not states(part, variable):
                continue
            value = _replacing(variable, part)
            if value is not None and value != last.value:
                last = replace(last, value=value, quotes=(_quote(turn, part),), why="The callee corrected it")
    return last


def _replacing(variable: Variable, part: Part) -> Any:
    if variable.type == "category":
        return answers.chosen(part.text, variable.options)
    if variable.type == "number":
        found = readers.amount(variable, part.text, "")
        return found.value if found else None
    if variable.type == "string" and readers.kind(variable) in ("when", "email", "phone", "address", "code"):
        return _string(variable, part.text, "")
    return None


def _ours(variable: Variable, lines: Sequence[Spoken], encoder: Encoder) -> Found:
    """What the agent said, where the variable asks for that."""
    best: tuple[float, Any, Quote] | None = None
    for line in lines:
        if line.speaker != "assistant":
            continue
        for part in parts(line.text):
            if (value := _in_ours(variable, part, encoder)) is None:
                continue
            score = float(encoder.similar(topic(variable), [part.text])[0]) + 0.2 * _measures(variable, part)
            if score >= NAMED_OPTION and (best is None or score >= best[0] - 0.05):
                best = (max(score, best[0] if best else 0.0), value, Quote(line.seq, part.start, part.end))
    if best is None:
        return Found(variable.name, None, (), "The agent did not say it.")
    return Found(variable.name, best[1], (best[2],), "Said by the agent")


def _measures(variable: Variable, part: Part) -> bool:
    return variable.type == "number" and any(readers.units(n) & readers.measures(topic(variable)) for n in numbers(part.text))


def _in_ours(variable: Variable, part: Part, encoder: Encoder) -> Any:
    if variable.type in ("boolean", "array") or part.text.rstrip().endswith("?") and variable.type == "string":
        return None
    if variable.type == "category":
        return answers.chosen(part.text, variable.options)
    if not states(part, variable):
        return None
    return _in(variable, part, "", encoder)


def _quote(turn: Turn, part: Part) -> Quote:
    return Quote(turn.line.seq, part.start, part.end)
