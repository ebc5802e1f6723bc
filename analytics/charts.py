"""Charts as geometry: series in, shapes with plain numbers out. Pure; `{% draw chart %}` makes SVG of them (analytics.templatetags).

Values may be None, and what is no finite number counts as None: a gap, never a zero. A chart of nothing still has its axes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDE, NARROW = (860, 215), (420, 180)
LEFT, BOTTOM, TOP = 44, 24, 10
GAP = 0.16  # of a column's width, on either side of its bar
THIN = 2.0  # the least height of a bar that is not nothing
LEVELS = 6
MOST, LEAST = 1e15, 1e-6  # larger is no amount of anything here; smaller is drawn as nothing

type Value = float | int | None


@dataclass(frozen=True, slots=True)
class Series:
    """`fill`: colour 1 to 6 of the design. `dashed`: a line that is there to compare with."""

    name: str
    values: Sequence[Value]
    fill: int = 2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    fill: int


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the axis: its bars and what shows over it."""

    x: float
    width: float
    told: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Line:
    path: str
    fill: int
    dashed: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on the axis below, with words."""

    x: float
    y: float
    label: str
    end: bool  # the words stand before the mark


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    left: float
    base: float  # y of the axis
    top: float
    rows: tuple[Tick, ...]  # of the y axis, from below
    ticks: tuple[Tick, ...]  # of the x axis
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    told: str  # for who does not see it


def number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def clean(value: Value) -> float | None:
    return float(value) if value is not None and math.isfinite(value) and abs(value) <= MOST else None


def scale(most: float, *, whole: bool = True, parts: int = 4) -> tuple[float, list[float]]:
    """The end of an axis that holds `most`, and its ticks from 0 on: round numbers, `parts` of them or fewer."""
    if not LEAST <= most <= MOST:
        most = float(parts) if whole else 1.0
    most = max(most, 1.0) if whole else most
    power = 10.0 ** math.floor(math.log10(most / parts))
    step = next(power * f for f in (1, 2, 2.5, 5, 10) if power * f * parts >= most * (1 - 1e-9) and _fits(power * f, whole))
    count = max(1, math.ceil(most / step - 1e-9))
    return step * count, [step * n for n in range(count + 1)]


def _fits(step: float, whole: bool) -> bool:
    return not whole or (step >= 1 and step.is_integer())


def stacked(
    series: Sequence[Series],
    labels: Sequence[str],
    *,
    told: str,
    names: Sequence[str] = (),
    before: Series | None = None,
    size: tuple[int, int] = WIDE,
    show: Callable[[float], str] = number,
    whole: bool = True,
    marks: Sequence[tuple[float, str]] = (),
) -> Chart:
    """Bars on top of each other, the first series lowest; `before`: a dashed line over them. `names`: labels in full, for the hints.

    `marks`: (place counted in columns, words).
    """
    count = len(labels)
    values = [[max(0.0, clean(s.values[n]) or 0.0) for s in series] for n in range(count)]
    compared = [clean(v) for v in before.values[:count]] if before else []
    most = max([*map(math.fsum, values), *(v for v in compared if v is not None)], default=0)
    frame = _Frame.of(most, count, size, show, whole)
    columns = []
    for n, column in enumerate(values):
        x, y, bars = frame.x(n) + frame.step * GAP, frame.base, []
        for each, value in zip(series, column, strict=True):
            if value > 0:
                height = max(value / frame.most * frame.inner, THIN)
                y -= height
                bars.append(Bar(_r(x), _r(y), _r(frame.step * (1 - 2 * GAP)), _r(max(height - 1, 1)), each.fill))
        parts = [f"{s.name} {show(v)}" for s, v in zip(series, column, strict=True) if v or len(series) == 1]
        if n < len(compared) and before and (was := compared[n]) is not None:
            parts.append(f"{before.name} {show(was)}")
        columns.append(Column(_r(frame.x(n)), _r(frame.step), f"{(names or labels)[n]}: {', '.join(parts) or 'nothing'}", tuple(bars)))
    lines = (Line(frame.path(compared), before.fill, True),) if before and any(v is not None for v in compared) else ()
    placed = tuple(frame.mark(n, place, words, count) for n, (place, words) in enumerate(marks))
    return frame.chart(labels, columns, lines, placed, told)


def lines(
    series: Sequence[Series],
    labels: Sequence[str],
    *,
    told: str,
    names: Sequence[str] = (),
    size: tuple[int, int] = WIDE,
    show: Callable[[float], str] = number,
    whole: bool = False,
    most: float | None = None,
) -> Chart:
    """Lines with gaps where nothing is known. `most`: the axis ends there at least."""
    count = len(labels)
    values = [[clean(v) for v in s.values[:count]] for s in series]
    known = [v for line in values for v in line if v is not None]
    frame = _Frame.of(max([*known, most or 0], default=0), count, size, show, whole)
    columns = []
    for n in range(count):
        parts = [f"{s.name} {show(v)}" for s, line in zip(series, values, strict=True) if n < len(line) and (v := line[n]) is not None]
        columns.append(Column(_r(frame.x(n)), _r(frame.step), f"{(names or labels)[n]}: {', '.join(parts) or 'nothing known'}", ()))
    drawn = tuple(
        Line(frame.path(line), s.fill, s.dashed) for s, line in zip(series, values, strict=True) if any(v is not None for v in line)
    )
    return frame.chart(labels, columns, drawn, (), told)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the axes are."""

    width: int
    height: int
    left: float
    base: float
    inner: float  # height between the axis and the top
    most: float
    step: float  # width of a column
    rows: tuple[Tick, ...]

    @classmethod
    def of(cls, most: float, count: int, size: tuple[int, int], show: Callable[[float], str], whole: bool) -> "_Frame":
        width, height = size
        base, inner = float(height - BOTTOM), float(height - BOTTOM - TOP)
        end, ticks = scale(most, whole=whole)
        rows = tuple(Tick(_r(base - inner * tick / end), show(tick)) for tick in ticks)
        left = min(width / 3, max(LEFT, 8 + 6.5 * max(len(row.label) for row in rows)))
        return cls(width, height, left, base, inner, end, (width - left) / max(1, count), rows)

    def x(self, n: int) -> float:
        return self.left + n * self.step

    def mark(self, n: int, place: float, words: str, count: int) -> Mark:
        """The words of the first stand before it where there is room, so that two do not meet."""
        x = self.left + place * self.step
        end = place > count * 0.55 or (n == 0 and x - self.left > 7 * len(words))
        return Mark(_r(x), TOP + 6.0 + 14 * n, words, end)

    def path(self, values: Sequence[float | None]) -> str:
        """Through the middle of the columns; a value alone between gaps is a point."""
        out, going = [], False
        for n, value in enumerate(values):
            if value is None:
                going = False
                continue
            x, y = _r(self.x(n) + self.step / 2), _r(self.base - max(0.0, value) / self.most * self.inner)
            alone = not going and (n + 1 >= len(values) or values[n + 1] is None)
            out.append(f"{'L' if going else 'M'}{x:g} {y:g}{'h0.01' if alone else ''}")
            going = True
        return "".join(out)

    def chart(self, labels: Sequence[str], columns: Sequence[Column], drawn: tuple[Line, ...], marks: tuple[Mark, ...], told: str) -> Chart:
        longest = max((len(label) for label in labels), default=1)
        every = max(1, math.ceil(len(labels) * (longest * 6.5 + 16) / max(1.0, self.width - self.left)))
        ticks = tuple(Tick(_r(self.x(n) + self.step / 2), label) for n, label in enumerate(labels) if n % every == 0 and label)
        return Chart(self.width, self.height, _r(self.left), self.base, TOP, self.rows, ticks, tuple(columns), drawn, marks, told)


def spark(values: Sequence[Value], *, width: int = 120, height: int = 28) -> tuple[str, str]:
    """A small line and the ground under it, as paths; ("", "") when there are not two values to join."""
    known = [(n, v) for n, value in enumerate(values) if (v := clean(value)) is not None]
    if len(known) < 2:
        return "", ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    step, reach = width / max(1, len(values) - 1), (high - low) or 1.0
    points = [f"{_r(n * step):g} {_r(height - 3 - (v - low) / reach * (height - 6)):g}" for n, v in known]
    line = "M" + "L".join(points)
    return line, f"{line}L{_r(known[-1][0] * step):g} {height}L{_r(known[0][0] * step):g} {height}Z"


def shares(values: Sequence[Value], width: float = 100) -> list[tuple[float, float]]:
    """Where each part of one bar begins, and how wide it is."""
    known = [max(0.0, clean(v) or 0.0) for v in values]
    whole, at, out = math.fsum(known), 0.0, []
    for value in known:
        part = value / whole * width if whole else 0.0
        out.append((_r(at), _r(part)))
        at += part
    return out


def level(value: Value, low: float, high: float) -> int:
    """0 to 5, for the colours of a heat map. All the same: in the middle."""
    known = clean(value)
    if known is None:
        return 0
    if high <= low:
        return LEVELS // 2
    return max(0, min(LEVELS - 1, int((known - low) / (high - low) * LEVELS)))


def _r(value: float) -> float:
    return round(value, 1)
