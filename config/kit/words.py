"""How the state of a call reads on screen: one word, one shape, one tone. Every page uses this table and no other.

Shape and word carry the meaning, the tone (colour) only repeats it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from config.kit import times


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees. `icon` is a symbol of static/icons.svg, `more` the words after the state, `since` starts a running clock."""

    key: str
    word: str
    icon: str
    tone: str = ""  # "", live, good, warn, bad
    meaning: str = ""
    more: str = ""
    since: datetime | None = None

    @property
    def moves(self) -> bool:
        return self.key in ("dialling", "ringing")


STATES: dict[str, Shown] = {
    shown.key: shown
    for shown in (
        Shown("scheduled", "Scheduled", "st-scheduled", "", "Waits for its time."),
        Shown("held", "Held", "st-held", "", "Waits until calling hours open there."),
        Shown("inline", "In line", "st-inline", "", "Waits for a free line."),
        Shown("dialling", "Dialling", "st-dialling", "live", "A number is being dialled."),
        Shown("ringing", "Ringing", "st-ringing", "live", "Rings at their end."),
        Shown("talking", "Talking", "st-talking", "live", "Somebody is on the line."),
        Shown("writing", "Writing up", "st-writing", "", "Over. The outcome is being written."),
        Shown("done", "Finished", "st-done", "good", "Over, outcome known."),
        Shown("transferred", "Handed over", "st-transferred", "good", "A person took over."),
        Shown("voicemail", "Voicemail", "st-voicemail", "", "A machine answered."),
        Shown("noanswer", "No answer", "st-noanswer", "", "Rang out."),
        Shown("busy", "Busy", "st-busy", "", "Line was engaged."),
        Shown("canceled", "Called off", "st-canceled", "", "Stopped before anybody answered."),
        Shown("refused", "Not allowed", "st-refused", "bad", "A rule said no. Not dialled."),
        Shown("failed", "Could not connect", "st-failed", "bad", "The line could not reach it."),
        Shown("lost", "Lost sight of it", "st-lost", "warn", "No sign of it. Not redialled by itself."),
        Shown("incomplete", "Finished, outcome missing", "st-incomplete", "warn", "Over, but the outcome could not be written."),
    )
}

_LIVE = {"allocated": "dialling", "dialling": "dialling", "ringing": "ringing", "started": "talking"}
_REFUSED = {"pre_queue_error", "queue_error"}
_BY_STATUS = {"busy": "busy", "no-answer": "noanswer", "canceled": "canceled", "failed": "failed", "unknown": "lost"}


def key_of(call: Any) -> str:
    """The key into STATES for a call (a Call row or anything with the same fields)."""
    if call.state in ("new", "queued"):
        if call.due_at > timezone.now():
            return "held" if call.held_reason else "scheduled"
        return "inline"
    if call.state in _LIVE:
        return _LIVE[call.state]
    if call.state in _REFUSED:
        return "refused"
    if call.state == "complete_error":
        return "incomplete"
    if call.state == "call_error":
        return "lost" if call.status == "unknown" else "failed"
    if call.status in _BY_STATUS:
        return _BY_STATUS[call.status]
    if call.transferred_at:
        return "transferred"
    if call.answered_by == "voicemail":
        return "voicemail"
    return "done" if call.outcome_at else "writing"


def shown(call: Any) -> Shown:
    """The state of a call with the words that belong to it: since when, until when, by whom, why."""
    key = key_of(call)
    state = STATES[key]
    if key == "held":
        there = times.clock(call.due_at.astimezone(ZoneInfo(call.timezone)))
        return replace(state, more=f"until {there} there")
    if key == "scheduled":
        return replace(state, more=times.absolute(call.due_at))
    if key == "talking":
        return replace(state, since=call.started_at)
    if key == "canceled" and call.stop_requested_by:
        return replace(state, more=f"by {call.stop_requested_by}")
    if key in ("refused", "failed"):
        return replace(state, more=call.error_message)
    if key == "lost" and call.ended_at:
        return replace(state, more=f"noticed {times.absolute(call.ended_at)}")
    return state
