"""The media socket, served on the runner's port. Paths and close codes: calls.carriers.twilio."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from calls.carriers.twilio import addresses, carrier, signature, wire

NOT_ADMITTED, NO_CALL = 4401, 4404
UNSENT = 500  # messages kept for a peer that does not read: ten seconds


class SocketStream:
    """What the line sends goes through a queue: it never waits."""

    def __init__(self) -> None:
        self.outgoing: asyncio.Queue[str | None] = asyncio.Queue(UNSENT)

    def send(self, message: str) -> None:
        try:
            self.outgoing.put_nowait(message)
        except asyncio.QueueFull:
            self.close()  # a peer that does not read is gone

    def close(self) -> None:
        while not self.outgoing.empty():
            self.outgoing.get_nowait()
        self.outgoing.put_nowait(None)


async def handle(connection: ServerConnection) -> None:
    """Admits Twilio by its signature and the token, and joins it to the line of the call until one of them goes."""
    request = connection.request
    assert request is not None
    path = urlsplit(request.path).path
    call_id, token = addresses.read_socket(path)
    known = carrier.line_of(call_id)
    if known is None:
        await connection.close(NO_CALL, "no such call")
        return
    line, secret = known
    good = addresses.admits(call_id, token) and signature.is_good(secret, addresses.media_base() + request.path, {}, request.headers)
    if not good or not line.use(token):
        await connection.close(NOT_ADMITTED, "not admitted")
        return
    stream = SocketStream()
    writer = asyncio.create_task(_write(connection, stream))
    line.joined(stream)
    try:
        async for raw in connection:
            if (message := wire.read(raw)) is not None:
                line.received(stream, message)
    finally:
        line.left(stream)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


async def _write(connection: ServerConnection, stream: SocketStream) -> None:
    with suppress(ConnectionClosed):
        while (message := await stream.outgoing.get()) is not None:
            await connection.send(message)
        await connection.close()
