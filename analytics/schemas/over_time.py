"""What a list of facts found over time: five queries for all of its facts, however many calls there are.

Counted by day in the reader's zone, then put together to weeks (from Monday) or months here. A call counts on the day it was made.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from analytics.schemas.queries import definition_of
from calls.models import Citation, CitationIssue
from personas.citations import Variable
from personas.citations.shape import SEVERITIES
from personas.models import CitationSchema

TOP = 10  # values that a fact of words shows
MOST_LISTS = 5000  # lists of values that are counted, the newest; what is older is left out
LONGEST = 366  # days
SHARED = ("boolean", "category")  # types of few values

type By = Literal["day", "week", "month"]
BY: tuple[By, ...] = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of a zone, first and last included."""

    first: date
    last: date
    by: By
    zone: tzinfo

    @property
    def periods(self) -> list[date]:
        """The first day of each period; of the first one, that of the span."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return list(dict.fromkeys(self.period(day) for day in days))

    def period(self, day: date) -> date:
        begin = day if self.by == "day" else day - timedelta(days=day.weekday()) if self.by == "week" else day.replace(day=1)
        return max(begin, self.first)

    def inside(self) -> tuple[datetime, datetime]:
        """From the first moment on, before the second."""
        return self._begin(self.first), self._begin(self.last + timedelta(days=1))

    def _begin(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day, time.min), self.zone)


def span(last: date, days: int, zone: tzinfo, by: By | None = None) -> Span:
    """The `days` up to `last`; by what gives some thirty periods at most."""
    days = min(max(days, 1), LONGEST)
    usual: By = "day" if days <= 31 else "week" if days <= 120 else "month"
    return Span(last - timedelta(days=days - 1), last, by or usual, zone)


@dataclass(slots=True)
class Tally:
    """Of one fact in one period."""

    of: int = 0
    said: int = 0
    total: float = 0.0
    numbers: int = 0
    least: float | None = None
    most: float | None = None
    words: Counter[str] = field(default_factory=Counter)

    @property
    def average(self) -> float | None:
        return self.total / self.numbers if self.numbers else None

    @property
    def silent(self) -> int:
        return self.of - self.said

    def add(self, other: "Tally") -> None:
        self.of += other.of
        self.said += other.said
        self.total += other.total
        self.numbers += other.numbers
        self.least = min((v for v in (self.least, other.least) if v is not None), default=None)
        self.most = max((v for v in (self.most, other.most) if v is not None), default=None)
        self.words.update(other.words)


@dataclass(frozen=True, slots=True)
class Values:
    """One fact over the span."""

    variable: Variable
    whole: Tally
    periods: Sequence[tuple[date, Tally]]
    top: Sequence[tuple[str, int]] = ()  # of strings and lists, the most frequent first

    @property
    def words(self) -> list[str]:
        """Of a fact of few values: all that it can have, then what it had before it was changed."""
        first = ("yes", "no") if self.variable.type == "boolean" else self.variable.options
        return [*first, *sorted(word for word in self.whole.words if word not in first)]


@dataclass(frozen=True, slots=True)
class Issue:
    severity: str
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    span: Span
    values: Sequence[Values]
    issues: Sequence[Issue]  # the worst first
    marked: Sequence[tuple[date, Counter[str]]]  # by severity, in each period
    calls: int  # that were read

    def of(self, name: str) -> Values | None:
        return next((values for values in self.values if values.variable.name == name), None)


def found(schema: CitationSchema, of: Span) -> Found:
    begin, end = of.inside()
    rows = Citation.objects.filter(schema=schema, called_at__gte=begin, called_at__lt=end)
    by_name, top = _counted(rows, of), _top(rows)
    periods = of.periods
    values = []
    for variable in definition_of(schema).every:
        counts = by_name.get(variable.name, {})
        whole = Tally()
        for count in counts.values():
            whole.add(count)
        values.append(Values(variable, whole, [(p, counts.get(p) or Tally()) for p in periods], top.get(variable.name, ())))
    issues, marked = _issues(CitationIssue.objects.filter(schema=schema, called_at__gte=begin, called_at__lt=end), of)
    calls = max((each.whole.of for each in values), default=0)  # every call has a row for each fact that is always read
    return Found(of, values, issues, [(p, marked.get(p, Counter())) for p in periods], calls)


def _counted(rows: QuerySet[Citation], of: Span) -> dict[str, dict[date, Tally]]:
    """By name and period. Two queries."""
    counts: dict[str, dict[date, Tally]] = defaultdict(lambda: defaultdict(Tally))
    by_day = rows.annotate(day=TruncDate("called_at", tzinfo=of.zone)).order_by()
    said = Q(value__isnull=False)
    amounts: dict[str, Any] = {"total": Sum("number"), "numbers": Count("number"), "least": Min("number"), "most": Max("number")}
    every: Any = by_day.values("name", "day").annotate(of=Count("pk"), said=Count("pk", filter=said), **amounts)
    for row in every:
        one = Tally(row["of"], row["said"], row["total"] or 0.0, row["numbers"], row["least"], row["most"])
        counts[row["name"]][of.period(row["day"])].add(one)
    few = by_day.filter(said, type__in=SHARED).values_list("name", "day", "word").annotate(n=Count("pk"))
    for name, day, word, n in few:
        counts[name][of.period(day)].words[word] += n
    return counts


def _top(rows: QuerySet[Citation]) -> dict[str, list[tuple[str, int]]]:
    """The most frequent values of strings and lists. Two queries."""
    top: dict[str, list[tuple[str, int]]] = defaultdict(list)
    said = rows.filter(value__isnull=False)
    counted = said.filter(type="string").values("name", "word").annotate(n=Count("pk")).order_by()
    place = Window(RowNumber(), partition_by=F("name"), order_by=[F("n").desc(), F("word")])
    for row in counted.annotate(place=place).filter(place__lte=TOP).order_by("name", "place"):
        top[row["name"]].append((row["word"], row["n"]))
    lists: dict[str, Counter[str]] = defaultdict(Counter)
    for name, value in said.filter(type="array").order_by("-called_at").values_list("name", "value")[:MOST_LISTS]:
        lists[name].update(_words(value))
    return {**top, **{name: counter.most_common(TOP) for name, counter in lists.items()}}


def _words(value: Any) -> Iterable[str]:
    return {f"{item:g}" if isinstance(item, int | float) else str(item) for item in value} if isinstance(value, list) else ()


def _issues(rows: QuerySet[CitationIssue], of: Span) -> tuple[list[Issue], dict[date, Counter[str]]]:
    by_day = rows.annotate(day=TruncDate("called_at", tzinfo=of.zone)).order_by()
    kinds: Counter[tuple[str, str]] = Counter()
    marked: dict[date, Counter[str]] = defaultdict(Counter)
    for severity, kind, day, n in by_day.values_list("severity", "type", "day").annotate(n=Count("pk")):
        kinds[severity, kind] += n
        marked[of.period(day)][severity] += n
    worst = sorted(kinds.items(), key=lambda each: (-SEVERITIES.index(each[0][0]), -each[1], each[0][1]))
    return [Issue(severity, kind, n) for (severity, kind), n in worst], marked
