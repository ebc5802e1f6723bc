"""The runner's loop: claims due calls, keeps their leases, passes on what staff ask, lets go in good order.

The database is the truth; the nudge only shortens the wait. Whatever fails here is logged and tried again at the next turn.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID, uuid4

from channels.layers import get_channel_layer
from django.conf import settings

from calls import feed
from calls.agent.session import Command
from calls.runner import claim, inbox, lease, reaper
from calls.runner.database import Database
from calls.runner.dial import Engine, Live, Place, handle
from calls.runner.lease import Beat
from calls.runner.levels import Watched
from config.kit.log import call_id

log = logging.getLogger(__name__)
SWEEP = 0.5  # seconds between two looks when no nudge comes
BREATH = 0.02  # seconds in which nudges are gathered into one look
BEAT = 3.0
REAP = 15.0
DRAIN = 1.0  # seconds that live calls may go on after SIGTERM, unless said otherwise
GOODBYE = 6.0  # seconds for a call that was told to close: its last sentence takes 5
LAST = 1.0  # seconds for what is cut off to be hung up and written


class Supervisor:
    """One runner. `run` returns after `drain` was called and every call was let go."""

    def __init__(self, engine: Engine, *, capacity: int, drain_seconds: float = DRAIN, sweep: float = SWEEP) -> None:
        self.uid: UUID = uuid4()
        self._capacity, self._drain_seconds, self._sweep = capacity, drain_seconds, sweep
        self._database = Database()
        self._watched = Watched()
        self._place = Place(self.uid, self._database, engine, lambda: self._draining, self._watched)
        self._live: dict[int, Live] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._draining = False
        self._look = asyncio.Event()
        self._drained = asyncio.Event()

    @property
    def live(self) -> int:
        return len(self._live)

    def drain(self) -> None:
        """No more claims; what is live may finish, is told to close, and is cut off in the end."""
        self._draining = True
        self._look.set()
        self._drained.set()

    async def run(self) -> None:
        feed.use_loop(asyncio.get_running_loop())
        chores = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("nudges", self._nudges()),
                ("claims", self._claims()),
                ("leases", self._every(settings.LEASE_SECONDS / 3, self._renew)),
                ("beat", self._every(BEAT, self._beat)),
                ("reaper", self._every(REAP, self._reap)),
            )
        ]
        try:
            await self._drained.wait()
            await self._let_all_go()
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await self._leave()
            feed.use_loop(None)

    # Looking ---------------------------------------------------------------------------------------------------------
    async def _claims(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._sweep):
                    await self._look.wait()
                await asyncio.sleep(BREATH)
            except TimeoutError:
                pass
            self._look.clear()
            try:
                await self._pass_on()
                await self._claim()
            except Exception:
                log.exception("the queue could not be read")
                await asyncio.sleep(self._sweep)

    async def _claim(self) -> None:
        room = self._capacity - len(self._live)
        if self._draining or room <= 0:
            return
        held = Counter(live.claimed.account_id for live in self._live.values())
        for claimed in await self._database.chore(claim.claim, self.uid, room, held):
            live = self._live[claimed.pk] = Live(claimed)
            task = self._tasks[claimed.pk] = asyncio.create_task(self._handle(live), name=f"call {claimed.uid}")
            task.add_done_callback(partial(self._ended, claimed.pk))

    async def _handle(self, live: Live) -> None:
        call_id.set(str(live.claimed.uid))
        try:
            await handle(live, self._place)
        except Exception:
            # Its lease runs out and a reaper ends it: as unknown when it was dialled.
            log.exception("a call was dropped")

    def _ended(self, pk: int, _task: asyncio.Task[None]) -> None:
        del self._live[pk], self._tasks[pk]
        self._look.set()

    async def _pass_on(self) -> None:
        if not self._live:
            return
        seen = {pk: live.seen for pk, live in self._live.items()}
        for passed in await self._database.chore(inbox.read, self.uid, seen):
            live = self._live.get(passed.pk)
            if live is not None:
                live.seen = passed.seen
                live.tell(passed.command)

    async def _nudges(self) -> None:
        layer = get_channel_layer()
        while layer is not None:
            try:
                channel = await layer.new_channel()
                await layer.group_add(feed.RUNNERS, channel)
                while True:
                    message = await layer.receive(channel)
                    if message["type"] == feed.WATCHED:
                        self._watched.look(message["call"])
                    else:
                        self._look.set()
            except Exception:
                log.warning("no nudges; looking every %s s", self._sweep, exc_info=True)
                await asyncio.sleep(5)

    # Chores ----------------------------------------------------------------------------------------------------------
    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:
                log.exception("%s failed", work.__name__)
            await asyncio.sleep(seconds)

    async def _renew(self) -> None:
        if not self._live:
            return
        for pk in await self._database.chore(lease.renew, self.uid, list(self._live)):
            if pk in self._tasks and self._live[pk].dialled:
                log.warning("call %s is no longer ours; hanging up", self._live[pk].claimed.uid)
                self._tasks[pk].cancel()

    async def _beat(self) -> None:
        await self._database.chore(lease.beat, self.uid, Beat(len(self._live), self._capacity, self._draining))

    async def _reap(self) -> None:
        await self._database.chore(reaper.reap)

    # Leaving ---------------------------------------------------------------------------------------------------------
    async def _let_all_go(self) -> None:
        log.info("draining: %s calls are live", len(self._live))
        await self._wait(self._drain_seconds)
        for live in self._live.values():
            live.tell(Command("drain"))
        await self._wait(GOODBYE)
        for pk, task in self._tasks.items():
            if self._live[pk].dialled:
                task.cancel()
        await self._wait(LAST)
        if self._live:
            log.error("%s calls could not be ended in time; a reaper will", len(self._live))

    async def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._tasks and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(self._tasks.values(), timeout=left)

    async def _leave(self) -> None:
        try:
            await self._database.chore(lease.leave, self.uid)
        except Exception:
            log.exception("this runner could not sign off")
        await self._database.close()
