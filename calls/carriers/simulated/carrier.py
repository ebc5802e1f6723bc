"""The carrier behind every rehearsal: no line, no cost. Who answers is chosen by the number dialled (calls.carriers.simulated.scenario)."""

from calls.carriers.base import Dial
from calls.carriers.simulated.callee import Callee, name_of
from calls.carriers.simulated.leg import SimulatedLeg
from calls.carriers.simulated.scenario import by_number


class SimulatedCarrier:
    kind = "simulated"
    can_precall_dtmf = True

    def __init__(self, speed: float) -> None:
        self._speed = speed  # 1 real time, 10 ten times as fast, 0 as fast as possible

    async def dial(self, dial: Dial) -> SimulatedLeg:
        scenario = by_number(dial.to)
        name = name_of(dial.variables, str(dial.options.get("task") or ""))
        return SimulatedLeg(scenario, Callee(scenario, name), self._speed)
