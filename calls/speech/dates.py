"""Dates and times of day in words. Rules for calls.speech.spoken."""

import re
from collections.abc import Callable
from functools import cache

from calls.speech.numbers import cardinal, clock, ordinal, year

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_BY_SHORT = {name[:3].lower(): name for name in MONTHS}
DAYS = {
    "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "weds": "Wednesday", "thu": "Thursday", "thur": "Thursday",
    "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
DAY_FIRST = ("gb", "uk", "au", "nz", "ie", "in", "za", "british", "australian", "indian")

_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
_FULL = r"(" + "|".join(MONTHS) + r")"
_DAY = r"(Mon|Tues|Tue|Weds|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)"
_HALF = r"(a\.?m\b\.?|p\.?m\b\.?)"
_BEFORE = r"(?<![\w.,:/$€£-])"


@cache
def rules(language: str) -> tuple[Rule, ...]:
    """`language` decides what 5/6 means: month first, or day first where people write so."""
    day_first = any(part in DAY_FIRST for part in re.split(r"[-_]", language.lower())[1:])
    flags = re.IGNORECASE
    return (
        # Short weekdays: before a comma, a date or a time, or in a list. "Sat down" and "the sun" are none of these.
        (re.compile(rf"\b{_DAY}\.?\s?[-–]\s?{_DAY}\b\.?"), lambda m: f"{DAYS[m[1].lower()]} to {DAYS[m[2].lower()]}"),
        (re.compile(rf"\b{_DAY}(?:\.|\b)(?=,?\s+(?:{_MONTH[1:-1]}|\d)|,\s)"), _weekday),
        (re.compile(rf"\b{_MONTH}\.?(?=\s+\d)"), lambda m: _month(m[1])),
        (re.compile(rf"(?<=\d ){_MONTH}\b\.?(?!\w)"), lambda m: _month(m[1])),
        (re.compile(rf"(?<=\d(?:st|nd|rd|th) ){_MONTH}\b\.?(?!\w)"), lambda m: _month(m[1])),
        (re.compile(rf"{_BEFORE}(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?![\w-])"), lambda m: _date(m, int(m[2]), int(m[3]), int(m[1]))),
        (re.compile(rf"{_BEFORE}(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d\d)(?![\w/-]|[.,:]\d)"), lambda m: _numeric(m, day_first)),
        (re.compile(r"\b(on|by|until|before|after|since|due|from|to|for)\s(\d{1,2})/(\d{1,2})(?![\w/-]|[.,:]\d)", flags),
         lambda m: f"{m[1]} {_two(m, int(m[2]), int(m[3]), day_first)}"),
        (re.compile(rf"\b{_FULL}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?\b(?![:/%]\d|[.,]\d)"), _month_day),
        (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_FULL}(?:,?\s+(\d{{4}}))?\b"), _day_month),
        (re.compile(rf"\b{_FULL}\s+(\d{{4}})\b(?![:/%]\d|[.,]\d)"), lambda m: f"{m[1]} {year(int(m[2]))}"),
        # Times of day.
        (re.compile(rf"{_BEFORE}(\d{{1,2}})(?::([0-5]\d))?\s?(?:{_HALF})?\s?[-–—]\s?(\d{{1,2}})(?::([0-5]\d))?\s?{_HALF}", flags), _times),
        (re.compile(rf"{_BEFORE}(\d{{1,2}})(?::([0-5]\d))?(?::[0-5]\d)?\s?{_HALF}", flags), _half_day),
        (re.compile(rf"{_BEFORE}([01]?\d|2[0-3]):([0-5]\d)\s?[-–—]\s?([01]?\d|2[0-3]):([0-5]\d)(?![\w:])"),
         lambda m: f"{clock(int(m[1]), int(m[2]))} to {clock(int(m[3]), int(m[4]))}"),
        (re.compile(rf"{_BEFORE}([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\w:])"), lambda m: clock(int(m[1]), int(m[2]))),
    )  # fmt: skip


def _weekday(m: re.Match[str]) -> str:
    return DAYS[m[1].lower()]


def _month(short: str) -> str:
    return _BY_SHORT[short[:3].lower()]


def _date(m: re.Match[str], month: int, day: int, number: int) -> str:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return m[0]
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(number)}"


def _numeric(m: re.Match[str], day_first: bool) -> str:
    first, second, number = int(m[1]), int(m[3]), int(m[4])
    number += 2000 if len(m[4]) == 2 else 0
    day_first = day_first or m[2] == "." or first > 12
    return _date(m, *((second, first) if day_first else (first, second)), number)


def _two(m: re.Match[str], first: int, second: int, day_first: bool) -> str:
    month, day = (second, first) if day_first or first > 12 else (first, second)
    return f"{MONTHS[month - 1]} {ordinal(day)}" if 1 <= month <= 12 and 1 <= day <= 31 else f"{first}/{second}"


def _month_day(m: re.Match[str]) -> str:
    if not 1 <= int(m[2]) <= 31:
        return m[0]
    return f"{m[1]} {ordinal(int(m[2]))}" + (f", {year(int(m[3]))}" if m[3] else "")


def _day_month(m: re.Match[str]) -> str:
    if not 1 <= int(m[1]) <= 31:
        return m[0]
    return f"{m[2]} {ordinal(int(m[1]))}" + (f", {year(int(m[3]))}" if m[3] else "")


def _ends(half: str, m: re.Match[str]) -> str:
    """ "at 9 a.m." at the end of the text, or before a capital, ends the sentence too."""
    after = m.string[m.end() :].lstrip()
    return "." if half.endswith(".") and (not after or after[0].isupper()) else ""


def _half(text: str | None) -> str:
    return (text or "").replace(".", "").lower()


def _time(hour: int, minute: int, half: str) -> str:
    return clock(hour, minute, "am" if half == "am" else "pm") if 1 <= hour <= 12 else clock(hour % 24, minute)


def _half_day(m: re.Match[str]) -> str:
    hour, minute = int(m[1]), int(m[2] or 0)
    return m[0] if hour > 24 else _time(hour, minute, _half(m[3])) + _ends(m[3], m)


def _times(m: re.Match[str]) -> str:
    first, second = int(m[1]), int(m[4])
    if first > 24 or second > 24:
        return m[0]
    begin = _time(first, int(m[2] or 0), _half(m[3])) if m[3] else f"{cardinal(first)}" if not m[2] else _time(first, int(m[2]), "am")[:-3]
    return f"{begin} to {_time(second, int(m[5] or 0), _half(m[6]))}{_ends(m[6], m)}"
