"""The life of a call as data. Pure; the graph is checked when this module is imported.

`State` is what is stored. The public `queue_status` is derived from it (send-call reference: new, queued, allocated, started, complete and
the four failures). `Status` is how a call came out.
"""

from enum import StrEnum


class State(StrEnum):
    NEW = "new"  # accepted, its event written
    QUEUED = "queued"  # waits for its due time, calling hours and a free runner
    ALLOCATED = "allocated"  # a runner holds the lease; the carrier has not been touched
    DIALLING = "dialling"  # about to dial, or dialled: from here on it is never dialled again
    RINGING = "ringing"  # the carrier says that it rings
    STARTED = "started"  # answered, the session runs
    COMPLETE = "complete"
    PRE_QUEUE_ERROR = "pre_queue_error"
    QUEUE_ERROR = "queue_error"  # refused by a rule after it was accepted
    CALL_ERROR = "call_error"  # the carrier failed, or we lost sight of the call
    COMPLETE_ERROR = "complete_error"  # ended well, but its outcome could not be written


class Status(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class AnsweredBy(StrEnum):
    HUMAN = "human"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"
    NO_ANSWER = "no-answer"


class EndedBy(StrEnum):
    ASSISTANT = "ASSISTANT"
    USER = "USER"


S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    S.NEW: frozenset({S.QUEUED, S.PRE_QUEUE_ERROR, S.QUEUE_ERROR, S.COMPLETE}),
    S.QUEUED: frozenset({S.ALLOCATED, S.COMPLETE, S.QUEUE_ERROR}),
    # back to the queue only from here: the carrier has not been touched
    S.ALLOCATED: frozenset({S.QUEUED, S.DIALLING, S.COMPLETE, S.QUEUE_ERROR}),
    S.DIALLING: frozenset({S.RINGING, S.STARTED, S.COMPLETE, S.CALL_ERROR}),
    S.RINGING: frozenset({S.STARTED, S.COMPLETE, S.CALL_ERROR}),
    S.STARTED: frozenset({S.COMPLETE, S.CALL_ERROR}),
    # late carrier reports may correct an ended call, see calls.reports
    S.COMPLETE: frozenset({S.COMPLETE_ERROR, S.CALL_ERROR, S.COMPLETE}),
    S.CALL_ERROR: frozenset({S.COMPLETE, S.CALL_ERROR}),
    S.COMPLETE_ERROR: frozenset({S.COMPLETE}),
    S.PRE_QUEUE_ERROR: frozenset(),
    S.QUEUE_ERROR: frozenset(),
}
WAITING = frozenset({S.NEW, S.QUEUED})
HELD_BY_RUNNER = frozenset({S.ALLOCATED, S.DIALLING, S.RINGING, S.STARTED})
ON_THE_LINE = frozenset({S.DIALLING, S.RINGING, S.STARTED})
ENDED = frozenset({S.COMPLETE, S.PRE_QUEUE_ERROR, S.QUEUE_ERROR, S.CALL_ERROR, S.COMPLETE_ERROR})
ACTIVE = frozenset(State) - ENDED

QUEUE_STATUS: dict[State, str] = {s: ("allocated" if s in (S.ALLOCATED, S.DIALLING, S.RINGING) else str(s)) for s in State}


def allowed(old: State, new: State) -> bool:
    return new in TRANSITIONS[old]


def _check() -> None:
    assert set(TRANSITIONS) == set(State), "every state needs its row"
    reached, todo = {S.NEW}, [S.NEW]
    while todo:
        for state in TRANSITIONS[todo.pop()] - reached:
            reached.add(state)
            todo.append(state)
    assert reached == set(State), f"unreachable: {set(State) - reached}"
    assert all(TRANSITIONS[s] & (ENDED | {S.QUEUED, S.ALLOCATED, S.DIALLING}) for s in ACTIVE), "an active state that cannot end"


_check()
