"""What goes out to an office's own programs: in-call events, the record at the end, citations.

Everything here is called inside the transaction of what it tells about: a row of the outbox is as true as the change itself.
"""

from collections.abc import Sequence
from typing import Any


def record(call_id: int) -> None:
    """The call is over and its outcome written: its record is to be sent. A second time for the same call changes nothing."""


def citations(call_id: int, items: Sequence[dict[str, Any]], *, run: int = 0) -> None:
    """The citations of a call were read. `items` as `calls.citing.items` makes them; `run` counts from 0, up with every new reading.

    Also lets go of a record that waits for them.
    """
