"""The rows of in-call events: made by calls.lifecycle beside the event itself, for calls that asked for its category.

What a step or tool asked, and what it kept of the answer, is told in the reference's words and under its categories; our own page tells the
same for people (CallEvent.message).
"""

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


def includes(chosen_events: str, category: str) -> bool:
    return f",{category}," in chosen_events


def wanted(chosen_events: str, event: CallEvent) -> bool:
    return any(includes(chosen_events, category) for category in categories(event))


def categories(event: CallEvent) -> tuple[str, ...]:
    """Under which of the `webhook_events` an event is told. The reference shows a webhook's response among those of `call`; its
    `citations` are a message of their own (calls.hooks.citations), and the event that they were read is not told."""
    if event.category == "citations":
        return ()
    if event.kind == "webhook":
        return "webhook", "call"
    if event.kind == "variable" and event.data.get("from"):
        return ("webhook",)
    return (event.category,)


def message(event: CallEvent) -> str:
    data = event.data
    match event.kind:
        case "webhook" if data.get("status") is not None:
            response, ms = data.get("response", ""), data.get("ms")
            return f"Webhook Response: {data['status']}  | Webhook Response Data: {response} | Response Time: {ms}ms"
        case "tool" if "body" in data:
            return f"Executing custom tool: {data.get('name', '')} with input: {data['body'] or '{}'}"
        case "variable" if data.get("from"):
            return f"Storing dynamic data messages: \n\n {data.get('name', '')} : {js.dumps(data.get('value'))}"
    return event.message


def address(call: Call) -> str:
    """Where the results of a call go; "" when nowhere. Needs `account`."""
    return str(call.setting("webhook") or call.account.webhook_url)


def default_address(account_id: int) -> str:
    return Account.objects.values_list("webhook_url", flat=True).get(pk=account_id)


def row(event: CallEvent, uid: UUID, account_id: int, url: str) -> Delivery:
    """The message about one event. `log_level` is info, performance or error, as in the list of events."""
    told = categories(event)[-1]
    body = {"message": message(event), "call_id": str(uid), "category": "call" if told in TOLD_AS_CALL else told, "log_level": event.level}
    return Delivery(
        account_id=account_id,
        call_id=event.call_id,
        kind=Delivery.EVENT,
        seq=event.seq,
        url=url,
        body=js.dumps(body),
        created_at=event.at,
        due_at=event.at,
    )
