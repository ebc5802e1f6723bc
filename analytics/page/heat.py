"""When people answer: hour by weekday, on their clock or on the reader's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics import charts
from analytics.figures import percent
from analytics.page.parts import Cell, Section, Sight, Table, clock, count, share, weekday

USUAL_HOURS = (8, 20)  # shown at least
FEW = 5  # calls: less tell nothing about an hour

type Hours = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Square:
    level: int  # -1: too few calls to have a colour
    shown: str
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    day: str
    short: str
    squares: Sequence[Square]


@dataclass(frozen=True, slots=True)
class Hour:
    short: str  # 8a, 9, 12p
    full: str


@dataclass(frozen=True, slots=True)
class Heat:
    section: Section
    hours: Sequence[Hour]
    rows: Sequence[Row]
    before: Sequence[Row]
    mode: str  # answered, calls
    clock: str  # theirs, mine


def heat(sight: Sight, mode: str, clock_: str) -> Heat:
    hours = _hours(sight)
    was = sight.was.heat if sight.was else {}
    zone = "their local time" if clock_ == "theirs" else "your time"
    section = Section(
        "hours",
        "When people answer" if mode == "answered" else "When they are called",
        _table(sight, hours),
        aside=f"{'percent answered by a person' if mode == 'answered' else 'calls'}, {zone}",
        note=_best(sight.now.heat) if mode == "answered" else "",
        empty="" if sight.now.heat else "Nobody was dialled in these days.",
    )
    heads = [Hour(_short(h, first=n == 0), clock(h)) for n, h in enumerate(hours)]
    return Heat(section, heads, _rows(sight.now.heat, hours, mode), _rows(was, hours, mode) if was else [], mode, clock_)


def _hours(sight: Sight) -> list[int]:
    """The hours of the day from the first to the last with calls in them, and the usual ones."""
    found = {hour % 24 for hour in (*sight.now.heat, *(sight.was.heat if sight.was else ()))}
    return list(range(min([*found, USUAL_HOURS[0]]), max([*found, USUAL_HOURS[1] - 1]) + 1))


def _short(hour: int, *, first: bool) -> str:
    return f"{hour % 12 or 12}{'a' if first and hour < 12 else 'p' if hour == 12 or (first and hour > 12) else ''}"


def _rows(found: Hours, hours: Sequence[int], mode: str) -> list[Row]:
    values = {hour: _value(found, hour, mode) for hour in found}
    known = [v for hour, v in values.items() if v is not None and (mode == "calls" or found[hour][0] >= FEW)]
    low, high = (min(known), max(known)) if known else (0, 0)  # of those with enough calls to tell
    rows = []
    for n in range(7):
        day = weekday(n)
        squares = [_square(found, n * 24 + hour, values.get(n * 24 + hour), low, high, mode) for hour in hours]
        rows.append(Row(f"{day:%A}", f"{day:%a}", squares))
    return rows


def _value(found: Hours, hour: int, mode: str) -> float | None:
    calls, human = found.get(hour, (0, 0))
    return calls if mode == "calls" else percent(human, calls)


def _square(found: Hours, hour: int, value: float | None, low: float, high: float, mode: str) -> Square:
    calls, human = found.get(hour, (0, 0))
    if value is None:
        return Square(-1, "", "no calls")
    shown = f"{value:,.0f}" if value < 10_000 else f"{value / 1000:.0f}k"
    few = mode == "answered" and calls < FEW
    return Square(-1 if few else charts.level(value, low, high), shown, f"{human:,} of {calls:,} answered by a person")


def _best(found: Hours) -> str:
    """The hour in which most people surely answer: a high share of few calls may be luck."""
    if sum(calls for calls, _ in found.values()) < FEW * len(found) or not found:
        return "Too few calls to tell a best hour." if found else ""
    best = max(found, key=lambda hour: (_surely(*found[hour]), -hour))
    (calls, human), at = found[best], best % 24
    return f"Best: {weekday(best // 24):%A}, {clock(at)} to {clock(at + 1)}, with {human / calls:.0%} of {calls:,} calls."


def _surely(calls: int, human: int) -> float:
    """The share that it is at least, in 97 of 100 cases (Wilson's lower bound)."""
    z, share = 1.96, human / calls
    return (share + z * z / (2 * calls) - z * math.sqrt(share * (1 - share) / calls + z * z / (4 * calls * calls))) / (1 + z * z / calls)


def _table(sight: Sight, hours: Sequence[int]) -> Table:
    head = ["Weekday and hour", "Calls", "Answered by a person", "Share"]
    head += [f"Calls, {sight.was_word}", f"Share, {sight.was_word}"] if sight.was else []
    rows = []
    for hour in range(168):
        if hour % 24 not in hours:
            continue
        calls, human = sight.now.heat.get(hour, (0, 0))
        row = [Cell(f"{weekday(hour // 24):%A} {clock(hour % 24)}"), count(calls), count(human), _share(human, calls)]
        if sight.was:
            calls_was, human_was = sight.was.heat.get(hour, (0, 0))
            row += [count(calls_was), _share(human_was, calls_was)]
        rows.append(row)
    return Table(head, rows)


def _share(part: int, whole: int) -> Cell:
    return share(percent(part, whole)) if whole else Cell("", "")
