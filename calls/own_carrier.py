"""A Twilio account of the sender's own: the header `encrypted_key` of a call ("bring your own Twilio").

A page makes the key from account SID and auth token; it is theirs to keep, we do not. It works for the office that made it only. While a
call needs them, SID and token stand sealed in its row; when it is over they are taken out.
"""

import json
import logging
from dataclasses import asdict, dataclass
from typing import Any

from calls.carriers.base import CarrierError, LineConfig
from calls.carriers.twilio.client import BAD_LOGIN, Api, Refused, Unreachable
from calls.carriers.twilio.settings import TWILIO
from calls.models import Call
from calls.states import ENDED, Status
from config.kit.secrets import Unreadable, seal, unseal
from config.models import Account

log = logging.getLogger(__name__)
PURPOSE = "encrypted_key"  # another seal of ours is no key
SECONDS = 5.0  # for one question to Twilio: the sender waits for it
BAD_KEY = "Invalid `encrypted_key`. Please use the correct key for your account."
NO_CONNECTION = "Error in creating Twilio connection."
NOT_TAKEN = "Error triggering call. Please check your twilio account for errors"
NO_NUMBERS = "Error in getting BYOT Number"


class Trouble(Exception):
    """Why a call cannot go out over the sender's own account, in the words of the API."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    account_sid: str
    auth_token: str
    base_url: str = TWILIO

    @property
    def line(self) -> LineConfig:
        return LineConfig("", "twilio", "Own account", {"account_sid": self.account_sid, "base_url": self.base_url}, self.auth_token)


def make_key(account: Account, own: OwnAccount) -> str:
    """What is sent as `encrypted_key`."""
    return seal(json.dumps({"for": PURPOSE, "account": str(account.uid), **asdict(own)}))


def read_key(account: Account, key: str) -> OwnAccount:
    """Raises Trouble when it is none, or was made for another office."""
    try:
        found: Any = json.loads(unseal(key))
    except (Unreadable, ValueError):
        raise Trouble(BAD_KEY) from None
    match found:
        case {"for": "encrypted_key", "account": of, "account_sid": str(sid), "auth_token": str(token), "base_url": str(base)}:
            if of == str(account.uid):
                return OwnAccount(sid, token, base)
    raise Trouble(BAD_KEY)


def sealed(own: OwnAccount | None) -> str:
    """For Call.own_carrier; calls.runner.lines reads it."""
    return seal(json.dumps(asdict(own))) if own else ""


def number_for(own: OwnAccount, wanted: str | None) -> str | None:
    """The number to call from: the one that is wanted, else the first of the account. None: it is not a number of this account.

    Asks Twilio, so no transaction may be open. Raises Trouble.
    """
    api = Api(own.line, SECONDS)
    try:
        if api.account_status() != "active":
            raise Trouble(NOT_TAKEN)
    except Unreachable as away:
        log.warning("a sender's own Twilio account: %s", away)
        raise Trouble(NO_CONNECTION) from None
    except Refused as refused:
        log.warning("a sender's own Twilio account: %s", refused)
        raise Trouble(NOT_TAKEN) from None
    try:
        numbers = api.numbers(wanted or "", most=1)
    except CarrierError as error:
        log.warning("the numbers of a sender's own Twilio account: %s", error)
        raise Trouble(NO_NUMBERS) from None
    if not numbers and wanted is None:
        raise Trouble(NO_NUMBERS)
    return numbers[0] if numbers else None


def try_out(own: OwnAccount) -> str:
    """What is wrong with SID and token, for whoever makes a key; "" when Twilio takes them or cannot be asked just now."""
    try:
        Api(own.line, SECONDS).account_status()
    except Refused as refused:
        return str(refused) if refused.code == BAD_LOGIN else ""
    except CarrierError:
        return ""
    return ""


def forget(call_id: int) -> None:
    """Takes SID and token out of a call that is over; its retry has a copy by then.

    Not of one that was lost: what Twilio still reports of it is signed with that token. calls.prices.tidy comes back to those.
    """
    over = Call.objects.filter(pk=call_id, state__in=ENDED).exclude(own_carrier="").exclude(status=Status.UNKNOWN)
    if over.exists():  # hardly ever, and looking takes no lock
        over.update(own_carrier="")
