"""What runner tests need: a carrier that counts its dials, a short-spoken agent, and a runner around them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from asgiref.sync import sync_to_async

from calls.agent.conversation import run_session
from calls.agent.ports import Action, Brief, EndCall, Say, Turn
from calls.carriers.base import Dial, Media
from calls.carriers.simulated.carrier import SimulatedCarrier
from calls.models import Call
from calls.runner.dial import Engine
from calls.runner.supervisor import Supervisor


class ShortAgent:
    """Says who it is, and goodbye after the first answer."""

    name = "Short agent"

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        if turn.kind == "open":
            yield Say("Hello, this is Anna, an automated assistant.")
        else:
            yield Say("Thank you. Goodbye.")
            yield EndCall()


class PatientAgent:
    """Says hello and listens for ever."""

    name = "Patient agent"

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        if turn.kind == "open":
            yield Say("Hello, I am listening.")


class CountingCarrier:
    """The simulated carrier, with a file that has one line per dial: it survives the process that dialled."""

    kind = "simulated"
    can_precall_dtmf = True

    def __init__(self, counts: Path, speed: float = 0, before: Callable[[Dial], None] = lambda _dial: None) -> None:
        self._counts, self._before, self._carrier = counts, before, SimulatedCarrier(speed)

    async def dial(self, dial: Dial) -> Media:
        self._before(dial)
        with os.fdopen(os.open(self._counts, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a") as file:
            file.write(f"{dial.call_id}\n")
        return await self._carrier.dial(dial)


def dials(counts: Path) -> list[str]:
    return counts.read_text().split() if counts.exists() else []


def engine(counts: Path, *, speed: float = 0, agent: Callable[[Brief], object] = lambda _brief: ShortAgent()) -> Engine:
    carrier = CountingCarrier(counts, speed)
    return Engine(carrier=lambda _kind: carrier, agent=agent, converse=run_session)


@asynccontextmanager
async def running(engine: Engine, *, capacity: int = 50, drain_seconds: float = 0.0) -> AsyncIterator[Supervisor]:
    """A runner in this loop; drained at the end."""
    runner = Supervisor(engine, capacity=capacity, drain_seconds=drain_seconds, sweep=0.05)
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        runner.drain()
        await task


async def until(fits: Callable[[], object], seconds: float = 20) -> None:
    """Waits until `fits` (which may ask the database) is true."""
    async with asyncio.timeout(seconds):
        while True:
            if await sync_to_async(fits)():
                return
            await asyncio.sleep(0.02)


def states(*calls: Call) -> list[str]:
    found = dict(Call.objects.filter(pk__in=[c.pk for c in calls]).values_list("pk", "state"))
    return [found[c.pk] for c in calls]
