"""How loud both sides are, for the meters of whoever watches a call. Hints that nobody keeps, and nobody sends when nobody looks."""

import asyncio
import time
from collections.abc import Callable

from calls import feed
from calls.carriers.base import Media

EVERY = 0.2  # seconds: five times a second are enough for a meter
LOOKS_FOR = 30.0  # seconds that one look at a call counts; pages say every ten that they are there


class Watched:
    """Which calls somebody watches now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def look(self, uid: str) -> None:
        now = self._clock()
        self._until = {each: until for each, until in self._until.items() if until > now}
        self._until[uid] = now + LOOKS_FOR

    def now(self, uid: str) -> bool:
        return self._until.get(uid, 0.0) > self._clock()


async def tell(media: Media, uid: str, watched: Watched) -> None:
    """Tells the readers of the call how loud it is until it is cancelled. Returns at once for a leg without sound."""
    levels: Callable[[], tuple[float, float]] | None = getattr(media, "levels", None)
    if levels is None:
        return
    before = (0, 0)
    while True:
        await asyncio.sleep(EVERY)
        if not watched.now(uid):
            continue
        agent, callee = (round(100 * min(max(level, 0.0), 1.0)) for level in levels())
        if (agent, callee) != before:
            before = (agent, callee)
            await feed.levels(uid, agent, callee)
