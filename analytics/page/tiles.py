"""The six figures on top, each with what changed and whether that is better."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from analytics import charts, figures, histogram
from analytics.figures import Seen, Sums
from analytics.page.parts import UNKNOWN, Sight, dollars
from config.kit.times import length

type Amount = float | None


@dataclass(frozen=True, slots=True)
class Delta:
    up: bool
    text: str
    tone: str  # good, bad; "": neither
    word: str  # better, worse, more, less


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    figure: str
    note: str
    delta: Delta | None
    line: str  # paths of the small line
    ground: str
    raw: object
    was: object  # of the other days; "" when there are none, or nothing is known


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    of: Callable[[Seen], Amount]
    each: Callable[[Sums, int], Amount]  # of a unit and its histogram, for the small line
    show: Callable[[float], str]
    change: Callable[[float, float], str]
    more_is: str  # better, worse, or "" for neither


def tiles(sight: Sight) -> list[Tile]:
    return [_tile(kind, sight) for kind in KINDS]


def _tile(kind: _Kind, sight: Sight) -> Tile:
    now, was = kind.of(sight.now), kind.of(sight.was) if sight.was else None
    values = [kind.each(sums, speed) for sums, speed in zip(sight.now.begun, sight.now.speeds, strict=False)]
    line, ground = charts.spark(values)
    delta, note = None, ""
    if sight.was is not None and now is not None:
        comparable = was is not None and sight.was.total.calls > 0
        delta = _delta(kind, now, was) if comparable and was is not None else None
        note = "" if delta else "no change" if comparable else "nothing to compare with"
    figure = UNKNOWN if now is None else kind.show(now)
    return Tile(kind.name, figure, note, delta, line, ground, "" if now is None else round(now, 4), "" if was is None else round(was, 4))


def _delta(kind: _Kind, now: float, was: float) -> Delta | None:
    """None when the change is too small to show."""
    text = kind.change(now, was)
    if not any(c in "123456789" for c in text):
        return None
    up = now > was
    if not kind.more_is:
        return Delta(up, text, "", "longer" if up else "shorter")
    better = up == (kind.more_is == "better")
    return Delta(up, text, "good" if better else "bad", "better" if better else "worse")


def _relative(now: float, was: float) -> str:
    return f"{abs(now - was) / was:.0%}" if was else ""


def _points(now: float, was: float) -> str:
    points = round(abs(now - was))
    return f"{points} point{'' if points == 1 else 's'}"


def _seconds(now: float, was: float) -> str:
    away = abs(now - was) / 1000
    return f"{away:.1f} s" if away < 10 else f"{away:.0f} s"


def _length(now: float, was: float) -> str:
    return f"{abs(now - was) / 1000:.0f} s"


def _dollars(now: float, was: float) -> str:
    return f"${abs(now - was):.2f}"


def _half(counts: int, name: str) -> Amount:
    return histogram.percentiles(counts, name, (0.5,))[0]


def _percent(value: float) -> str:
    return f"{value:.0f}%"


def _cost(sums: Sums) -> Amount:
    return None if sums.each_cost is None else float(sums.each_cost)


KINDS = (
    _Kind("Calls", lambda s: s.total.calls, lambda u, _: u.calls, lambda v: f"{v:,.0f}", _relative, "better"),
    _Kind("Answered by a person", lambda s: s.total.answer_rate, lambda u, _: u.answer_rate, _percent, _points, "better"),
    _Kind("Answered by a machine", lambda s: s.total.machine_share, lambda u, _: u.machine_share, _percent, _points, "worse"),
    _Kind("Typical length", lambda s: _half(s.speed, "length"), lambda _, c: _half(c, "length"), lambda v: length(round(v)), _length, ""),
    _Kind(
        "Answers after",
        lambda s: figures.typical(s.speed, "total")[0],
        lambda _, c: _half(c, "total"),
        lambda v: f"{v / 1000:.1f} s",
        _seconds,
        "worse",
    ),
    _Kind(
        "Cost per person reached",
        lambda s: _cost(s.total),
        lambda u, _: _cost(u),
        lambda v: dollars(Decimal(str(v))).shown,
        _dollars,
        "worse",
    ),
)
