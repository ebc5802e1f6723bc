"""Two threads for all engines of a process. Native code runs without the GIL there, and what somebody waits for goes first."""

import itertools
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any

THREADS = 2
CROWD = 2  # pieces of work that wait while all threads are busy


class Urgency(IntEnum):
    """Who waits for it. The lower goes first; among equals, the older."""

    WAITED_FOR = 0  # the end of what somebody said, the first sentence of an answer
    SOON = 1  # sentences after the first: sound is still playing
    SHOWN = 2  # half an utterance, for the live transcript


class Pool:
    def __init__(self, threads: int = THREADS) -> None:
        self._work: queue.PriorityQueue[tuple[int, int, Future[Any], Callable[[], Any]]] = queue.PriorityQueue()
        self._count = itertools.count()
        for n in range(threads):
            threading.Thread(target=self._run, name=f"speech-{n}", daemon=True).start()

    def submit[T](self, work: Callable[[], T], urgency: Urgency) -> Future[T]:
        """A cancelled future that has not begun is skipped."""
        future: Future[T] = Future()
        self._work.put((urgency, next(self._count), future, work))
        return future

    @property
    def crowded(self) -> bool:
        """So much waits that what is only shown is better left out."""
        return self._work.qsize() >= CROWD

    def _run(self) -> None:
        while True:
            _, _, future, work = self._work.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
            del future, work  # a thread that waits keeps no sound alive


_pools: dict[int, Pool] = {}
_making = threading.Lock()


def pool() -> Pool:
    """The process's own: threads do not outlive a fork."""
    process = os.getpid()
    with _making:
        if process not in _pools:
            _pools[process] = Pool()
        return _pools[process]
