"""The rows of in-call events: made by calls.lifecycle beside the event itself, for calls that asked for its category."""

from collections.abc import Sequence
from uuid import UUID

from calls.hooks import js
from calls.models import Call, CallEvent, Delivery
from config.models import Account

# The reference's own examples of these three say "call", and receivers tell events from records by it.
TOLD_AS_CALL = frozenset({"webhook", "tool", "dynamic_data"})


def chosen(categories: Sequence[str] | None) -> str:
    """How `webhook_events` stands in Call.hook_events."""
    return f",{','.join(categories)}," if categories else ""


def wanted(chosen_events: str, category: str) -> bool:
    return f",{category}," in chosen_events


def address(call: Call) -> str:
    """Where the results of a call go; "" when nowhere. Needs `account`."""
    return str(call.setting("webhook") or call.account.webhook_url)


def default_address(account_id: int) -> str:
    return Account.objects.values_list("webhook_url", flat=True).get(pk=account_id)


def row(event: CallEvent, uid: UUID, account_id: int, url: str) -> Delivery:
    """The message about one event. `log_level` is info, performance or error, as in the list of events."""
    category = "call" if event.category in TOLD_AS_CALL else event.category
    body = js.dumps({"message": event.message, "call_id": str(uid), "category": category, "log_level": event.level})
    return Delivery(
        account_id=account_id, call_id=event.call_id, kind=Delivery.EVENT, seq=event.seq, url=url, body=body, created_at=event.at,
        due_at=event.at,
    )  # fmt: skip
