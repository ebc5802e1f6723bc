"""What the buckets say about a span of days. The number of queries does not grow with anything, and each reads a bucket a slot."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, F, IntegerField, Max, Min, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import LessThan

from analytics import histogram
from analytics.models import CallBucket, ChangedHour, HeatBucket, RollupState, SpeedBucket, StepBucket, TallyBucket
from analytics.slots import A_DAY, AN_HOUR, MONDAY, Span, turns
from config.models import Account

LATEST = 60 * A_DAY  # a call that is held is dialled at most so much later, or its hour may be off by one
NONE = -1  # a primary key that nothing has
A_WEEK_OF_HOURS = 168


@dataclass(frozen=True, slots=True)
class Filter:
    """None: any."""

    account: int
    persona: int | None = None
    pathway: int | None = None
    number: str | None = None

    def where(self, *, told_apart: int = 0) -> dict[str, Any]:
        """The buckets that answer this; `told_apart`: of the grain's bits those that stay open."""
        given = {"persona": self.persona, "pathway": self.pathway, "number": self.number}
        bits = {"persona": 1, "pathway": 2, "number": 4}
        grain = told_apart | sum(bits[name] for name, value in given.items() if value is not None)
        nothing = {"persona": 0, "pathway": 0, "number": ""}
        fixed = {name: nothing[name] if value is None else value for name, value in given.items() if not (bits[name] & told_apart)}
        return {"account_id": self.account, "grain": grain, **fixed}


@dataclass(slots=True)
class Sums:
    calls: int = 0
    answered: int = 0
    by_person: int = 0
    by_machine: int = 0
    talk_ms: int = 0
    cost: Decimal = Decimal(0)
    priced: int = 0
    trips: int = 0
    tripped: int = 0

    def add(self, other: "Sums") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def answer_rate(self) -> float | None:
        """Percent of the calls that a person answered; None without calls."""
        return percent(self.by_person, self.calls)

    @property
    def machine_share(self) -> float | None:
        """Percent of the answered calls that a machine answered."""
        return percent(self.by_machine, self.answered)

    @property
    def each_cost(self) -> Decimal | None:
        """USD for a call that a person answered; None where none did or no price is known."""
        return self.cost / self.by_person if self.by_person and self.priced else None


def percent(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None


@dataclass(slots=True)
class Step:
    reached: int = 0
    ended: int = 0
    left: dict[str, int] = field(default_factory=dict)  # way -> calls


@dataclass
class Seen:
    """A span in figures; lists have one entry for each unit of the span."""

    span: Span
    sums: list[Sums]
    outcomes: list[dict[str, int]]
    rails: dict[str, tuple[int, int]]  # name -> trips, the newest
    heat: dict[int, tuple[int, int]]  # hour of the week from Monday -> calls, answered by a person
    speeds: list[int]  # histograms

    @property
    def begun(self) -> list[Sums]:
        """Of the units that have begun."""
        return self.sums[: self.span.begun]

    @cached_property
    def total(self) -> Sums:
        total = Sums()
        for each in self.sums:
            total.add(each)
        return total

    @cached_property
    def tags(self) -> dict[str, int]:
        """All outcomes, the most frequent first."""
        total: dict[str, int] = defaultdict(int)
        for each in self.outcomes:
            for tag, calls in each.items():
                total[tag] += calls
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def speed(self) -> int:
        return sum(self.speeds)


def see(asked: Filter, span: Span, *, theirs: bool) -> Seen:
    """Four queries."""
    outcomes, rails = _tallies(asked, span)
    return Seen(
        span=span,
        sums=_sums(asked, span),
        outcomes=outcomes,
        rails=rails,
        heat=_heat(asked, span, theirs=theirs),
        speeds=_speeds(asked, span),
    )


def steps(asked: Filter, span: Span) -> dict[int, dict[str, Step]]:
    """Of the pathway that the filter names, by version and step. One query."""
    found: dict[int, dict[str, Step]] = defaultdict(lambda: defaultdict(Step))
    rows = StepBucket.objects.filter(**_in(asked, span)).values_list("version", "node", "way").annotate(n=Sum("calls")).order_by()
    for version, node, way, calls in rows:
        step = found[version][node]
        if way == "":
            step.reached = calls
        elif way == ".":
            step.ended = calls
        else:
            step.left[way] = calls
    return {version: dict(nodes) for version, nodes in found.items()}


def pathways(asked: Filter, span: Span) -> dict[int, int]:
    """Calls by pathway, the busiest first; only those led by one. One query."""
    open_ = Filter(asked.account, asked.persona, None, asked.number)
    rows = CallBucket.objects.filter(**_within(span), **open_.where(told_apart=2), pathway__gt=0)
    return dict(rows.values_list("pathway").annotate(n=Sum("calls")).order_by("-n", "pathway"))


def counted_until(account: Account) -> datetime | None:
    """The moment before which everything is counted, when something waits; None: up to now."""
    found: datetime | None = ChangedHour.objects.filter(account=account).aggregate(at=Min("at"))["at"]
    return found


def ever(account: Account) -> bool:
    return RollupState.objects.filter(account=account).exists()


def _within(span: Span) -> dict[str, Any]:
    return {"slot__gte": span.begin, "slot__lt": span.end}


def _in(asked: Filter, span: Span) -> dict[str, Any]:
    return asked.where() | _within(span)


def _ahead(turned: Sequence[tuple[int, int]], at: Combinable) -> Case | Value:
    """How far clocks that turn like this are ahead of UTC in the slot `at`."""
    if len(turned) == 1:
        return Value(turned[0][1], IntegerField())
    cases = [When(LessThan(at, following), then=Value(ahead)) for (_, ahead), (following, _) in zip(turned, turned[1:], strict=False)]
    return Case(*cases, default=Value(turned[-1][1]), output_field=IntegerField())


def _unit(span: Span) -> Combinable:
    return (F("slot") + _ahead(span.turns, F("slot")) + Value(span.shift)) / Value(span.divisor) - Value(span.base)


def _sums(asked: Filter, span: Span) -> list[Sums]:
    found = [Sums() for _ in range(span.units)]
    names = [each.name for each in fields(Sums)]
    rows = CallBucket.objects.filter(**_in(asked, span)).values_list(_unit(span)).annotate(**{f"s_{name}": Sum(name) for name in names})
    for unit, *values in rows.order_by():
        found[unit] = Sums(*values)
    return found


def _tallies(asked: Filter, span: Span) -> tuple[list[dict[str, int]], dict[str, tuple[int, int]]]:
    """Outcomes by unit; guard rails, the most frequent first, with the newest trip."""
    found: list[dict[str, int]] = [{} for _ in range(span.units)]
    rails: dict[str, tuple[int, int]] = {}
    rows = TallyBucket.objects.filter(**_in(asked, span)).values_list(_unit(span), "kind", "key")
    for unit, kind, key, calls, newest in rows.annotate(n=Sum("calls"), last=Max("newest")).order_by():
        if kind == "outcome":
            found[unit][key] = calls
        else:
            trips, last = rails.get(key, (0, 0))
            rails[key] = (trips + calls, max(last, newest))
    return found, dict(sorted(rails.items(), key=lambda item: (-item[1][0], item[0])))


def _heat(asked: Filter, span: Span, *, theirs: bool) -> dict[int, tuple[int, int]]:
    """By the hour in which it was dialled, on the clock of the people called or of the reader."""
    dialled = F("slot") + F("delay")
    ahead = F("ahead") if theirs else _ahead(turns(span.begin, span.end + LATEST, span.zone), dialled)
    hour = ((dialled + ahead) / Value(AN_HOUR) + Value(MONDAY * 24)) % Value(A_WEEK_OF_HOURS)
    rows = HeatBucket.objects.filter(**_in(asked, span)).values_list(hour).annotate(n=Sum("calls"), human=Sum("by_person")).order_by()
    return {at: (calls, human) for at, calls, human in rows}


def _speeds(asked: Filter, span: Span) -> list[int]:
    found = [0] * span.units
    rows = SpeedBucket.objects.filter(**_in(asked, span)).values_list("slot", "counts")
    for slot, counts in rows:
        found[span.index(slot)] += histogram.unpack(bytes(counts))
    return found


def typical(counts: int, name: str) -> tuple[float | None, float | None]:
    """Half and 95 of 100, in ms."""
    half, most = histogram.percentiles(counts, name, (0.5, 0.95))
    return half, most
