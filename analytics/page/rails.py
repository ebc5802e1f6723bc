"""Guard rails that tripped: which, how often, and the newest call of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from analytics import charts
from analytics.charts import NARROW, Series
from analytics.page.days import by
from analytics.page.parts import Cell, Key, Section, Sight, Table, count, labels, names
from calls.models import GuardRailTrip
from config.kit.times import absolute
from config.models import Account


@dataclass(frozen=True, slots=True)
class Tripped:
    name: str
    href: str  # of the rail; "" when it is gone
    trips: int
    was: int
    who: str
    call: str  # address of the newest call, at the words
    when: str


@dataclass(frozen=True, slots=True)
class Rails:
    section: Section
    tripped: Sequence[Tripped]


def rails(sight: Sight, account: Account) -> Rails:
    """One query: the newest trips with their calls."""
    was = sight.was.rails if sight.was else {}
    newest = _newest(account, [pk for _, pk in sight.now.rails.values()])
    found = [_tripped(name, trips, was.get(name, (0, 0))[0], newest.get(pk)) for name, (trips, pk) in sight.now.rails.items()]
    found += [Tripped(name, "", 0, trips, "", "", "") for name, (trips, _) in was.items() if name not in sight.now.rails]
    before = Series(sight.was_word, [s.trips for s in sight.was.begun], 6, dashed=True) if sight.was else None
    total = sight.now.total
    chart = charts.stacked(
        [Series("trips", [s.trips for s in sight.now.sums], 4)],
        labels(sight.now.span),
        names=names(sight.now.span),
        before=before,
        size=NARROW,
        told=f"{total.trips:,} trips on {total.tripped:,} calls.",
    )
    head = ["Guard rail", "Trips", *([f"Trips, {sight.was_word}"] if sight.was else []), "Last one"]
    rows = [
        [Cell(each.name, href=each.href), count(each.trips), *([count(each.was)] if sight.was else []), Cell(each.when, href=each.call)]
        for each in found
    ]
    section = Section(
        "guard-rails",
        "Guard rails that tripped",
        Table(head, rows),
        [chart] if total.trips else [],
        [Key(f"trips, {by(sight)}", 4), *([Key(sight.was_name, 6, dashed=True)] if sight.was else [])] if total.trips else [],
        empty="" if found else "Nothing tripped in these days.",
    )
    return Rails(section, found)


def _newest(account: Account, pks: Sequence[int]) -> dict[int, GuardRailTrip]:
    rows = GuardRailTrip.objects.filter(account=account, pk__in=pks).select_related("call", "guard_rail")
    only = ("at", "seq", "line_seq", "call__uid", "call__callee_name", "call__to_number", "guard_rail__uid", "guard_rail__deleted_at")
    return {trip.pk: trip for trip in rows.only(*only)}


def _tripped(name: str, trips: int, was: int, newest: GuardRailTrip | None) -> Tripped:
    if newest is None:
        return Tripped(name, "", trips, was, "", "", "")
    rail = newest.guard_rail
    return Tripped(
        name=name,
        href=reverse("guard-rail", args=[rail.uid]) if rail and rail.deleted_at is None else "",
        trips=trips,
        was=was,
        who=newest.call.callee_name or newest.call.to_number,
        call=f"{reverse('call', args=[newest.call.uid])}#line-{newest.line_seq or newest.seq}",
        when=absolute(timezone.localtime(newest.at)),
    )
