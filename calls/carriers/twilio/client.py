"""Twilio's REST API with the official client. Every function here waits for the network: call it in a thread of its own.

What goes wrong becomes a `CarrierError` with a sentence for staff. Twilio changes its error numbers: only those are told apart that matter.
"""

import asyncio
import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from calls.carriers.base import CarrierError, LineConfig
from calls.carriers.twilio.settings import TWILIO
from calls.states import Status
from config.kit import outbound

SECONDS = 8.0  # for one request
BAD_LOGIN, TOO_MANY, BAD_NUMBER, COUNTRY, NOT_LIVE = 20003, 20429, 21211, 21215, 21220
WORDS = {
    BAD_LOGIN: "Twilio refused the account SID or the auth token.",
    TOO_MANY: "Twilio takes no more requests just now.",
    BAD_NUMBER: "Twilio says that this number cannot be called.",
    COUNTRY: "Calls to this country are switched off in the Twilio account (voice geographic permissions).",
}
AWAY = "Twilio could not be reached."
NO_WORD = "Twilio did not say whether it took the call."


class Unreachable(CarrierError):
    """No answer came. `sent` False: it is certain that the request did not arrive."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message, permanent=False)
        self.sent = sent


class Refused(CarrierError):
    """Twilio answered that it will not."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message, permanent=code != TOO_MANY)
        self.code = code


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call as Twilio tells of it. `price` is in USD, None while it is not known (yet)."""

    status: str
    price: Decimal | None = None


class Outbound(HttpClient):  # type: ignore[misc]  # the package has no types
    """Sends what Twilio's client asks for to `base`, through the one way out of this server."""

    def __init__(self, base: str, seconds: float) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=False, timeout=seconds)
        self._base, self._seconds = urlsplit(base), seconds

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Raises outbound.Refused and outbound.Failed."""
        asked = urlsplit(uri)
        query = urlencode({name: value for name, value in params.items() if value is not None}, doseq=True) if params else asked.query
        url = urlunsplit((self._base.scheme, self._base.netloc, self._base.path.rstrip("/") + asked.path, query, ""))
        sent = dict(headers or {})
        if auth:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        body = urlencode(data, doseq=True) if data else None
        answer = asyncio.run(outbound.fetch(method, url, headers=sent, body=body, seconds=timeout or self._seconds))
        return Response(answer.status, answer.text, answer.headers)


class Api:
    """One account. Raises Unreachable and Refused."""

    def __init__(self, config: LineConfig, seconds: float = SECONDS) -> None:
        sid = str(config.settings.get("account_sid") or "")
        base = str(config.settings.get("base_url") or TWILIO)
        self._client = Client(sid, config.secret, http_client=Outbound(base, seconds))

    def create(self, **params: Any) -> str:
        """Places a call; its SID."""
        try:
            return str(self._ask(lambda: self._client.calls.create(**params)).sid)
        except Unreachable as away:
            if away.sent:  # it may be ringing by now
                raise CarrierError(NO_WORD, status=Status.UNKNOWN) from away
            raise

    def update(self, sid: str, **params: Any) -> str:
        """Changes a call; its status now."""
        return str(self._ask(lambda: self._client.calls(sid).update(**params)).status)

    def fetch(self, sid: str) -> CallSeen:
        call = self._ask(lambda: self._client.calls(sid).fetch())
        return CallSeen(str(call.status), _price(call.price, call.price_unit))

    def sms(self, *, to: str, text: str, sender: str) -> None:
        self._ask(lambda: self._client.messages.create(to=to, from_=sender, body=text))

    def account_status(self) -> str:
        """active, suspended or closed."""
        return str(self._ask(lambda: self._client.api.v2010.account.fetch()).status)

    def numbers(self, number: str = "", most: int = 50) -> list[str]:
        """Numbers of the account; with `number` this one, if it is one of them or a verified caller id."""
        if not number:
            return [str(each.phone_number) for each in self._ask(lambda: self._client.incoming_phone_numbers.list(limit=most))]
        owned = self._ask(lambda: self._client.incoming_phone_numbers.list(phone_number=number, limit=1))
        verified = owned or self._ask(lambda: self._client.outgoing_caller_ids.list(phone_number=number, limit=1))
        return [str(each.phone_number) for each in verified]

    def _ask(self, request: Any) -> Any:
        try:
            return request()
        except TwilioRestException as error:
            raise _refused(error) from error
        except outbound.Refused as error:
            raise Unreachable(f"{AWAY} {error}", sent=False) from error
        except outbound.Failed as error:
            raise Unreachable(f"{AWAY} {error}", sent=not isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)) from error
        except (TwilioException, ValueError, KeyError, AttributeError) as error:  # an answer that is none of Twilio's
            raise Unreachable(f"{AWAY} What answered is not its API.", sent=True) from error


def _refused(error: TwilioRestException) -> Refused:
    code = int(error.code or 0) or (BAD_LOGIN if error.status in (401, 403) else TOO_MANY if error.status == 429 else 0)
    said = " ".join(str(error.msg).split()).removeprefix("Unable to create record: ").removeprefix("Unable to fetch record: ")
    return Refused(WORDS.get(code) or f"Twilio refused: {said[:200]} (error {code or error.status})", code)


def _price(price: Any, unit: Any) -> Decimal | None:
    """Twilio writes what it takes as a negative number. Other money than US dollars is not counted."""
    try:
        return abs(Decimal(str(price))) if price not in (None, "") and unit in ("USD", "usd") else None
    except InvalidOperation:
        return None
