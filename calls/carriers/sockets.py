"""Media sockets that carriers serve. The runner opens one port and hands each connection to the handler of its path."""

from collections.abc import Awaitable, Callable

from websockets.asyncio.server import ServerConnection

type Handler = Callable[[ServerConnection], Awaitable[None]]

_handlers: dict[str, Handler] = {}


def serve(prefix: str, handler: Handler) -> None:
    """Connections to a path that starts with `prefix` ("/browser/") go to `handler`, which reads `connection.request.path` and
    checks for itself who may connect. The connection is closed when the handler returns."""
    if not (prefix.startswith("/") and prefix.endswith("/")):
        raise ValueError("a prefix starts and ends with a slash")
    _handlers[prefix] = handler


def handler_of(path: str) -> Handler | None:
    """The handler of the longest prefix that fits; None when nobody serves this path."""
    fitting = [prefix for prefix in _handlers if path.startswith(prefix)]
    return _handlers[max(fitting, key=len)] if fitting else None
