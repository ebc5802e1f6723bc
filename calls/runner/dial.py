"""One claimed call from its lease to its end. At most one dial: DIALLING is committed before the carrier is touched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from calls import lifecycle, reports
from calls.agent.ports import Agent, Brief
from calls.agent.session import Command, Gone, Recorder, SessionConfig, SessionResult
from calls.agent.watch import Watch
from calls.agent.watching import watch_of
from calls.carriers.base import Carrier, CarrierError, Media
from calls.lifecycle import Event
from calls.models import Call
from calls.recordings import rows as recordings
from calls.reports import Outcome
from calls.runner import admit, retry
from calls.runner.brief import Prepared, prepare, record_to
from calls.runner.claim import Claimed
from calls.runner.database import Database
from calls.runner.inbox import Seen
from calls.runner.lease import hand_back
from calls.runner.levels import Watched, tell
from calls.runner.recorder import CallRecorder
from calls.speech.ports import Missing
from calls.states import ON_THE_LINE, AnsweredBy, State, Status
from config.kit.secrets import Unreadable

log = logging.getLogger(__name__)
DIAL_WITHIN = 60  # seconds for the carrier to say whether it takes the call
LET_GO_WITHIN = 2  # seconds for a line to be hung up

CUT_OFF = "The server was stopped during the call; the call was ended."
BROKEN = "The conversation broke off through an error of the server."
SILENT_CARRIER = "The carrier did not say whether it took the call."

type Converse = Callable[[SessionConfig, Media, Agent, Recorder, asyncio.Queue[Command], Watch], Awaitable[SessionResult]]


@dataclass(frozen=True, slots=True)
class Engine:
    """What a call is made with: lines, speakers and the conversation itself."""

    carrier: Callable[[str], Carrier]
    agent: Callable[[Brief], Agent]
    converse: Converse
    watch: Callable[[Sequence[Mapping[str, Any]], Brief], Watch] = watch_of


@dataclass(slots=True)
class Live:
    """One call in the hands of this runner."""

    claimed: Claimed
    commands: asyncio.Queue[Command] = field(default_factory=asyncio.Queue)
    seen: Seen = field(default_factory=Seen)
    media: Media | None = None
    dialled: bool = False  # DIALLING is committed: from here on it has to be ended, not given back

    def tell(self, command: Command) -> None:
        self.commands.put_nowait(command)
        if self.media is not None:
            self.media.wake()


@dataclass(frozen=True, slots=True)
class Place:
    """Where calls are handled: this runner."""

    owner: UUID
    database: Database
    engine: Engine
    draining: Callable[[], bool]
    watched: Watched


async def handle(live: Live, place: Place) -> None:
    """Rules, dial, conversation, outcome. Lets go without a trace of its own when another holds the call by now."""
    pk, database = live.claimed.pk, place.database
    try:
        prepared = await database.start(_prepare, pk, place.owner)
        if prepared is None:
            return
        agent = await asyncio.to_thread(place.engine.agent, prepared.brief)
        watch = await asyncio.to_thread(place.engine.watch, prepared.rails, prepared.brief)
        carrier = place.engine.carrier(prepared.carrier)
    except Unreadable as unreadable:
        await database.start(_refuse, pk, place.owner, f"The settings of the line or of the speech services: {unreadable}")
        return
    except Exception:
        log.exception("a call could not be prepared")
        await database.start(_refuse, pk, place.owner, "The call could not be prepared: an error of the server.")
        return
    if place.draining():
        await database.start(hand_back, pk, place.owner)
        return
    if not await database.start(_begin, pk, place.owner, agent.name):
        return  # stopped, reaped, or not to be dialled now
    live.dialled = True
    await _on_the_line(live, place, prepared, carrier, agent, watch)


async def _on_the_line(live: Live, place: Place, prepared: Prepared, carrier: Carrier, agent: Agent, watch: Watch) -> None:
    pk = live.claimed.pk
    recorder = CallRecorder(place.database, pk, place.owner)
    try:
        live.media = media = await _dial(carrier, prepared)
        if not live.commands.empty():
            media.wake()  # asked while the carrier was at it, when nobody could be woken
        meters = asyncio.create_task(tell(media, str(live.claimed.uid), place.watched), name="levels")
        try:
            result = await place.engine.converse(prepared.session, media, agent, recorder, live.commands, watch)
        finally:
            meters.cancel()
    except CarrierError as error:
        result = _refused(error)
    except Gone:
        log.warning("this call is no longer ours; hanging up")
        await _let_go(live)
        return
    except asyncio.CancelledError:
        await _let_go(live)
        result = SessionResult("completed" if live.media else "canceled", "", "ASSISTANT" if live.media else "", _clock(live), CUT_OFF)
    except Exception:
        log.exception("a call broke off")
        await _let_go(live)
        result = SessionResult("failed", "", "ASSISTANT" if live.media else "", _clock(live), BROKEN)
    await place.database.insist(settings.LEASE_SECONDS, finish, pk, place.owner, result)


async def _dial(carrier: Carrier, prepared: Prepared) -> Media:
    try:
        async with asyncio.timeout(DIAL_WITHIN):
            return await carrier.dial(prepared.dial)
    except Missing as missing:
        raise CarrierError(str(missing)) from missing
    except TimeoutError:
        raise CarrierError(SILENT_CARRIER, status=Status.UNKNOWN) from None


def _refused(error: CarrierError) -> SessionResult:
    status = error.status if error.status in set(Status) else Status.FAILED
    answered_by: Literal["no-answer", ""] = "no-answer" if status == Status.NO_ANSWER else ""
    said = str(error) if status in (Status.FAILED, Status.UNKNOWN) else ""
    return SessionResult(cast(Literal["failed"], str(status)), answered_by, "", 0, said)


async def _let_go(live: Live) -> None:
    """Hangs up, as far as that is possible now."""
    if live.media is None:
        return
    try:
        async with asyncio.timeout(LET_GO_WITHIN):
            await live.media.hangup()
    except Exception:
        log.exception("a line could not be hung up")


def _clock(live: Live) -> int:
    return live.media.now_ms if live.media else 0


def _prepare(pk: int, owner: UUID) -> Prepared | None:
    """None when the call is no longer ours to dial."""
    call = Call.objects.get(pk=pk)
    return prepare(call, timezone.now()) if call.state == State.ALLOCATED and call.lease_owner == owner else None


def _refuse(pk: int, owner: UUID, reason: str) -> bool:
    event = Event("queue", f"Not dialled: {reason}", kind="state", level="error")
    return lifecycle.advance(pk, State.ALLOCATED, State.QUEUE_ERROR, event, owner=owner, status=Status.FAILED, error_message=reason[:300])


def _begin(pk: int, owner: UUID, agent: str) -> bool:
    """The rules once more and, in the same transaction, the step from which on the call is never dialled again.

    False: it is not to be dialled (now), or no longer ours; whatever is to be written of that was.
    """
    with transaction.atomic():
        call = Call.objects.select_related("account").get(pk=pk)
        at = timezone.now()
        verdict = admit.look(call, at)
        if verdict.refused:
            _refuse(pk, owner, verdict.refused)
            return False
        if verdict.held_until is not None:
            _hold(pk, owner, verdict.held_until, verdict.held_reason)
            return False
        event = Event("call", "Dialling", kind="state", data={"agent": agent})
        begun = lifecycle.advance(pk, State.ALLOCATED, State.DIALLING, event, owner=owner, dialling_at=at, agent=agent[:80])
        if begun:
            recordings.begin(pk, record_to(call))
        return begun


def _hold(pk: int, owner: UUID, until: datetime, reason: str) -> None:
    event = Event("queue", f"Held: {reason}", kind="state", data={"until": until.isoformat()})
    columns: dict[str, Any] = {"due_at": until, "held_reason": reason[:160], "lease_owner": None, "lease_until": None}
    lifecycle.advance(pk, State.ALLOCATED, State.QUEUED, event, owner=owner, **columns)


def finish(pk: int, owner: UUID, result: SessionResult) -> bool:
    """Writes how the call came out and, in the same transaction, the retry that a voicemail asks for. False: no longer ours."""
    own = Outcome(str(result.status), result.answered_by, result.ended_by, result.duration_ms, result.error)
    with transaction.atomic():
        if own.status == Status.COMPLETED and Call.objects.filter(pk=pk, started_at=None).exists():
            own = replace(own, status=Status.CANCELED.value, answered_by="", call_ended_by="", duration_ms=0)  # cut off while it rang
        ended = reports.end(pk, ON_THE_LINE, own, f"Call ended: {result.status}", owner=owner)
        if ended is not None and ended.answered_by == AnsweredBy.VOICEMAIL:
            retry.after_voicemail(pk)
    return ended is not None
