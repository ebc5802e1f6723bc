"""Transactions that write, and what can be written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

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


def storable(value: Any) -> bool:
    """Whether both databases can keep it: no NUL and no half characters in any text."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, Mapping):
        return all(storable(key) and storable(part) for key, part in value.items())
    return all(map(storable, value)) if isinstance(value, list | tuple) else True
