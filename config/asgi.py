"""HTTP and sockets of the web process."""

import asyncio
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()  # before anything that touches models

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from calls import feed  # noqa: E402
from calls.routing import sockets  # noqa: E402

router = ProtocolTypeRouter({"http": http, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets)))})


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Views run in threads; their hints go out on this loop, and no view waits for the broker."""
    feed.use_loop(asyncio.get_running_loop())
    await router(scope, receive, send)
