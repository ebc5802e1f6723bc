"""What a rehearsal is given and what comes of it. Loads nothing heavy: pages and tasks read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calls.agent.ports import PathwayBrief
from calls.rehearsal.record import Line
from pathways.assertions import Result

CALLEE, OFFICE = "+15005550006", "+15005550100"


@dataclass(frozen=True, slots=True)
class Setup:
    """What is rehearsed, and with whom."""

    pathway: PathwayBrief
    callee: str = ""  # a simulated one by name; "": the lines are said in turn
    lines: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    max_turns: int = 30
    assertions: Sequence[Mapping[str, Any]] = ()
    others: Mapping[str, PathwayBrief] = field(default_factory=dict)
    rails: Sequence[Mapping[str, Any]] = ()  # the guard rails of the pathway, as calls.rails makes them


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of it. `error`: it could not be led to its end, and why."""

    results: Sequence[Result] = ()
    lines: Sequence[Line] = ()
    logs: Sequence[Mapping[str, Any]] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    route: Sequence[str] = ()
    disposition: str = ""
    turns: int = 0
    ms: int = 0  # of real time
    error: str = ""
    out_of_time: bool = False  # it would have gone on

    @property
    def passed(self) -> bool:
        return not self.error and all(result.passed for result in self.results)
