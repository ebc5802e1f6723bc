"""From the dial to the answer, or to the end when nobody answers."""

import asyncio
from typing import Literal

from calls.agent.ending import unanswered
from calls.agent.session import Command, Recorder, SessionResult
from calls.carriers.base import Answered, Ended, Media, Ringing

HANGUP_MS = 5_000  # a leg that does not confirm that it ended


async def ring(media: Media, recorder: Recorder, commands: "asyncio.Queue[Command]", timeout_ms: int) -> SessionResult | Answered:
    """`Answered` when somebody did; else how the call came out. Commands that are for a conversation wait for it."""
    giving_up: Literal["", "canceled", "no-answer"] = ""
    kept: list[Command] = []
    until = timeout_ms
    while True:
        match await media.next(until):
            case Ringing():
                await recorder.ringing()
            case Answered() as answered:
                await recorder.answered()
                for command in kept:
                    commands.put_nowait(command)
                return answered
            case Ended() as ended:
                return unanswered(ended, giving_up)
            case None:
                if not giving_up and _stopped(commands, kept):
                    giving_up = "canceled"
                elif media.now_ms < until:
                    continue
                elif giving_up:
                    return unanswered(Ended("canceled", media.now_ms, "us"), giving_up)
                else:
                    giving_up = "no-answer"
                until = media.now_ms + HANGUP_MS
                await media.hangup()


def _stopped(commands: "asyncio.Queue[Command]", kept: list[Command]) -> bool:
    found = False
    while not commands.empty():
        command = commands.get_nowait()
        if command.kind in ("stop", "drain"):
            found = True
        else:
            kept.append(command)
    return found
