"""The life of a corrected transcript: asked for, made by a worker, kept. Everything may run twice.

A worker holds a row by a lease; one that dies leaves it to the sweep. Three tries, then it says why there is none.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.timezone import now

from calls import speech_services
from calls.corrected.hearing import Line, agreement, heard_again
from calls.models import Call, CorrectedTranscript, Recording, SpeechService, Utterance
from calls.recordings import wav
from calls.recordings.files import path_of
from calls.speech import services
from calls.speech.ports import Engines, SpeechError
from calls.states import AnsweredBy
from config.kit.secrets import Unreadable

log = logging.getLogger(__name__)

WAITING, READY, FAILED = "waiting", "ready", "failed"
LEASE = timedelta(minutes=10)  # longer than an hour of sound takes
TRIES = 3
NO_RECORDING = "There is no recording of this call."
GONE_WRONG = "The recording could not be heard again."
SPEAKERS = {"assistant": 0}  # everybody else is 1, as in the channels of the recording


def ask(call: Call) -> CorrectedTranscript | None:
    """The row of a call that is over and was recorded; made, and the worker hinted at, the first time. None: no recording is ready."""
    found = CorrectedTranscript.objects.filter(call=call).first()
    if found is not None:
        return found
    if not Recording.objects.filter(call=call, state=Recording.READY).exists():
        return None
    row, made = CorrectedTranscript.objects.get_or_create(call=call)
    if made:
        transaction.on_commit(lambda: _hint(call.pk))
    return row


def ask_again(call: Call) -> bool:
    """After a failure: as if it had never been asked for. False: it had not failed."""
    again = CorrectedTranscript.objects.filter(call=call, state=FAILED)
    if not again.update(state=WAITING, lease_until=None, trouble="", tries=0, asked_at=now()):
        return False
    transaction.on_commit(lambda: _hint(call.pk))
    return True


def make(call_id: int) -> None:
    """Hears the recording again and keeps what was said; does nothing while another worker does it, or when it is done."""
    taken = now()
    if not _free().filter(call_id=call_id).update(lease_until=taken + LEASE, tries=F("tries") + 1):
        return
    row = CorrectedTranscript.objects.get(call_id=call_id)
    held = CorrectedTranscript.objects.filter(pk=row.pk, state=WAITING, lease_until=row.lease_until)
    try:
        lines, by = read(Call.objects.get(pk=call_id))
    except Exception as error:
        known = isinstance(error, SpeechError | wav.Unusable | Unreadable)
        trouble = f"{GONE_WRONG} {error}" if known else GONE_WRONG
        log.warning("the transcript of call %s could not be corrected", call_id, exc_info=not known)
        over = {"state": FAILED} if row.tries >= TRIES else {}
        held.update(lease_until=None, trouble=trouble[:300], **over)
        return
    held.update(state=READY, lease_until=None, trouble="", lines=lines, by=by[:120], made_at=now())


def sweep() -> None:
    """Makes what nobody makes, the oldest first."""
    for call_id in _free().filter(asked_at__lt=now() - timedelta(seconds=10)).order_by("asked_at").values_list("call_id", flat=True)[:20]:
        _hint(call_id)


def read(call: Call) -> tuple[list[dict[str, Any]], str]:
    """The lines in the reference's shape, and the recogniser's name. Raises SpeechError, wav.Unusable, OSError."""
    recording = Recording.objects.filter(call=call, state=Recording.READY).first()
    if recording is None:
        raise SpeechError(NO_RECORDING)
    live = [Line(*row) for row in Utterance.objects.filter(call=call).order_by("seq").values_list("speaker", "text", "start_ms", "end_ms")]
    engines = _engines(call)
    heard = async_to_sync(heard_again)(
        path_of(recording),
        engines,
        language=call.setting("language") or "babel-en",
        keywords=call.setting("keywords") or (),
        speaker="robot" if call.answered_by == AnsweredBy.VOICEMAIL else "user",
    )
    ours = [line for line in live if line.speaker == "assistant"]
    theirs = [line for line in live if line.speaker != "assistant"]
    lines = sorted([*ours, *heard], key=lambda line: line.start_ms)
    return [_shaped(line, theirs) for line in lines], engines.stt.name


def _shaped(line: Line, live: Sequence[Line]) -> dict[str, Any]:
    """Seconds from the answer. `confidence`: 1 for our own words; for theirs, how far both hearings agree."""
    then = [other.text for other in live if other.start_ms < line.end_ms and other.end_ms > line.start_ms]
    return {
        "start": line.start_ms / 1000,
        "end": line.end_ms / 1000,
        "text": line.text,
        "speaker": SPEAKERS.get(line.speaker, 1),
        "speaker_label": line.speaker,
        "confidence": 1.0 if line.speaker == "assistant" else agreement(line.text, then),
    }


def _engines(call: Call) -> Engines:
    rows = SpeechService.objects.filter(account_id=call.account_id, kind="stt")
    return services.engines([speech_services.config_of(row) for row in rows])


def _free() -> QuerySet[CorrectedTranscript]:
    return CorrectedTranscript.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now()), state=WAITING)


def _hint(call_id: int) -> None:
    try:
        current_app.send_task("calls.tasks.correct_transcript", (call_id,), retry=False)
    except Exception:
        log.warning("the corrected transcript of call %s was not queued; the sweep will find it", call_id, exc_info=True)
