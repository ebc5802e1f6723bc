"""Taking messages to send.

A message is taken by compare-and-set on its row, with a lease, and its try is counted with that: a worker that dies mid-send leaves a row
that another takes when the lease runs out, under the same id. Messages of one call form a lane: only the oldest that waits may be taken,
and only while none of the lane is being sent. What somebody asked for again goes past the lanes, one of a call at a time.

The statements are written out: a busy worker runs them a hundred times a second, and building them takes longer than running them.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from calls.hooks.resending import RESEND
from calls.models import Delivery
from config.kit.writing import writing

LEASE_FACTOR = 2  # of the time that a receiver may take
LOOK_AT = 500  # due messages at a time

TABLE = Delivery._meta.db_table
# Names and words of ours; every value is a parameter.
_TAKE = f"""
    UPDATE {TABLE} SET tries = tries + 1, lease_until = %s
    WHERE {{which}} AND (lease_until IS NULL OR lease_until <= %s) AND {{where}}
    RETURNING id, uid, account_id, call_id, kind, url, body, created_at, tries, asked"""  # noqa: S608
_HEAD = f"""state = 'pending' AND due_at <= %s AND NOT EXISTS (
    SELECT 1 FROM {TABLE} ahead WHERE ahead.call_id = {TABLE}.call_id AND ahead.state = 'pending' AND ahead.id <> {TABLE}.id
    AND (ahead.id < {TABLE}.id OR ahead.lease_until > %s))"""  # noqa: S608
_ASKED = f"""asked = '{RESEND}' AND NOT EXISTS (
    SELECT 1 FROM {TABLE} ahead WHERE ahead.call_id = {TABLE}.call_id AND ahead.asked = '{RESEND}' AND ahead.id < {TABLE}.id)"""  # noqa: S608
TAKE_HEAD = _TAKE.format(which="id = %s", where=_HEAD)
TAKE_ASKED = _TAKE.format(which="id = %s", where=_ASKED)
TAKE_NEXT = _TAKE.format(which=f"id = (SELECT MIN(id) FROM {TABLE} WHERE call_id = %s AND state = 'pending')", where=_HEAD)  # noqa: S608


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process alone sends now."""

    pk: int
    uid: UUID
    account_id: int
    call_id: int
    kind: str
    url: str
    body: str  # "": not made yet
    created_at: datetime
    tries: int  # with this one
    send_type: str  # auto, create, resend

    @property
    def origin(self) -> str:
        return origin_of(self.url)


def origin_of(url: str) -> str:
    """Scheme, server and port: what a receiver that hangs holds up. An address that cannot be read is its own."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}"


def claim(room: int, at: datetime, busy: Mapping[str, int], per_origin: int) -> list[Claimed]:
    """Takes up to `room` messages that are due: first what people wait for, then the longest waiting. `busy`: how many are being sent to
    each origin, of which there may be `per_origin` at once."""
    full = [origin for origin, count in busy.items() if count >= per_origin]
    by_hand = _choose(_listed(_asked(at).order_by("pk"), full), room, busy, per_origin)
    waiting = _listed(_waiting(at).order_by("due_at", "pk"), full)
    also = [(pk, origin) for pk, origin in waiting if pk not in dict(by_hand)]
    heads = _choose(also, room - len(by_hand), Counter(busy) + Counter(origin for _, origin in by_hand), per_origin)
    if not by_hand and not heads:
        return []  # the usual case: nothing is locked
    with writing():
        taken = [_take(TAKE_ASKED, pk, at) for pk, _ in by_hand] + [_take(TAKE_HEAD, pk, at, at, at) for pk, _ in heads]
    return [claimed for claimed in taken if claimed]


def following(claimed: Claimed, at: datetime) -> Claimed | None:
    """Takes the next of a lane when it is due."""
    return _take(TAKE_NEXT, claimed.call_id, at, at, at)


def moment(at: datetime) -> Any:
    """A time as a parameter of a written statement."""
    return Delivery._meta.get_field("due_at").get_db_prep_value(at, connection)


def _take(statement: str, which: int, at: datetime, *more: datetime) -> Claimed | None:
    """The compare-and-set. None: somebody else was first."""
    lease = at + timedelta(seconds=settings.WEBHOOK_TIMEOUT * LEASE_FACTOR)
    found = list(Delivery.objects.raw(statement, [moment(lease), which, moment(at), *map(moment, more)]))
    if not found:
        return None
    row = found[0]
    send_type = RESEND if statement is TAKE_ASKED else row.asked if row.asked != RESEND else ""
    return Claimed(
        row.pk, row.uid, row.account_id, row.call_id, row.kind, row.url, row.body, row.created_at, row.tries, send_type or "auto"
    )


def _free(at: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=at)


def _waiting(at: datetime) -> QuerySet[Delivery]:
    """The heads of lanes that are due and in nobody's hands."""
    lane = Delivery.objects.filter(call=OuterRef("call"), state=Delivery.PENDING)
    ahead = lane.filter(Q(pk__lt=OuterRef("pk")) | Q(lease_until__gt=at)).exclude(pk=OuterRef("pk"))
    return Delivery.objects.filter(_free(at), ~Exists(ahead), state=Delivery.PENDING, due_at__lte=at)


def _asked(at: datetime) -> QuerySet[Delivery]:
    """What somebody asked for, the oldest of each call."""
    ahead = Delivery.objects.filter(call=OuterRef("call"), asked=RESEND, pk__lt=OuterRef("pk"))
    return Delivery.objects.filter(_free(at), ~Exists(ahead), asked=RESEND)


def _listed(rows: QuerySet[Delivery], full: Collection[str]) -> list[tuple[int, str]]:
    """(primary key, origin), without the origins that have no place left."""
    shut = Q()
    for origin in full:
        shut |= Q(url__startswith=origin)
    free = rows.exclude(shut) if full else rows
    return [(pk, origin_of(url)) for pk, url in free.values_list("pk", "url")[:LOOK_AT]]


def _choose(due: list[tuple[int, str]], room: int, busy: Mapping[str, int], per_origin: int) -> list[tuple[int, str]]:
    chosen: list[tuple[int, str]] = []
    counted = Counter(busy)
    for pk, origin in due:
        if len(chosen) < room and counted[origin] < per_origin:
            chosen.append((pk, origin))
            counted[origin] += 1
    return chosen
