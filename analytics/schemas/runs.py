"""A list of facts read over calls that are over: begun, worked off call by call by any worker, stopped, told.

What a call says is read without a transaction and written in one, together with the item that it settles: a worker that dies leaves an
item that the next one takes once its lease is over, and no call is counted twice. Citations that the same list had found before are
replaced. Nothing is sent anywhere: nobody expects webhooks of calls that are long over.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from analytics import facts
from analytics.extraction import Quote
from calls.models import Call, Citation, CitationRun, CitationRunItem
from config.kit import audit
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from personas.citations import Definition, read
from personas.models import CitationSchema

log = logging.getLogger(__name__)

MOST = 10_000  # calls of one run
SAMPLE = 20  # calls of a preview
LEASE = timedelta(minutes=3)  # longer than any one call is read
STRETCH = 20.0  # seconds that a task works before it makes room for others
BATCH = 1000
KEPT = timedelta(days=2)  # a preview
WAITING, DONE, FAILED = "waiting", "done", "failed"  # CitationRunItem.state


class Busy(Exception):  # noqa: N818
    """This list is being read over calls already."""

    def __init__(self) -> None:
        super().__init__("This list is being read over calls just now. Wait until that is done, or stop it.")


class TooMany(Exception):  # noqa: N818
    def __init__(self, count: int) -> None:
        super().__init__(f"These are {count:,} calls. At most {MOST:,} are read at once: choose fewer days.")


class Nothing(Exception):  # noqa: N818
    def __init__(self) -> None:
        super().__init__("No finished call with a conversation is among these.")


@dataclass(frozen=True, slots=True)
class By:
    user: User | None = None
    key: ApiKey | None = None


# Beginning and stopping ------------------------------------------------------------------------------------------------
def begin(schema: CitationSchema, calls: QuerySet[Call], by: By, *, preview: bool = False) -> CitationRun:
    """`calls` newest first. A preview takes the first SAMPLE of them. Raises Busy, TooMany, Nothing."""
    ids = list(calls.values_list("pk", flat=True)[: SAMPLE if preview else MOST + 1])
    if len(ids) > MOST:
        raise TooMany(calls.count())
    if not ids:
        raise Nothing
    with writing():
        CitationSchema.objects.select_for_update().get(pk=schema.pk)  # two at once begin one after the other
        if not preview and running(schema):
            raise Busy
        run = CitationRun.objects.create(
            account_id=schema.account_id,
            schema=schema,
            preview=preview,
            definition=schema.schema,
            revision=schema.revision,
            total=len(ids),
            created_by=by.user,
        )
        CitationRunItem.objects.bulk_create((CitationRunItem(run=run, call_id=pk) for pk in ids), batch_size=BATCH)
        if not preview:
            audit.record(schema.account, "citation_schema.read", schema.name, user=by.user, api_key=by.key, calls=len(ids))
    return run


def running(schema: CitationSchema) -> CitationRun | None:
    return CitationRun.objects.filter(schema=schema, preview=False, state=CitationRun.RUNNING).order_by("-pk").first()


def of(account: Account, uid: Any) -> CitationRun | None:
    return CitationRun.objects.filter(account=account, uid=uid).select_related("schema", "created_by").first()


def stop(run: CitationRun) -> bool:
    """What was read so far stays. False when it was over already."""
    with writing():
        return bool(_running(run.pk).update(state=CitationRun.STOPPED, ended_at=timezone.now()))


# Working off -----------------------------------------------------------------------------------------------------------
def work(run_id: int, *, clock: Callable[[], float] = time.monotonic) -> bool:
    """Reads calls of a run for STRETCH seconds. True when there is more to do. Several workers share a run; each call is read by one."""
    run = _running(run_id).select_related("schema").first()
    if run is None:
        return False
    definition, end = read(run.definition), clock() + STRETCH
    while item := _claim(run_id):
        _item(run, definition, item)
        if not _running(run_id).exists():
            return False
        if clock() >= end:
            return True
    _settle(run_id)
    return False


def due() -> list[int]:
    """Runs that have calls nobody reads just now, or only need to be closed; the oldest first."""
    return list(CitationRun.objects.filter(state=CitationRun.RUNNING).order_by("created_at").values_list("pk", flat=True))


def tidy() -> int:
    """Deletes old previews."""
    return CitationRun.objects.filter(preview=True, created_at__lt=timezone.now() - KEPT).delete()[0]


def _running(run_id: int) -> QuerySet[CitationRun]:
    return CitationRun.objects.filter(pk=run_id, state=CitationRun.RUNNING)


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
        if _running(run.pk).select_for_update().first() is None:
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
            _running(run_id).update(state=CitationRun.DONE, ended_at=timezone.now())


def _shown(run: CitationRun, call: Call, made: facts.Read) -> list[dict[str, Any]]:
    """What a preview keeps of a call: each value now, and as it would be, with its words."""
    was = dict(Citation.objects.filter(call=call, schema=run.schema).values_list("name", "value"))
    texts = {line.seq: line.text for line in facts.transcript(call.pk)}
    return [
        {
            "name": each.name,
            "value": each.value,
            "known": each.name in was,
            "was": was.get(each.name),
            "why": each.why,
            "quotes": [quoted(quote, texts[quote.seq]) for quote in each.quotes],
        }
        for each in made.found
    ]


def quoted(quote: Quote, text: str) -> dict[str, Any]:
    return {"seq": quote.seq, "before": text[: quote.start], "words": text[quote.start : quote.end], "after": text[quote.end :]}
