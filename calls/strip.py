"""Drawings of a conversation as numbers: who spoke when, and how quickly the agent answered. Pure; templates draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

WIDTH = 1000
SHOWN_ANSWERS = 8
SLOW_MS = 1200
_FULL_MS = 1600  # a bar of full height


class Spoken(Protocol):
    @property
    def speaker(self) -> str: ...
    @property
    def start_ms(self) -> int: ...
    @property
    def end_ms(self) -> int: ...
    @property
    def total_ms(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Block:
    x: int
    width: int
    agent: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """Blocks on a line WIDTH long; seconds that each side spoke."""

    blocks: tuple[Block, ...]
    end_ms: int
    agent_s: int
    person_s: int


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: float
    height: float
    label: str
    slow: bool

    @property
    def middle(self) -> float:
        return self.x + 14.5


@dataclass(frozen=True, slots=True)
class Bars:
    bars: tuple[Bar, ...]
    told: str


def strip(spans: Sequence[Spoken], end_ms: int | None = None) -> Strip | None:
    """None when nobody spoke yet. The line ends with the last words, or at `end_ms`: what comes after that is left out."""
    spans = [s for s in spans if s.speaker != "agent-action" and (end_ms is None or s.start_ms < end_ms)]
    if not spans:
        return None
    end = max(end_ms or max(s.end_ms for s in spans), 1)
    blocks = tuple(_block(s, end) for s in spans)

    def seconds(agent: bool) -> int:
        return round(sum(s.end_ms - s.start_ms for s in spans if (s.speaker == "assistant") == agent) / 1000)

    return Strip(blocks, end, seconds(True), seconds(False))


def bars(spans: Sequence[Spoken]) -> Bars | None:
    """The latest answers; None when no answer was timed."""
    timed = [s.total_ms for s in spans if s.total_ms is not None][-SHOWN_ANSWERS:]
    if not timed:
        return None
    made = []
    for place, ms in enumerate(timed):
        height = round(max(2.0, 46 * min(ms, _FULL_MS) / _FULL_MS), 1)
        made.append(Bar(4 + 37 * place, round(60 - height, 1), height, f"{ms / 1000:.1f}", ms > SLOW_MS))
    return Bars(tuple(made), ", ".join(bar.label for bar in made))


def _block(span: Spoken, end_ms: int) -> Block:
    width = round((min(span.end_ms, end_ms) - span.start_ms) * WIDTH / end_ms)
    return Block(round(span.start_ms * WIDTH / end_ms), max(3, width), span.speaker == "assistant")
