"""The page's socket, served on the runner's media port. Paths, messages and close codes: calls.carriers.browser."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from websockets.asyncio.server import ServerConnection

from calls.carriers.browser import tickets, wire
from calls.carriers.browser.carrier import leg_of
from calls.carriers.browser.leg import BrowserLeg
from calls.carriers.browser.page import ToPage

PREFIX = "/browser/"
NOT_ADMITTED, NO_CALL, NOT_YET, ELSEWHERE = 4401, 4404, 4408, 4409
DIALLED_WITHIN = 30.0  # seconds a page waits here before it is sent to ask again
UNSENT = 200  # messages (4 s of sound) kept for a page that does not read


async def handle(connection: ServerConnection) -> None:
    """Admits the page by its ticket and joins it to the leg of its call until one of them goes."""
    assert connection.request is not None
    asked = urlsplit(connection.request.path)
    uid = _uuid(asked.path.removeprefix(PREFIX))
    if uid is None:
        await connection.close(NO_CALL, "no such call")
        return
    ticket = parse_qs(asked.query).get("ticket", [""])[0]
    if not await database_sync_to_async(tickets.redeem)(uid, ticket):
        await connection.close(NOT_ADMITTED, "ticket not good")
        return
    await connection.send(json.dumps({"type": "wait"}))
    leg = await leg_of(str(uid), DIALLED_WITHIN)
    if leg is None:
        await connection.close(NOT_YET, "not dialled yet")
        return
    await _join(connection, leg)


async def _join(connection: ServerConnection, leg: BrowserLeg) -> None:
    outgoing: asyncio.Queue[ToPage] = asyncio.Queue(UNSENT)

    def send(message: ToPage) -> None:
        try:
            outgoing.put_nowait(message)
        except asyncio.QueueFull:
            writer.cancel()  # a page that does not read is gone

    writer = asyncio.create_task(_write(connection, outgoing))
    reader = asyncio.create_task(_read(connection, leg))
    leg.attach(send)
    try:
        await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leg.detach(send)
        for task in (writer, reader):
            task.cancel()
        await asyncio.gather(writer, reader, return_exceptions=True)


async def _write(connection: ServerConnection, outgoing: "asyncio.Queue[ToPage]") -> None:
    """Sends what the leg tells, to its last word."""
    while True:
        message = await outgoing.get()
        if isinstance(message, bytes):
            await connection.send(message)
            continue
        if message["type"] == "elsewhere":
            await connection.close(ELSEWHERE, "another page took the call")
            return
        await connection.send(json.dumps(message))
        if message["type"] == "ended":
            await connection.close(1000, "the call is over")
            return


async def _read(connection: ServerConnection, leg: BrowserLeg) -> None:
    async for raw in connection:
        if (message := wire.read(raw)) is not None:
            leg.receive(message)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
