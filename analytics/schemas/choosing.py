"""Over which calls a list of facts is to be read: completed calls in which somebody spoke."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from calls.models import Call, Utterance
from calls.states import Status
from config.models import Account

UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)  # also in an address


@dataclass(frozen=True, slots=True)
class Wanted:
    """`uids` alone, or all that the others say. Days are whole days of the reader's zone."""

    since: date | None = None
    until: date | None = None
    persona: UUID | None = None
    outcome: str = ""
    uids: Sequence[UUID] = ()


def readable(account: Account) -> QuerySet[Call]:
    """Newest first."""
    spoken = Utterance.objects.filter(call=OuterRef("pk"), speaker="user")
    over = Call.objects.filter(account=account, status=Status.COMPLETED, ended_at__isnull=False, outcome_at__isnull=False)
    return over.filter(Exists(spoken)).order_by("-created_at", "-pk")


def chosen(account: Account, wanted: Wanted) -> QuerySet[Call]:
    calls = readable(account)
    if wanted.uids:
        return calls.filter(uid__in=wanted.uids)
    if wanted.since:
        calls = calls.filter(created_at__gte=_begin(wanted.since))
    if wanted.until:
        calls = calls.filter(created_at__lt=_begin(wanted.until + timedelta(days=1)))
    if wanted.persona:
        calls = calls.filter(persona__uid=wanted.persona)
    return calls.filter(disposition_tag=wanted.outcome) if wanted.outcome else calls


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def count(account: Account, wanted: Wanted, most: int = 100_000) -> int:
    """How many that are; counted up to `most`."""
    return chosen(account, wanted).order_by()[:most].count()
