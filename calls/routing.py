"""Socket addresses of the web process."""

from typing import Any

sockets: list[Any] = []
