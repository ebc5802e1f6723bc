"""What carriers hold for the whole process and have to give back before it ends."""

import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

type Leave = Callable[[], Awaitable[None]]

_leaving: list[Leave] = []


def on_leaving(leave: Leave) -> None:
    """Has `leave` awaited once when the runner ends, after its last call."""
    if leave not in _leaving:
        _leaving.append(leave)


async def leave_all() -> None:
    while _leaving:
        try:
            await _leaving.pop()()
        except Exception:
            log.exception("a carrier could not be let go in good order")
