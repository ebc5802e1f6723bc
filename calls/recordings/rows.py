"""The life of a recording: writing, ready or failed, deleted. The row comes before the file and outlives it.

A row of state "deleted" that still names a file is the order to remove it: `remove_due` is the sweep of that queue. Everything may run
twice and beside itself; each change is a compare-and-set on the state with its event on the call in the same transaction.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from calls import feed, hooks, lifecycle
from calls.lifecycle import Event
from calls.models import Call, Recording
from calls.recordings import wav
from calls.recordings.files import name_of, path_of
from config.kit import audit
from config.models import Account, User

log = logging.getLogger(__name__)
KIND = "recording"  # CallEvent.kind
BUCKETS = 250  # strokes of the drawing per channel
MOST = 100  # of one sweep
SHORT_MS = 5_000  # that a recording may lack at the end of a call before somebody is told
KEPT = (Recording.READY, Recording.FAILED)


def begin(call_id: int, path: str) -> None:
    """Notes that the sound of a call will be written to `path`. Called in the transaction after which the call may be dialled: whatever
    becomes of its runner, no file is ever without a row. "" when the call is not recorded."""
    if path:
        Recording.objects.get_or_create(call_id=call_id, defaults={"file": name_of(path)})


def settle(call_id: int) -> bool:
    """Puts the recording of an ended call in order: header, length, drawing, when it is to be deleted. False: nothing was done."""
    row = Recording.objects.filter(call_id=call_id, state=Recording.WRITING, call__ended_at__isnull=False).first()
    if row is None:
        return False
    from calls.recordings.peaks import peaks  # numpy: only the worker needs it

    path = path_of(row)
    try:
        facts = wav.close(path)
        drawn = peaks(path, BUCKETS)
    except wav.Growing:
        return False
    except wav.Missing:
        return _nothing_written(row)
    except wav.Unusable as error:
        return _fail(row, f"The recording could not be kept: {error}.")
    event = _ready(row, facts.duration_ms)
    return _change(
        row,
        {Recording.WRITING},
        event,
        state=Recording.READY,
        duration_ms=facts.duration_ms,
        size=facts.size,
        peaks=drawn,
        delete_after=_delete_after(row.call_id),
    )


def _ready(row: Recording, duration_ms: int) -> Event:
    """A recording that broke off (the disk was full, the runner died) is given out, and says so."""
    call = Call.objects.only("duration_ms").get(pk=row.call_id)
    short = call.duration_ms - duration_ms
    if short <= SHORT_MS:
        return Event("call", "Call recording is ready", kind=KIND, data={"duration_ms": duration_ms})
    words = f"Call recording is ready, but ends {round(short / 1000)} seconds before the call: not all of it could be written"
    return Event("call", words, kind=KIND, level="error", data={"duration_ms": duration_ms})


def sweep() -> None:
    """Settles recordings whose call is over and whose task was missed, the oldest first."""
    due = Recording.objects.filter(state=Recording.WRITING, call__ended_at__isnull=False).order_by("created_at")
    for call_id in due.values_list("call_id", flat=True)[:MOST]:
        try:
            settle(call_id)
        except OSError:
            log.exception("the recording of call %s could not be put in order", call_id)


def delete(call: Call, user: User) -> bool:
    """Somebody deletes it: nobody gets it any more from this moment on. False: there was nothing to delete."""
    row = Recording.objects.filter(call=call, state__in=KEPT).first()
    if row is None:
        return False
    with transaction.atomic():
        if not _forget(row, f"{user} deleted the recording"):
            return False
        audit.record(call.account, "recording.deleted", call.callee_name or call.to_number, user=user, call=str(call.uid))
    return True


def erase(call: Call) -> bool:
    """The call itself is about to be deleted. True: none of its sound is on the disk any more. May be called again and again."""
    settle(call.pk)
    row = Recording.objects.filter(call=call).defer("peaks").first()
    if row is None:
        return True
    if row.state in KEPT:
        _forget(row, "The recording was deleted with the call")
    _remove(row.pk)
    return not Recording.objects.filter(pk=row.pk).exclude(file="").exists()


def remove_due() -> None:
    """Retention, and files that a deletion left behind."""
    for row in Recording.objects.filter(delete_after__lte=timezone.now()).order_by("delete_after").defer("peaks")[:MOST]:
        if row.state == Recording.DELETED:
            _remove(row.pk)
        else:
            _forget(row, "The recording was deleted: it was kept as long as the office keeps recordings")


def keep_for(account: Account) -> None:
    """The account keeps recordings for another time than before: those it has are deleted (or kept) accordingly."""
    rows = Recording.objects.filter(call__account=account, state__in=KEPT)
    if account.recording_days:
        ended = Call.objects.filter(pk=OuterRef("call_id")).values("ended_at")[:1]
        rows.filter(call__ended_at__isnull=False).update(delete_after=Subquery(ended) + timedelta(days=account.recording_days))
    else:
        rows.update(delete_after=None)


def _delete_after(call_id: int) -> datetime | None:
    ended, days = Call.objects.values_list("ended_at", F("account__recording_days")).get(pk=call_id)
    return ended + timedelta(days=days) if ended and days else None


def _nothing_written(row: Recording) -> bool:
    """No file: nothing went wrong with a call that nobody answered."""
    if Call.objects.filter(pk=row.call_id, started_at=None).exists():
        return bool(Recording.objects.filter(pk=row.pk, state=Recording.WRITING).delete()[0])
    return _fail(row, "The recording could not be kept: no sound was written.")


def _fail(row: Recording, words: str) -> bool:
    event = Event("call", words, kind=KIND, level="error")
    return _change(row, {Recording.WRITING}, event, state=Recording.FAILED, delete_after=_delete_after(row.call_id))


def _forget(row: Recording, words: str) -> bool:
    at = timezone.now()
    changes = {"state": Recording.DELETED, "deleted_at": at, "delete_after": at, "peaks": []}
    with transaction.atomic():
        if not _change(row, set(KEPT), Event("call", words, kind=KIND), **changes):
            return False
        transaction.on_commit(partial(_remove, row.pk))
    return True


def _remove(pk: int) -> None:
    """Removes the file of a deleted recording. What fails is tried again by the sweep: its row still names the file."""
    row = Recording.objects.filter(pk=pk, state=Recording.DELETED).exclude(file="").first()
    if row is None:
        return
    try:
        path_of(row).unlink(missing_ok=True)
    except OSError:
        log.exception("the file of a deleted recording could not be removed")
        return
    Recording.objects.filter(pk=pk).update(file="", delete_after=None)


def _change(row: Recording, states: Collection[str], event: Event, **columns: Any) -> bool:
    with transaction.atomic():
        if not Recording.objects.filter(pk=row.pk, state__in=states).update(**columns):
            return False
        seq = lifecycle.record(row.call_id, event)
        hooks.let_go(row.call_id)
        call = Call.objects.only("uid", "account_id").get(pk=row.call_id)
        transaction.on_commit(partial(feed.publish, call.uid, call.account_id, seq, ""))
    return True
