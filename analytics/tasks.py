"""After-call work. Every task may run twice."""

import logging
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init, worker_ready
from django.utils import timezone

from calls.models import Call
from config.models import Account

log = logging.getLogger(__name__)

SETTLED_SECONDS = 5  # a call that just ended has its own task under way
MOST = 200  # outcomes one sweep asks for


@worker_process_init.connect  # a pool of processes
@worker_ready.connect  # a pool of threads
def warm(**_kwargs: Any) -> None:
    """A worker loads the encoder and the examples at its start, beside its first tasks: no call's outcome waits some seconds for them."""
    Thread(target=_load, name="warm-outcomes", daemon=True).start()


def _load() -> None:
    from analytics import outcomes

    outcomes.warm()


@shared_task
def write_outcome(call_id: int) -> None:
    """Writes the outcome of one ended call. A failure is recorded on the call and left to the sweep."""
    from analytics import outcomes  # only the worker loads the encoder and numpy: two seconds less for every other process

    with suppress(Exception):  # logged and recorded by outcomes
        if outcomes.write_outcome(call_id):
            write_facts.apply_async((call_id,), retry=False)  # where the broker cannot be reached, the sweep finds it


@shared_task
def write_facts(call_id: int) -> None:
    """Reads the facts of one call that are due. A failure is recorded on the call and left to the sweep."""
    from analytics import facts

    with suppress(Exception):  # logged and recorded by facts
        facts.write_facts(call_id)


@shared_task
def sweep_facts() -> None:
    """Finds calls whose facts were missed, the oldest first."""
    settled = timezone.now() - timedelta(seconds=SETTLED_SECONDS)
    due = Call.objects.filter(facts_state="due", outcome_at__isnull=False, ended_at__lt=settled).order_by("ended_at")
    for call_id in due.values_list("pk", flat=True)[:MOST]:
        write_facts(call_id)


@shared_task
def sweep_outcomes() -> None:
    """Finds ended calls whose outcome was missed, the oldest first."""
    settled = timezone.now() - timedelta(seconds=SETTLED_SECONDS)
    due = Call.objects.filter(outcome_at=None, ended_at__isnull=False, ended_at__lt=settled).order_by("ended_at")
    for call_id in due.values_list("pk", flat=True)[:MOST]:
        write_outcome(call_id)


@shared_task
def sweep_rollups() -> None:
    """Counts the calls of hours that changed, for the Analytics page."""
    from analytics.rollups import counting

    for account in Account.objects.order_by("pk"):
        counting.sweep(account)


@shared_task
def answer_questions(run_id: int) -> None:
    """Goes on with one run of questions; asks for itself again while there is more."""
    from analytics.questions import runs  # the encoder's numpy: see write_outcome

    if runs.work(run_id):
        runs.nudge(run_id)


@shared_task
def sweep_questions() -> None:
    """Goes on with runs that were dropped."""
    from analytics.questions import runs

    for run_id in runs.left():
        runs.nudge(run_id)


@shared_task
def read_run(run_id: int) -> None:
    """Reads calls of a run for a while, then makes room for other tasks and goes on behind them."""
    from analytics.schemas import runs, working

    if working.work(run_id):
        runs.nudge(run_id)


@shared_task
def sweep_runs() -> None:
    """Goes on with runs that nobody reads at, and deletes old previews."""
    from analytics.schemas import runs

    runs.tidy()
    for run_id in runs.due():
        runs.nudge(run_id)
