"""Links for somebody without an account: made, ended, opened. The address holds 32 random bytes, of which only the digest is kept."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import now

from calls.models import Call, ShareLink
from config.kit import audit
from config.models import User, digest

MOST = 20  # of one call that open at the same time
PAST_SHOWN = 5
COUNT_EVERY = timedelta(minutes=1)  # openings within it are counted once: a page that is loaded again and again writes no rows


def live(call: Call) -> QuerySet[ShareLink]:
    return _with_maker(call).filter(_opens())


def past(call: Call) -> QuerySet[ShareLink]:
    """The newest of those that do not open any more."""
    return _with_maker(call).exclude(_opens())[:PAST_SHOWN]


def make(call: Call, by: User, *, redact: bool, sound: bool, days: int) -> tuple[ShareLink, str]:
    """A link and its address, which cannot be told again. ValueError in words when the call has too many."""
    if live(call).count() >= MOST:
        raise ValueError(f"{MOST} links to this call are open. End one of them first.")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        link = ShareLink.objects.create(
            account=call.account,
            call=call,
            digest=digest(token),
            redact=redact,
            with_sound=sound and not redact,
            created_by=by,
            expires_at=now() + timedelta(days=days),
        )
        audit.record(call.account, "share.made", _called(call), user=by, call=str(call.uid), days=days, shows=_shows(link))
    return link, f"{settings.BASE_URL}{reverse('shared', args=[token])}"


def end(call: Call, pk: int, by: User) -> bool:
    """False when there is no such link, or it does not open any more."""
    with transaction.atomic():
        ended = ShareLink.objects.filter(_opens(), call=call, pk=pk).update(revoked_at=now())
        if ended:
            audit.record(call.account, "share.ended", _called(call), user=by, call=str(call.uid))
    return bool(ended)


def find(token: str) -> ShareLink | None:
    """The link of this token while it opens, with its call. Unknown, ended and past links are one and the same: None."""
    rows = ShareLink.objects.filter(_opens(), digest=digest(token))
    return rows.select_related("call__persona", "call__pathway", "call__line", "call__account").first()


def count(link: ShareLink) -> None:
    """One opening."""
    since = now() - COUNT_EVERY
    if link.opened_at is None or link.opened_at <= since:
        uncounted = Q(opened_at=None) | Q(opened_at__lte=since)
        ShareLink.objects.filter(uncounted, pk=link.pk).update(opened=F("opened") + 1, opened_at=now())


def _opens() -> Q:
    return Q(revoked_at=None, expires_at__gt=now())


def _with_maker(call: Call) -> QuerySet[ShareLink]:
    return ShareLink.objects.filter(call=call).select_related("created_by").order_by("-created_at", "-pk")


def _called(call: Call) -> str:
    return call.callee_name or call.to_number


def _shows(link: ShareLink) -> str:
    return "numbers blacked out" if link.redact else "everything said, with sound" if link.with_sound else "everything said"
