"""The Test button of a Twilio line."""

import asyncio

from calls.carriers.base import CarrierError, LineConfig
from calls.carriers.twilio import addresses
from calls.carriers.twilio.client import Api
from calls.carriers.twilio.settings import TWILIO


async def probe(config: LineConfig) -> tuple[bool, str]:
    """Whether calls can go out over this account, and a sentence that says so or what is wrong."""
    return await asyncio.to_thread(_look, config)


def _look(config: LineConfig) -> tuple[bool, str]:
    api = Api(config)
    try:
        status = api.account_status()
        numbers = api.numbers()
    except CarrierError as error:
        return False, str(error)
    if status != "active":
        return False, f"The Twilio account is {status}: it takes no calls."
    real = config.settings.get("base_url", TWILIO) == TWILIO
    if real and (away := addresses.reachable_from_outside()):
        return False, away
    if not numbers:
        return True, "The account is active, but it owns no number: calls need a verified caller ID in ‘from’."
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return True, f"The account is active. Its numbers: {', '.join(numbers[:3])}{more}."
