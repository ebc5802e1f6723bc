"""A test message to an address: signed and sent as results are, kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils.timezone import now

from calls.hooks import js, signing, words
from calls.hooks.health import server_of, took
from config.kit import audit, outbound
from config.kit.secrets import Unreadable
from config.models import Account, User

SHOWN = 500  # characters of an answer


@dataclass(frozen=True, slots=True)
class Tried:
    ok: bool
    title: str
    text: str
    answer: str = ""  # the beginning of what came back: not our words


def send(account: Account, url: str, *, by: User) -> Tried:
    """Over the network: no transaction may be open. Takes WEBHOOK_TIMEOUT seconds at most."""
    tried = _send(account, url)
    audit.record(account, "webhook.tested", server_of(url), user=by, ok=tried.ok)
    return tried


def _send(account: Account, url: str) -> Tried:
    uid, at = uuid4(), now()
    text = body(account, at)
    try:
        secrets = signing.good_secrets(account.pk)
        headers = {"content-type": "application/json", **signing.headers(secrets, uid, at, text)}
        answer = async_to_sync(outbound.fetch)("POST", url, headers=headers, body=text, seconds=settings.WEBHOOK_TIMEOUT, status_only=True)
    except Unreadable as unreadable:
        return Tried(False, "Nothing was sent.", str(unreadable))
    except outbound.Refused as refused:
        return Tried(False, "Nothing was sent.", str(refused))
    except outbound.Failed as failed:
        return Tried(False, f"{server_of(url)} did not accept it.", words.answered(None, str(failed)))
    lasted = f"It took {took(answer.ms)}."
    if answer.ok:
        signed = "It was signed." if secrets else "It was not signed: there is no secret yet."
        return Tried(True, f"{server_of(url)} accepted it ({answer.status}).", f"{lasted} {signed}", answer.text[:SHOWN])
    return Tried(False, f"{server_of(url)} did not accept it.", f"{words.answered(answer.status, '')} {lasted}", answer.text[:SHOWN])


def body(account: Account, at: datetime) -> str:
    """Says of itself that it is a test, so that no program takes it for a call."""
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    said = "This is a test from Parley. No call was made."
    return js.dumps({"event_type": "test", "message": said, "user_id": str(account.uid), "timestamp": stamp})
