"""One-use tickets for the socket of a call that is answered on a page."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from calls.models import BrowserTicket, Call
from calls.states import ACTIVE

LASTS = timedelta(minutes=1)


def issue(call: Call) -> str:
    """A new ticket. Old ones of the same call that were used or ran out are forgotten."""
    ticket, at = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        BrowserTicket.objects.filter(call=call, expires_at__lt=at).delete()
        BrowserTicket.objects.create(call=call, digest=_digest(ticket), expires_at=at + LASTS)
    return ticket


def redeem(uid: UUID, ticket: str) -> bool:
    """Uses a ticket up. False: not for this call, used before, too old, or the call is over."""
    at = timezone.now()
    good = BrowserTicket.objects.filter(
        digest=_digest(ticket), call__uid=uid, call__carrier="browser", call__state__in=ACTIVE, used_at=None, expires_at__gt=at
    )
    return good.update(used_at=at) == 1


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
