"""When a message that was not taken is sent again, and when it is given up. Pure."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = 3600.0  # seconds between two tries
SLOW_DOWN = (1.0, 3600.0)  # seconds: what of a Retry-After is believed


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a message is tried after it was made, and how often at least: our own machine may have stood still for a day."""

    time: timedelta
    tries: int


# An event is news: it holds up the record behind it, which says the same and more. So it is given up early.
EVENT = Patience(timedelta(hours=1), 1)
RESULT = Patience(timedelta(hours=24), 6)


def patience(kind: str) -> Patience:
    return EVENT if kind == "event" else RESULT


def again(kind: str, created_at: datetime, tries: int, at: datetime, first: float, asked: float | None = None) -> datetime | None:
    """When to try again after try number `tries` failed at `at`; None: never.

    `first`: seconds, the longest wait after the first try. `asked`: seconds that the receiver named (Retry-After).
    """
    patient = patience(kind)
    if tries >= patient.tries and at >= created_at + patient.time:
        return None
    wait = back_off(tries, first) if asked is None else min(max(asked, SLOW_DOWN[0]), SLOW_DOWN[1])
    due, last = at + timedelta(seconds=wait), created_at + patient.time
    return last if at < last < due else due


def back_off(tries: int, first: float, draw: Callable[[], float] = random.random) -> float:
    """Seconds: twice as long each time, up to an hour, and any part of that by lot, so that many do not come back at one moment."""
    return draw() * min(LONGEST, first * 2.0 ** min(tries - 1, 30))
