"""How a call came out, from what our session saw and what the carrier reported.

Reports come late, twice and in any order. So they are only ever collected, as events, and the outcome is a function of the collection,
computed anew when one is added: the same set gives the same row in every order. What the session saw for itself beats every report;
reports decide only where the session saw no end (status unknown, because its runner vanished or the carrier gave no answer).
While a runner holds the call its session is at work: a report waits until that is over.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call, CallEvent
from calls.states import ENDED, AnsweredBy, State, Status

REPORT = "report"  # CallEvent.kind
# Contradicting ends: the one that needs more to have happened on the line is believed.
RANK = {"failed": 0, "canceled": 1, "no-answer": 2, "busy": 3, "completed": 4}


@dataclass(frozen=True, slots=True)
class Report:
    """What a carrier tells. `at` is the carrier's time; a duplicate is a report that says the very same."""

    kind: Literal["ringing", "answered", "busy", "no-answer", "failed", "canceled", "completed"]
    at: datetime
    duration_ms: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    status: str
    answered_by: str = ""
    call_ended_by: str = ""
    duration_ms: int = 0
    error_message: str = ""
    ringing_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> State:
        return State.CALL_ERROR if self.status in (Status.FAILED, Status.UNKNOWN) else State.COMPLETE


def merge(own: Outcome, reports: Collection[Report]) -> Outcome:
    """The outcome that what we saw and all reports give together. Pure; the order of `reports` and doubles make no difference."""
    ends = [r for r in reports if r.kind in RANK]
    if own.status != Status.UNKNOWN or not ends:
        return own
    kind = max((r.kind for r in ends), key=lambda kind: RANK[kind])
    believed = [r for r in ends if r.kind == kind]
    ringing = own.ringing_at or min((r.at for r in reports if r.kind == "ringing"), default=None)
    started = own.started_at or min((r.at for r in reports if r.kind == "answered"), default=None)
    ended = max(r.at for r in believed)
    duration = max((r.duration_ms for r in believed if r.duration_ms is not None), default=None)
    if duration is None:
        talked = kind == "completed" and started is not None
        duration = max(0, round((ended - started).total_seconds() * 1000)) if talked and started else own.duration_ms
    return replace(
        own,
        status=str(kind),
        answered_by=own.answered_by or (AnsweredBy.NO_ANSWER.value if kind == "no-answer" else ""),
        duration_ms=duration,
        error_message=max(r.message for r in believed) if kind == "failed" else "",
        ringing_at=ringing,
        started_at=started,
        ended_at=ended,
    )


def end(pk: int, old: Collection[State], own: Outcome, message: str, *, owner: UUID | None = None) -> Outcome | None:
    """Ends a dialled call: what the runner or the reaper knows of it, merged with the reports so far. None: somebody was first."""
    with transaction.atomic():
        call = Call.objects.select_for_update().only("ringing_at", "started_at", "answered_by").get(pk=pk)
        own = replace(
            own,
            answered_by=own.answered_by or call.answered_by,
            error_message=own.error_message[:300],
            ringing_at=call.ringing_at,
            started_at=call.started_at,
            ended_at=own.ended_at or timezone.now(),
        )
        merged = merge(own, _reports(pk))
        event = Event(
            "call", message, kind="state", level="error" if merged.state == State.CALL_ERROR else "info", data={"own": _dump(own)}
        )
        return merged if lifecycle.advance(pk, old, merged.state, event, owner=owner, **asdict(merged)) else None


def receive(pk: int, report: Report) -> bool:
    """Takes in one report of the carrier. False: it was known already."""
    report = replace(report, message=report.message[:300])
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=pk)
        known = _reports(pk)
        if report in known:
            return False
        message = f"The carrier reports: {report.kind}"
        lifecycle.record(pk, Event("call", message, kind=REPORT, data=_dump(report)))
        if call.state in ENDED:
            _correct(call, [*known, report])
    return True


def _correct(call: Call, reports: Collection[Report]) -> None:
    ending = CallEvent.objects.filter(call=call, kind="state", data__has_key="own").first()
    if ending is None:
        return  # it was never dialled
    merged = merge(_outcome(ending.data["own"]), reports)
    if all(getattr(call, name) == value for name, value in asdict(merged).items()):
        return
    event = Event("call", f"By the carrier's report the call came out as: {merged.status}", kind="state")
    lifecycle.advance(call.pk, State(call.state), merged.state, event, outcome_at=None, **asdict(merged))


def _reports(pk: int) -> list[Report]:
    rows = CallEvent.objects.filter(call_id=pk, kind=REPORT).values_list("data", flat=True)
    return [Report(data["kind"], datetime.fromisoformat(data["at"]), data["duration_ms"], data["message"]) for data in rows]


def _dump(row: Report | Outcome) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(row).items()}


def _outcome(data: Mapping[str, Any]) -> Outcome:
    own = Outcome(**data)
    times: dict[str, Any] = {}
    for name in ("ringing_at", "started_at", "ended_at"):
        times[name] = datetime.fromisoformat(data[name]) if data[name] else None
    return replace(own, **times)
