"""Sections that go day by day (or hour, or week): calls, outcomes, talk time, cost, machines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analytics import charts
from analytics.charts import NARROW, Series
from analytics.figures import Sums
from analytics.page.parts import Cell, Key, Section, Sight, Table, at, count, dollars, labels, names, share
from calls.contexts import outcome_words

OTHERS = "All others"
FILLS = (1, 2, 3, 4)  # of the most frequent outcomes; the rest is one, in grey
STOP, STOP_FILL, REST_FILL = "DO_NOT_CONTACT", 6, 5  # who wants no more calls is always seen, in red


def calls(sight: Sight) -> Section:
    now, was = sight.now.sums, sight.was.begun if sight.was else []
    parts = (
        Series("answered by a person", [s.by_person for s in now], 1),
        Series("by a machine", [s.by_machine for s in now], 4),
        Series("reached nobody", [s.calls - s.by_person - s.by_machine for s in now], 5),
    )
    before = Series(f"{sight.was_word} in all", [s.calls for s in was], 6, dashed=True) if was else None
    rate = [Series("answered by a person", [s.answer_rate for s in now], 1)]
    rate += [Series(sight.was_word, [s.answer_rate for s in was], 6, dashed=True)] if was else []
    total = sight.now.total
    return Section(
        "calls",
        f"Calls, {by(sight)}",
        _table(
            sight,
            ["Calls", "By a person", "By a machine", "Reached nobody", "Answer rate"],
            lambda s: [
                count(s.calls),
                count(s.by_person),
                count(s.by_machine),
                count(s.calls - s.by_person - s.by_machine),
                share(s.answer_rate),
            ],
            ["Calls", "Answer rate"],
            lambda s: [count(s.calls), share(s.answer_rate)],
        ),
        [
            charts.stacked(
                parts,
                labels(sight.now.span),
                names=names(sight.now.span),
                before=before,
                told=f"{total.calls:,} calls: {total.by_person:,} answered by a person, {total.by_machine:,} by a machine.",
            ),
            charts.lines(
                rate,
                labels(sight.now.span),
                names=names(sight.now.span),
                most=100,
                size=(charts.WIDE[0], 120),
                show=percent,
                told=f"Answer rate: {share(total.answer_rate).shown} of all calls.",
            ),
        ],
        [*(Key(s.name.capitalize(), s.fill) for s in parts), *_compared(sight)],
        note="Below: percent of the calls that a person answered.",
        empty="" if total.calls else NOTHING,
    )


NOTHING = "No call that is over was sent in these days."


def by(sight: Sight) -> str:
    return f"{sight.now.span.unit} by {sight.now.span.unit}"


def percent(value: float) -> str:
    return f"{value:.0f}%"


def _compared(sight: Sight) -> list[Key]:
    return [Key(sight.was_name, 6, dashed=True)] if sight.was else []


def _table(
    sight: Sight,
    head: Sequence[str],
    cells: Callable[[Sums], list[Cell]],
    was_head: Sequence[str],
    was_cells: Callable[[Sums], list[Cell]],
) -> Table:
    """A row for each unit and one for all; the other days' figures stand behind, in the same order of units."""
    unit = {"hour": "Hour", "day": "Day", "week": "Week"}[sight.now.span.unit]
    whole = [unit, *head, *(f"{name}, {sight.was_word}" for name in was_head if sight.was)]
    rows = []
    span = sight.now.span
    for n, (name, sums) in enumerate(zip(names(span)[: span.begun], sight.now.sums, strict=False)):
        row = [Cell(name), *cells(sums)]
        if sight.was:
            other = at(sight.was.sums, n)
            row += was_cells(other) if other else [Cell("", "") for _ in was_head]
        rows.append(row)
    last = [Cell("All"), *cells(sight.now.total), *(was_cells(sight.was.total) if sight.was else [])]
    return Table(whole, [*rows, last])


def outcomes(sight: Sight) -> Section:
    groups = _groups(list(sight.now.tags))
    whole = sight.now.total.calls
    series = [Series(g.name, [g.of(unit) for unit in sight.now.outcomes], g.fill) for g in groups]
    keys = [
        Key(
            g.name,
            g.fill,
            sight.links.to(outcome=g.tags[0]) if len(g.tags) == 1 and g.tags[0] else "",
            count=f"{g.of(sight.now.tags) / whole:.0%}" if whole else "",
        )
        for g in groups
    ]
    was = sight.was
    head = ["Outcome", "Calls", "Share", *([f"Calls, {sight.was_word}", f"Share, {sight.was_word}"] if was else [])]
    rows = [
        [
            Cell(word(tag), href=sight.links.to(outcome=tag) if tag else ""),
            count(n),
            share(100 * n / whole if whole else None),
            *([count(m := was.tags.get(tag, 0)), share(100 * m / was.total.calls if was.total.calls else None)] if was else []),
        ]
        for tag, n in sight.now.tags.items()
    ]
    gone = [(tag, n) for tag, n in was.tags.items() if tag not in sight.now.tags] if was else []
    rows += [[Cell(word(tag)), count(0), share(0.0), count(n), share(100 * n / (was.total.calls or 1))] for tag, n in gone if was]
    told = ", ".join(f"{key.name} {key.count}" for key in keys)
    return Section(
        "outcomes",
        f"Outcomes, {by(sight)}",
        Table(head, rows),
        [charts.stacked(series, labels(sight.now.span), names=names(sight.now.span), told=f"Calls by outcome: {told or 'none'}.")],
        keys,
        empty="" if whole else NOTHING,
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Outcomes that share a colour."""

    name: str
    fill: int
    tags: Sequence[str]

    def of(self, found: Mapping[str, int]) -> int:
        return sum(found.get(tag, 0) for tag in self.tags)


def _groups(tags: Sequence[str]) -> list[_Group]:
    """`tags`: the most frequent first. One that would stand alone as "All others" keeps its name."""
    plain = [tag for tag in tags if tag != STOP]
    groups = [_Group(word(tag), fill, [tag]) for tag, fill in zip(plain, FILLS, strict=False)]
    rest = plain[len(FILLS) :]
    groups += [_Group(word(rest[0]) if len(rest) == 1 else OTHERS, REST_FILL, rest)] if rest else []
    return groups + ([_Group(word(STOP), STOP_FILL, [STOP])] if STOP in tags else [])


def word(tag: str) -> str:
    return outcome_words(tag) if tag else "Not written yet"


def outcomes_by_unit(sight: Sight) -> Table:
    """For CSV: every outcome of every unit."""
    tags = list(sight.now.tags)
    head = [sight.now.span.unit.capitalize(), *map(word, tags)]
    found = zip(names(sight.now.span), sight.now.outcomes, strict=True)
    return Table(head, [[Cell(name), *(count(unit.get(tag, 0)) for tag in tags)] for name, unit in found])


def talk(sight: Sight) -> Section:
    def minutes(sums: Sums) -> Cell:
        return Cell(f"{sums.talk_ms / 60_000:,.1f}", round(sums.talk_ms / 60_000, 2))

    def each(sums: Sums) -> Cell:
        return (
            Cell(f"{sums.talk_ms / sums.answered / 60_000:.1f}", round(sums.talk_ms / sums.answered / 60_000, 2)) if sums.answered else NONE
        )

    total = sight.now.total
    return _one(
        sight,
        "talk",
        "Talk time",
        lambda s: s.talk_ms / 60_000,
        told=f"{total.talk_ms / 60_000:,.0f} minutes of talk.",
        aside="minutes, answered to ended",
        table=_table(sight, ["Minutes", "Each answered call"], lambda s: [minutes(s), each(s)], ["Minutes"], lambda s: [minutes(s)]),
        empty="" if total.talk_ms else "Nobody talked in these days.",
    )


NONE = Cell("", "")


def cost(sight: Sight) -> Section:
    total = sight.now.total
    unpriced = total.answered - min(total.priced, total.answered)
    return _one(
        sight,
        "cost",
        "Cost",
        lambda s: float(s.cost),
        told=f"{dollars(total.cost).shown} in all.",
        aside="US dollars",
        show=lambda v: f"${v:,.0f}" if v >= 1 or not v else f"${v:.2f}",
        table=_table(
            sight,
            ["Cost (USD)", "Per person reached"],
            lambda s: [_dollars(s.cost), dollars(s.each_cost) if s.each_cost is not None else NONE],
            ["Cost (USD)"],
            lambda s: [_dollars(s.cost)],
        ),
        note=f"The price of {unpriced:,} answered call{'' if unpriced == 1 else 's'} is not known yet." if unpriced else "",
        empty="" if total.priced else "No price is known of a call in these days.",
    )


def _dollars(value: Decimal) -> Cell:
    return Cell(f"${value:,.2f}", round(value, 4))


def machines(sight: Sight) -> Section:
    """The share of answered calls that a voicemail answered."""
    series = [Series("by a machine", [s.machine_share for s in sight.now.sums], 4)]
    if sight.was:
        series.append(Series(sight.was_word, [s.machine_share for s in sight.was.begun], 6, dashed=True))
    total = sight.now.total
    return Section(
        "voicemail",
        "Answered by a machine",
        _table(
            sight,
            ["Answered", "By a machine", "Share"],
            lambda s: [count(s.answered), count(s.by_machine), share(s.machine_share)],
            ["Share"],
            lambda s: [share(s.machine_share)],
        ),
        [
            charts.lines(
                series,
                labels(sight.now.span),
                names=names(sight.now.span),
                size=NARROW,
                show=percent,
                most=20,
                told=f"{share(total.machine_share).shown} of the answered calls.",
            )
        ],
        _compared(sight),
        aside="percent of the answered calls",
        empty="" if total.answered else "No call was answered in these days.",
    )


def _one(
    sight: Sight,
    key: str,
    title: str,
    of: Callable[[Sums], float],
    *,
    told: str,
    aside: str,
    table: Table,
    empty: str,
    show: Callable[[float], str] = charts.number,
    note: str = "",
) -> Section:
    """A narrow chart of one amount."""
    before = Series(sight.was_word, [of(s) for s in sight.was.begun], 6, dashed=True) if sight.was else None
    chart = charts.stacked(
        [Series(title.lower(), [of(s) for s in sight.now.sums], 2)],
        labels(sight.now.span),
        names=names(sight.now.span),
        before=before,
        size=NARROW,
        show=show,
        whole=False,
        told=told,
    )
    return Section(key, title, table, [chart], _compared(sight), aside, note, empty)
