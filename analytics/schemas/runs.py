"""A list of facts read over calls that are over: begun, stopped, found again. Working off: analytics.schemas.working.

Citations that the same list had found on these calls are replaced. Nothing is sent anywhere: nobody expects webhooks of calls that are
long over.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from calls.models import Call, CitationRun, CitationRunItem
from config.kit import audit
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from personas.models import CitationSchema

log = logging.getLogger(__name__)

MOST = 10_000  # calls of one run
SAMPLE = 20  # calls of a preview
BATCH = 1000
KEPT = timedelta(days=2)  # a preview
WAITING, DONE, FAILED = "waiting", "done", "failed"  # CitationRunItem.state


class Busy(Exception):
    """This list is being read over calls already."""

    def __init__(self) -> None:
        super().__init__("This list is being read over calls just now. Wait until that is done, or stop it.")


class TooMany(Exception):
    def __init__(self, count: int) -> None:
        super().__init__(f"These are {count:,} calls. At most {MOST:,} are read at once: choose fewer days.")


class Nothing(Exception):
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
    nudge(run.pk)
    return run


def running(schema: CitationSchema) -> CitationRun | None:
    return CitationRun.objects.filter(schema=schema, preview=False, state=CitationRun.RUNNING).order_by("-pk").first()


def of(account: Account, uid: Any) -> CitationRun | None:
    return CitationRun.objects.filter(account=account, uid=uid).select_related("schema", "created_by").first()


def stop(run: CitationRun) -> bool:
    """What was read so far stays. False when it was over already."""
    with writing():
        return bool(going(run.pk).update(state=CitationRun.STOPPED, ended_at=timezone.now()))


def nudge(run_id: int) -> None:
    """A hint to the workers, once the transaction is through. Where the broker cannot be reached, the sweep finds the run."""

    def hint() -> None:
        try:
            current_app.send_task("analytics.tasks.read_run", (run_id,), retry=False)
        except Exception:
            log.warning("run %s was not queued; the sweep will find it", run_id, exc_info=True)

    transaction.on_commit(hint)


def due() -> list[int]:
    """Runs at which nobody reads just now, the oldest first."""
    read_now = CitationRunItem.objects.filter(run=OuterRef("pk"), state=WAITING, lease_until__gt=timezone.now())
    going = CitationRun.objects.filter(~Exists(read_now), state=CitationRun.RUNNING)
    return list(going.order_by("created_at").values_list("pk", flat=True))


def tidy() -> int:
    """Deletes old previews."""
    return CitationRun.objects.filter(preview=True, created_at__lt=timezone.now() - KEPT).delete()[0]


def going(run_id: int) -> QuerySet[CitationRun]:
    return CitationRun.objects.filter(pk=run_id, state=CitationRun.RUNNING)
