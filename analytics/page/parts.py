"""What the parts of the page are made of: tables that also become CSV, keys of colours, sections; and how spans and amounts read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.http import urlencode

from analytics.charts import Chart
from analytics.figures import Seen
from analytics.slots import FIRST_DAY, Span
from config.templatetags.ui import money

UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Cell:
    """`shown` for people, `raw` for CSV (None: the same)."""

    shown: str
    raw: object = None
    href: str = ""

    @property
    def value(self) -> object:
        return self.shown if self.raw is None else self.raw


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names the row, the others are amounts."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def lines(self) -> list[list[object]]:
        return [list(self.head), *([cell.value for cell in row] for row in self.rows)]


@dataclass(frozen=True, slots=True)
class Key:
    """A colour of a chart with its name."""

    name: str
    fill: int
    href: str = ""
    dashed: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A chart or two with a table that says the same. `empty`: why there is nothing to draw."""

    key: str  # its name in addresses, ids and files
    title: str
    table: Table
    charts: Sequence[Chart] = ()
    legend: Sequence[Key] = ()
    aside: str = ""
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the parts are made from: the days asked for and, perhaps, those to compare with."""

    now: Seen
    was: Seen | None
    was_name: str = "Before"  # heads the columns of the other days
    links: "Links" = field(default_factory=lambda: Links())

    @property
    def was_word(self) -> str:
        """The same within a sentence; the name of a month stays as it is."""
        return self.was_name.lower() if self.was_name == "Before" else self.was_name


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of lists of calls: `calls` with the page's own filters and days, as a query."""

    calls: str = ""
    query: str = ""

    def to(self, **more: str) -> str:
        return f"{self.calls}?{'&'.join(part for part in (self.query, urlencode(more)) if part)}" if self.calls else ""


def count(value: int) -> Cell:
    return Cell(f"{value:,}", value)


def share(value: float | None) -> Cell:
    """Of percent."""
    return Cell(UNKNOWN, "") if value is None else Cell(f"{value:.0f}%", round(value, 2))


def seconds(ms: float | None) -> Cell:
    return Cell(UNKNOWN, "") if ms is None else Cell(f"{ms / 1000:.2f} s" if ms < 10_000 else f"{ms / 1000:.1f} s", round(ms / 1000, 3))


def dollars(value: Decimal | None) -> Cell:
    return Cell(UNKNOWN, "") if value is None else Cell(money(value), round(value, 4))


def at[T](values: Sequence[T], n: int) -> T | None:
    return values[n] if n < len(values) else None


def short_day(day: date) -> str:
    return f"{day:%b} {day.day}"


def long_day(day: date) -> str:
    return f"{day:%A}, {day:%B} {day.day}"


def clock(hour: int) -> str:
    return f"{hour % 12 or 12} {'AM' if hour % 24 < 12 else 'PM'}"


def labels(span: Span) -> list[str]:
    """Under the axis."""
    if span.unit == "hour":
        return [clock(n) for n in range(span.units)]
    return [short_day(first) for first, _ in span.dates()]


def names(span: Span) -> list[str]:
    """In full: in hints and tables."""
    if span.unit == "hour":
        return [f"{clock(n)} to {clock(n + 1)}" for n in range(span.units)]
    if span.unit == "day":
        return [long_day(first) for first, _ in span.dates()]
    return [f"{short_day(first)} to {short_day(last)}" if first != last else short_day(first) for first, last in span.dates()]


def said(span: Span) -> str:
    """As "October 26 to November 24", with years when they are not this reader's present one."""
    years = {span.first.year, span.last.year}
    with_year = len(years) > 1
    first, last = (f"{day:%B} {day.day}{f', {day.year}' if with_year else ''}" for day in (span.first, span.last))
    return first if span.days == 1 else f"{first} to {last}"


def weekday(n: int) -> date:
    """A date of that day of the week, 0 is Monday."""
    return date.fromordinal(FIRST_DAY.toordinal() + 4 + n)
