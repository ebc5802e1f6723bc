"""Days and clock times out of a person's words, as ISO text. Relative ones are resolved in the call's zone; None when none is named.

`past`: the question is about something that has happened, so "Friday" is the last one.
"""

import re
from datetime import date, datetime, timedelta

from calls.agent.builtin import callback
from calls.agent.builtin.callback import DAYS, MONTHS

CORRECTED = re.compile(rf"{callback.CORRECTION}", re.I)
MONTH = "|".join(f"{m}|{m[:3]}" for m in MONTHS) + "|sept"


def day(text: str, now: datetime, *, past: bool = False) -> date | None:
    """The day meant; the last one named when the person corrected itself, else the first."""
    said, today = callback.plain(text), now.date()
    found = [*_written(text), *_spelled(said, today, past), *(_backwards(said, today) if past or _looks_back(said) else [])]
    if not found and not _looks_back(said):
        found = _ahead(text, now, past)
    found = [each for each in found if not callback.negated(said, *each[0])]
    if not found:
        return None
    found.sort(key=lambda each: each[0])
    corrected = len(found) > 1 and CORRECTED.search(said[found[0][0][1] : found[-1][0][0]])
    return (found[-1] if corrected else found[0])[1]


def clock(text: str) -> str | None:
    """HH:MM; the part of the day decides between morning and evening, a bare hour is one of waking time."""
    return callback.clock(text)


type Found = tuple[tuple[int, int], date]


def _written(text: str) -> list[Found]:
    """2026-03-04 and 3/4/2026, with a year: nothing to guess but the American order of month and day."""
    found = []
    for m in re.finditer(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", text):
        found.append((m.span(), _date(int(m[1]), int(m[2]), int(m[3]))))
    for m in re.finditer(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", text):
        found.append((m.span(), _date(int(m[3]), int(m[1]), int(m[2])) or _date(int(m[3]), int(m[2]), int(m[1]))))
    return [(span, on) for span, on in found if on is not None]


def _spelled(said: str, today: date, past: bool) -> list[Found]:
    """ "March 4th 1984", "the 4th of March 1984"; without a year the nearest one that fits."""
    year = r"(?:,? (?:of |in )?(?P<y>(?:19|20)\d\d|(?:19|20) \d\d))?"
    found: list[Found] = []
    for pattern in (
        rf"\b(?P<m>{MONTH})\.?(?: the)? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:){year}",
        rf"\b(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{MONTH})\b{year}",
    ):
        for m in re.finditer(pattern, said):
            month = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(m["m"][:3]))
            on = _in_year(int(m["y"].replace(" ", "")) if m["y"] else 0, month, int(m["d"]), today, past)
            if on is not None and not any(_overlap(m.span(), span) for span, _ in found):
                found.append((m.span(), on))
    return found


def _in_year(year: int, month: int, day_: int, today: date, past: bool) -> date | None:
    if year:
        return _date(year, month, day_)
    years = (today.year, today.year - 1) if past else (today.year, today.year + 1)
    fits = [on for y in years if (on := _date(y, month, day_)) and (on <= today if past else on >= today)]
    return fits[0] if fits else None


def _backwards(said: str, today: date) -> list[Found]:
    found: list[Found] = []
    names = "|".join(DAYS)
    for m in re.finditer(r"\b(?:the )?day before yesterday\b|\byesterday\b|\btoday\b|\bthis morning\b|\blast night\b", said):
        back = 2 if "before" in m[0] else 0 if m[0] in ("today", "this morning") else 1
        found.append((m.span(), today - timedelta(days=back)))
    for m in re.finditer(r"\b(\d+|a|an|a couple of) (days?|weeks?) ago\b", said):
        count = {"a": 1, "an": 1, "a couple of": 2}.get(m[1]) or int(m[1])
        found.append((m.span(), today - timedelta(days=count * (7 if m[2].startswith("week") else 1))))
    for m in re.finditer(rf"\b(?:last |on |this )*({names})\b", said):
        found.append((m.span(), today - timedelta(days=(today.weekday() - DAYS.index(m[1])) % 7 or 7)))
    for m in re.finditer(r"\b(?:on )?the (\d{1,2})(?:st|nd|rd|th)\b(?! of)", said):
        months = [today.replace(day=1), (today.replace(day=1) - timedelta(days=1)).replace(day=1)]
        on = next((d for first in months if (d := _date(first.year, first.month, int(m[1]))) and d <= today), None)
        if on is not None:
            found.append((m.span(), on))
    return found


def _ahead(text: str, now: datetime, past: bool) -> list[Found]:
    return [] if past else callback.days(text, now)


def _looks_back(said: str) -> bool:
    return re.search(rf"\b(?:yesterday|ago|last (?:night|week|{'|'.join(DAYS)}))\b", said) is not None


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _date(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None
