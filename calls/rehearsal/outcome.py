"""The outcome of a rehearsed conversation, read the same way as that of a call. Who reads outcomes lives above `calls` and says so here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calls.rehearsal.record import Line


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reader of outcomes needs to know of a conversation."""

    lines: Sequence[Line]
    status: str
    answered_by: str = ""
    ended_by: str = ""
    transferred_to: str = ""
    transfer_failed: bool = False
    opted_out: str | None = None  # the words, when the agent took them for an opt-out
    duration_ms: int = 0


type Reader = Callable[[Heard], str]
_readers: list[Reader] = []


def read_by(reader: Reader) -> None:
    """From now on `reader` names the outcome."""
    _readers[:] = [reader]


def tag(heard: Heard) -> str:
    """The tag of the conversation; "" when nobody reads outcomes here. May take a second: not for an event loop."""
    return _readers[0](heard) if _readers else ""
