"""The value of one variable in one sentence, as it was said. Pure; no reader guesses: None where the sentence does not say it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from analytics.extraction import spelled, times
from analytics.extraction.answers import LEAD, bare
from analytics.extraction.numbers import NONE, ONLY_ONE, Number, numbers
from analytics.extraction.turns import COUNT, form, topic
from calls.agent.builtin import slots
from calls.agent.builtin.text import CALLEE_NOUNS, stem, stems
from calls.agent.pathway import extracting
from calls.agent.pathway.extracting import CORRECTION, Asked, meant
from pathways.graph import Variable as StepVariable
from personas.citations import Variable

OWN = re.compile(rf"\b(?:{CALLEE_NOUNS}|callee|their|your|his|her|full|first|last)(?:s|'s|’s|s')?\b|^\W*name\W*$", re.I)
FREE = re.compile(
    r"\b(?:why|reasons?|happened|how|problems?|troubles?|issues?|describe|comments?|feedback|complain\w*|summary|liked?|damaged?|bothers?|details|notes?"
    r"|opinion|thoughts?|concerns?|objections?|question|about|explain\w*|symptoms?|situation|needs|wishes)\b",
    re.I,
)
STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|way|place|square|boulevard|blvd|close|crescent|terrace"
    r"|row|hill|park|parkway)"
)
_NUM = rf"(?:\d+[a-z]?|(?:(?:{'|'.join(w for w in slots.NUMBER_WORDS if ' ' not in w)}|hundred)[ -]?){{1,4}})"
ADDRESS = re.compile(
    rf"\b(?:{_NUM} (?:[\w'’.-]+ ){{1,4}}?{STREET}\b|(?-i:\d+[a-zA-Z]?,? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+){{0,3}}))\.?"
    r"(?:,? (?:apartment|apt|flat|unit|suite|floor|number"
    r"|#)\.? ?\w+)?(?:,? (?:in )?(?-i:[A-Z][\w'’-]+)(?: (?-i:[A-Z][\w'’-]+))?)?(?:,? \d{5})?",
    re.I,
)
PROPER = re.compile(r"(?<=[a-z,] )(?!I\b|I')[A-Z][\w'’&-]+(?: (?:[A-Z][\w'’&-]+|of|and(?= [A-Z])))*(?<! of)(?<! and)")
CALENDAR = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)\b")  # fmt: skip
CUT = re.compile(r",? (?:and|but|which|because|since|so|or maybe|if|though|when|while|that)\b.*|, .*", re.I)

MEASURES: dict[str, str] = {
    "money": r"[$€£]|dollars?|euros?|pounds?|bucks|cents?|usd|eur|gbp|quid|price|costs?|fees?|budget|salary|wages?|income"
    r"|bill|premium|rent|loan"
    r"|debt|deposit|offers?|pays?|paid|spend|gives?|amount|borrow|worth|payment|money",
    "percent": r"%|percent|per ?cent|rate|percentage",
    "years": r"years?|yrs?|age|old|aged",
    "months": r"months?",
    "weeks": r"weeks?",
    "days": r"days?",
    "hours": r"hours?|hrs?",
    "minutes": r"minutes?|mins?",
    "length": r"km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|cm|centimet(?:er|re)s?|feet|foot|inch(?:es)?|height|tall|mileage|distance|far",
    "weight": r"kg|kilos?|kilograms?|grams?|lbs?|stone|tons?|weight|weigh|heavy",
    "area": r"square|acres?|hectares?|sqm",
    "temperature": r"degrees?|celsius|fahrenheit|temperature",
    "speed": r"megabits?|mbit|mbps|gigabits?|mph|kmh",
}
UNITS: dict[str, str] = {
    "money": r"[$€£]|dollars?|euros?|pounds?|bucks|cents?|usd|eur|gbp|quid",
    "percent": r"%|percent",
    "years": r"years?|yrs?",
    "length": r"km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|cm|centimet(?:er|re)s?|feet|foot|inch(?:es)?",
    "weight": r"kg|kilos?|kilograms?|grams?|lbs?|pounds?|stone|tons?",
}  # fmt: skip


def kind(variable: Variable) -> str:
    """How a string is read: email, phone, name, when, address, code, entity (a thing with a name) or free (somebody's words)."""
    about = topic(variable)
    if re.search(r"\b(?:sur|last |family )name\b", about, re.I):
        return "name"
    found = meant(StepVariable(name="", type="string", description=about))
    if found == "name" and not OWN.search(about):
        return "entity"
    if found and found != "choice":
        return found
    if re.search(r"\b(?:address|street)\b", about, re.I):
        return "address"
    if re.search(r"\b(?:code|number|id|reference|plate|iban|postcode|zip|pin|serial|policy no)\b", about, re.I):
        return "code"
    return "free" if FREE.search(about) or re.search(r"\bwhom?\b", about, re.I) else "entity"


def text(variable: Variable, sentence: str, question: str) -> tuple[str, str] | None:
    """(value, the words of the sentence that hold it)."""
    how = kind(variable)
    if how in ("email", "phone", "name"):
        return _typed(how, sentence, question)
    pieces = [p for p in CORRECTION.split(sentence) if re.search(r"\w", p)] or [sentence]
    for piece in reversed(pieces):
        if how == "when":
            if at := times.when(piece, asked=form(question) in ("when", "count"), part=part_of(topic(variable))):
                return at.said, at.said
        elif how == "address":
            if m := ADDRESS.search(piece):
                return m[0].rstrip(" .,"), m[0]
        elif how == "code":
            if found := spelled.code(piece):
                return found[0], piece[found[1] : found[2]]
        elif value := _named(variable, piece) if how == "entity" else _told(piece):
            return value, value
    return None


def part_of(about: str) -> str:
    """Which part of a time is asked for: day, clock, or "" for all of it."""
    day, clock = re.search(r"\b(?:week)?(?:day|date)s?\b", about, re.I), re.search(r"\b(?:time|hour|o'clock)\b", about, re.I)
    return "day" if day and not clock else "clock" if clock and not day else ""


def _typed(how: str, sentence: str, question: str) -> tuple[str, str] | None:
    question = re.sub(r"\bsurname\b", "name", question, flags=re.I)
    descriptions = {"email": "e-mail", "phone": "phone number", "name": "full name"}
    step = StepVariable(name="", type="string", description=descriptions[how])
    found = extracting.extract(step, [sentence], Asked(question=question, now=datetime(2000, 1, 3, tzinfo=UTC)))
    if found is None:
        return None
    value = found.aloud if how == "phone" else str(found.value)
    return value, value if value.casefold() in sentence.casefold() else found.quote


def _told(piece: str) -> str:
    said = extracting.FILLER.sub("", piece).strip(" ,")
    if not said or extracting.EMPTY.fullmatch(said) or re.search(slots.UNKNOWN, said, re.I) and len(said.split()) <= 6:
        return ""
    return said.rstrip(".")


def _named(variable: Variable, piece: str) -> str:
    """A thing with a name: what follows "from" or "to" when the description ends so, else a proper name, else a short answer."""
    about = topic(variable)
    for word in ("from", "to"):
        if re.search(rf"\b{word}\W*$|\b(?:moves?|moving|goes|going|travels?|flies|flying) {word}\b", about, re.I) and (
            m := re.search(rf"\b(?i:{word}) ([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*)", piece)
        ):
            return m[1]
    if re.search(slots.UNKNOWN, piece, re.I):
        return ""
    short = re.sub(r"^(?:(?:in|at|from|near|an?|the)\s+)+", "", bare(CUT.sub("", LEAD.sub("", piece.replace("’", "'")))), flags=re.I)
    if (at := times.when(short)) and at.start > 0 and at.end >= len(short) - 1:
        short = re.sub(r"\W+(?:in|on|at|since|from|for|by)?\W*$", "", short[: at.start])  # "Bluecare in March"
    if 1 <= len(short.split()) <= 4 and not CLAUSE.search(short) and _says_something(short):
        names = [m[0] for m in PROPER.finditer(short) if not CALENDAR.search(m[0])]
        return names[0] if len(names) == 1 and len(short.split()) > 2 else short
    names = [m[0] for m in PROPER.finditer(piece) if not CALENDAR.search(m[0])]
    if len(names) == 1:
        return names[0]
    return short if 1 <= len(short.split()) <= 8 and not CLAUSE.search(short) and _says_something(short) else ""


CLAUSE = re.compile(
    r"\b(?:is|was|are|were|am|been|do|did|does|have|has|had|can|will|would|should|need|want|'s|'re|'ve|'d|'ll)\b|^(?:i|we|you|he|she|they)\b",
    re.I,
)


def _says_something(short: str) -> bool:
    return (
        not extracting.EMPTY.fullmatch(short)
        and not slots.polarity(short)
        and not NONE.fullmatch(short)
        and bool(re.search(r"\w{2}", short))
    )


def amount(variable: Variable, sentence: str, question: str) -> Number | None:
    """The number that a sentence answers a question with; None when there is none, or more than one could be meant."""
    pieces = [(m.end(), sentence[m.end() :]) for m in CORRECTION.finditer(sentence)]
    for at, piece in [*reversed(pieces), (0, sentence)]:
        rows = [n for n in numbers(piece) if _measured(variable, n) and not _clock(piece, n)]
        if not rows:
            continue
        best = [n for n in rows if beside(variable, piece, n)] or [n for n in rows if measures(topic(variable)) & units(n)] or rows
        if len(best) > 1 and not re.search(r"\b(?:but|no|now|rather)\b", piece[best[-2].end : best[-1].start], re.I):
            distinct = {n.value for n in best}
            if len(distinct) > 1:
                return None
        n = _replaced(piece, best[-1], rows)
        return Number(n.values, n.start + at, n.end + at, n.unit, n.ordinal)
    one = ONLY_ONE.search(sentence) if COUNT.search(question) else None
    return Number((1.0,), *one.span(), "") if one else None


def _replaced(piece: str, n: Number, rows: Sequence[Number]) -> Number:
    """ "Three nights, but we can only stay two": the number that stands alone behind the "but"."""
    behind = [x for x in rows if x.start > n.end and re.search(r"\b(?:but|now)\b", piece[n.end : x.start], re.I)]
    later = [x for x in behind if not re.search(r"\w", piece[x.end :])]
    return later[-1] if later else n


def beside(variable: Variable, sentence: str, n: Number) -> bool:
    """Whether the number counts what the variable is about: "two bedrooms", "third floor", "twice a week"."""
    after = " ".join(re.findall(r"[\w'-]+", sentence[n.end :])[:2])
    if re.match(r"(?:at|in|on|to|of|or|and|for|by|from|the|o'clock)\b", after, re.I):
        return False
    wanted = stems(topic(variable)) - {stem(w) for w in ("number", "amount", "age", "time", "customer", "agent")}
    return bool(stems(after) & wanted)


def measures(words_: str) -> set[str]:
    return {name for name, pattern in MEASURES.items() if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", words_, re.I)}


def units(n: Number) -> set[str]:
    return {name for name, pattern in (MEASURES | UNITS).items() if re.fullmatch(pattern, n.unit, re.I)}


def same_measure(variable: Variable, question: str) -> bool:
    """False where we asked for another measure than the variable's: no height for a weight."""
    mine, its = measures(topic(variable)), measures(question)
    return not mine or not its or bool(mine & its)


def _measured(variable: Variable, n: Number) -> bool:
    mine, its = measures(topic(variable)), units(n)
    return not its or not mine or bool(mine & its) or beside(variable, "", n)


def _clock(sentence: str, n: Number) -> bool:
    return bool(re.match(r"\W*(?:o'?clock|a\.?m\b|p\.?m\b|in the (?:morning|afternoon|evening))", sentence[n.end :], re.I))


def counted(variable: Variable, question: str, sentence: str) -> bool:
    """Whether "none" is the number zero: only where we asked how many."""
    return bool(NONE.search(sentence) and COUNT.search(question) and COUNT.search(topic(variable) + " " + question))
