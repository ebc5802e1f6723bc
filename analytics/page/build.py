"""The whole page: what was asked, the figures read once, and every part made from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from analytics import figures
from analytics.asked import AGAINST, PERIODS, Asked
from analytics.figures import NONE, Filter
from analytics.page import days as by_day
from analytics.page import rails, speed, steps
from analytics.page.heat import Heat, heat
from analytics.page.parts import Cell, Links, Section, Sight, Table, said, short_day
from analytics.page.rails import Rails
from analytics.page.steps import Choice, Funnel, Walk
from analytics.page.tiles import Tile, tiles
from analytics.slots import Span
from calls.models import Number
from config.models import Account
from pathways.models import Pathway
from personas.models import Persona

OFFERED = 200  # personas, pathways, numbers in a filter


@dataclass(frozen=True, slots=True)
class Option:
    """A filter with what it can be set to."""

    name: str  # in the address
    label: str
    word: str  # what it is set to
    on: bool
    any: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Page:
    asked: Asked
    periods: Sequence[Choice]
    period_word: str
    against: Sequence[Choice]
    against_word: str
    options: Sequence[Option]
    said: str  # the days, and those they are compared with
    until: datetime  # counted until then
    behind: bool  # something waits to be counted
    empty: bool  # no call at all in these days
    ever: bool  # whether anything was ever counted
    tiles: Sequence[Tile]
    calls: Section
    outcomes: Section
    funnel: Funnel
    rails: Rails
    heat: Heat
    speed: Section
    answers: Section
    talk: Section
    cost: Section
    machines: Section
    by_unit: Table  # outcomes, for CSV
    query: str
    kept: Sequence[tuple[str, str]]  # the query in pairs, for forms that ask for one thing more
    compared: str  # heads the columns of the other days; "" without any
    links: Links
    days: tuple[date, date]

    @property
    def tables(self) -> dict[str, tuple[str, Table]]:
        """What can be had as CSV: name -> title and table."""
        listed = [
            self.calls,
            self.outcomes,
            self.funnel.section,
            self.rails.section,
            self.heat.section,
            self.speed,
            self.answers,
            self.talk,
            self.cost,
            self.machines,
        ]
        figures_ = Table(["Figure", "These days", "Compared"], [[Cell(t.name), Cell(t.figure, t.raw), Cell("", t.was)] for t in self.tiles])
        found = {"figures": ("Figures", figures_), **{section.key: (section.title, section.table) for section in listed}}
        return found | {"outcomes-by-time": (self.outcomes.title, self.by_unit)}


def build(account: Account, asked: Asked) -> Page:
    """Its queries: the filters' choices (3), what waits, both spans (8), the pathway's steps (4), newest trips, whether ever."""
    now, zone = timezone.now(), timezone.get_current_timezone()
    span, other = asked.spans(now, zone)
    known = _Known.of(account)
    wanted = known.filter(account, asked)
    theirs = asked.clock == "theirs"
    links = Links(reverse("calls"), _calls_query(asked, span))
    sight = Sight(
        figures.see(wanted, span, theirs=theirs),
        figures.see(wanted, other, theirs=theirs) if other else None,
        _was_name(asked, other),
        links,
    )
    walk, led = _walk(known, wanted, asked, span, other)
    waits = figures.counted_until(account)
    return Page(
        asked=asked,
        periods=[Choice(key, word, key == asked.period) for key, word in PERIODS.items()],
        period_word=PERIODS[asked.period] if asked.period else _short(span),
        against=[Choice(key, word, key == asked.against) for key, word in AGAINST.items()],
        against_word=_against_word(asked, other),
        options=known.options(asked),
        said=_said(span, other, asked),
        until=waits or now,
        behind=waits is not None,
        empty=not sight.now.total.calls,
        ever=bool(sight.now.total.calls) or figures.ever(account),
        tiles=tiles(sight),
        calls=by_day.calls(sight),
        outcomes=by_day.outcomes(sight),
        funnel=steps.funnel(sight, walk, led, steps.version_of(walk, asked.version) if walk else 0),
        rails=rails.rails(sight, account),
        heat=heat(sight, asked.heat, asked.clock),
        speed=speed.spread(sight),
        answers=speed.over_time(sight),
        talk=by_day.talk(sight),
        cost=by_day.cost(sight),
        machines=by_day.machines(sight),
        by_unit=by_day.outcomes_by_unit(sight),
        query=asked.query(),
        kept=[(name, str(value)) for name, value in QueryDict(asked.query()).items()],
        compared=sight.was_name if other else "",
        links=links,
        days=(span.first, span.last),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What an office has to filter by. Three queries."""

    personas: dict[UUID, Persona]
    pathways: dict[UUID, Pathway]
    numbers: list[str]

    @classmethod
    def of(cls, account: Account) -> "_Known":
        personas = Persona.objects.filter(account=account, deleted_at=None).order_by("name", "pk").only("uid", "name")
        pathways = Pathway.objects.filter(account=account, deleted_at=None).order_by("name", "pk")
        numbers = Number.objects.filter(account=account).order_by("number").values_list("number", flat=True)
        return cls(
            {p.uid: p for p in personas[:OFFERED]},
            {p.uid: p for p in pathways.select_related("production").only("uid", "name", "production__number")[:OFFERED]},
            list(numbers[:OFFERED]),
        )

    def filter(self, account: Account, asked: Asked) -> Filter:
        """Somebody else's persona is none of ours: it has no calls here."""
        persona = self.personas.get(asked.persona) if asked.persona else None
        pathway = self.pathways.get(asked.pathway) if asked.pathway else None
        return Filter(
            account.pk,
            (persona.pk if persona else NONE) if asked.persona else None,
            (pathway.pk if pathway else NONE) if asked.pathway else None,
            asked.number or None,
        )

    def options(self, asked: Asked) -> list[Option]:
        personas = [(str(uid), p.name) for uid, p in self.personas.items()]
        pathways = [(str(uid), p.name) for uid, p in self.pathways.items()]
        numbers = list(dict.fromkeys([*self.numbers, *filter(None, [asked.number])]))
        return [
            _option("persona", "Persona", "Any persona", personas, str(asked.persona or "")),
            _option("pathway", "Pathway", "Any pathway", pathways, str(asked.pathway or "")),
            _option("from_number", "Number", "Any number", [(n, n) for n in numbers], asked.number),
        ]


def _option(name: str, label: str, any_: str, found: Sequence[tuple[str, str]], value: str) -> Option:
    word = next((word for key, word in found if key == value), "not known") if value else "all"
    return Option(name, label, word, bool(value), any_, [Choice(key, word, key == value) for key, word in found])


def _walk(known: _Known, wanted: Filter, asked: Asked, span: Span, other: Span | None) -> tuple[Walk | None, list[tuple[str, str]]]:
    """The pathway whose steps are shown: the filter's, the one chosen beside the steps, else the busiest. And those to choose from."""
    led = figures.pathways(wanted, span)
    by_pk = {p.pk: p for p in known.pathways.values()}
    choices = [(str(by_pk[pk].uid), by_pk[pk].name) for pk in led if pk in by_pk]
    if named := asked.pathway or asked.steps:
        chosen = known.pathways.get(named)
    else:
        chosen = next((by_pk[pk] for pk in led if pk in by_pk), None)
    if chosen is None:
        return None, choices
    if str(chosen.uid) not in dict(choices):
        choices.append((str(chosen.uid), chosen.name))
    narrowed = Filter(wanted.account, wanted.persona, chosen.pk, wanted.number)
    return Walk(chosen, figures.steps(narrowed, span), figures.steps(narrowed, other) if other else {}), choices


def _calls_query(asked: Asked, span: Span) -> str:
    """The page's days and filters as the list of calls understands them."""
    given = {"from": span.first.isoformat(), "to": span.last.isoformat()}
    if asked.persona:
        given["persona"] = str(asked.persona)
    if asked.pathway:
        given["pathway"] = str(asked.pathway)
    if asked.number:
        given["from_number"] = asked.number
    return urlencode(given)


def _short(span: Span) -> str:
    return short_day(span.first) if span.days == 1 else f"{short_day(span.first)} to {short_day(span.last)}"


def _was_name(asked: Asked, other: Span | None) -> str:
    if other is None or asked.against == "before":
        return "Before"
    return _short(other)


def _against_word(asked: Asked, other: Span | None) -> str:
    if other is None:
        return "nothing"
    return "the period before" if asked.against == "before" else _short(other)


def _said(span: Span, other: Span | None, asked: Asked) -> str:
    if other is None:
        return said(span)
    if asked.against == "own":
        return f"{said(span)}, compared with {said(other)}"
    before = "the day before" if span.days == 1 else f"the {span.days} days before"
    return f"{said(span)}, compared with {before}{', up to the same hour' if other.until is not None else ''}"
