"""How a call came out, from how its leg ended. Pure."""

from typing import Literal

from calls.agent.session import SessionResult
from calls.carriers.base import Ended


def finished(ended: Ended, answered_by: Literal["", "human", "voicemail", "unknown"], we_hung_up: bool) -> SessionResult:
    """A call that was answered. A line that failed or was lost is not a call that was completed."""
    status: Literal["completed", "failed", "unknown"] = "completed"
    if ended.cause in ("failed", "lost"):
        status = "failed" if ended.cause == "failed" else "unknown"
    ended_by: Literal["ASSISTANT", "USER", ""] = ""
    if we_hung_up or ended.by == "us" or ended.cause == "transferred":
        ended_by = "ASSISTANT"
    elif ended.by == "callee":
        ended_by = "USER"
    return SessionResult(status, answered_by or "unknown", ended_by, ended.at_ms, "" if status == "completed" else ended.message)


def unanswered(ended: Ended, giving_up: Literal["", "canceled", "no-answer"] = "") -> SessionResult:
    """How a call came out that nobody answered. `giving_up`: we ended it ourselves, and why."""
    match giving_up or ended.cause:
        case "busy" | "rejected":
            return SessionResult("busy", "", "", error=ended.message)
        case "no-answer" | "hangup":
            return SessionResult("no-answer", "no-answer", "", error=ended.message)
        case "canceled":
            return SessionResult("canceled", "", "ASSISTANT", error=ended.message)
        case "lost":
            return SessionResult("unknown", "", "", error=ended.message)
        case _:
            return SessionResult("failed", "", "", error=ended.message or "The line failed")
