"""May this call be dialled now? The same rules as when it was accepted: much may have changed since."""

from dataclasses import dataclass
from datetime import datetime

from calls.models import Call


@dataclass(frozen=True, slots=True)
class Verdict:
    """Both empty: dial. `refused` says why never, `held_until` and `held_reason` why later."""

    refused: str = ""
    held_until: datetime | None = None
    held_reason: str = ""


def look(call: Call, at: datetime) -> Verdict:
    if call.account.flagged_at is not None:
        return Verdict(refused=call.account.flagged_reason or "The account is blocked.")
    return Verdict()
