"""Signatures of what goes out, in two schemes at once.

Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature` (`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; the
key is what the secret encodes after `whsec_`). While a secret replaces another, both sign. And the public reference's
`X-Webhook-Signature`: lowercase hex of HMAC-SHA256 over the body alone; the key is the secret as it is shown, the newest one.
"""

import base64
import binascii
import hashlib
import hmac
import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from calls.models import WebhookSecret
from config.kit import audit, secrets
from config.models import Account, User

PREFIX = "whsec_"
SIZE = 24  # bytes
OVERLAP = timedelta(hours=24)
TOLERANCE = 300  # seconds a timestamp may be away, as the libraries of Standard Webhooks have it


def new_secret(account: Account, user: User | None) -> str:
    """Makes a secret and returns it: it is never shown again. The one before keeps signing beside it for 24 hours, older ones stop."""
    secret = PREFIX + base64.b64encode(random.token_bytes(SIZE)).decode()
    at = now()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        good = list(_good(account.pk, at))
        WebhookSecret.objects.filter(account=account, pk__in=[row.pk for row in good[1:]]).delete()
        WebhookSecret.objects.filter(account=account, retires_at=None).update(retires_at=at + OVERLAP)
        WebhookSecret.objects.create(account=account, sealed=secrets.seal(secret), hint=secret[:10], created_at=at, created_by=user)
        audit.record(account, "webhook.secret", secret[:10] + "…", user=user)
    return secret


def remove_old(account: Account, user: User | None) -> bool:
    """The secret that was replaced stops signing now. False: there was none."""
    with transaction.atomic():
        removed = WebhookSecret.objects.filter(account=account, retires_at__isnull=False).delete()[0]
        if removed:
            audit.record(account, "webhook.secret_old", user=user)
    return bool(removed)


def good_secrets(account_id: int) -> tuple[str, ...]:
    """The secrets that sign now, newest first; empty: nothing is signed. Raises secrets.Unreadable."""
    return tuple(secrets.unseal(row.sealed) for row in _good(account_id, now()))


def message_id(uid: UUID) -> str:
    return f"msg_{uid.hex}"


def headers(signing: Sequence[str], uid: UUID, at: datetime, body: str) -> dict[str, str]:
    """The headers of one sending of a message; `signing` as good_secrets gives it. Without a secret only its id and time."""
    name, stamp = message_id(uid), str(int(at.timestamp()))
    found = {"webhook-id": name, "webhook-timestamp": stamp}
    if signing:
        found["webhook-signature"] = " ".join(_standard(secret, name, stamp, body.encode()) for secret in signing)
        found["x-webhook-signature"] = _bare(signing[0], body.encode())
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a message found. `words` is a sentence for people."""

    ok: bool
    scheme: Literal["", "standard", "bare"]
    words: str


def check(secret: str, sent: Mapping[str, str], body: str | bytes, at: datetime | None = None) -> Verdict:
    """Whether a message with these headers was signed with `secret`, and what is wrong when it was not. `at`: when it came."""
    raw = body.encode() if isinstance(body, str) else body
    found = {name.lower(): value.strip() for name, value in sent.items()}
    bare, signature = found.get("x-webhook-signature", ""), found.get("webhook-signature", "")
    if not bare and not signature:
        return Verdict(False, "", "There is no signature: neither webhook-signature nor X-Webhook-Signature came with it.")
    if not _readable(secret):
        return Verdict(False, "", "This is no secret of ours: it starts with whsec_ and has at least 32 letters and digits after it.")
    if signature:
        verdict = _check_standard(secret, found, signature, raw, at or now())
        if verdict.ok or not bare or verdict.scheme:
            return verdict
    if bare and hmac.compare_digest(bare.lower().encode(), _bare(secret, raw).encode()):
        return Verdict(True, "bare", "X-Webhook-Signature fits. It says nothing about when the message was sent.")
    return Verdict(False, "", "The signature does not fit: another secret, or the body was changed on its way.")


def _check_standard(secret: str, found: Mapping[str, str], signature: str, raw: bytes, at: datetime) -> Verdict:
    name, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    if not name or not stamp:
        return Verdict(False, "", f"{'webhook-timestamp' if name else 'webhook-id'} is missing: the signature cannot be checked.")
    wanted = _standard(secret, name, stamp, raw)
    if not any(hmac.compare_digest(each.encode(), wanted.encode()) for each in signature.split()):
        return Verdict(False, "", "webhook-signature does not fit: another secret, or the body was changed on its way.")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):
        return Verdict(False, "standard", "webhook-signature fits, but webhook-timestamp is not a time.")
    away = int(at.timestamp()) - int(stamp)
    if abs(away) > TOLERANCE:
        side = "old" if away > 0 else "in the future"
        late = f"{_lasting(abs(away))} {side}"
        return Verdict(False, "standard", f"webhook-signature fits, but the message is {late}: 5 minutes are allowed.")
    return Verdict(True, "standard", f"webhook-signature fits; it was sent {_lasting(max(0, away))} ago.")


def _standard(secret: str, name: str, stamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, f"{name}.{stamp}.".encode() + body, "sha256")).decode()


def _bare(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _readable(secret: str) -> bool:
    try:
        return secret.startswith(PREFIX) and len(base64.b64decode(secret.removeprefix(PREFIX), validate=True)) >= SIZE
    except binascii.Error:
        return False


def _lasting(seconds: int) -> str:
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _good(account_id: int, at: datetime) -> list[WebhookSecret]:
    rows = WebhookSecret.objects.filter(Q(retires_at=None) | Q(retires_at__gt=at), account_id=account_id)
    return list(rows.order_by("-created_at", "-id"))
