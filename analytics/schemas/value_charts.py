"""What a list of facts found over time, as charts with tables: of numbers a line, of few values bars, of words the most frequent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from analytics import charts
from analytics.charts import NARROW, Series
from analytics.page.parts import Cell, Key, Section, Table, count, long_day, share, short_day
from analytics.schemas import wording
from analytics.schemas.over_time import SHARED, Found, Tally, Values
from analytics.schemas.over_time import Span as Days

FILLS = 4  # colours for values; of more values the last are put together
SILENT = 5  # the colour of nothing said
NOT_SAID, OTHERS = "Not said", "Others"
NOTHING = "Nobody said it in these days."
MARKED = "What was marked"


@dataclass(frozen=True, slots=True)
class Shown:
    """One fact, with what it is asked for above its chart."""

    section: Section
    description: str
    said: str  # "said on 84 of 120 calls, 70%"
    top: Sequence[tuple[str, int, int]] = ()  # value, calls, percent of those that said it


def facts(found: Found) -> list[Shown]:
    return [_fact(values, found.span, n) for n, values in enumerate(found.values)]


def marked(found: Found) -> Section:
    """Marks by severity in each period; the table tells them by kind."""
    severities = [("high", 6), ("medium", 4), ("low", 3)]
    series = [Series(wording.SEVERITIES[s], [marks[s] for _, marks in found.marked], fill) for s, fill in severities]
    table = Table(
        ["What", "How bad", "Calls"],
        [[Cell(issue.type), Cell(wording.SEVERITIES[issue.severity]), count(issue.count)] for issue in found.issues],
    )
    told = ", ".join(f"{issue.type} on {issue.count}" for issue in found.issues)
    chart = _stacked(series, found.span, told or "Nothing was marked.")
    keys = [Key(wording.SEVERITIES[s], fill) for s, fill in severities]
    return Section("marks", MARKED, table, [chart], keys, empty="" if found.issues else "Nothing was marked in these days.")


def _fact(values: Values, days: Days, number: int) -> Shown:
    whole = values.whole
    percent = round(100 * whole.said / whole.of) if whole.of else 0
    said = f"said on {whole.said:,} of {whole.of:,} calls, {percent}%" if whole.of else "not read in these days"
    top = [(word, n, round(100 * n / whole.said) if whole.said else 0) for word, n in values.top]
    make = _number if values.variable.type == "number" else _shares if values.variable.type in SHARED else _said
    return Shown(make(values, days, f"fact-{number}"), values.variable.description, said, top)


def _number(values: Values, days: Days, key: str) -> Section:
    """The average with the least and the most of each period."""
    tallies = [tally for _, tally in values.periods]
    lines = [
        Series("at most", [t.most for t in tallies], 6, dashed=True),
        Series("on average", [t.average for t in tallies], 2),
        Series("at least", [t.least for t in tallies], 6, dashed=True),
    ]
    head = [_period_word(days), "Said", "Not said", "On average", "At least", "At most"]
    rows = [
        [name, count(t.said), count(t.silent), _amount(t.average), _amount(t.least), _amount(t.most)]
        for name, t in zip(_cells(days), tallies, strict=True)
    ]
    whole = values.whole
    told = f"On average {_told(whole.average)}, between {_told(whole.least)} and {_told(whole.most)}." if whole.numbers else NOTHING
    chart = charts.lines(lines, _labels(days), names=_names(days), size=NARROW, show=charts.number, told=told)
    keys = [Key("On average", 2), Key("At least, at most", 6, dashed=True)]
    aside = f"on average {_told(whole.average)}" if whole.numbers else ""
    return Section(key, values.variable.name, Table(head, rows), [chart], keys, aside, told, "" if whole.numbers else NOTHING)


def _shares(values: Values, days: Days, key: str) -> Section:
    """How the calls of each period divide among its values, and how many said nothing."""
    words = values.words
    shown, rest = (words, []) if len(words) <= FILLS else (words[: FILLS - 1], words[FILLS - 1 :])
    tallies = [tally for _, tally in values.periods]
    series = [Series(_word(values, word), [_part(t.words[word], t) for t in tallies], fill) for fill, word in enumerate(shown, 1)]
    if rest:
        series.append(Series(OTHERS, [_part(sum(t.words[w] for w in rest), t) for t in tallies], FILLS))
    silent = [_part(t.silent, t) for t in tallies]
    series.append(Series(NOT_SAID, silent, SILENT))
    rows = [
        [name, *(count(t.words[word]) for word in words), count(t.silent), share(100 * t.said / t.of if t.of else None)]
        for name, t in zip(_cells(days), tallies, strict=True)
    ]
    head = [_period_word(days), *(_word(values, word) for word in words), NOT_SAID, "Share that said it"]
    whole = values.whole
    told = ", ".join(f"{_word(values, word)} on {whole.words[word]}" for word in words)
    chart = _stacked(series, days, f"{told}, not said on {whole.silent}.", percent=True)
    keys = [Key(each.name, each.fill, count=f"{_total(values, each.name, rest):,}") for each in series]
    return Section(key, values.variable.name, Table(head, rows), [chart], keys, empty="" if whole.of else NOTHING)


def _said(values: Values, days: Days, key: str) -> Section:
    """Of words and lists: on how many calls something was said; the words themselves stand beside it."""
    tallies = [tally for _, tally in values.periods]
    series = [Series("Said", [_part(t.said, t) for t in tallies], 2), Series(NOT_SAID, [_part(t.silent, t) for t in tallies], SILENT)]
    rows = [
        [name, count(t.said), count(t.silent), share(100 * t.said / t.of if t.of else None)]
        for name, t in zip(_cells(days), tallies, strict=True)
    ]
    table = Table([_period_word(days), "Said", NOT_SAID, "Share that said it"], rows)
    whole = values.whole
    chart = _stacked(series, days, f"Said on {whole.said} of {whole.of} calls.", percent=True)
    keys = [Key("Said", 2, count=f"{whole.said:,}"), Key(NOT_SAID, SILENT, count=f"{whole.silent:,}")]
    return Section(key, values.variable.name, table, [chart], keys, empty="" if whole.of else NOTHING)


def _stacked(series: Sequence[Series], days: Days, told: str, *, percent: bool = False) -> charts.Chart:
    show = (lambda v: f"{v:.0f}%") if percent else charts.number
    return charts.stacked(series, _labels(days), names=_names(days), size=NARROW, show=show, whole=True, told=told)


def _part(n: int, tally: Tally) -> float | None:
    return 100 * n / tally.of if tally.of else None


def _total(values: Values, name: str, rest: Sequence[str]) -> int:
    if name == NOT_SAID:
        return values.whole.silent
    wanted = rest if name == OTHERS and rest else [word for word in values.words if _word(values, word) == name]
    return sum(values.whole.words[word] for word in wanted)


def _word(values: Values, word: str) -> str:
    return word.capitalize() if values.variable.type == "boolean" else word


def _amount(value: float | None) -> Cell:
    return Cell("", "") if value is None else Cell(_told(value), round(value, 4))


def _told(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):,.10g}"


# Periods in words ---------------------------------------------------------------------------------------------------------
def _period_word(days: Days) -> str:
    return {"day": "Day", "week": "Week", "month": "Month"}[days.by]


def _labels(days: Days) -> list[str]:
    return [f"{first:%b}" if days.by == "month" else short_day(first) for first in days.periods]


def _names(days: Days) -> list[str]:
    periods = days.periods
    ends = [after - timedelta(days=1) for _, after in pairwise(periods)] + [days.last]
    return [_name(days, first, last) for first, last in zip(periods, ends, strict=True)]


def _name(days: Days, first: date, last: date) -> str:
    if days.by == "day":
        return long_day(first)
    whole = days.by == "month" and first.day == 1 and (last + timedelta(days=1)).day == 1
    return f"{first:%B %Y}" if whole else f"{short_day(first)} to {short_day(last)}" if first != last else short_day(first)


def _cells(days: Days) -> list[Cell]:
    return [Cell(name, first.isoformat()) for name, first in zip(_names(days), days.periods, strict=True)]
