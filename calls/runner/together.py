"""Many small writes in one transaction: whoever comes while the database is busy shares the next commit."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import DatabaseError, OperationalError, connection, connections, transaction

MOST = 100  # writes per commit

type Job = tuple[Callable[[], Any], asyncio.Future[Any], asyncio.AbstractEventLoop]
type Result = tuple[Any, BaseException | None]


class Together:
    """One thread that runs works handed to it in their order, as many at a time as are waiting, and answers after the commit.

    A work that raises leaves nothing behind (it is to be atomic in itself) and does not touch its neighbours.
    """

    def __init__(self, turn: AbstractContextManager[Any], name: str) -> None:
        self._turn = turn  # entered for each transaction
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run[T](self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((work, future, loop))
        return await future

    def close(self) -> None:
        """Waits for what was handed in; closes the thread's connection."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            with self._turn:
                jobs, last = self._waiting(first)
                results = _commit([work for work, _, _ in jobs])
            jobs[0][2].call_soon_threadsafe(_answer, jobs, results)
            if last:
                break
        connections.close_all()

    def _waiting(self, first: Job) -> tuple[list[Job], bool]:
        jobs = [first]
        while len(jobs) < MOST:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False


def _commit(works: list[Callable[[], Any]]) -> list[Result]:
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()
    if len(works) == 1:
        return [_alone(works[0])]
    try:
        with transaction.atomic():
            return [_among(work) for work in works]
    except OperationalError as error:  # the database did not answer: the same for everyone
        return [(None, error) for _ in works]
    except DatabaseError:  # one of them broke the transaction: each on its own
        return [_alone(work) for work in works]


def _among(work: Callable[[], Any]) -> Result:
    try:
        return work(), None
    except DatabaseError:
        raise
    except Exception as error:
        return None, error


def _alone(work: Callable[[], Any]) -> Result:
    try:
        return work(), None
    except Exception as error:
        return None, error


def _answer(jobs: list[Job], results: list[Result]) -> None:
    for (_, future, _), (value, error) in zip(jobs, results, strict=True):
        if future.done():
            continue  # its task was cancelled meanwhile
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
