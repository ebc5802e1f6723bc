"""One-use tickets for sockets on the runner's media port. Each is for one call and one purpose, and is good for nothing else."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from calls.models import BrowserTicket, Call
from calls.states import ACTIVE, State

LASTS = timedelta(minutes=1)

type Purpose = Literal["answer", "listen"]

# What a call has to be like for a ticket of this purpose to open anything
OPENS: dict[Purpose, dict[str, Any]] = {
    "answer": {"call__carrier": "browser", "call__state__in": ACTIVE},
    "listen": {"call__state": State.STARTED},
}


def issue(call: Call, purpose: Purpose = "answer") -> str:
    """A new ticket. Old ones of the same call that were used or ran out are forgotten."""
    ticket, at = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        BrowserTicket.objects.filter(call=call, expires_at__lt=at).delete()
        BrowserTicket.objects.create(call=call, digest=_digest(ticket, purpose), expires_at=at + LASTS)
    return ticket


def redeem(uid: UUID, ticket: str, purpose: Purpose = "answer") -> bool:
    """Uses a ticket up. False: not for this call or purpose, used before, too old, or the call is not (any more) as it has to be."""
    at = timezone.now()
    good = BrowserTicket.objects.filter(digest=_digest(ticket, purpose), call__uid=uid, used_at=None, expires_at__gt=at, **OPENS[purpose])
    return good.update(used_at=at) == 1


def _digest(ticket: str, purpose: Purpose = "answer") -> str:
    """The purpose is part of what is kept, so a ticket cannot be shown at another door."""
    return hashlib.sha256(f"{purpose} {ticket}".encode()).hexdigest()
