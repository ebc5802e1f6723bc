"""Messages that somebody asks for: sent again, or for calls whose results went nowhere."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from calls.hooks import nudging
from calls.models import Call, Delivery
from config.kit import audit
from config.models import Account, ApiKey, User

MOST = 5_000  # messages asked for at once
CREATE, RESEND = "create", "resend"


class NotAllowed(Exception):
    """Why nothing is sent, in words."""


def resend(account: Account, uids: Collection[UUID], *, by: User | None = None, api_key: ApiKey | None = None) -> int:
    """Asks the worker to send these messages of the account again, now and once, under their old ids; returns how many.

    One that is not taken stays what it was. What waits (held), and what is asked for already, is left out.
    """
    return _ask(account, Delivery.objects.filter(uid__in=list(uids)[:MOST]), by, api_key)


def resend_dead(account: Account, url: str, *, by: User | None = None) -> int:
    """The same for everything that was given up at one address."""
    return _ask(account, Delivery.objects.filter(url=url, state=Delivery.DEAD), by, None)


def create(account: Account, calls: Sequence[Call], url: str, *, api_key: ApiKey | None = None) -> int:
    """Sends the record of ended calls of the account, whose results went nowhere so far, to `url`; returns how many there are.

    Raises NotAllowed, and nothing is sent, when one of them is not over or its record was sent.
    """
    pks = [call.pk for call in calls]
    with transaction.atomic():
        fresh = list(Call.objects.select_for_update().filter(account=account, pk__in=pks).order_by("pk"))
        if early := [call for call in fresh if call.outcome_at is None]:
            raise NotAllowed(f"The call {early[0].uid} is not over yet, or its outcome is still being written.")
        if sent := Delivery.objects.filter(call__in=pks, kind=Delivery.RECORD).select_related("call").first():
            raise NotAllowed(f"A webhook was already sent for the call {sent.call.uid}: use resend.")
        rows = [Delivery(account=account, call=call, kind=Delivery.RECORD, url=url, asked=CREATE) for call in fresh]
        Delivery.objects.bulk_create(rows)
        audit.record(account, "webhook.created", _counted(len(rows), "call"), api_key=api_key)
        transaction.on_commit(nudging.nudge)
    return len(rows)


def _ask(account: Account, rows: QuerySet[Delivery], by: User | None, api_key: ApiKey | None) -> int:
    with transaction.atomic():
        free = rows.filter(account=account, asked="").exclude(state=Delivery.HELD)
        # SQLite and PostgreSQL both need the limit in a query of its own
        asked = Delivery.objects.filter(pk__in=list(free.order_by("pk").values_list("pk", flat=True)[:MOST]), asked="").update(asked=RESEND)
        if asked:
            audit.record(account, "webhook.resent", _counted(asked, "message"), user=by, api_key=api_key)
            transaction.on_commit(nudging.nudge)
    return asked


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
