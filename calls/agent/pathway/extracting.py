"""Values of variables out of what a person said: typed, None when not said, the last word counts. Pure, rules only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from calls.agent.builtin import callback, slots
from calls.agent.builtin.intents import is_question
from calls.agent.builtin.questions import options, slot_type
from calls.agent.builtin.text import sentences
from calls.agent.pathway import dates, talk
from pathways.graph import Variable

CORRECTION = re.compile(
    r"[,.;]?\s*\b(?:no,? wait|actually|sorry,? no|no,? sorry|i mean|make (?:it|that)|or rather|correction)\b[,:]?\s*", re.I
)
PAST = re.compile(r"\b(?:birth|born|paid|was|were|did|last|happened|since|bought|received|ordered|injur\w+|accident)\b", re.I)
FILLER = re.compile(r"^(?:(?:um+|uh+|well|so|hm+|oh|okay|ok|yes|yeah|yep|sure|right|hello|hi|please|and)\b[,.!]?\s*)+", re.I)
EMPTY = re.compile(
    r"\W*(?:(?:no|nope|nothing|none|thanks?|thank you|that'?s (?:all|it|everything)|bye|goodbye|good|fine|great|okay|ok|yes|yeah|sure|"
    r"speaking|hello|hi|all|else|more|not that i know(?: of)?|very much|so much|please|go ahead|of course|right|correct)\b\W*)+",
    re.I,
)
TYPES = {"text": "string", "str": "string", "int": "integer", "float": "number", "bool": "boolean", "email address": "email"}


@dataclass(frozen=True, slots=True)
class Value:
    value: Any  # JSON
    aloud: str  # how it is said
    quote: str  # the sentence it comes from


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer is read against."""

    question: str = ""  # our words before it
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)  # in the call's zone
    known: Sequence[str] = ()  # names of the other variables of the step


def extract(variable: Variable, told: Sequence[str], asked: Asked) -> Value | None:
    """The value in the sentences `told`, oldest first; None when none of them says it."""
    kind = variable.type.strip().lower()
    kind = TYPES.get(kind, kind)
    for text in reversed(told):
        for sentence in reversed(_parts(text)):
            if (found := _of(kind, variable, sentence, asked)) is not None:
                return found
    return _whole(variable, told, asked) if kind not in READERS else None


def _parts(text: str) -> list[str]:
    """Sentences, each cut where the person corrects itself: what stands after it counts."""
    return [p for s in sentences(text) or [text] for p in [*CORRECTION.split(s)] if re.search(r"\w", p)]


def _of(kind: str, variable: Variable, sentence: str, asked: Asked) -> Value | None:
    if re.search(slots.REFUSED, sentence, re.I):
        return None
    reader = READERS.get(kind) or READERS.get(meant(variable))
    return reader(variable, sentence, asked) if reader is not None else None


def meant(variable: Variable) -> str:
    """What a text is about, by its description: a time is kept as it was said, an e-mail as an address."""
    words = f"{variable.description} {variable.name.replace('_', ' ')}".lower()
    if re.search(r"\be-?mail\b", words):
        return "email"
    if re.search(r"\bphone\b|\b(?:mobile|callback|contact) number\b", words):
        return "phone"
    if re.search(r"\b(?:day|date|time|when)\b", words) and not re.search(r"how (?:many|much|often)|\btimes\b", words):
        return "when"
    if re.search(
        r"\b(?:full|first|last|their|his|her|your|caller'?s?|customer'?s?) name\b|^name\b|\bname of the (?:caller|customer|person)\b", words
    ):
        return "name"
    return "choice" if _choices(variable) else ""


def _choices(variable: Variable) -> list[str]:
    m = re.search(r"(?:one of|either|options?(?: are)?|can be|\()\s*:?\s*([^.()]*?(?: or |, )[^.()]*)", variable.description, re.I)
    if m is None:
        return options(f"Which one: {variable.description}?") if re.search(r"\bwhether\b.*\bor\b", variable.description) else []
    found = [re.sub(r"^(?:or|either)\s+", "", p.strip(" \"'“”")) for p in re.split(r",\s*(?:or\s+)?|\s+or\s+|/", m[1])]
    return found if len(found) > 1 and all(0 < len(p.split()) <= 4 for p in found) else []


# Readers: one for each type ---------------------------------------------------------------------------------------------
def _boolean(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    if is_question(sentence):
        return None
    if not (sign := slots.polarity(sentence)):
        return None
    value = (sign == "yes") != turned(variable.description, asked.question)
    return Value(value, "yes" if value else "no", sentence)


def turned(description: str, question: str) -> bool:
    """Whether a yes to our question is a no to what is to be remembered: "whether they cannot come", asked as "can you come?"."""
    negative = r"\b(?:not|cannot|can't|don't|doesn't|no longer|never|unable)\b"
    return (
        bool(re.search(negative, description, re.I))
        and not re.search(negative, question, re.I)
        and not re.search(r"\bor not\b", description, re.I)
    )


def _number(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    found = slots.number(talk.counted(sentence))
    m = re.search(r"\d+(?:\.\d+)?", found)
    if m is None:
        return None
    amount = float(m[0]) * (1000 if re.search(r"\d\s?k\b", found) else 1)
    if re.search(rf"{m[0]}\s+(?:thousand|million)\b", sentence.replace(",", ""), re.I):
        amount *= 1_000_000 if "million" in sentence.lower() else 1000
    whole = amount == int(amount)
    if variable.type.strip().lower() in ("integer", "int"):
        return Value(round(amount), str(round(amount)), sentence)
    return Value(int(amount) if whole else amount, f"{amount:g}" if not whole else str(int(amount)), sentence)


def _date(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    past = bool(PAST.search(f"{variable.description} {variable.name.replace('_', ' ')} {asked.question}"))
    on = dates.day(sentence, asked.now, past=past)
    return Value(on.isoformat(), day_aloud(on, asked.now), sentence) if on is not None else None


def day_aloud(on: date, now: datetime) -> str:
    year = f", {on.year}" if abs((on - now.date()).days) > 300 else ""
    return f"{on:%A, %B} {on.day}{year}"


def _time(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    at = dates.clock(sentence)
    counted = re.search(r"\bhow (?:many|much|old)\b", asked.question, re.I) and len(FILLER.sub("", sentence).split()) == 1
    if at is None or (counted and ":" not in sentence):  # "How many, and when?" "Four."
        return None
    hour, minute = int(at[:2]), at[3:]
    shown = f"{(hour - 1) % 12 + 1}{'' if minute == '00' else ':' + minute} {'AM' if hour < 12 else 'PM'}"
    return Value(at, shown, sentence)


def _name(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    asks = re.search(r"\bname\b|\bwho (?:am i|is this)|\bspeaking (?:with|to)\b", asked.question, re.I)
    found = re.sub(r"^(?:It['’]?s|I['’]?m|That['’]?s|This)\s+(?:is )?", "", slots.name(sentence))
    if not found and (
        m := re.search(
            r"\b(?:my name is|my name'?s|the name is|call me|this is|i'?m called)\s+([a-z][a-z'’-]+(?: [a-z][a-z'’-]+){0,2})",
            sentence,
            re.I,
        )
    ):
        found = _capital(m[1])
    bare = FILLER.sub("", sentence).strip(" .,!")
    bare = re.sub(r"^(?:it'?s|it is|i'?m|i am|that'?s)\s+", "", bare, flags=re.I)
    if not found and asks and 1 <= len(bare.split()) <= 3 and re.fullmatch(r"[^\W\d_][\w'’.\- ]*", bare):
        sure = (
            not slots.polarity(sentence)
            and not EMPTY.fullmatch(bare)
            and not is_question(sentence)
            and not re.search(slots.UNKNOWN, bare, re.I)
        )
        found = _capital(bare) if sure else ""
    return Value(found, found, sentence) if found else None


def _capital(name: str) -> str:
    return " ".join(w if w[:1].isupper() else w[:1].upper() + w[1:] for w in name.split())


def _phone(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    found = slots.phone(sentence)
    digits = re.sub(r"[^\d+]", "", found)
    return Value(digits, found, sentence) if digits else None


def _email(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    found = slots.email(sentence)
    return Value(found, found, sentence) if found else None


def _when(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    """A day or a time as it was said."""
    found = slots.when(sentence) or callback.phrase(sentence)
    if not found:
        bare = FILLER.sub("", sentence).strip(" .,!")
        found = bare if slots.read("when", bare).value and not slots.polarity(bare) else ""
    return Value(found, found, sentence) if found else None


def _choice(variable: Variable, sentence: str, asked: Asked) -> Value | None:
    reading = slots.read("choice", sentence, _choices(variable), asked.question)
    return Value(reading.value, reading.value, sentence) if reading.status == "answered" and reading.value in _choices(variable) else None


READERS = {
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "date": _date,
    "time": _time,
    "name": _name,
    "phone": _phone,
    "email": _email,
    "when": _when,
    "choice": _choice,
}


def _whole(variable: Variable, told: Sequence[str], asked: Asked) -> Value | None:
    """A free text: what was said in the newest turn that says something, without its questions and fillers."""
    kind = meant(variable)
    for text in reversed(told):
        kept = [
            s for s in sentences(text) or [text] if not talk.asks(s) and not EMPTY.fullmatch(s) and not re.search(slots.REFUSED, s, re.I)
        ]
        joined = FILLER.sub("", " ".join(kept)).strip(" ,")
        if not joined or re.search(slots.UNKNOWN, joined, re.I) and len(joined.split()) <= 6:
            continue
        if kind in ("email", "phone", "name", "choice") or (kind == "when" and slot_type(asked.question) not in ("when", "date")):
            return None  # something else was said
        said = joined.rstrip(".") if len(joined.split()) <= 6 else joined
        return Value(said, said, joined)
    return None
