"""The record of a call, read from its rows: its details for programs, and as it is sent when the call is over."""

from collections.abc import Iterable
from typing import Any

from calls import citing, tags
from calls.api import queries, serialise
from calls.hooks import bodies
from calls.models import Call, Utterance


def details(call: Call) -> dict[str, Any]:
    """Everything about one call as its rows are now. `call` with what `serialise.list_item` needs."""
    cited, put, corrected = citing.of_call(call.pk), tags.of(call), queries.corrected(call)
    return serialise.details(call, queries.lines(call), queries.retries(call), queries.walked(call), cited, put, corrected)


def of_call(call_id: int) -> dict[str, Any]:
    """The record as it is sent: the details, and what only the reference's record has besides."""
    call = Call.objects.select_related("persona", "pathway", "retry_of", "recording").defer("reading", "recording__peaks").get(pk=call_id)
    return _sent(call, details(call))


def example(call: Call, lines: Iterable[Utterance]) -> dict[str, Any]:
    """The record of a call that is kept nowhere, for those who build a receiver."""
    return _sent(call, serialise.details(call, lines))


def _sent(call: Call, found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "phone_number": call.to_number}


def offer() -> None:
    bodies.made_by(of_call)
