"""Hears of ended calls and asks the worker for their outcome; reads the outcomes of rehearsals.

The first only announces: the sweep finds what is missed here.
"""

import logging
from typing import Any

from django.dispatch import receiver

from analytics import tasks
from calls.rehearsal import outcome
from calls.rehearsal.outcome import Heard
from calls.signals import call_ended

log = logging.getLogger(__name__)


@receiver(call_ended, dispatch_uid="analytics.outcome")
def ask_for_outcome(call_id: int, **_kwargs: Any) -> None:
    """A broker that cannot be reached must not disturb the runner: the call has ended and that is written."""
    try:
        tasks.write_outcome.apply_async((call_id,), retry=False)
    except Exception:
        log.warning("the outcome of call %s was not queued; the sweep will find it", call_id, exc_info=True)


def rehearsed(heard: Heard) -> str:
    from analytics import rehearsals  # loads the encoder's numpy: only who rehearses needs it

    return rehearsals.tag(heard)


outcome.read_by(rehearsed)
