"""Calls that are answered on a page. The legs of this process, by the call they belong to."""

import asyncio

from calls.carriers.base import Dial
from calls.carriers.browser.leg import BrowserLeg
from calls.speech import services
from calls.speech.ports import Missing

_legs: dict[str, BrowserLeg] = {}
_waiting: dict[str, set[asyncio.Future[BrowserLeg]]] = {}


class BrowserCarrier:
    kind = "browser"
    can_precall_dtmf = True  # the page shows which keys were pressed

    async def dial(self, dial: Dial) -> BrowserLeg:
        def forget() -> None:
            _legs.pop(dial.call_id, None)

        lacks = await asyncio.to_thread(_lacks, dial)
        leg = _legs[dial.call_id] = BrowserLeg(dial, lacks, forget)
        for waiting in _waiting.pop(dial.call_id, set()):
            if not waiting.done():
                waiting.set_result(leg)
        return leg


def _lacks(dial: Dial) -> str:
    """Why this machine cannot hear and speak, in words; "" when it can. Loads the engines when they are not loaded yet."""
    try:
        services.engines(dial.speech)
    except Missing as error:
        return str(error)
    return ""


async def leg_of(call_id: str, within: float) -> BrowserLeg | None:
    """The leg of a call, as soon as it is dialled; None when this runner has not dialled it `within` seconds."""
    if (leg := _legs.get(call_id)) is not None:
        return leg
    waiting: asyncio.Future[BrowserLeg] = asyncio.get_running_loop().create_future()
    _waiting.setdefault(call_id, set()).add(waiting)
    try:
        return await asyncio.wait_for(waiting, within)
    except TimeoutError:
        return None
    finally:
        if others := _waiting.get(call_id):
            others.discard(waiting)
            if not others:
                del _waiting[call_id]
