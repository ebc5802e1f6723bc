"""Database work of the runner: in a few threads of its own, so that nothing ever waits on the loop."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from typing import Literal

from django.db import OperationalError, connection, connections

from calls.runner.together import Together

log = logging.getLogger(__name__)


type Lane = Literal["records", "starts", "chores"]


class Database:
    """Three lanes that do not queue behind each other: what live calls write, what begins a call, and claims, leases and sweeps.

    SQLite admits one writer: there the lanes take turns by a lock, which wakes the next one at once where SQLite would have it sleep
    and poll, and records that wait share one commit. Each thread keeps its connection.
    """

    def __init__(self) -> None:
        self._one_writer = threading.Lock() if connection.vendor == "sqlite" else None
        self._together = Together(self._one_writer, "records") if self._one_writer else None
        self._sizes: dict[Lane, int] = {"records": 4, "starts": 1, "chores": 1}
        if self._together:
            del self._sizes["records"]
        self._pools = {lane: ThreadPoolExecutor(size, thread_name_prefix=lane) for lane, size in self._sizes.items()}

    async def record[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs what a live call writes; returns or raises what `work` does."""
        job = partial(work, *args, **kwargs)
        return await (self._together.run(job) if self._together else self._run("records", job))

    async def start[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs what comes before a call is dialled."""
        return await self._run("starts", partial(work, *args, **kwargs))

    async def chore[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs what the runner itself has to do."""
        return await self._run("chores", partial(work, *args, **kwargs))

    async def insist[**P, T](self, within: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `record`, but a database that cannot be reached is tried again for `within` seconds before its error is raised."""
        deadline, pause = time.monotonic() + within, 0.2
        while True:
            try:
                return await self.record(work, *args, **kwargs)
            except OperationalError:
                if time.monotonic() + pause > deadline:
                    raise
                log.warning("the database did not answer; trying again", exc_info=True)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)

    async def close(self) -> None:
        """Waits for what was begun and closes the connection of every thread."""
        await asyncio.to_thread(self._close)

    async def _run[T](self, lane: Lane, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pools[lane], self._in_turn, work)

    def _in_turn[T](self, work: Callable[[], T]) -> T:
        with self._one_writer or nullcontext():
            if connection.errors_occurred:
                connection.close_if_unusable_or_obsolete()
            return work()

    def _close(self) -> None:
        if self._together:
            self._together.close()
        for lane, size in self._sizes.items():
            together = threading.Barrier(size)  # holds each thread until all are there: every one closes its own connection
            for _ in range(size):
                self._pools[lane].submit(_leave, together)
        for pool in self._pools.values():
            pool.shutdown(wait=True)


def _leave(together: threading.Barrier) -> None:
    connections.close_all()
    together.wait(timeout=10)
