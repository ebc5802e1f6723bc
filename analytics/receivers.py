"""Hears of ended calls and asks the worker for their outcome; of changed ones, to count them anew; reads the outcomes of rehearsals.

The first only announces: the sweep finds what is missed here.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from analytics import tasks
from analytics.rollups import changed
from calls.rehearsal import outcome
from calls.rehearsal.outcome import Heard
from calls.signals import call_ended, calls_changed

log = logging.getLogger(__name__)


@receiver(call_ended, dispatch_uid="analytics.outcome")
def ask_for_outcome(call_id: int, **_kwargs: Any) -> None:
    """A broker that cannot be reached must not disturb the runner: the call has ended and that is written."""
    try:
        tasks.write_outcome.apply_async((call_id,), retry=False)
    except Exception:
        log.warning("the outcome of call %s was not queued; the sweep will find it", call_id, exc_info=True)


@receiver(calls_changed, dispatch_uid="analytics.rollups")
def count_anew(account_id: int, made: Iterable[datetime], **_kwargs: Any) -> None:
    changed.mark(account_id, made)


def rehearsed(heard: Heard) -> str:
    from analytics import rehearsals  # loads the encoder's numpy: only who rehearses needs it

    return rehearsals.tag(heard)


outcome.read_by(rehearsed)
