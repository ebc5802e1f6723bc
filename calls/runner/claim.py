"""Taking due calls from the queue: each exactly once, whoever else is taking at the same time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from calls import lifecycle, lines
from calls.lifecycle import Event
from calls.models import Call
from calls.states import State

CLAIM_TOGETHER = 25  # calls per transaction: SQLite's write lock is held for some 50 ms
LOOK_AT = 2_000  # candidates read at most


@dataclass(frozen=True, slots=True)
class Claimed:
    pk: int
    uid: UUID
    account_id: int


def lease_end(at: datetime | None = None) -> datetime:
    return (at or timezone.now()) + timedelta(seconds=settings.LEASE_SECONDS)


def claim(owner: UUID, room: int, live: Mapping[int, int]) -> list[Claimed]:
    """Leases up to `room` due calls to `owner`. `live` counts the calls that it already holds per account, so that an account
    with a long queue does not keep the others waiting."""
    wanted = _candidates(room, live) if room > 0 else []
    claimed: list[Claimed] = []
    for start in range(0, len(wanted), CLAIM_TOGETHER):
        claimed += _take(owner, wanted[start : start + CLAIM_TOGETHER])
    return claimed


def _candidates(room: int, live: Mapping[int, int]) -> list[Claimed]:
    at = timezone.now()
    places = lines.places(at)
    full = [line for line, free in places.items() if not free]
    in_turn = Window(RowNumber(), partition_by=[F("account_id"), F("line_id")], order_by=[F("due_at").asc(), F("id").asc()])
    due = Call.objects.filter(state=State.QUEUED, due_at__lte=at).exclude(line__in=full).annotate(turn=in_turn)
    columns = ("turn", "due_at", "pk", "uid", "account_id", "line_id")
    rows = list(due.filter(turn__lte=room).order_by("turn", "due_at", "id").values_list(*columns)[:LOOK_AT])
    rows = [row for row in rows if row[0] <= places.get(row[5], room)]
    counted = Counter(live)  # a turn is one of the account, over whichever line
    turns = []
    for _, due_at, pk, uid, account_id, _ in sorted(rows, key=lambda row: (row[1], row[2])):
        counted[account_id] += 1
        turns.append((counted[account_id], due_at, pk, uid, account_id))
    return [Claimed(pk, uid, account_id) for _, _, pk, uid, account_id in sorted(turns)[:room]]


def _take(owner: UUID, wanted: list[Claimed]) -> list[Claimed]:
    event = Event("queue", "Allocated to a runner", kind="state", data={"runner": str(owner)})
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            # Another runner is at those that are locked: leave them to it instead of waiting.
            rows = Call.objects.filter(pk__in=[c.pk for c in wanted], state=State.QUEUED).order_by("pk")
            free = set(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
            wanted = [c for c in wanted if c.pk in free]
        return [
            c
            for c in wanted
            if lifecycle.advance(c.pk, State.QUEUED, State.ALLOCATED, event, lease_owner=owner, lease_until=lease_end(), held_reason="")
        ]
