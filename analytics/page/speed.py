"""How quickly the agent answers: the spread of all replies with its parts, and the typical reply over time."""

from analytics import charts, histogram
from analytics.charts import NARROW, Series
from analytics.figures import typical
from analytics.page.parts import Cell, Key, Section, Sight, Table, at, labels, names, seconds

PARTS = {
    "hold": "Waits until they have finished",
    "stt": "Makes words of what it hears",
    "agent": "Finds what to say",
    "tts": "Makes speech of it",
    "total": "In all: their last word to its first",
}
EDGES = [200.0 * n for n in range(1, 16)]  # ms
SLOW = 1_200
NOTHING = "How long replies took is not known of any call in these days."


def spread(sight: Sight) -> Section:
    half, most = typical(sight.now.speed, "total")
    shares = _shares(sight.now.speed)
    quick = [v if edge <= SLOW else 0 for edge, v in zip([*EDGES, 1e9], shares, strict=True)]
    slow = [v - q for v, q in zip(shares, quick, strict=True)]
    names_ = [f"up to {edge / 1000:.1f} s" for edge in EDGES] + [f"over {EDGES[-1] / 1000:.0f} s"]
    before = Series(sight.was_word, _shares(sight.was.speed), 6, dashed=True) if sight.was and any(_shares(sight.was.speed)) else None
    marks = [
        (min(ms / 200, len(EDGES) + 0.5), f"{words} {ms / 1000:.1f} s")
        for ms, words in ((half, "half within"), (most, "95 of 100 within"))
        if ms
    ]
    chart = charts.stacked(
        [Series("of all replies", quick, 2), Series("of all replies, slow", slow, 4)],
        [f"{n * 0.2:.1f} s" for n in range(len(EDGES) + 1)],
        names=names_,
        before=before,
        size=NARROW,
        show=lambda v: f"{v:.0f}%",
        whole=False,
        marks=marks,
        told=f"Half of all replies come within {seconds(half).shown}, 95 of 100 within {seconds(most).shown}." if half else NOTHING,
    )
    legend = [Key("quick", 2), Key("over 1.2 s", 4), *([Key(sight.was_name, 6, dashed=True)] if before else [])]
    return Section("speed", "How quickly it answers", _table(sight), [chart], legend, aside="all replies", empty="" if half else NOTHING)


def _shares(counts: int) -> list[float]:
    found = histogram.bars(counts, "total", EDGES)
    whole = sum(found)
    return [100 * n / whole if whole else 0.0 for n in found]


def _table(sight: Sight) -> Table:
    head = ["Part of a reply", "Half within", "95 of 100 within"]
    head += [f"Half, {sight.was_word}", f"95 of 100, {sight.was_word}"] if sight.was else []
    rows = []
    for name, words in PARTS.items():
        row = [Cell(words), *map(seconds, typical(sight.now.speed, name))]
        rows.append(row + (list(map(seconds, typical(sight.was.speed, name))) if sight.was else []))
    return Table(head, rows)


def over_time(sight: Sight) -> Section:
    now = [typical(counts, "total") for counts in sight.now.speeds]
    was = [typical(counts, "total") for counts in sight.was.speeds] if sight.was else []
    series = [Series("half", _in_seconds(now, 0), 1), Series("95 of 100", _in_seconds(now, 1), 4)]
    series += [Series(f"half, {sight.was_word}", _in_seconds(was, 0), 6, dashed=True)] if sight.was else []
    head = [sight.now.span.unit.capitalize(), "Half within", "95 of 100 within"]
    head += [f"Half, {sight.was_word}", f"95 of 100, {sight.was_word}"] if sight.was else []
    rows = []
    for n, name in enumerate(names(sight.now.span)[: sight.now.span.begun]):
        row = [Cell(name), *map(seconds, now[n])]
        if sight.was:
            row += map(seconds, at(was, n) or (None, None))
        rows.append(row)
    half, most = typical(sight.now.speed, "total")
    chart = charts.lines(
        series,
        labels(sight.now.span),
        names=names(sight.now.span),
        size=NARROW,
        show=lambda v: f"{v:.1f} s",
        told=f"Half within {seconds(half).shown}, 95 of 100 within {seconds(most).shown}." if half else NOTHING,
    )
    legend = [
        Key("half within", 1),
        Key("95 of 100 within", 4),
        *([Key(f"half, {sight.was_word}", 6, dashed=True)] if sight.was else []),
    ]
    unit = sight.now.span.unit
    return Section("answers", f"Answers after, {unit} by {unit}", Table(head, rows), [chart], legend, empty="" if half else NOTHING)


def _in_seconds(found: list[tuple[float | None, float | None]], which: int) -> list[float | None]:
    return [None if (ms := each[which]) is None else ms / 1000 for each in found]
