"""The one rule for every value, whoever found it: it stands only with words of the call that hold it. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from analytics.extraction import spelled
from analytics.extraction.answers import named, yes_or_no
from analytics.extraction.numbers import NONE, ONLY_ONE, numbers
from analytics.extraction.shape import Quote
from analytics.extraction.turns import HYPOTHETICAL, OF_AGENT, Turn, asks, topic, turns
from analytics.reading import Spoken
from calls.agent.builtin import slots
from calls.agent.pathway import dates
from personas.citations import Variable, patterns

type Lines = dict[int, Spoken]


def trouble(variable: Variable, value: Any, quotes: Sequence[Quote], lines: Sequence[Spoken], now: datetime | None = None) -> str:
    """Why a value does not stand, in words for staff; "" when it does."""
    if wrong := wrong_type(variable, value):
        return wrong
    by_seq: Lines = {line.seq: line for line in lines}
    if not quotes:
        return "No words of the call were named for it."
    if any(not _is_span(q, by_seq) for q in quotes):
        return "The words named for it are not in the transcript."
    said = [q for q in quotes if by_seq[q.seq].speaker == ("assistant" if OF_AGENT.search(topic(variable)) else "user")]
    if not said:
        return "The words named for it were said by the other side."
    if wrong := _unsaid(variable, said, by_seq):
        return wrong
    texts = [text_of(q, by_seq) for q in quotes]
    if variable.type == "boolean":
        return _boolean(variable, value, said, lines, by_seq)
    if variable.type == "array":
        return next(
            (
                f"“{item}” is not in the words named for it."
                for item in value
                if not any(holds(variable.items, item, t, now) for t in texts)
            ),
            "",
        )
    if variable.type == "category":
        return _category(value, said, by_seq)
    if any(holds(variable.type, value, t, now) for t in texts):
        return ""
    return "The words named for it do not hold it."


def wrong_type(variable: Variable, value: Any) -> str:
    """Why a value is none of this variable's at all; "" when it could be one."""
    fits = {
        "string": isinstance(value, str) and bool(value.strip()),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "category": value in variable.options,
        "array": isinstance(value, list) and bool(value) and all(isinstance(item, str | int | float) for item in value),
    }
    if not fits[variable.type]:
        return f"It is no {variable.type}." if variable.type != "category" else "It is none of the options."
    if variable.type == "string" and variable.regex and not fits_whole(variable.regex, value):
        return "It does not fit the pattern."
    return ""


def fits_whole(regex: str, value: str) -> bool:
    return patterns.matches(regex, value)


def holds(kind: str, value: Any, text: str, now: datetime | None = None) -> bool:
    """Whether words hold a value: verbatim, or as that type is read."""
    if isinstance(value, bool):
        return True
    if kind == "number" or isinstance(value, int | float):
        spoken = any(abs(float(value) - v) < 1e-6 for n in numbers(text) for v in n.values)
        return spoken or bool((value == 0 and NONE.search(text)) or (value == 1 and ONLY_ONE.search(text)))
    wanted = _plain(str(value))
    if not wanted:
        return False
    if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", _plain(text)):
        return True
    squeezed = re.sub(r"[\s,]", "", str(value)).casefold()
    digits = re.sub(r"\D", "", str(value))
    written = spelled.written(text)
    return (
        (len(squeezed) >= 3 and squeezed in written)
        or slots.email(text).casefold() == squeezed
        or (len(digits) >= 7 and digits == re.sub(r"\D", "", str(value).lstrip("+")) and digits in re.sub(r"\D", "", written))
        or _is_day(str(value), text, now)
    )


def _is_day(value: str, text: str, now: datetime | None) -> bool:
    if now is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return False
    return any(on is not None and on.isoformat() == value for on in (dates.day(text, now), dates.day(text, now, past=True)))


def text_of(quote: Quote, by_seq: Lines) -> str:
    return by_seq[quote.seq].text[quote.start : quote.end]


def _is_span(quote: Quote, by_seq: Lines) -> bool:
    line = by_seq.get(quote.seq)
    return line is not None and 0 <= quote.start < quote.end <= len(line.text) and bool(text_of(quote, by_seq).strip())


def _unsaid(variable: Variable, said: Sequence[Quote], by_seq: Lines) -> str:
    for quote in said:
        text = text_of(quote, by_seq).replace("’", "'")
        if asks(text):
            return "It stands in a question."
        if HYPOTHETICAL.search(text):
            return "It was only supposed."
        if re.search(slots.REFUSED, text, re.I):
            return "It was not told."
    return ""


def _boolean(variable: Variable, value: bool, said: Sequence[Quote], lines: Sequence[Spoken], by_seq: Lines) -> str:
    """The quoted sentence is the answer: where it reads as a yes or a no, it is this one."""
    rows: dict[int, Turn] = {turn.line.seq: turn for turn in turns(lines)}
    for quote in said:
        turn = rows.get(quote.seq)
        read = yes_or_no(text_of(quote, by_seq), turn.question if turn else "", topic(variable))
        if re.search(slots.WORDS["DOUBT"], text_of(quote, by_seq).lower().replace("’", "'")) and read is None:
            return "The answer leaves it open."
        if read is not None and turn is not None and turn.question.endswith("?") and read != value:
            return "The answer says the opposite."
    return ""


def _category(value: str, said: Sequence[Quote], by_seq: Lines) -> str:
    ruled_out = all(re.search(rf"\b(?:not|no|never|n't)\b[^.,]*\b{re.escape(value.lower())}\b", text_of(q, by_seq).lower()) for q in said)
    return "The words named for it rule it out." if ruled_out and not any(named(text_of(q, by_seq), [value]) for q in said) else ""


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s@.%$€£+*#/-]", "", text.casefold().replace("’", "'"))).strip(" .-")
