"""May this call be dialled now? The same rules as when it was accepted: much may have changed since."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from calls import lines, rules
from calls.models import Call

ON_LINES = frozenset({"sip", "twilio"})  # carriers that go over a line of the office, or an account of the sender's own
LATEST_RETRY = timedelta(seconds=1)  # a number that was just called is looked at again not sooner than this


@dataclass(frozen=True, slots=True)
class Verdict:
    """Both empty: dial. `refused` says why never, `held_until` and `held_reason` why later."""

    refused: str = ""
    held_until: datetime | None = None
    held_reason: str = ""


def look(call: Call, at: datetime) -> Verdict:
    """To be called in the transaction that begins to dial. The call's own start does not count against it."""
    account = call.account
    blocked = rules.flagged(account)
    if not blocked.allowed:
        return Verdict(refused=blocked.reason)
    rules.lock_number(account, call.to_number)
    verdict = rules.check_number(account, call.to_number, carrier=call.carrier, at=at, call=call)
    if verdict.again_at is not None:
        return Verdict(held_until=max(verdict.again_at, at + LATEST_RETRY), held_reason=verdict.reason)
    if not verdict.allowed:
        return Verdict(refused=verdict.reason)
    if call.carrier in ON_LINES and call.line_id is None and not call.own_carrier:
        return Verdict(refused=lines.DELETED)
    due_at, reason = rules.due(account, call.timezone, at, call.carrier)
    if reason:
        return Verdict(held_until=due_at, held_reason=reason)
    wait = lines.slot(call, at) if call.line_id else None
    return Verdict(held_until=wait.until, held_reason=wait.reason) if wait else Verdict()
