"""From a line's settings to a call in progress."""

from calls.carriers.base import LineConfig
from calls.carriers.sip import runtime
from calls.carriers.sip.line import SipLine
from calls.carriers.sip.settings import Trunk


async def place(config: LineConfig, trunk: Trunk, number: str, caller_id: str = "") -> SipLine:
    """Dials; the line as soon as the INVITE is on its way. Raises CarrierError."""
    stack = await runtime.take(trunk)
    try:
        call = await stack.dial(config, trunk, number, caller_id)
    except BaseException:
        runtime.release(stack)
        raise
    return SipLine(stack, call, trunk)
