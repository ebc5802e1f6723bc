"""The record of a call as it is sent when the call is over: its details, and what only the reference's record has besides."""

from collections.abc import Iterable
from typing import Any

from calls import citing
from calls.api import queries, serialise
from calls.hooks import bodies
from calls.models import Call, CallEvent, Citation, Utterance


def of_call(call_id: int) -> dict[str, Any]:
    """Everything about one call as its rows are now."""
    call = Call.objects.select_related("persona", "pathway", "retry_of", "recording").defer("reading", "recording__peaks").get(pk=call_id)
    return told(call, queries.lines(call), queries.retries(call), queries.walked(call), citing.of_call(call.pk))


def told(
    call: Call,
    lines: Iterable[Utterance],
    retries: Iterable[Any] = (),
    walked: Iterable[CallEvent] | None = None,
    cited: Iterable[Citation] = (),
) -> dict[str, Any]:
    """The same of a call that was read already, or of one that is kept nowhere: an example. Arguments as of `serialise.details`."""
    return {**serialise.details(call, lines, retries, walked, cited), "phone_number": call.to_number}


def offer() -> None:
    bodies.made_by(of_call)
