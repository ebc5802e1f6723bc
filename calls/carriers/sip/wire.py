"""A connection to a SIP machine over UDP, TCP or TLS: whole messages out and in."""

import asyncio
import re
import ssl
from typing import Protocol

from calls.carriers.sip.settings import Trunk

HANDSHAKE = 4.0  # seconds
LARGEST = 64_000  # bytes of a message


class Wire(Protocol):
    local: str  # host:port of our end

    async def send(self, message: bytes) -> None: ...

    async def receive(self) -> bytes:
        """The next message. Raises OSError or EOFError when there will be none."""
        ...

    async def aclose(self) -> None: ...


async def connect(trunk: Trunk, address: str, context: ssl.SSLContext | None) -> Wire:
    """To this address of the trunk's host. Raises OSError (also ssl.SSLError)."""
    loop = asyncio.get_running_loop()
    if trunk.transport == "udp":
        _, datagrams = await loop.create_datagram_endpoint(Datagrams, remote_addr=(address, trunk.usual_port))
        return datagrams
    reader, writer = await asyncio.open_connection(address, trunk.usual_port, limit=LARGEST)
    if context is not None:
        try:
            async with asyncio.timeout(HANDSHAKE):
                await writer.start_tls(context, server_hostname=trunk.host)
        except TimeoutError as error:
            writer.close()
            raise ssl.SSLError(0, "it says nothing to the first word of TLS") from error
    return Stream(reader, writer)


def written(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Datagrams(asyncio.DatagramProtocol):
    """A `Wire`."""

    def __init__(self) -> None:
        self.local = ""
        self._came: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport
        self.local = written(transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self._came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self._came.put_nowait(exc)

    async def send(self, message: bytes) -> None:
        self._transport.sendto(message)

    async def receive(self) -> bytes:
        came = await self._came.get()
        if isinstance(came, Exception):
            raise came
        return came

    async def aclose(self) -> None:
        self._transport.close()


class Stream:
    """A `Wire`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.local = written(writer.get_extra_info("sockname"))

    async def send(self, message: bytes) -> None:
        self._writer.write(message)
        await self._writer.drain()

    async def receive(self) -> bytes:
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise EOFError from error
        length = re.search(rb"^(?:content-length|l)\s*:\s*(\d{1,6})\s*$", head, re.IGNORECASE | re.MULTILINE)
        return head + (await self._reader.readexactly(int(length[1])) if length else b"")

    async def aclose(self) -> None:
        self._writer.close()
