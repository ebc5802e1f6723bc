"""The only writer of a call's state, events and utterances.

Every change is one transaction: compare-and-set on the row, the event beside it, the hint on commit. Nothing here touches a network.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import timezone

from calls import feed, journal, signals
from calls.hooks import events as hooks
from calls.hooks import nudging
from calls.journal import Counted
from calls.models import Call, CallEvent, Delivery, Utterance
from calls.states import ENDED, State, allowed


@dataclass(frozen=True, slots=True)
class Event:
    """What is written about a change. `category` and `message` are the public reference's; `kind` and `data` are for our readers."""

    category: str
    message: str
    kind: str = "note"
    level: str = "info"
    data: Mapping[str, Any] = field(default_factory=dict)


class LeaseLost(Exception):
    """The writing runner no longer holds this call: it must let go of the line."""


class NotQueued(Exception):
    """The call itself could be saved, its place in the queue could not. Nothing of it stays."""


def create(call: Call, notes: Iterable[Event] = ()) -> Call:
    """Saves a new call with its first events, waiting in the queue until `due_at`: one transaction, two statements.

    Raises DatabaseError when the database refuses the row and NotQueued when it refuses the events.
    """
    events = [Event("queue", "Call enqueued", "state", data={"state": State.QUEUED.value}), *notes]
    call.state, call.last_seq = State.QUEUED, len(events)
    with transaction.atomic(savepoint=False):
        call.save(force_insert=True)
        try:
            rows = CallEvent.objects.bulk_create([_row(call.pk, seq, event) for seq, event in enumerate(events, 1)])
            _announce(call, rows)
        except DatabaseError as error:
            raise NotQueued from error
        transaction.on_commit(partial(feed.accepted, call.uid, call.account_id, call.last_seq, call.state))
    return call


def advance(call_id: int, old: State | Collection[State], new: State, event: Event, *, owner: UUID | None = None, **columns: Any) -> bool:
    """Moves a call from one of the `old` states to `new` if it is still there (and still leased by `owner`, when given).

    Writes `columns` and the event in the same transaction. False: somebody else was first, nothing was written.
    Raises ValueError for a transition that is not in the graph.
    """
    olds = {old} if isinstance(old, State) else set(old)
    for state in olds:
        if not allowed(state, new):
            raise ValueError(f"no way from {state} to {new}")
    if new in ENDED:
        columns.setdefault("ended_at", timezone.now())
        columns.setdefault("lease_owner", None)
        columns.setdefault("lease_until", None)
    with transaction.atomic():
        counted = journal.count_up(call_id, owner=owner, states=olds, columns={"state": new, **columns})
        if counted is None:
            return False
        _write(call_id, counted, event)
        transaction.on_commit(partial(feed.publish, counted.uid, counted.account_id, counted.seq, str(new)))
        if new in ENDED and not olds & ENDED:
            transaction.on_commit(partial(signals.call_ended.send, sender=Call, call_id=call_id))
    return True


def record(call_id: int, event: Event, *, owner: UUID | None = None, **columns: Any) -> int:
    """Appends an event without a change of state and returns its seq. Raises LeaseLost when `owner` no longer holds the call."""
    with transaction.atomic():
        counted = _next_seq(call_id, owner, columns)
        _write(call_id, counted, event)
        transaction.on_commit(partial(feed.publish, counted.uid, counted.account_id, counted.seq, "" if columns else None))
    return counted.seq


def say(
    call_id: int,
    speaker: str,
    text: str,
    start_ms: int,
    end_ms: int,
    *,
    message: str = "",
    latency: Mapping[str, int] | None = None,
    why: list[str] | None = None,
    data: Mapping[str, Any] | None = None,
    owner: UUID | None = None,
) -> int:
    """Writes one spoken line and its event; returns their seq. Raises LeaseLost like `record`."""
    public = message or (f"Handling user speech: {text}" if speaker == "user" else f"Agent speech: {text}")
    with transaction.atomic():
        counted = _next_seq(call_id, owner, {})
        _write(call_id, counted, Event("call", public, "utterance", data={"speaker": speaker, **(data or {})}))
        journal.insert(
            Utterance(
                call_id=call_id,
                seq=counted.seq,
                speaker=speaker,
                text=text,
                start_ms=start_ms,
                end_ms=end_ms,
                latency=dict(latency) if latency else None,
                why=why,
            )
        )
        transaction.on_commit(partial(feed.publish, counted.uid, counted.account_id, counted.seq))
    return counted.seq


def _next_seq(call_id: int, owner: UUID | None, columns: Mapping[str, Any]) -> Counted:
    counted = journal.count_up(call_id, owner=owner, columns=columns)
    if counted is None:
        raise LeaseLost(f"call {call_id}")
    return counted


def _write(call_id: int, counted: Counted, event: Event) -> None:
    row = _row(call_id, counted.seq, event)
    journal.insert(row)
    if counted.hook_events and hooks.wanted(counted.hook_events, row):
        url = counted.webhook or hooks.default_address(counted.account_id)
        if url:
            journal.insert(hooks.row(row, counted.uid, counted.account_id, url))
            transaction.on_commit(nudging.nudge)


def _announce(call: Call, events: Iterable[CallEvent]) -> None:
    """What the office's programs hear of a new call's first events."""
    if not call.hook_events or not (url := hooks.address(call)):
        return
    rows = [hooks.row(event, call.uid, call.account_id, url) for event in events if hooks.wanted(call.hook_events, event)]
    if rows:
        Delivery.objects.bulk_create(rows)
        transaction.on_commit(nudging.nudge)


def _row(call_id: int, seq: int, event: Event) -> CallEvent:
    return CallEvent(
        call_id=call_id,
        seq=seq,
        category=event.category,
        level=event.level,
        kind=event.kind,
        message=event.message,
        data=dict(event.data),
    )
