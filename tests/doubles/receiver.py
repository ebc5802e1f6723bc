"""The other side of our webhooks: a real HTTP server on this machine, in a thread of its own, whose temper can be changed at any time."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

HANG = 0  # a status that never comes


@dataclass(frozen=True, slots=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float  # time.monotonic()
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """`with Receiver() as receiver`: everything that came stands in `receiver.got`; `receiver.answer` says how it is answered."""

    def __init__(self, answer: int | Callable[[str], int] = 200, headers: str = "", text: str = "ok") -> None:
        self.answer, self.headers, self.text = answer, headers, text
        self.got: list[Got] = []
        self.most_at_once = self._at_once = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[Got]:
        """What was answered with 2xx."""
        return [got for got in self.got if 200 <= got.status < 300]

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._done.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            came = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in came[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path = came[0].split()[1]
            status = self.answer if isinstance(self.answer, int) else self.answer(path)
            self.got.append(Got(path, headers, body, time.monotonic(), status))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            try:
                if status == HANG:
                    await reader.read()  # until the other side gives up
                    return
                text = self.text.encode()
                head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(text)}\r\nconnection: close\r\n{self.headers}\r\n"
                writer.write(head.encode() + text)
                await writer.drain()
            finally:
                self._at_once -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it was killed mid-send
        finally:
            writer.close()
