"""Worker side of calls: sweeps and rehearsals, never a live call."""

from celery import shared_task

from calls.rehearsal import suite
from calls.runner import reaper


@shared_task
def reap() -> None:
    """Ends calls whose runner vanished. The runners do the same: it must happen also when no runner is left."""
    reaper.reap()


@shared_task
def rehearse(run_id: int) -> None:
    """Runs one rehearsal that was begun; a second delivery finds it over."""
    suite.run(run_id)


@shared_task
def sweep_rehearsals() -> None:
    suite.sweep()
