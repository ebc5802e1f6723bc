"""Transactions that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import connection, transaction

_turn = Lock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which rows are written.

    SQLite admits one writer: a second one sleeps and polls, up to a tenth of a second at a time. So the threads of a process wait in line
    for their turn instead. Keep what happens inside short.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with _turn, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield
