"""Where Twilio finds us, and the tokens with which it may join a call. From the settings only: a request could say anything of itself."""

import secrets
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

PREFIX = "/twilio/"

type Callback = Literal["status", "answerer", "next", "handed-over", "picked-up"]


def callback(call_id: str, what: Callback, again: int | None = None) -> str:
    """The public address of a view in calls.views.twilio."""
    return f"{settings.BASE_URL.rstrip('/')}{callback_path(call_id, what, again)}"


def callback_path(call_id: str, what: Callback, again: int | None = None) -> str:
    return f"/calls/{call_id}/twilio/{what}" + ("" if again is None else f"/{again}")


def media_base() -> str:
    """Where the runner's sockets are reached: MEDIA_URL, else the page's host and MEDIA_PORT."""
    if settings.MEDIA_URL_PUBLIC:
        return settings.MEDIA_URL_PUBLIC.rstrip("/")
    base = urlsplit(settings.BASE_URL)
    host = base.hostname or "127.0.0.1"
    return f"{'wss' if base.scheme == 'https' else 'ws'}://{f'[{host}]' if ':' in host else host}:{settings.MEDIA_PORT}"


def socket(call_id: str) -> str:
    """A new address of the media socket of a call, good once."""
    nonce = secrets.token_urlsafe(16)
    return f"{media_base()}{PREFIX}{call_id}/{nonce}.{_signed(call_id, nonce)}"


def read_socket(path: str) -> tuple[str, str]:
    """Call and token of a path; both "" when it is none."""
    call_id, _, token = path.removeprefix(PREFIX).partition("/")
    try:
        return str(UUID(call_id)), token
    except ValueError:
        return "", ""


def admits(call_id: str, token: str) -> bool:
    """Whether we gave out this token for this call. That it is used once is the line's business."""
    nonce, _, signed = token.partition(".")
    return bool(nonce) and constant_time_compare(signed, _signed(call_id, nonce))


def _signed(call_id: str, nonce: str) -> str:
    return Signer(salt="twilio media socket").signature(f"{call_id}:{nonce}")


def reachable_from_outside() -> str:
    """Why Twilio itself could not reach us at these addresses; "" when it could."""
    for name, url, schemes in (("BASE_URL", settings.BASE_URL, ("https",)), ("MEDIA_URL", media_base(), ("wss",))):
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in schemes or host == "localhost" or host.startswith("127.") or "." not in host:
            return f"Twilio could not reach this server at {url}: set {name} to its public address ({schemes[0]}://…)."
    return ""
