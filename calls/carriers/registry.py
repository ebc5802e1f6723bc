"""Which carriers there are and which one takes a call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from calls import lines
from calls.carriers import sockets
from calls.carriers.base import Carrier
from calls.carriers.browser import socket as browser_socket
from calls.carriers.browser.carrier import BrowserCarrier
from calls.carriers.simulated.carrier import SimulatedCarrier
from calls.carriers.simulated.scenario import is_test_number
from calls.models import Line
from config.models import Account

SIMULATED, BROWSER, SIP, TWILIO = "simulated", "browser", "sip", "twilio"
sockets.serve(browser_socket.PREFIX, browser_socket.handle)


@dataclass(frozen=True, slots=True)
class Way:
    """How a call goes out: the kind of carrier, and which line of it."""

    kind: str
    line: Line | None = None


def _sip() -> Carrier:
    from calls.carriers.sip.carrier import SipCarrier  # with what it speaks and hears with: only where calls are sent over it

    return SipCarrier()


def _twilio() -> Carrier:
    """Loaded with its first call: Twilio's client takes a while."""
    from calls.carriers.twilio import socket
    from calls.carriers.twilio.addresses import PREFIX
    from calls.carriers.twilio.carrier import TwilioCarrier

    sockets.serve(PREFIX, socket.handle)
    return TwilioCarrier()


@cache
def get(kind: str) -> Carrier:
    """The carrier of this kind. Raises KeyError for a kind that does not exist."""
    makers: dict[str, Callable[[], Carrier]] = {
        SIMULATED: lambda: SimulatedCarrier(settings.SIM_SPEED),
        BROWSER: BrowserCarrier,
        SIP: _sip,
        TWILIO: _twilio,
    }
    return makers[kind]()


def choose(account: Account, number: str, requested: str = "", *, caller_id: str | None = None) -> Way:
    """The way of a call to `number`. Test numbers are always simulated, and everything is while no line is connected.

    `requested`: "browser", "simulated" for a rehearsal, or the carrier of the sender's own account. `caller_id`: the number asked for,
    whose line is taken. Raises calls.lines.SwitchedOff.
    """
    if requested:
        return Way(requested)
    if not account.has_line or is_test_number(number):
        return Way(SIMULATED)
    line = lines.pick(account, caller_id)
    return Way(line.kind, line) if line else Way(SIMULATED)


def is_real(kind: str) -> bool:
    """Whether this carrier reaches a telephone: calling hours and a callee's own opt-out bind those only."""
    return kind not in (SIMULATED, BROWSER)


def rehearsing(account: Account) -> bool:
    """True while the account has no real line: every call is a rehearsal, and screens say so."""
    return not account.has_line
