"""Spoken calls in one process: from the callee's last sound to our first, and from the callee's first sound to our silence.

Real engines, the built-in agent and the real loop, on lines in real time; 1, 10 and 20 calls at once. Each line shows its ratio to the run
with one call. Goals at 20 calls: 750 ms at the median, 1,000 ms at p95; silence after an interruption within 250 ms.
"""

import asyncio
import os
import resource
import sys
import time

import numpy as np

from tests.bench.harness import percentile, report

TASK = """You are Anna, calling for Acme Dental about the appointment of Jo Miller on Tuesday at 3 pm.
Goal: find out whether Tuesday at 3 pm still works.
Ask: Does Tuesday at three still work for you?
If they ask where: We are at 12 Market Street.
If they ask how long: It takes about 30 minutes."""
LINES = ("Hello, who is this please?", "Where is it exactly?", "And how long does it take?", "Yes, that still works for me.")
GAP_MS, PATIENCE = 900, 12.0
LOUD = 900
BREAKS_IN = 2  # this line comes 700 ms into a long answer of ours, which has no pause of its own there


class Callee:
    """Plays the callee on a wire: answers each of our sentences once we are silent, breaks into the third one. Remembers the times."""

    def __init__(self, wire, lines: list[bytes]) -> None:
        self.wire, self.lines = wire, lines
        self.replies: list[float] = []
        self.silences: list[float] = []

    def _loud_since(self, ms: int) -> list[int]:
        return [at for at, frame in self.wire.heard if at >= ms and _loud(frame)]

    async def _quiet(self) -> None:
        """Until we have said something and then nothing for a while."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            await self._idle(100)
            loud = self._loud_since(0)
            if loud and self.wire.ms - loud[-1] > GAP_MS:
                return

    async def _idle(self, ms: int) -> None:
        await self.wire.speak(bytes(ms * 16))

    async def talk(self) -> None:
        await self._idle(200)
        for number, line in enumerate(self.lines):
            breaks_in = number == BREAKS_IN
            if breaks_in:
                while not self._loud_since(self.wire.ms - 100):
                    await self._idle(20)
                await self._idle(700)
            else:
                await self._quiet()
            began = self.wire.ms
            await self.wire.speak(line)
            ended = self.wire.ms
            if breaks_in:
                during = [at for at in self._loud_since(began) if at < ended]
                if during:
                    self.silences.append(during[-1] - began)
            deadline = time.monotonic() + PATIENCE
            while not self._loud_since(ended) and time.monotonic() < deadline and not self.wire.over:
                await self._idle(20)
            if loud := self._loud_since(ended):
                self.replies.append(loud[0] - ended)


def _loud(frame: bytes) -> bool:
    return bool(np.abs(np.frombuffer(frame, "<i2").astype(np.int32)).max() > LOUD)


def _trimmed(pcm: bytes) -> bytes:
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) > 300)
    return pcm[loud[0] * 2 : (loud[-1] + 1) * 2]


async def one(lines: list[bytes], start: float) -> tuple[list[float], list[float]]:
    from calls.agent.choose import make_agent
    from calls.agent.conversation import run_session
    from calls.agent.ports import Brief
    from calls.agent.session import SessionConfig
    from calls.carriers.voice.how import How
    from calls.carriers.voice.leg import VoiceLeg
    from calls.speech.embedded import engines
    from tests.calls.fakes import MemoryRecorder
    from tests.calls.voice.wire import Wire

    await asyncio.sleep(start)
    wire = Wire()
    leg = VoiceLeg(wire, How(f"bench-{start}"), engines(), engines())
    callee = Callee(wire, lines)
    session = asyncio.create_task(run_session(SessionConfig("bench"), leg, make_agent(Brief(TASK)), MemoryRecorder(), asyncio.Queue()))
    wire.ring()
    wire.answer()
    await callee.talk()
    wire.hang()
    await session
    return callee.replies, callee.silences


async def run(calls: int, lines: list[bytes], one=one) -> dict[str, object]:
    """So many calls at once, each begun a little after the one before. The figures of a line of this benchmark."""
    before, began = time.process_time(), time.monotonic()
    found = await asyncio.gather(*(one(lines, 0.37 * n) for n in range(calls)))
    cpu = (time.process_time() - before) / (time.monotonic() - began) / calls
    replies = [ms for replies, _ in found for ms in replies]
    silences = [ms for _, silences in found for ms in silences]
    return {
        "calls": calls,
        "replies": len(replies),
        "reply_p50_ms": percentile(replies, 0.5),
        "reply_p95_ms": percentile(replies, 0.95),
        "silence_p50_ms": percentile(silences, 0.5) if silences else None,
        "silence_p95_ms": percentile(silences, 0.95) if silences else None,
        "cpu_share_per_call": cpu,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


async def prepare() -> list[bytes]:
    """Warms all that a call uses; the callee's lines as sound, without silence around them."""
    from calls.runner.engine import warm
    from calls.speech import embedded

    async def spoken(text: str) -> bytes:
        return _trimmed(b"".join([piece async for piece in embedded.engines().tts.speak(text, voice="Ryan", language="en")]))

    await warm()
    embedded.warm()
    return [await spoken(line) for line in LINES]


def setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    sys.setswitchinterval(0.001)


async def everything() -> None:
    lines, alone = await prepare(), 0.0
    for calls in (1, 10, 20):
        found = await run(calls, lines)
        alone = alone or found["reply_p50_ms"]
        report("voice", **found, ratio_to_one_call=found["reply_p50_ms"] / alone)


def main() -> None:
    setup()
    asyncio.run(everything())


if __name__ == "__main__":
    main()
