"""The rows of what is sent after a call: its record, and its citations.

A record goes out once. When the outcome is written anew after that (a late report of the carrier, a correction) and a receiver would act
otherwise on it (`bodies.TOLD`), a corrected record follows: another message with its own id, the same `call_id` and `revision` 1, 2 … A
record that was not tried yet simply says what is true when it is. A price that the carrier tells later makes no new record: `price` is null
in the one that was sent, which says that it is not known yet.

`citations` are their own message only for calls whose `webhook_events` name them, as in the public reference. Whether the record waits for
them is the account's switch alone: who switched it on wants them inside.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from calls.hooks import bodies, events, nudging
from calls.models import Call, Delivery, Recording

LONGEST_FOR_FACTS = timedelta(minutes=10)
LONGEST_FOR_RECORDING = timedelta(minutes=1)
MOST = 500  # held records that one sweep looks at


def record(call_id: int) -> None:
    """The call is over and its outcome written: its record is to be sent, if anywhere. A second time sends it only when it changed."""
    call = _call(call_id)
    url = events.address(call)
    last = Delivery.objects.filter(call_id=call_id, kind=Delivery.RECORD).order_by("-seq").first()
    if not url or (last and (not last.body or bodies.says_the_same(last))):
        return
    at = now()
    state = Delivery.HELD if last is None and _waits(call, at, at) else Delivery.PENDING
    _add(call, Delivery.RECORD, last.seq + 1 if last else 0, last.url if last else url, state, "")


def corrected(call_id: int) -> None:
    """A person changed the outcome: whoever got the record gets a corrected one. Nothing for a call of which none was made."""
    if Delivery.objects.filter(call_id=call_id, kind=Delivery.RECORD).exists():
        record(call_id)


def citations(call_id: int, items: Sequence[dict[str, Any]], *, run: int = 0) -> None:
    """The citations of a call were read. `items` as `calls.citing.items` makes them; `run` counts from 0, up with every new reading.

    Also lets go of a record that waits for them: its row is older, so it goes first.
    """
    call = _call(call_id)
    url = events.address(call)
    if url and events.includes(call.hook_events, "citations") and items:
        _add(call, Delivery.CITATIONS, run, url, Delivery.PENDING, bodies.cited(call, items, now()))
    let_go(call_id, read=True)


def let_go(call_id: int, *, read: bool = False) -> None:
    """Something that a record may have waited for is there. `read`: the citations, whatever the row of the call says yet."""
    held = Delivery.objects.filter(call_id=call_id, state=Delivery.HELD).first()
    if held and not _waits(_call(call_id), held.created_at, now(), read=read):
        _release([held.pk])


def sweep() -> None:
    """Lets go of records that have waited long enough, or whose news of being free was lost."""
    at = now()
    held = Delivery.objects.filter(state=Delivery.HELD).order_by("created_at").select_related("call__account")[:MOST]
    _release([row.pk for row in held if not _waits(row.call, row.created_at, at)])


def _release(pks: list[int]) -> None:
    if pks and Delivery.objects.filter(pk__in=pks, state=Delivery.HELD).update(state=Delivery.PENDING, due_at=now()):
        transaction.on_commit(nudging.nudge)


def _waits(call: Call, since: datetime, at: datetime, *, read: bool = False) -> bool:
    """Whether the record of a call, made at `since`, has to wait for its recording or its facts (citations, analysis)."""
    if at - since < LONGEST_FOR_RECORDING and Recording.objects.filter(call=call, state=Recording.WRITING).exists():
        return True
    due = not read and call.facts_state == "due" and call.account.webhook_waits
    return due and at - since < LONGEST_FOR_FACTS


def _call(call_id: int) -> Call:
    return Call.objects.select_related("account").only("uid", "config", "hook_events", "facts_state", "account").get(pk=call_id)


def _add(call: Call, kind: str, seq: int, url: str, state: str, body: str) -> None:
    """Adds a message unless it is there already."""
    row = Delivery(account_id=call.account_id, call=call, kind=kind, seq=seq, url=url, state=state, body=body)
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(nudging.nudge)
