"""What a Twilio line is set up with: one declaration for the settings page, the command line and the carrier. Framework-free.

`FIELDS` says what there is, `check` turns what somebody wrote into `Line.settings`. The auth token is no setting but the line's secret.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from calls.carriers.fields import Field, Wrong

TWILIO = "https://api.twilio.com"


def _account_sid(value: Any) -> str:
    text = str(value or "").strip()
    if not re.fullmatch(r"[A-Za-z0-9-]{10,64}", text):
        raise Wrong("This is not an account SID: AC and 32 letters or digits, on the first page of the Twilio console.")
    return text


def _base_url(value: Any) -> str:
    text = str(value or "").strip().rstrip("/") or TWILIO
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or parts.query or parts.fragment or parts.username or len(text) > 200:
        raise Wrong("Write the address of a server, like https://api.twilio.com.")
    return text


FIELDS: tuple[Field, ...] = (
    Field("account_sid", "Account SID", _account_sid, "Begins with AC. On the first page of the Twilio console", needed=True),
    Field(
        "base_url",
        "Address of the API",
        _base_url,
        "Another one for a provider that speaks the same API",
        default=TWILIO,
        group="more",
    ),
)
_BY_NAME = {field.name: field for field in FIELDS}
SECRET_LABEL, SECRET_HELP = "Auth token", "Beside the account SID. Twilio signs what it sends with it"


def check(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was written as it is to be kept, and what is wrong with it, by field. What is left out gets its default."""
    clean: dict[str, Any] = {}
    errors = {name: "There is no setting of this name." for name in given if name not in _BY_NAME}
    for field in FIELDS:
        try:
            clean[field.name] = field.read(given.get(field.name, field.default))
        except Wrong as wrong:
            errors[field.name] = str(wrong) if given.get(field.name) else "This is needed."
    return clean, errors


def check_secret(secret: str) -> str:
    """What is wrong with an auth token; "" when it can be used."""
    return "" if re.fullmatch(r"[!-~]{8,200}", secret) else "An auth token is letters and digits without spaces."


def missing() -> str:
    """Why there can be no Twilio lines on this machine: there always can."""
    return ""
