"""A call as programs see it: the public reference's fields and units. One place, for details, list, streams and webhooks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from calls import citing, variables
from calls.models import Call, CallEvent, Citation, Recording, Utterance
from calls.pathway_logs import logs_of_call
from calls.recordings import links
from calls.states import ENDED, HELD_BY_RUNNER, State

TRANSCRIPT_JOIN = " \n "


def iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def minutes(ms: int) -> float:
    return round(ms / 60_000, 4)


def completed(call: Call) -> bool:
    """Whether the call is over, however it came out: a client that polls for this always ends."""
    return State(call.state) in ENDED


def end_at(call: Call) -> datetime | None:
    """When it ended; while it lasts, when `max_duration` will end it; None before it was answered."""
    if call.ended_at or not call.started_at:
        return call.ended_at
    return call.started_at + timedelta(minutes=float(call.setting("max_duration") or 30))


def updated_at(call: Call) -> datetime:
    """The last of the moments that a call's row keeps. The same order as `calls.api.filters.UPDATED_AT`."""
    return call.outcome_at or call.ended_at or call.started_at or call.ringing_at or call.dialling_at or call.created_at


def list_item(call: Call) -> dict[str, Any]:
    """One call of the list. Needs `persona`, `pathway`, `retry_of` and `recording` selected."""
    return {
        "call_id": str(call.uid),
        "c_id": str(call.uid),
        "batch_id": _id(call.batch_id),
        "to": call.to_number,
        "from": call.from_number,
        "inbound": False,  # calls that people make to us are not served yet: every row was dialled by us
        "created_at": iso(call.created_at),
        "started_at": iso(call.started_at),
        "end_at": iso(end_at(call)),
        "updated_at": iso(updated_at(call)),
        "completed": completed(call),
        "queue_status": call.queue_status,
        "status": call.status or None,
        "error_message": call.error_message or None,
        "answered_by": call.answered_by or None,
        "call_ended_by": call.call_ended_by or None,
        "call_length": minutes(call.duration_ms),
        "corrected_duration": str(round(call.duration_ms / 1000)),
        "max_duration": call.setting("max_duration"),
        "price": float(call.price) if call.price is not None else None,
        "record": bool(call.setting("record")),
        **recording_at(call),
        "metadata": call.setting("metadata") or {},
        "variables": variables.of(call, call.started_at or call.created_at, answered=call.started_at is not None),
        "summary": call.summary or None,
        "disposition_tag": call.disposition_tag or None,
        "voice_id": call.setting("voice"),
        "persona_id": str(call.persona.uid) if call.persona else None,
        "pathway_id": str(call.pathway.uid) if call.pathway else None,
        "pathway_version": call.pathway_version,
        "campaign_id": None,
        "transferred_to": call.transferred_to or None,
        "transferred_at": iso(call.transferred_at),
        "retry_of": str(call.retry_of.uid) if call.retry_of else None,
    }


def recording_at(call: Call) -> dict[str, Any]:
    recording = getattr(call, "recording", None)
    address, until = links.make(call.uid) if recording and recording.state == Recording.READY else (None, None)
    return {"recording_url": address, "recording_expiration": iso(until)}


def details(
    call: Call,
    lines: Iterable[Utterance],
    retries: Iterable[Any] = (),
    walked: Iterable[CallEvent] | None = None,
    cited: Iterable[Citation] = (),
    tags: Iterable[str] = (),
    corrected: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Everything about one call. `lines` in their order; `retries`: ids of the calls made again because of this one.

    `walked`: events of its walk through a pathway; None for a call with a task. `cited`: what was read out of it, see `calls.citing`.
    `corrected`: its lines as `calls.corrected` heard them again.
    """
    spoken = list(lines)
    before, after = _around_transfer(call)
    return {
        **list_item(call),
        "request_data": call.request,
        "endpoint_url": urlsplit(settings.BASE_URL).netloc,
        "local_dialing": (call.setting("dialing_strategy") or {}).get("type") == "local",
        "concatenated_transcript": TRANSCRIPT_JOIN.join(f"{line.speaker}: {line.text}" for line in spoken),
        "transcripts": [transcript(call, line) for line in spoken],
        "corrected_transcript": corrected,
        "pathway_logs": None if walked is None else logs_of_call(walked, spoken, call.setting("request_data")),
        "pathway_tags": [],
        "analysis_schema": call.setting("analysis_schema"),
        "analysis": call.analysis,
        "citations": citing.shaped(cited, [line.pk for line in spoken]) or None,
        "dispositions": call.setting("dispositions"),
        "disposition_quote": call.disposition_quote or None,
        "disposition_reason": call.disposition_reason or None,
        "pre_transfer_duration": before,
        "post_transfer_duration": after,
        "warm_transfer_call": None,
        "is_proxy_agent_call": False,
        "is_canary": False,
        "retries": [str(uid) for uid in retries],
        "start_time": iso(call.due_at) if State(call.state) in (State.NEW, State.QUEUED) else None,
        "held_reason": call.held_reason or None,
        "tags": list(tags),
        "sources": call.sources,
        "notes": call.notes,
    }


def transcript(call: Call, line: Utterance) -> dict[str, Any]:
    return {"id": line.pk, "created_at": iso(line.at), "text": line.text, "user": line.speaker, "c_id": str(call.uid)}


def event(call: Call, row: CallEvent) -> dict[str, Any]:
    """The reference's words are the other way round from ours: its `level` is our category, its `category` our level."""
    return {
        "level": row.category,
        "message": row.message,
        "category": row.level,
        "call_id": str(call.uid),
        "timestamp": iso(row.at),
    }


def active_status(call: Call) -> str:
    """QUEUED, IN_PROGRESS, TRANSFERRED or COMPLETE."""
    state = State(call.state)
    if state in ENDED:
        return "COMPLETE"
    if call.transferred_at:
        return "TRANSFERRED"
    return "IN_PROGRESS" if state in HELD_BY_RUNNER else "QUEUED"


def active_item(call: Call, account_uid: Any, home_country: str) -> dict[str, Any]:
    """One call that is not over. Needs `pathway` selected."""
    return {
        "call_id": str(call.uid),
        "user_id": str(account_uid),
        "from": call.from_number,
        "to": call.to_number,
        "objective": str(call.setting("task") or "")[:1000],
        "pathway_id": str(call.pathway.uid) if call.pathway else None,
        "start_time": iso(call.started_at or call.due_at),
        "international": "true" if call.country and call.country != home_country else "false",
        "status": active_status(call),
        "timestamp": str(int(call.created_at.timestamp() * 1000)),
    }


def _id(value: Any) -> str | None:
    return str(value) if value else None


def _around_transfer(call: Call) -> tuple[float | None, float | None]:
    """Minutes spoken before and after the call was handed over; None for what is not known."""
    if not call.transferred_at or not call.started_at:
        return None, None
    before = int((call.transferred_at - call.started_at).total_seconds() * 1000)
    after = int((call.ended_at - call.transferred_at).total_seconds() * 1000) if call.ended_at else None
    return minutes(max(0, before)), minutes(max(0, after)) if after is not None else None
