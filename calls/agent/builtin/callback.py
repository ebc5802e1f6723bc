"""A time to call back, out of the callee's words: rules only.

A bare hour is the next one inside 08:00 to 21:00, "after six" is its earliest time, and nothing without a clock time or an interval is one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calls.agent.builtin.language import table

EARLIEST, LATEST = time(8), time(21)

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
ONES += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
]
ORDINALS += ["fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]

DAYPART = r"morning|afternoon|evening|night|tonight"
HALF = r"(?P<ampm>a ?m|p ?m)?\b(?: in the (?P<part>morning|afternoon|evening)| at night)?"
# Words that may come before a bare hour, and after it: "at four please", "around 4 tomorrow", not "for four people".
BEFORE = r"\b(?:at|around|about|by|after|past|from|say|till|like|maybe|between|roughly|towards|to|or|than|it|before|until|on the dot)"
AFTER = (
    r"(?= *$| *(?:please|or|and|would|is|works?|tomorrow|today|tonight|on|in the|if|so|then|but|next|this|to|until|maybe|sharp|exactly"
    r"|ish|onwards?|on|that|thanks?|thank|ok|okay|for me|when|because|my time|your time|sir|mate|love|i|you|we|\w+day)\b)"
)
CORRECTION = r"\b(?:actually|sorry|no|make (?:it|that)|i mean|rather|instead|wait|better)\b"
NEGATED = (
    r"(?:\b(?:not|isn'?t|can'?t(?: do)?|cannot(?: do)?|won'?t|don'?t|until|till|before|by|except|never)"
    r"(?: (?:at|on|on the|the|around|make|be))*)$"
)
NEGATED_AFTER = r"^(?: at all)? (?:isn'?t|is not|is no good|won'?t|doesn'?t|does not|is bad|is out|is (?:too|a bit) (?:early|late|soon))"


@dataclass(frozen=True)
class _Clock:
    start: int
    end: int
    hour: int
    minute: int
    sure: bool  # am, pm, a part of the day, noon or a 24-hour time: no guessing


@dataclass(frozen=True)
class _Day:
    start: int
    end: int
    day: date
    named: str  # "today", a weekday … ("" for a calendar date)


def parse(text: str, reference: datetime, timezone: str = "") -> datetime | None:
    """The instant meant, in the callee's zone; None when the words name none. An unknown zone is read as UTC."""
    now = reference.astimezone(zone(timezone))
    said = plain(text)
    if (wait := _interval(said)) and not re.search(r"\b(?:noon|a ?m|p ?m)\b|\bat \d", said):
        return (now.astimezone(UTC) + wait).astimezone(now.tzinfo)
    clock = _choose([c for c in _clocks(said) if not negated(said, c.start, c.end)], said)
    if clock is None:
        return None
    day = _choose([d for d in _days(said, now.date()) if not negated(said, d.start, d.end)], said)
    part = re.search(rf"\b(?:{DAYPART})\b", said)
    return _instant(clock, day, part[0] if part else "", now)


def days(text: str, reference: datetime) -> list[tuple[tuple[int, int], date]]:
    """Every coming day named in a text, with its place in `plain(text)`."""
    return [((d.start, d.end), d.day) for d in _days(plain(text), reference.date())]


def clock(text: str) -> str | None:
    """The clock time named in a text, as HH:MM; None when there is none."""
    said = plain(text)
    found = _choose([c for c in _clocks(said) if not negated(said, c.start, c.end)], said)
    if found is None:
        return None
    hour = found.hour
    part = re.search(rf"\b(?:{DAYPART})\b", said)
    if not found.sure and hour < 12 and (part[0] != "morning" if part else time(hour, found.minute) < EARLIEST):
        hour += 12
    return f"{hour:02d}:{found.minute:02d}"


def phrase(text: str) -> str:
    """The words of an interval ("in half an hour"), to be said back; "" when there is none."""
    m = re.search(
        r"\b(?:in|after|within) (?:about |like |maybe )?[\w' ]*?(?:minutes?|hours?|hour|days|weeks?)(?: and a half)?\b", text, re.I
    )
    return m[0] if m else ""


def plain(text: str) -> str:
    """Lower case, without commas, with digits for number words: "half past four" stays, "four thirty" becomes "4 30"."""
    said = re.sub(r"[,;!?¿¡]|\.(?=\s|$)", " ", text.lower().replace("’", "'"))
    said = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", said)
    if re.search(r"\b(?:las?|en|mañana|hoy|dentro|después)\b", said) and not re.search(r"\b(?:the|at|in|call)\b", said):
        for pattern, english in spanish():
            said = re.sub(rf"\b(?:{pattern})(?!\w)", english, said)
    said = re.sub(r"\b(?:um+|uh+|er+|like|you know)\b", " ", said)
    said = re.sub(r"\b(?:not|never|don't call(?: me)?|can't) (?:before|until|till)\b", "after", said)
    tens = "|".join(TENS)
    said = re.sub(rf"\b({tens})[ -]({'|'.join(ONES[1:10])})\b", lambda m: str(TENS[m[1]] + ONES.index(m[2])), said)
    said = re.sub(rf"\b(twenty|thirty)[ -]({'|'.join(ORDINALS[1:10])})\b", lambda m: f"{TENS[m[1]] + ORDINALS.index(m[2])}th", said)
    said = re.sub(rf"\b({tens})\b", lambda m: str(TENS[m[1]]), said)
    said = re.sub(rf"\b({'|'.join(ONES)})\b", lambda m: str(ONES.index(m[1])), said)
    said = re.sub(rf"\b(?<!a )({'|'.join(ORDINALS[1:])})\b", lambda m: f"{ORDINALS.index(m[1])}th", said)
    said = re.sub(r"\bthirtieth\b", "30th", said)
    said = re.sub(r"\b(\d{1,2}) (?:oh|o) (\d)\b", r"\1 0\2", said)
    said = re.sub(r"\b(\d{1,2}) hundred(?: hours)?\b", r"\1:00", said)
    return re.sub(r"\s+", " ", said).strip()


@cache
def spanish() -> list[list[str]]:
    return [list(pair) for pair in table("callback", "es")["times"]]


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def negated(said: str, start: int, end: int) -> bool:
    """Whether what stands at a place of `plain(text)` is ruled out: \"not on Friday\"."""
    return bool(re.search(NEGATED, said[:start].rstrip()) or re.search(NEGATED_AFTER, said[end:]))


def _choose[T: (_Clock, _Day)](found: list[T], said: str) -> T | None:
    """The first one named, but the last when the callee corrected itself."""
    if not found:
        return None
    last = found[-1]
    return last if len(found) > 1 and re.search(CORRECTION, said[found[0].end : last.start]) else found[0]


# Intervals --------------------------------------------------------------------------------------------------------------
def _interval(said: str) -> timedelta | None:
    """ "in an hour", "give me 20 minutes", "half an hour from now"."""
    lead = r"(?:\b(?:in|after|within|give (?:me|us|it)|wait|again in)(?: just| about| around| maybe| another| the next| roughly| say)* )"
    tail = r"(?: from now| later| from today)"
    amount = r"(?P<n>\d+(?:\.5)?|an?|a couple(?: of)?|half an?|half|a half|quarter of an|a quarter of an|3 quarters of an)"
    unit = r"(?: more| or so)? ?(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?)(?:'s?)?(?: time)?"
    extra = r"(?P<half> and a half)?"
    both = rf"{amount}(?P<half2> and a half)? {unit}{extra}"
    m = re.search(lead + both + r"\b", said) or re.search(rf"\b{both}{tail}\b", said)
    if not m or re.match(r" ago\b", said[m.end() :]):
        return None
    n = _amount(m["n"])
    if m["half"] or m["half2"]:
        n += 0.5
    minutes = re.match(r"(?: and)? (\d+) min", said[m.end() :])
    unit_name = m["unit"][0] if m["unit"][0] != "m" else "m"
    total = {"m": timedelta(minutes=n), "h": timedelta(hours=n), "d": timedelta(days=n), "w": timedelta(weeks=n)}[unit_name]
    return total + timedelta(minutes=int(minutes[1])) if minutes and unit_name == "h" else total


def _amount(words: str) -> float:
    if words.startswith("a couple"):
        return 2
    if "3 quarters" in words:
        return 0.75
    if "quarter" in words:
        return 0.25
    if "half" in words:
        return 0.5
    return 1 if words in ("a", "an") else float(words)


# Clock times ------------------------------------------------------------------------------------------------------------
def _clocks(said: str) -> list[_Clock]:
    found: list[_Clock] = []

    def add(m: re.Match[str], hour: int, minute: int, sure: bool = False) -> None:
        taken = any(c.start < m.end() and m.start() < c.end for c in found)
        if taken or not (0 <= hour <= 24 and 0 <= minute < 60):
            return
        groups = m.groupdict()
        half, part = (groups.get("ampm") or "").replace(" ", ""), groups.get("part") or ""
        if half or part:
            sure, hour = True, hour % 12 + (12 if half == "pm" or part in ("afternoon", "evening") else 0)
        elif "at night" in m[0]:
            sure, hour = True, hour % 12 + 12
        found.append(_Clock(m.start(), m.end(), hour % 24, minute, sure or hour > 12 or hour == 0))

    for m in re.finditer(r"\b(?:noon|midday|12 noon)\b", said):
        add(m, 12, 0, sure=True)
    for m in re.finditer(r"\bmidnight\b", said):
        add(m, 0, 0, sure=True)
    for m in re.finditer(rf"\bhalf past (\d{{1,2}}) ?{HALF}", said):
        add(m, int(m[1]), 30)
    for m in re.finditer(
        rf"\b(?P<by>(?:a )?quarter|5|10|20|25)(?: minutes)? (?P<way>past|after|to|of|till|before) (?P<h>\d{{1,2}}) ?{HALF}", said
    ):
        minutes = 15 if "quarter" in m["by"] else int(m["by"])
        late = m["way"] in ("past", "after")
        add(m, int(m["h"]) if late else (int(m["h"]) - 2) % 12 + 1, minutes if late else 60 - minutes)
    for m in re.finditer(rf"\bhalf (\d{{1,2}})\b(?! (?:hours?|minutes?|an?)) ?{HALF}", said):
        add(m, int(m[1]), 30)
    for m in re.finditer(rf"\b(\d{{1,2}})[:.](\d\d) ?{HALF}", said):
        add(m, int(m[1]), int(m[2]))
    for m in re.finditer(rf"\b(?<!\d )(\d{{1,2}}) ([0-5]\d)\b(?! ?\d| (?:minutes|people|dollars|of)) ?{HALF}", said):
        if not re.search(r"\d $", said[: m.start()]) and int(m[1]) <= 24:
            add(m, int(m[1]), int(m[2]))
    for m in re.finditer(r"\bat (\d\d)(\d\d)\b", said):
        add(m, int(m[1]), int(m[2]), sure=True)
    for m in re.finditer(r"\b(\d{1,2}) ?(?P<ampm>a ?m|p ?m)\b", said):
        add(m, int(m[1]), 0)
    for m in re.finditer(r"\b(\d{1,2}) in the (?P<part>morning|afternoon|evening)\b|\b(\d{1,2}) at night\b", said):
        add(m, int(m[1] or m[3]), 0)
    for m in re.finditer(rf"\b(\d{{1,2}}) ?o'? ?clock\b ?{HALF}", said):
        add(m, int(m[1]), 0)
    for m in re.finditer(
        rf"(?:{BEFORE}|\b(?:{'|'.join(DAYS)}|tomorrow|today|tonight|{DAYPART}|\d+th)(?: at)?) (\d{{1,2}})(?:ish)?{AFTER}", said
    ):
        span = re.compile(r"\d{1,2}").search(said, m.start(1))
        if span and int(m[1]) >= 1:
            add(_at(said, m.start(1), m.end(1)), int(m[1]), 0)
    if not found and (
        only := re.fullmatch(
            r"(?:(?:yes|ok|okay|sure|maybe|say|let's say|how about|what about|make it|well|try) )*(\d{1,2})(?: please)?", said
        )
    ):
        add(only, int(only[1]), 0)
    return sorted(found, key=lambda c: c.start)


def _at(said: str, start: int, end: int) -> re.Match[str]:
    m = re.compile(r"\d{1,2}").fullmatch(said, start, end)
    assert m is not None  # the caller matched these digits
    return m


# Days -------------------------------------------------------------------------------------------------------------------
def _days(said: str, today: date) -> list[_Day]:
    found: list[_Day] = []

    def add(m: re.Match[str], day: date | None, named: str = "") -> None:
        if day and not any(d.start < m.end() and m.start() < d.end for d in found):
            found.append(_Day(m.start(), m.end(), day, named))

    for m in re.finditer(r"\b(?:a|1) week (?:from )?(?:today|now)\b|\btoday week\b|\bin (?:a|1) week\b", said):
        add(m, today + timedelta(days=7))
    for m in re.finditer(r"\b(?:the )?day after tomorrow\b", said):
        add(m, today + timedelta(days=2))
    for m in re.finditer(r"\btomorrow(?: week)?\b|\btmrw\b", said):
        add(m, today + timedelta(days=8 if "week" in m[0] else 1))
    for m in re.finditer(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", said):
        add(m, today, "today")
    for m in re.finditer(r"\bin (\d+) days?\b|\b(\d+) days from now\b", said):
        add(m, today + timedelta(days=int(m[1] or m[2])))
    months = "|".join(f"{x}|{x[:3]}" for x in MONTHS)
    for m in re.finditer(rf"\b({months})(?: the)? (\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", said):
        add(m, _calendar(int(m[2]), m[1], today))
    for m in re.finditer(rf"\b(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({months})\b", said):
        add(m, _calendar(int(m[1]), m[2], today))
    for m in re.finditer(r"\b(?:the )?(\d{1,2})(?:st|nd|rd|th)\b", said):
        add(m, _calendar(int(m[1]), "", today))
    for m in re.finditer(rf"\b(next |this |coming )?({'|'.join(DAYS)})\b(?P<week> week)?", said):
        add(m, _weekday(DAYS.index(m[2]), (m[1] or "").strip(), bool(m["week"]), today), m[2])
    return sorted(found, key=lambda d: d.start)


def _weekday(index: int, which: str, week: bool, today: date) -> date:
    """The coming one; "next friday" said on a Tuesday is the Friday of next week."""
    ahead = (index - today.weekday()) % 7 or 7
    if which == "next" and index > today.weekday():
        ahead += 7
    return today + timedelta(days=ahead + (7 if week else 0))


def _calendar(day: int, month: str, today: date) -> date | None:
    """The next such date, today included."""
    number = next((i for i, name in enumerate(MONTHS, 1) if month and name.startswith(month[:3])), 0)
    for ahead in range(13 if not number else 2):
        try:
            if number:
                found = date(today.year + ahead, number, day)
            else:
                found = date(today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _instant(clock: _Clock, day: _Day | None, part: str, now: datetime) -> datetime | None:
    hours = [clock.hour]
    if not clock.sure and part in ("afternoon", "evening", "night", "tonight") and clock.hour < 12:
        hours = [clock.hour + 12]
    elif not clock.sure and part != "morning":
        hours = [h for h in (clock.hour, clock.hour + 12) if h < 24 and EARLIEST <= time(h, clock.minute) <= LATEST] or [clock.hour]
    if clock.sure and clock.hour == 0 and day is None:
        return _on(now.date() + timedelta(days=1), 0, clock.minute, now)
    dates = [day.day] if day else [now.date(), now.date() + timedelta(days=1)]
    for on in dates:
        for hour in hours:
            instant = _on(on, hour, clock.minute, now)
            if instant > now:
                return instant
    return None


def _on(day: date, hour: int, minute: int, now: datetime) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=now.tzinfo)
