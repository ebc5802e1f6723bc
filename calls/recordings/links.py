"""The address of a recording that opens without a key, for as long as it says: docs/adr/0011."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

LASTS = timedelta(days=7)
DAY = 86_400  # seconds
SALT = "calls.recordings.link"


def make(uid: UUID) -> tuple[str, datetime]:
    """The address, and until when it opens: a midnight, so that the same question gets the same answer all day."""
    until = (int((timezone.now() + LASTS).timestamp()) // DAY + 1) * DAY
    signature = Signer(salt=SALT).sign(_signed(uid, until)).rpartition(":")[2]
    address = f"{settings.BASE_URL}{reverse('recording-link', args=[uid])}?until={until}&signature={signature}"
    return address, datetime.fromtimestamp(until, UTC)


def opens(uid: UUID, until: str, signature: str) -> bool:
    """Whether this is an address that `make` gave out and that still works."""
    if not (until.isascii() and until.isdecimal() and len(until) <= 12):
        return False
    try:
        Signer(salt=SALT).unsign(f"{_signed(uid, int(until))}:{signature}")
    except BadSignature:
        return False
    return timezone.now().timestamp() < int(until)


def _signed(uid: UUID, until: int) -> str:
    return f"{uid}.{until}"
