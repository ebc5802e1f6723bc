"""Which carriers there are and which one takes a call."""

from collections.abc import Callable
from functools import cache

from django.conf import settings

from calls.carriers import sockets
from calls.carriers.base import Carrier
from calls.carriers.browser import socket as browser_socket
from calls.carriers.browser.carrier import BrowserCarrier
from calls.carriers.simulated.carrier import SimulatedCarrier
from config.models import Account

SIMULATED, BROWSER = "simulated", "browser"
sockets.serve(browser_socket.PREFIX, browser_socket.handle)


@cache
def get(kind: str) -> Carrier:
    """The carrier of this kind. Raises KeyError for a kind that does not exist."""
    makers: dict[str, Callable[[], Carrier]] = {SIMULATED: lambda: SimulatedCarrier(settings.SIM_SPEED), BROWSER: BrowserCarrier}
    return makers[kind]()


def choose(account: Account, number: str, requested: str = "") -> str:
    """The kind of carrier for a call to `number`: the browser when asked for, test numbers always simulated; no real line exists yet."""
    if requested == BROWSER:
        return BROWSER
    return SIMULATED


def is_real(kind: str) -> bool:
    """Whether this carrier reaches a telephone: calling hours and a callee's own opt-out bind those only."""
    return kind not in (SIMULATED, BROWSER)


def rehearsing(account: Account) -> bool:
    """True while the account has no real line: every call is a rehearsal, and screens say so."""
    return True
