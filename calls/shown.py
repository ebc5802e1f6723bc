"""The states that people see (config.kit.words), as conditions on the database: what the filters of the Calls page mean.

`words.key_of` is the rule; a test holds these conditions to it, case by case.
"""

from datetime import datetime

from django.db.models import Q

from calls.states import AnsweredBy, State, Status

LIVE = frozenset({"dialling", "ringing", "talking"})
WAITING = frozenset({"scheduled", "held", "inline"})
LIVE_STATES = (State.ALLOCATED, State.DIALLING, State.RINGING, State.STARTED)

_BY_STATE = {
    "dialling": (State.ALLOCATED, State.DIALLING),
    "ringing": (State.RINGING,),
    "talking": (State.STARTED,),
    "refused": (State.PRE_QUEUE_ERROR, State.QUEUE_ERROR),
    "incomplete": (State.COMPLETE_ERROR,),
}
_BY_STATUS = {"busy": Status.BUSY, "noanswer": Status.NO_ANSWER, "canceled": Status.CANCELED}
_NOT_TALKED = (*_BY_STATUS.values(), Status.FAILED, Status.UNKNOWN)


def where(key: str, now: datetime) -> Q:
    """Calls that show this key at `now` (which tells a scheduled call from one in line). KeyError for a key that is none."""
    if key in _BY_STATE:
        return Q(state__in=_BY_STATE[key])
    if key in _BY_STATUS:
        return Q(state=State.COMPLETE, status=_BY_STATUS[key])
    waiting = Q(state__in=[State.NEW, State.QUEUED])
    talked = Q(state=State.COMPLETE) & ~Q(status__in=_NOT_TALKED)
    machine = Q(answered_by=AnsweredBy.VOICEMAIL)
    kept = talked & Q(transferred_at__isnull=True)
    return {
        "scheduled": waiting & Q(due_at__gt=now, held_reason=""),
        "held": waiting & Q(due_at__gt=now) & ~Q(held_reason=""),
        "inline": waiting & Q(due_at__lte=now),
        "failed": Q(state=State.COMPLETE, status=Status.FAILED) | (Q(state=State.CALL_ERROR) & ~Q(status=Status.UNKNOWN)),
        "lost": Q(state__in=[State.COMPLETE, State.CALL_ERROR], status=Status.UNKNOWN),
        "transferred": talked & Q(transferred_at__isnull=False),
        "voicemail": kept & machine,
        "done": kept & ~machine & Q(outcome_at__isnull=False),
        "writing": kept & ~machine & Q(outcome_at__isnull=True),
    }[key]
