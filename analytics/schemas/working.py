"""The calls of a run are read one by one, by any worker. Loads the encoder: for the worker alone.

What a call says is read without a transaction and written in one, together with the item that it settles: a worker that dies leaves an
item that the next one takes once its lease is over, and no call is counted twice.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from analytics import facts
from analytics.schemas.runs import DONE, FAILED, WAITING, going
from analytics.schemas.trial import seen
from calls.models import Call, Citation, CitationRun, CitationRunItem
from config.kit.writing import writing
from personas.citations import Definition, read

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than any one call is read
STRETCH = 20.0  # seconds that a task works before it makes room for others


def work(run_id: int, *, clock: Callable[[], float] = time.monotonic) -> bool:
    """Reads calls of a run for STRETCH seconds. True when there is more to do. Several workers share a run; each call is read by one."""
    run = going(run_id).select_related("schema").first()
    if run is None:
        return False
    definition, end = read(run.definition), clock() + STRETCH
    while item := _claim(run_id):
        _item(run, definition, item)
        if not going(run_id).exists():
            return False
        if clock() >= end:
            return True
    _settle(run_id)
    return False


def _claim(run_id: int) -> CitationRunItem | None:
    """The next call that nobody reads, now ours until its lease is over."""
    while True:
        now = timezone.now()
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        item = CitationRunItem.objects.filter(free, run_id=run_id, state=WAITING).select_related("call").order_by("pk").first()
        if item is None:
            return None
        until = now + LEASE
        if CitationRunItem.objects.filter(free, pk=item.pk, state=WAITING).update(lease_until=until):
            item.lease_until = until
            return item


def _item(run: CitationRun, definition: Definition, item: CitationRunItem) -> None:
    call = item.call
    try:
        made = facts.read(definition, facts.transcript(call.pk), facts.moment(call))
        shown = _shown(run, call, made) if run.preview else None
        _keep(run, item, lambda: None if run.preview else facts.save(call, run.schema, run.revision, made), state=DONE, found=shown)
    except Exception as error:
        log.exception("the facts of call %s could not be read again", call.uid)
        _keep(run, item, lambda: None, state=FAILED, trouble=type(error).__name__[:200])


def _keep(run: CitationRun, item: CitationRunItem, write_facts: Callable[[], None], *, state: str, **columns: Any) -> None:
    """The item, the count of its run and the facts of the call, all or nothing; nothing when the run was stopped or the lease went over."""
    with writing():
        if going(run.pk).select_for_update().first() is None:
            return
        mine = CitationRunItem.objects.filter(pk=item.pk, state=WAITING, lease_until=item.lease_until)
        if not mine.update(state=state, **columns):
            return
        write_facts()
        CitationRun.objects.filter(pk=run.pk).update(**{state: F(state) + 1})


def _settle(run_id: int) -> None:
    """Closes a run whose calls are all read. What another worker still reads keeps it open: that one closes it, or else the sweep."""
    with writing():
        if not CitationRunItem.objects.filter(run_id=run_id, state=WAITING).exists():
            going(run_id).update(state=CitationRun.DONE, ended_at=timezone.now())


def _shown(run: CitationRun, call: Call, made: facts.Read) -> list[dict[str, Any]]:
    """What a preview keeps of a call: each value as it would be, with its words, and as it is now."""
    was = dict(Citation.objects.filter(call=call, schema=run.schema).values_list("name", "value"))
    return [{**row, "known": row["name"] in was, "was": was.get(row["name"])} for row in seen(call, made)]
