"""Who answers in a rehearsal: a simulated callee by its name, or somebody who says the lines that were written down."""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from calls.carriers.simulated.callee import Callee, name_of
from calls.carriers.simulated.leg import Brain, Reply, SimulatedLeg
from calls.carriers.simulated.scenario import Scenario, scenarios

SILENCE = re.compile(r"^\((?:silence|says nothing|…|\.\.\.)\)$", re.IGNORECASE)
KEYS = re.compile(r"^\(press(?:es)? ([0-9*#]{1,20})\)$", re.IGNORECASE)
LINES = Scenario(name="lines", about="Says the lines that were written down.")


class Lines:
    """A `Brain`: one line after each of ours, in turn; hangs up when it is spoken to after the last.

    `(silence)` lets a turn pass; `(press 1)` presses keys.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = deque(lines)

    def greeting(self) -> str:
        return ""

    def breaks_in(self, text: str) -> bool:
        return False

    def hear(self, said: str) -> Reply:
        if not self._lines:
            return Reply(hangup=True)
        line = self._lines.popleft().strip()
        if keys := KEYS.match(line):
            return Reply(keys=keys[1])
        return Reply("" if SILENCE.match(line) else line)

    def keys(self, digits: str) -> Reply:
        return self.hear("")

    def idle(self, times: int) -> Reply:
        return Reply()


class Limited:
    """A `Brain` that hangs up once the other one has spoken so often: a rehearsal must end."""

    def __init__(self, brain: Brain, most: int) -> None:
        self._brain, self._left = brain, most
        self.cut_off = False

    def greeting(self) -> str:
        return self._brain.greeting()

    def breaks_in(self, text: str) -> bool:
        return self._brain.breaks_in(text)

    def hear(self, said: str) -> Reply:
        return self._stop() or self._count(self._brain.hear(said))

    def keys(self, digits: str) -> Reply:
        return self._stop() or self._count(self._brain.keys(digits))

    def idle(self, times: int) -> Reply:
        return self._stop() or self._count(self._brain.idle(times))

    def _stop(self) -> Reply | None:
        if self._left > 0:
            return None
        self.cut_off = True
        return Reply(hangup=True)

    def _count(self, reply: Reply) -> Reply:
        self._left -= bool(reply.text or reply.keys)
        return reply


def leg(callee: str, lines: Sequence[str], data: Mapping[str, Any], most: int) -> tuple[SimulatedLeg, Limited]:
    """A leg whose clock jumps. Raises KeyError for a callee that does not exist."""
    if not callee:
        brain = Limited(Lines(lines), most)
        return SimulatedLeg(LINES, brain, 0), brain
    scenario = scenarios()[callee]
    brain = Limited(Callee(scenario, name_of(data, "")), most)
    return SimulatedLeg(scenario, brain, 0), brain


def known() -> list[tuple[str, str]]:
    """(name, what it is like) of the simulated callees, the plain one first."""
    return [(name, s.about) for name, s in sorted(scenarios().items(), key=lambda each: each[0] != "cooperative")]
