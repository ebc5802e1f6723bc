"""A process that kills runners: `python -m tests.calls.crash_drill COUNTS`.

Each line on its stdin is `CALL N WHEN`: a forked child runs a runner until the call with that primary key has ended, or dies without a
word, as by kill -9, "before" or "after" its Nth commit (0: never). The child's exit code is printed. COUNTS gets one line per dial.
"""

import asyncio
import itertools
import os
import sys
import threading
from pathlib import Path

import django

KILLED = 137


def die_at(number: int, when: str) -> None:
    """Makes this process vanish at its Nth commit. Hooks run after the commit, so "after" loses them too."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    commit, counter, lock = BaseDatabaseWrapper.commit, itertools.count(1), threading.Lock()

    def counted(self: BaseDatabaseWrapper) -> None:
        with lock:
            here = next(counter) == number
        if here and when == "before":
            os._exit(KILLED)
        commit(self)
        if here:
            os._exit(KILLED)

    BaseDatabaseWrapper.commit = counted


def child(counts: Path, pk: int, number: int, when: str) -> None:
    from calls.models import Call
    from calls.states import ENDED
    from tests.calls.runner_kit import engine, running, until

    async def run() -> None:
        async with running(engine(counts)):
            await until(lambda: Call.objects.get(pk=pk).state in ENDED, 60)

    die_at(number, when)
    asyncio.run(run())


def main() -> None:
    django.setup()
    import tests.calls.runner_kit  # noqa: F401  children need not import it again
    from config.celery import app

    app.conf.task_always_eager = False  # outcomes are a worker's work: here they only wait in the memory of a process that goes away
    counts = Path(sys.argv[1])
    for line in sys.stdin:
        pk, number, when = line.split()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(counts, int(pk), int(number), when)
                code = 0
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
