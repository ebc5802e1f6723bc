"""Worker side of calls: sweeps, rehearsals and what a model writes, never a live call."""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutting_down
from django.db import transaction

from calls import pathway_writer, prices
from calls.bulk import jobs, work
from calls.hooks import making, sender
from calls.recordings import rows as recordings
from calls.rehearsal import chat, suite
from calls.runner import reaper

log = logging.getLogger(__name__)


@shared_task
def reap() -> None:
    """Ends calls whose runner vanished. The runners do the same: it must happen also when no runner is left."""
    reaper.reap()


@shared_task
def write_pathway(job: int, prompt: str, name: str) -> None:
    """Asks the model for a pathway; what became of it stands in the row of the job. May run twice."""
    pathway_writer.run(job, prompt, name)


@shared_task
def rehearse(run_id: int) -> None:
    """Runs one rehearsal that was begun; a second delivery finds it over."""
    suite.run(run_id)


def rehearse_soon(run_ids: Iterable[int]) -> None:
    """By the worker, once the rows are committed. What the broker does not take is ended by the sweep."""
    for run_id in run_ids:
        transaction.on_commit(partial(_queue, run_id))


def _queue(run_id: int) -> None:
    try:
        rehearse.apply_async((run_id,), retry=False)
    except Exception:
        log.warning("rehearsal %s was not queued", run_id, exc_info=True)


@shared_task
def sweep_rehearsals() -> None:
    suite.sweep()


@shared_task
def delete_old_chats() -> None:
    chat.delete_old()


@shared_task
def ask_prices() -> None:
    """What carriers took for calls that ended within the last hour."""
    prices.sweep()


@shared_task
def tidy_carriers() -> None:
    prices.tidy()


@shared_task
def settle_recording(call_id: int) -> None:
    """Puts the recording of one ended call in order. What fails is left to the sweep."""
    recordings.settle(call_id)


@shared_task
def sweep_recordings() -> None:
    recordings.sweep()


@shared_task
def correct_transcript(call_id: int) -> None:
    """Hears one recording again; may run twice."""
    from calls.corrected import rows  # the speech engines: only who hears loads them

    rows.make(call_id)


@shared_task
def sweep_corrected() -> None:
    from calls.corrected import rows

    rows.sweep()


@shared_task
def delete_old_recordings() -> None:
    recordings.remove_due()


@shared_task
def sweep_search() -> None:
    """Makes ended calls findable whose words were missed: those from before there was a search, and those without an outcome."""
    from calls.searching import index

    index.sweep()


@shared_task
def send_hooks() -> None:
    """Wakes this process's sender of messages, which has a thread of its own: a receiver that hangs takes no place of the worker."""
    sender.wake()


@shared_task
def let_go_of_records() -> None:
    making.sweep()


@worker_shutting_down.connect  # a pool of threads
@worker_process_shutdown.connect  # a pool of processes
def finish_sending(**_kwargs: Any) -> None:
    """What is being sent is finished, so that it does not go out twice."""
    sender.stop(within=3)


@shared_task
def work_on_calls(job_id: int) -> None:
    """Works on many calls for a while, and asks for another turn when that was not enough. A second delivery finds the lease taken."""
    if work.run(job_id):
        work_soon(job_id)


def work_soon(job_id: int) -> None:
    """By the worker, once the row is committed. What the broker does not take is found by the sweep."""
    transaction.on_commit(partial(_ask_for_work, job_id))


def _ask_for_work(job_id: int) -> None:
    try:
        work_on_calls.apply_async((job_id,), retry=False, expires=60)
    except Exception:
        log.warning("work %s on calls was not queued", job_id, exc_info=True)


@shared_task
def sweep_work() -> None:
    for job_id in jobs.due():
        _ask_for_work(job_id)
    work.remove_due()
