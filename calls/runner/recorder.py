"""Writes what a live session reports: rows first, each committed before the session goes on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from calls import lifecycle
from calls.agent.ports import Note
from calls.agent.rails.shape import Trip
from calls.agent.session import Gone
from calls.lifecycle import Event, LeaseLost
from calls.models import Call, DoNotCall, GuardRailTrip
from calls.runner.database import Database
from calls.states import State
from personas.models import GuardRail
from personas.rails import ACTION_WORDS

OPT_OUT = "optout"  # Note.kind: the callee asked not to be called again
VARIABLE = "variable"  # the walk remembers something
TOOL_NOTES = frozenset({"tool", "webhook"})


@dataclass(frozen=True, slots=True)
class CallRecorder:
    """The `Recorder` of one call (calls.agent.session). Every method raises Gone once `owner` has lost the call."""

    database: Database
    pk: int
    owner: UUID

    async def ringing(self) -> None:
        await self._write(_ringing, self.pk, self.owner, timezone.now())

    async def answered(self) -> None:
        await self._write(_answered, self.pk, self.owner, timezone.now())

    async def answered_by(self, who: Literal["human", "voicemail", "unknown"], why: str) -> None:
        event = Event("call", f"Answered by: {who}", kind="answered_by", data={"answered_by": who, "why": why})
        await self._write(lifecycle.record, self.pk, event, owner=self.owner, answered_by=who)

    async def line(
        self,
        speaker: Literal["user", "assistant", "robot", "agent-action"],
        text: str,
        start_ms: int,
        end_ms: int,
        *,
        message: str = "",
        latency: Mapping[str, int] | None = None,
        why: Sequence[str] = (),
        data: Mapping[str, Any] | None = None,
    ) -> int:
        return await self._write(
            lifecycle.say,
            self.pk,
            speaker,
            text,
            start_ms,
            end_ms,
            message=message,
            latency=latency,
            why=list(why) or None,
            data=data,
            owner=self.owner,
        )

    async def latency(self, part: str, ms: int) -> None:
        event = Event("latency", f"{part}: {ms}ms", kind="latency", level="performance", data={"part": part, "ms": ms})
        await self._write(lifecycle.record, self.pk, event, owner=self.owner)

    async def note(self, note: Note) -> None:
        await self._write(_note, self.pk, self.owner, note)

    async def tripped(self, trip: Trip) -> None:
        await self._write(_tripped, self.pk, self.owner, trip)

    async def transferred(self, number: str) -> None:
        event = Event("call", f"Transferred to {number}", kind="transfer", data={"number": number})
        await self._write(lifecycle.record, self.pk, event, owner=self.owner, transferred_to=number[:16], transferred_at=timezone.now())

    async def _write[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self.database.insist(settings.LEASE_SECONDS, work, *args, **kwargs)
        except (LeaseLost, OperationalError) as error:
            # A database that was away longer than the lease: a reaper may have ended the call meanwhile, so it is no longer ours.
            raise Gone(str(error)) from error


def _ringing(pk: int, owner: UUID, at: datetime) -> None:
    event = Event("call", "Ringing", kind="state")
    if not lifecycle.advance(pk, State.DIALLING, State.RINGING, event, owner=owner, ringing_at=at):
        _still_ours(pk, owner)


def _answered(pk: int, owner: UUID, at: datetime) -> None:
    event = Event("call", "Call connected", kind="state")
    if not lifecycle.advance(pk, {State.DIALLING, State.RINGING}, State.STARTED, event, owner=owner, started_at=at):
        _still_ours(pk, owner)


def _still_ours(pk: int, owner: UUID) -> None:
    if not Call.objects.filter(pk=pk, lease_owner=owner).exists():
        raise LeaseLost(f"call {pk}")


def _note(pk: int, owner: UUID, note: Note) -> None:
    category = "tool" if note.kind in TOOL_NOTES else "call"
    event = Event(category, note.message, kind=note.kind[:24], level=note.level, data=note.data)
    with transaction.atomic():
        lifecycle.record(pk, event, owner=owner, **_learnt(pk, note))
        if note.kind == OPT_OUT:
            _block(pk, note)


def _learnt(pk: int, note: Note) -> dict[str, Any]:
    """The column `variables` with a value that was learnt: only the runner that holds the call writes it."""
    name = note.data.get("name") if note.kind == VARIABLE else None
    if not isinstance(name, str) or not name:
        return {}
    known = Call.objects.values_list("variables", flat=True).get(pk=pk)
    return {"variables": {**known, name: note.data.get("value")}}


def _tripped(pk: int, owner: UUID, trip: Trip) -> None:
    """The event and the row of the history in one transaction; both say the same."""
    done = ACTION_WORDS[trip.action["type"]] if trip.acted else "Nothing: another guard rail acted before"
    data = {
        "id": trip.rail.id,
        "type": trip.rail.type,
        "name": trip.rail.name,
        "quote": trip.quote,
        "speaker": trip.speaker,
        "spoken": trip.spoken,
        "line_seq": trip.line_seq,
        "at_ms": trip.at_ms,
        "why": trip.why,
        "action": dict(trip.action),
        "acted": trip.acted,
    }
    event = Event("call", f"Guard rail tripped: {trip.rail.name}. {done}.", kind="guard_rail", level="error", data=data)
    with transaction.atomic():
        seq = lifecycle.record(pk, event, owner=owner)
        account_id = Call.objects.values_list("account_id", flat=True).get(pk=pk)
        known = GuardRail.objects.filter(uid=trip.rail.id, account=account_id).first() if trip.rail.id else None
        GuardRailTrip.objects.create(
            call_id=pk,
            account_id=account_id,
            guard_rail=known,
            type=trip.rail.type,
            name=trip.rail.name[:120],
            seq=seq,
            at_ms=trip.at_ms,
            speaker=trip.speaker,
            quote=trip.quote,
            line_seq=trip.line_seq,
            spoken=trip.spoken,
            why=trip.why[:200],
            action=dict(trip.action),
            acted=trip.acted,
        )


def _block(pk: int, note: Note) -> None:
    call = Call.objects.only("account_id", "to_number").get(pk=pk)
    DoNotCall.objects.get_or_create(
        account_id=call.account_id,
        number=call.to_number,
        defaults={
            "source": "call",
            "reason": "Asked on a call not to be called again",
            "quote": str(note.data.get("quote") or ""),
            "call": call,
        },
    )
