"""Ends what a vanished runner left behind, and finds what a queue lost. May run anywhere, at any time, twice at once."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from calls import lifecycle, reports
from calls.lifecycle import Event
from calls.models import Call, Runner, Utterance
from calls.reports import Outcome
from calls.states import HELD_BY_RUNNER, ON_THE_LINE, State, Status

log = logging.getLogger(__name__)
NEW_FOR = timedelta(seconds=10)  # a call is queued in the transaction that accepts it; longer than this is a lost one
RUNNER_DEAD_AFTER = timedelta(seconds=60)
AT_ONCE = 200  # calls per sweep; the next one is seconds away

LOST_WHILE_DIALLING = (
    "The server that was placing this call stopped. It is not known whether the phone rang. "
    "The call is not repeated by itself: send it again if needed."
)
LOST_WHILE_LIVE = (
    "The server that held this call stopped during the conversation. What was said until then is kept; how it ended is not known."
)


@dataclass(frozen=True, slots=True)
class Reaped:
    requeued: int = 0
    lost: int = 0
    queued: int = 0
    runners: int = 0


def reap() -> Reaped:
    """Calls whose lease ran out: back to the queue when they were never dialled, else ended as unknown. Never a second dial."""
    at = timezone.now()
    expired = Call.objects.filter(lease_until__lt=at, state__in=HELD_BY_RUNNER).order_by("lease_until")
    freed = [_free(pk) for pk in expired.values_list("pk", flat=True)[:AT_ONCE]]
    forgotten = Call.objects.filter(state=State.NEW, created_at__lt=at - NEW_FOR).order_by("pk")
    queued = [_queue(pk) for pk in forgotten.values_list("pk", flat=True)[:AT_ONCE]]
    runners, _ = Runner.objects.filter(seen_at__lt=at - RUNNER_DEAD_AFTER).delete()
    reaped = Reaped(freed.count("requeued"), freed.count("lost"), sum(queued), runners)
    if reaped != Reaped():
        log.warning("reaped: %s", reaped)
    return reaped


def _free(pk: int) -> str:
    with transaction.atomic():
        # Looked at once more under the lock: the runner may have been slow only, and have renewed the lease.
        call = Call.objects.select_for_update().filter(pk=pk, lease_until__lt=timezone.now(), state__in=HELD_BY_RUNNER).first()
        if call is None:
            return ""
        if call.state == State.ALLOCATED:
            event = Event("queue", "Back in the queue: its runner stopped before dialling", kind="state")
            lifecycle.advance(pk, State.ALLOCATED, State.QUEUED, event, lease_owner=None, lease_until=None)
            return "requeued"
        spoken = Utterance.objects.filter(call_id=pk).aggregate(end=Max("end_ms"))["end"] or 0
        text = LOST_WHILE_LIVE if call.state == State.STARTED else LOST_WHILE_DIALLING
        reports.end(pk, ON_THE_LINE, Outcome(Status.UNKNOWN, duration_ms=spoken, error_message=text), text)
        return "lost"


def _queue(pk: int) -> bool:
    return lifecycle.advance(pk, State.NEW, State.QUEUED, Event("queue", "Queued", kind="state"))
