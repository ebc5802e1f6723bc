"""The record of a call as it is sent when the call is over: its details, and what only the reference's record has besides."""

from typing import Any

from calls.api import queries, serialise
from calls.hooks import bodies
from calls.models import Call


def of_call(call_id: int) -> dict[str, Any]:
    """Everything about one call as its rows are now."""
    call = Call.objects.select_related("persona", "pathway", "retry_of", "recording").defer("reading", "recording__peaks").get(pk=call_id)
    found = serialise.details(call, queries.lines(call), queries.retries(call), queries.walked(call))
    return {**found, "phone_number": call.to_number}


def offer() -> None:
    bodies.made_by(of_call)
