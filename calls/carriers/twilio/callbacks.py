"""What Twilio posts about a call, read. Pure. Callbacks come late, twice and in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

# Twilio's words for the status of a call.
STATUSES = frozenset({"queued", "initiated", "ringing", "in-progress", "busy", "no-answer", "failed", "canceled", "completed"})
KEPT = (
    "CallSid",
    "SequenceNumber",
    "CallDuration",
    "SipResponseCode",
    "ErrorCode",
    "ErrorMessage",
    "AnsweredBy",
    "MachineDetectionDuration",
)

type Told = Literal["ringing", "answered", "busy", "no-answer", "failed", "canceled", "completed"]
TELLS: dict[str, Told] = {
    "ringing": "ringing",
    "in-progress": "answered",
    "busy": "busy",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "canceled",
    "completed": "completed",
}


@dataclass(frozen=True, slots=True)
class Callback:
    """`key` is the same when it comes again. `told`: what it says about how the call came out, `at` when that was."""

    key: str
    kind: str
    data: dict[str, str] = field(default_factory=dict)
    told: Told | None = None
    at: datetime | None = None
    duration_ms: int | None = None
    message: str = ""


def status(posted: Mapping[str, str]) -> Callback | None:
    """A status callback; None when it has no status that we know."""
    word = posted.get("CallStatus", "")
    if word not in STATUSES:
        return None
    seconds = posted.get("CallDuration", "")
    return Callback(
        f"status:{word}",
        word,
        _kept(posted),
        TELLS.get(word),
        _time(posted.get("Timestamp", "")),
        int(seconds) * 1000 if word == "completed" and seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else None,
        why_failed(posted) if word == "failed" else "",
    )


def answerer(posted: Mapping[str, str]) -> Callback | None:
    """Who answered, by Twilio's detection."""
    return Callback("answerer", "answerer", _kept(posted)) if posted.get("AnsweredBy") else None


def picked_up(posted: Mapping[str, str]) -> Callback | None:
    """The person to whom the call is handed over answered. There may be several tries: the SID of the second call tells them apart."""
    return Callback(f"picked-up:{posted['CallSid']}"[:100], "picked-up") if posted.get("CallSid") else None


def handed_over(posted: Mapping[str, str]) -> Callback | None:
    """How the call to that person came out."""
    word = posted.get("DialCallStatus", "")
    if not word:
        return None
    which = posted.get("DialCallSid") or posted.get("SequenceNumber") or "none"
    return Callback(f"handed-over:{which}"[:100], "handed-over", {"status": word[:20]})


def why_failed(posted: Mapping[str, str]) -> str:
    """In words for staff, from what Twilio says of it."""
    said = posted.get("ErrorMessage") or ""
    sip, code = posted.get("SipResponseCode") or "", posted.get("ErrorCode") or ""
    details = [said[:150], f"SIP {sip}" if sip else "", f"error {code}" if code else ""]
    known = ", ".join(part for part in details if part)
    return f"Twilio could not place the call ({known})." if known else "Twilio could not place the call."


def _kept(posted: Mapping[str, str]) -> dict[str, str]:
    return {name: posted[name][:200] for name in KEPT if posted.get(name)}


def _time(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
