"""One more call after a voicemail was reached."""

from datetime import timedelta

from django.utils import timezone

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call

WAIT_SECONDS = 60
COPIED = (
    "account_id",
    "created_by_id",
    "api_key_id",
    "batch_id",
    "to_number",
    "callee_name",
    "from_number",
    "country",
    "timezone",
    "carrier",
    "line_id",
    "own_carrier",
    "request",
    "sources",
    "notes",
    "persona_id",
    "persona_version",
    "pathway_id",
    "pathway_version",
    "pathway_graph",
    "rails",
    "routes",
    "disclosures",
    "hook_events",
    "agent",
    "reading",
    "variables",
)


def after_voicemail(pk: int) -> Call | None:
    """Makes the retry that the call asked for, linked to it; None when it asked for none or staff stopped it.

    To be called in the transaction that ends it. The retry itself has no retry: one voicemail, one more try.
    """
    call = Call.objects.get(pk=pk)
    retry = call.setting("retry")
    if not retry or call.stop_requested_at is not None:  # who stops a call does not want it made again
        return None
    wait = WAIT_SECONDS if retry.get("wait") is None else int(retry["wait"])
    config = {**call.config, "retry": None, "voicemail": _voicemail(call.setting("voicemail") or {}, retry)}
    same = {name: getattr(call, name) for name in COPIED}
    made = Call(**same, source="retry", retry_of=call, config=config, due_at=timezone.now() + timedelta(seconds=wait))
    lifecycle.create(made, [Event("call", f"One more try, {wait} seconds after a voicemail", "retry", data={"call": str(call.uid)})])
    words = f"Voicemail was reached; the call is tried once more in {wait} seconds"
    lifecycle.record(call.pk, Event("call", words, "retry", data={"call": str(made.uid)}))
    return made


def _voicemail(old: dict[str, object], retry: dict[str, object]) -> dict[str, object]:
    new = {name: retry.get(f"voicemail_{name}") for name in ("action", "message")}
    return {**old, **{name: value for name, value in new.items() if value is not None}}
