"""Writing down what came of a message that was sent once."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from calls import journal
from calls.hooks import schedule
from calls.hooks.claims import TABLE, Claimed, following, moment
from calls.hooks.resending import RESEND
from calls.models import Delivery, DeliveryAttempt
from config.kit.writing import writing

NOT_TRIED = "Not sent: the address had not taken what came before it for an hour."
DELIVERED = f"""
    UPDATE {TABLE} SET state = 'delivered', delivered_at = COALESCE(delivered_at, %s), trouble = '', lease_until = NULL, asked = ''
    WHERE id = %s"""  # noqa: S608


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


def settle(claimed: Claimed, result: Result, at: datetime, *, follow: bool) -> Settled:
    """Writes down one try: the attempt and the new state in one transaction. `follow`: the next of the lane is taken at once."""
    with writing():
        journal.insert(
            DeliveryAttempt(
                delivery_id=claimed.pk,
                sent_at=result.sent_at,
                send_type=claimed.send_type,
                status=result.status,
                ms=result.ms,
                error=result.error[:300],
                answer=result.answer[:500],
            )
        )
        due_at = None
        if result.taken:
            _deliver(claimed, at)
        else:
            due_at = _postpone(claimed, result, at)
        then = following(claimed, at) if follow and claimed.send_type != RESEND else None
    return Settled(then, due_at)


def call_waiting(account_id: int, url: str, at: datetime) -> None:
    """An address takes messages again: everything that waits for it is due. In a transaction of its own: two workers may do it at once,
    and to lose it only costs time."""
    Delivery.objects.filter(account=account_id, url=url, state=Delivery.PENDING, due_at__gt=at).update(due_at=at)


def _deliver(claimed: Claimed, at: datetime) -> None:
    """Taken is taken, also when the lease had run out meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(DELIVERED, [moment(at), claimed.pk])
    if claimed.tries > 1:  # those behind it were put off with it
        Delivery.objects.filter(call=claimed.call_id, state=Delivery.PENDING, due_at__gt=at).update(due_at=at)


def _postpone(claimed: Claimed, result: Result, at: datetime) -> datetime | None:
    mine = Delivery.objects.filter(pk=claimed.pk, tries=claimed.tries)  # else its lease ran out and it was taken again
    if claimed.send_type == RESEND:
        mine.exclude(state=Delivery.DELIVERED).update(trouble=result.error[:300])
        mine.update(lease_until=None, asked="")
        return None
    due_at = None
    if not result.final:
        due_at = schedule.again(claimed.kind, claimed.created_at, claimed.tries, at, settings.WEBHOOK_RETRY, result.retry_after)
    changes = {"lease_until": None, "trouble": result.error[:300]}
    if claimed.send_type != "auto":
        changes["asked"] = ""
    if due_at is None:
        if mine.filter(state=Delivery.PENDING).update(state=Delivery.DEAD, **changes):
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
