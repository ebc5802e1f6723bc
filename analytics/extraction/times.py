"""Days, dates and times as they were said, each with its place: "on the second of next month", "half past three". Pure."""

import re
from dataclasses import dataclass

from calls.agent.builtin.callback import DAYS, MONTHS, NEGATED_AFTER, ONES, ORDINALS, TENS

_NUMBER = rf"(?:\d{{1,2}}|{'|'.join([*ONES[1:], *TENS])})(?:[ -](?:{'|'.join(ONES[1:10])}))?"
_DAY = rf"(?:{'|'.join(DAYS)})s?|(?:mon|tue|tues|wed|thu|thur|thurs|fri)\b\.?"
_ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|(?:twenty|thirty)[ -](?:{'|'.join(ORDINALS[1:10])})|{'|'.join(ORDINALS[1:])}|thirtieth)"
_YEAR = r"(?:(?:19|20)\d\d|(?:nineteen|twenty) (?:\w+ty(?:[ -]\w+)?|oh \w+|\w+teen|eleven|twelve|ten))"
_UNIT = (
    r"(?:minutes?|hours?|days?|weeks?|months?|years?|weekends?|nights?|quarters?|spring|summer|autumn|fall|winter|morning"
    r"|afternoon|evening)"
)
_CLOCK = (
    rf"(?:half past|half|quarter past|quarter to|(?:{_NUMBER}) (?:minutes )?(?:past|to)) (?:{_NUMBER})"
    rf"|\d{{1,2}}[:.]\d\d(?: ?[ap]\.?m\.?)?|\d{{1,2}} ?[ap]\.?m\b\.?|(?:{_NUMBER}) (?:o'?clock|[ap]\.? ?m\b\.?)|noon|midnight|midday"
)
_SPAN = rf"(?:(?:{_NUMBER}|an?|half an|a couple of|a few|several)(?: and a half)? {_UNIT}(?: ago| from now| later| after| and a half)?)"
_RELATIVE = (
    rf"(?:today|tomorrow|tonight|yesterday|the day (?:after tomorrow|before yesterday)|(?:next|last|this|every"
    rf"|the following) (?:{_UNIT}|{_DAY}|{'|'.join(MONTHS)}))"
)
_PART = (
    r"(?:in the )?(?:early |late )?(?:mornings?|afternoons?|evenings?)|at night|(?:at |after "
    r"|before )?(?:lunch(?: ?time)?|dinner(?: ?time)?|work|school)\b"
)
_EDGE = rf"(?:the )?(?:end|beginning|start|middle) of (?:the )?(?:{'|'.join(MONTHS)}|{_RELATIVE}|{_UNIT}|year|month|week)"
_MONTH = rf"(?:{'|'.join(m for m in MONTHS if m != 'may')}|(?-i:May))"
_NUMERIC = r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}(?:/\d{2,4})?"
_SURE = (
    rf"(?:{_NUMERIC}|{_EDGE}|{_CLOCK}|{_RELATIVE}|{_SPAN}|{_DAY}|{_MONTH}(?: (?:the )?(?:{_ORDINAL}|\d{{1,2}}\b))?"
    rf"|(?:the )?{_ORDINAL}(?= of\b|\W*$|[,.]| or\b| and\b)|{_YEAR}|{_PART}|weekends?|weekdays?)"
)
_BARE = rf"(?:(?:at|after|before|around|about|by|until|till|from|between|than) (?:{_NUMBER})\b(?! \w+s\b)(?: and (?:{_NUMBER})\b)?)"
_JOIN = r"(?:,? ?(?:of|on|at|in|the|around|about|after|before|by|until|till|to|and|or|from|between|early|late|same time)\b ?|,? ){0,4}"
_BEFORE = (
    r"(?:(?:not before|not after|any time|anytime|around|about|after|before|by|since|until|till|from|between|in|within"
    r"|early|late|the|at about|at around) ){0,3}"
)
WHEN = re.compile(
    rf"\b(?:not (?=before|after|until|till))?{_BEFORE}(?:{_BARE}|{_SURE})(?![\w])(?:{_JOIN}(?:{_BARE}|{_SURE})(?![\w]))*", re.I
)
HOUR = re.compile(
    rf"\b{_BEFORE}(?:{_NUMBER})(?:[ -](?:{'|'.join([*ONES[1:], *TENS])}))?\b(?! (?!in\b|at\b|or\b|please\b"
    rf"|ish\b|sharp\b|would\b|is\b)\w)",
    re.I,
)
ON_DAY = re.compile(rf"\b(?:{_DAY}|{_MONTH}|{_ORDINAL}|{_RELATIVE}|{_NUMERIC})", re.I)
AT_CLOCK = re.compile(rf"\b(?:{_CLOCK}|{_BARE}|{_PART})", re.I)
RULED_OUT = re.compile(r"\b(?:not|never|isn'?t|can'?t(?: do| come)?|won'?t|don'?t|except)(?: (?:on|at|in|the|this|make|be|for))*\s*$", re.I)
LEFT_OUT = re.compile(r"^(?:on|at|for)\s+", re.I)


@dataclass(frozen=True, slots=True)
class When:
    said: str
    start: int
    end: int


def when(text: str, *, asked: bool = False, part: str = "") -> When | None:
    """The last one that a sentence names and does not rule out. `asked`: we asked when, so a bare "ten" is an hour.

    `part`: day or clock, where only one of them is looked for and one that holds it stands before one that does not.
    """
    plain = text.replace("’", "'")
    found = [m for m in WHEN.finditer(plain) if re.search(r"\w", m[0]) and not _ruled_out(plain, m)]
    if not found and asked:
        found = [m for m in HOUR.finditer(plain) if not _ruled_out(plain, m)]
    if not found:
        return None
    wanted = {"day": ON_DAY, "clock": AT_CLOCK}.get(part)
    m = ([x for x in found if wanted is None or wanted.search(x[0])] or found)[-1]
    said = LEFT_OUT.sub("", m[0].strip(" ,.")) if not re.match(r"at (?:about|around|night)", m[0], re.I) else m[0].strip(" ,.")
    start = plain.index(said, m.start())
    return When(text[start : start + len(said)], start, start + len(said))


def _ruled_out(text: str, m: re.Match[str]) -> bool:
    return bool(RULED_OUT.search(text[: m.start()]) or re.search(NEGATED_AFTER, text[m.end() :].lower()))
