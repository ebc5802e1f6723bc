"""Rows of deliveries as the sender leaves them, without sending anything."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import now

from calls.models import Call, Delivery, DeliveryAttempt
from config.models import Account
from tests import factories

LEDGER = "https://ledger.example/results?key=1"
HOSTILE = '<img src=x onerror="alert(1)">&"\''


def accepted(account: Account, *, url: str = LEDGER, call: Call | None = None, at: datetime | None = None, **fields: Any) -> Delivery:
    """Accepted at the first try."""
    at = at or now()
    fields = {"kind": Delivery.RECORD, "state": Delivery.DELIVERED, "tries": 1, "created_at": at, "delivered_at": at, **fields}
    row = Delivery.objects.create(account=account, call=call or factories.call(account), url=url, body="{}", **fields)
    DeliveryAttempt.objects.create(delivery=row, sent_at=at, status=200, ms=210, answer="thanks")
    return row


def refused(
    account: Account, *, url: str = LEDGER, call: Call | None = None, at: datetime | None = None, status: int | None = 503, **fields: Any
) -> Delivery:
    """Not accepted three times; tried again in an hour unless `state` says that it was given up."""
    at = at or now()
    again = now() + timedelta(hours=1)
    error = "" if status else "No answer within 10 s"
    fields = {"kind": Delivery.RECORD, "tries": 3, "created_at": at, "due_at": again, "trouble": error or f"It answered {status}", **fields}
    row = Delivery.objects.create(account=account, call=call or factories.call(account), url=url, body="{}", **fields)
    for number in range(3):
        DeliveryAttempt.objects.create(
            delivery=row, sent_at=at + timedelta(seconds=number), status=status, ms=120, error=error, answer=HOSTILE if status else ""
        )
    return row
