"""Database work of the runner: in a few threads of its own, so that nothing ever waits on the loop."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import OperationalError, connection, connections

log = logging.getLogger(__name__)


class Database:
    """Records (what live calls write) and chores (claims, leases, sweeps) do not wait for each other.

    SQLite admits one writer: a second thread would only sleep and poll for its lock. Each thread keeps its connection.
    """

    def __init__(self) -> None:
        self._writers = 1 if connection.vendor == "sqlite" else 4
        self._records = ThreadPoolExecutor(self._writers, thread_name_prefix="records")
        self._chores = ThreadPoolExecutor(1, thread_name_prefix="chores")

    async def record[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work` in a thread for records; returns or raises what it does."""
        return await asyncio.get_running_loop().run_in_executor(self._records, partial(_fresh, partial(work, *args, **kwargs)))

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

    async def chore[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work` in the thread for chores; returns or raises what it does."""
        return await asyncio.get_running_loop().run_in_executor(self._chores, partial(_fresh, partial(work, *args, **kwargs)))

    async def close(self) -> None:
        """Waits for what was begun and closes the connection of every thread."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for pool, size in ((self._records, self._writers), (self._chores, 1)):
            together = threading.Barrier(size)  # holds each thread until all are there: every one closes its own connection
            for _ in range(size):
                pool.submit(_leave, together)
            pool.shutdown(wait=True)


def _fresh[T](work: Callable[[], T]) -> T:
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()
    return work()


def _leave(together: threading.Barrier) -> None:
    connections.close_all()
    together.wait(timeout=10)
