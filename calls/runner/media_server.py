"""The runner's own port: sockets that carry the far end's words or sound. Which path goes to whom is said in calls.carriers.sockets."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from calls.carriers import sockets

log = logging.getLogger(__name__)
LARGEST_MESSAGE = 64 * 1024  # bytes; a frame of sound has under 4 KB
CLOSE_WITHIN = 1  # seconds for a peer to answer our closing


@asynccontextmanager
async def media_server(host: str, port: int) -> AsyncIterator[int]:
    """Serves until left; gives the port (chosen by the system when `port` is 0). OSError when the port is taken."""
    serving = serve(
        _handle, host, port, process_request=_admit, max_size=LARGEST_MESSAGE, close_timeout=CLOSE_WITHIN, open_timeout=5, ping_interval=20
    )
    async with serving as server:
        yield next(iter(server.sockets)).getsockname()[1]


def _admit(connection: ServerConnection, request: Request) -> Response | None:
    """Refuses what nobody serves and pages of other sites; who may connect is the handler's question."""
    if sockets.handler_of(urlsplit(request.path).path) is None:
        return connection.respond(HTTPStatus.NOT_FOUND, "nothing here\n")
    origin = request.headers.get("Origin")
    if origin is not None and not _own(origin):
        return connection.respond(HTTPStatus.FORBIDDEN, "not from this page\n")
    return None


def _own(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS) or host == urlsplit(settings.BASE_URL).hostname


async def _handle(connection: ServerConnection) -> None:
    assert connection.request is not None
    handler = sockets.handler_of(urlsplit(connection.request.path).path)
    if handler is None:
        return
    try:
        await handler(connection)
    except ConnectionClosed:
        pass
    except Exception:
        log.exception("a media socket failed")
