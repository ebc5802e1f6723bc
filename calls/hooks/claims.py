"""Taking messages to send, and writing down what came of it.

A message is taken by compare-and-set on its row, with a lease, and its try is counted with that: a worker that dies mid-send leaves a row
that another takes when the lease runs out, under the same id. Messages of one call form a lane: only the oldest that waits may be taken,
and only while none of the lane is being sent. What somebody asked for again goes past the lanes, one of a call at a time.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from calls.hooks import schedule
from calls.hooks.resending import RESEND
from calls.models import Delivery, DeliveryAttempt
from config.kit.writing import writing

LEASE_FACTOR = 2  # of the time that a receiver may take
LOOK_AT = 500  # due messages at a time
NOT_TRIED = "Not sent: the address had not taken what came before it for an hour."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process alone sends now."""

    pk: int
    uid: UUID
    account_id: int
    call_id: int
    kind: str
    url: str
    created_at: datetime
    tries: int  # with this one
    send_type: str  # auto, create, resend

    @property
    def origin(self) -> str:
        return origin_of(self.url)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of sending it once."""

    sent_at: datetime
    ms: int
    status: int | None = None
    error: str = ""  # in words for staff; "" when it was taken
    answer: str = ""
    final: bool = False  # no use to try again: the address is not allowed
    retry_after: float | None = None  # seconds that the receiver asked for

    @property
    def taken(self) -> bool:
        return not self.error


@dataclass(frozen=True, slots=True)
class Settled:
    following: Claimed | None  # the next of the lane, taken
    due_at: datetime | None  # when it is to be tried again


def origin_of(url: str) -> str:
    """Scheme, server and port: what a receiver that hangs holds up. An address that cannot be read is its own."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}"


def claim(room: int, at: datetime, busy: Mapping[str, int], per_origin: int) -> list[Claimed]:
    """Takes up to `room` messages that are due, the longest waiting first. `busy`: how many are being sent to each origin, of which there
    may be `per_origin` at once."""
    full = [origin for origin, count in busy.items() if count >= per_origin]
    wanted = _choose(_due(at, full), room, busy, per_origin)
    if not wanted:
        return []  # the usual case: nothing is locked
    with writing():
        return [claimed for pk in wanted if (claimed := _take(pk, at))]


def settle(claimed: Claimed, result: Result, at: datetime, *, follow: bool, wake: bool) -> Settled:
    """Writes down one try: the attempt and the new state in one transaction.

    `follow`: the next of the lane is taken at once. `wake`: the address did not answer before and does now, so everything else that waits
    for it is due.
    """
    with writing():
        DeliveryAttempt.objects.create(
            delivery_id=claimed.pk,
            sent_at=result.sent_at,
            send_type=claimed.send_type,
            status=result.status,
            ms=result.ms,
            error=result.error[:300],
            answer=result.answer[:500],
        )
        due_at = None
        if result.taken:
            _deliver(claimed, at)
            waiting = Delivery.objects.filter(account=claimed.account_id, state=Delivery.PENDING, due_at__gt=at)
            if wake:
                waiting.filter(url=claimed.url).update(due_at=at)
            elif claimed.tries > 1:
                waiting.filter(call=claimed.call_id).update(due_at=at)  # those behind it were put off with it
        else:
            due_at = _postpone(claimed, result, at)
        following = _following(claimed, at) if follow and claimed.send_type != RESEND else None
    return Settled(following, due_at)


def _deliver(claimed: Claimed, at: datetime) -> None:
    """Taken is taken, also when the lease had run out meanwhile."""
    row = Delivery.objects.filter(pk=claimed.pk)
    row.exclude(state=Delivery.DELIVERED).update(state=Delivery.DELIVERED, delivered_at=at, trouble="")
    row.update(lease_until=None, asked="")


def _postpone(claimed: Claimed, result: Result, at: datetime) -> datetime | None:
    mine = Delivery.objects.filter(pk=claimed.pk, tries=claimed.tries)  # else its lease ran out and it was taken again
    if claimed.send_type == RESEND:
        mine.exclude(state=Delivery.DELIVERED).update(trouble=result.error[:300])
        mine.update(lease_until=None, asked="")
        return None
    due_at = None
    if not result.final:
        due_at = schedule.again(claimed.kind, claimed.created_at, claimed.tries, at, settings.WEBHOOK_RETRY, result.retry_after)
    changes = {"lease_until": None, "asked": "", "trouble": result.error[:300]}
    if due_at is None:
        mine.filter(state=Delivery.PENDING).update(state=Delivery.DEAD, **changes)
        _give_up_behind(claimed, result, at)
        return None
    if mine.filter(state=Delivery.PENDING).update(due_at=due_at, **changes):
        # those behind it are not due before it: nobody has to look at them again and again
        Delivery.objects.filter(call=claimed.call_id, state=Delivery.PENDING, due_at__lt=due_at).update(due_at=due_at)
    return due_at


def _give_up_behind(claimed: Claimed, result: Result, at: datetime) -> None:
    """Events behind one that was given up are as old: they would each hold up the record for another try."""
    if claimed.kind == Delivery.EVENT and not result.final:
        old = Delivery.objects.filter(call=claimed.call_id, kind=Delivery.EVENT, state=Delivery.PENDING)
        old.filter(created_at__lte=at - schedule.EVENT.time, lease_until=None).update(state=Delivery.DEAD, trouble=NOT_TRIED)
    # what stays was put off to the time of the one that is gone
    Delivery.objects.filter(call=claimed.call_id, state=Delivery.PENDING, due_at__gt=at).update(due_at=at)


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


def _due(at: datetime, full: Collection[str]) -> list[tuple[int, str]]:
    """(primary key, address) of what may be sent now: first what people wait for."""
    shut = Q()
    for origin in full:
        shut |= Q(url__startswith=origin)
    found: list[tuple[int, str]] = []
    for rows in (_asked(at).order_by("pk"), _waiting(at).order_by("due_at", "pk")):
        found += rows.exclude(shut).values_list("pk", "url")[:LOOK_AT] if full else rows.values_list("pk", "url")[:LOOK_AT]
    return found


def _choose(due: list[tuple[int, str]], room: int, busy: Mapping[str, int], per_origin: int) -> list[int]:
    chosen: list[int] = []
    counted = Counter(busy)
    for pk, url in dict(due).items():
        origin = origin_of(url)
        if len(chosen) < room and counted[origin] < per_origin:
            chosen.append(pk)
            counted[origin] += 1
    return chosen


def _take(pk: int, at: datetime) -> Claimed | None:
    """The compare-and-set. None: somebody else was first."""
    for rows, by_hand in ((_asked(at), True), (_waiting(at), False)):
        lease = at + timedelta(seconds=settings.WEBHOOK_TIMEOUT * LEASE_FACTOR)
        if rows.filter(pk=pk).update(tries=F("tries") + 1, lease_until=lease):
            row = Delivery.objects.only("uid", "account", "call", "kind", "url", "created_at", "tries", "asked").get(pk=pk)
            send_type = RESEND if by_hand else row.asked if row.asked != RESEND else ""
            return Claimed(pk, row.uid, row.account_id, row.call_id, row.kind, row.url, row.created_at, row.tries, send_type or "auto")
    return None


def _following(claimed: Claimed, at: datetime) -> Claimed | None:
    lane = Delivery.objects.filter(call=claimed.call_id, state=Delivery.PENDING).order_by("pk")
    head = lane.values_list("pk", "url").first()
    return _take(head[0], at) if head and origin_of(head[1]) == claimed.origin else None
