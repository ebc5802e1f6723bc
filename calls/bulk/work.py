"""The worker's side: takes what waits, does it page by page, lets go in time for others."""

import logging
import time

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from calls.bulk import deeds, files, jobs
from calls.models import Call, CallJob

log = logging.getLogger(__name__)
SLICE = 30.0  # seconds after which other work gets its turn
# what no deed reads, and may be large
UNREAD = ("sources", "notes", "reading", "rails", "routes", "disclosures", "pathway_graph", "own_carrier", "analysis", "needs_person")


def run(pk: int, *, seconds: float = SLICE) -> bool:
    """Works on one row for a while. True: more is to do. May run twice and beside itself."""
    job = jobs.take(pk)
    if job is None:
        return False
    try:
        return _work(job, time.monotonic() + seconds)
    except jobs.Lost:
        return False
    except deeds.Wait as wait:
        jobs.change(job, lease_until=timezone.now() + deeds.PAUSE, trouble=f"Waits. {wait}"[:300])
    except (OperationalError, InterfaceError):
        raise  # the lease runs out, and the sweep tries again
    except OSError as error:
        log.exception("work %s failed", job.uid)
        _fail(job, f"The file could not be written: {error.strerror or 'the disk refused'}.")
    except Exception:
        log.exception("work %s failed", job.uid)
        _fail(job, "Something went wrong on the server. What was done before stays; the log has the details.")
    return False


def _work(job: CallJob, until: float) -> bool:
    if job.deed == jobs.EXPORT:
        deeds.begin_export(job)
    do, size = deeds.DEEDS[job.deed]
    while calls := _page(job, size):
        do(job, calls)
        if time.monotonic() >= until:
            jobs.change(job, lease_until=None)
            return True
    if job.deed == jobs.EXPORT and not job.size:
        deeds.export_nothing(job)
    jobs.finish(job)
    return False


def _page(job: CallJob, size: int) -> list[Call]:
    rows = jobs.rest(job, size).select_related("persona", "pathway")
    return list(rows if job.deed == jobs.SEND_AGAIN else rows.defer("request", *UNREAD))


def _fail(job: CallJob, words: str) -> None:
    """What failed may have been half of a move, so the row is read again."""
    row = CallJob.objects.select_related("account", "user").filter(pk=job.pk, state=CallJob.RUNNING).first()
    if row is not None:
        jobs.finish(row, CallJob.FAILED, words)


def remove_due() -> None:
    """Files that were kept long enough, or whose export was stopped or failed."""
    for job in CallJob.objects.filter(delete_after__lte=timezone.now()).order_by("delete_after")[:100]:
        try:
            if job.file:
                files.remove(job)
        except OSError:
            log.exception("the file of export %s could not be removed", job.uid)
            continue
        CallJob.objects.filter(pk=job.pk).update(file="", size=0, delete_after=None)
