"""Listening in on a live call: a socket on the runner's media port, `/listen/<call uid>?ticket=…`.

It sends sound and reads nothing: one frame of 20 ms per message, 8 kHz, 16 bit, one channel, both sides mixed. A reader that is too slow
misses frames: late sound is of no use. Close codes: 4401 the ticket is not (or no longer) good, 4404 there is no such call or it has no
sound here, 1000 the call is over.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import numpy as np
from channels.db import database_sync_to_async
from websockets.asyncio.server import ServerConnection

from calls.carriers import sockets
from calls.carriers.browser import tickets

PREFIX = "/listen/"
NOT_ADMITTED, NO_SOUND = 4401, 4404
UNSENT = 25  # frames kept for a reader that is behind: half a second
LOOK = 1.0  # seconds without sound until it is asked whether the call is still there


class Tapped(Protocol):
    """A leg with sound: calls.carriers.voice.VoiceLeg."""

    def tap(self, hears: Callable[[bytes, bytes], None]) -> Callable[[], None]:
        """Gives every 20 ms of our sound and theirs to `hears` until the returned function is called."""
        ...


type Find = Callable[[str], Tapped | None]  # the leg of a call of this process, while its line lives


def handler(find: Find) -> sockets.Handler:
    """Serves PREFIX, with the legs that `find` knows."""

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        asked = urlsplit(connection.request.path)
        uid = _uuid(asked.path.removeprefix(PREFIX))
        ticket = parse_qs(asked.query).get("ticket", [""])[0]
        if uid is None or not await database_sync_to_async(tickets.redeem)(uid, ticket, "listen"):
            await connection.close(NOT_ADMITTED, "ticket not good")
            return
        leg = find(str(uid))
        if leg is None:
            await connection.close(NO_SOUND, "no sound here")
            return
        await _send(connection, leg, lambda: find(str(uid)) is leg)
        await connection.close(1000, "the call is over")

    return handle


def mixed(ours: bytes, theirs: bytes) -> bytes:
    """Both sides in one channel; what is too loud together is cut, not turned over."""
    sides = [np.frombuffer(side, "<i2").astype(np.int32) for side in (ours, theirs)]
    length = max(map(len, sides))
    sound = sum(np.pad(side, (0, length - len(side))) for side in sides)
    return np.clip(sound, -32_768, 32_767).astype("<i2").tobytes()


async def _send(connection: ServerConnection, leg: Tapped, lives: Callable[[], bool]) -> None:
    frames: asyncio.Queue[bytes] = asyncio.Queue(UNSENT)

    def hears(ours: bytes, theirs: bytes) -> None:
        if frames.full():
            frames.get_nowait()
        frames.put_nowait(mixed(ours, theirs))

    untap = leg.tap(hears)
    try:
        while lives():
            try:
                frame = await asyncio.wait_for(frames.get(), LOOK)
            except TimeoutError:
                continue
            await connection.send(frame)
    finally:
        untap()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
