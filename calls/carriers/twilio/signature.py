"""Is this request from Twilio? It signs each with the auth token of the account."""

from collections.abc import Mapping
from typing import Any

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)


def is_good(secret: str, url: str, params: Any, headers: Mapping[str, str]) -> bool:
    """`url`: the public one, as Twilio was given it. `params`: what was posted, {} for a socket. `headers` by any case."""
    given = headers.get(SIGNATURE_HEADER, "")
    algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    return bool(secret and given) and given.isascii() and bool(RequestValidator(secret).validate(url, params, given, algorithm))
