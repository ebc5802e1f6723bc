"""Worker side of calls: sweeps only, never a live call."""

from celery import shared_task

from calls.runner import reaper


@shared_task
def reap() -> None:
    """Ends calls whose runner vanished. The runners do the same: it must happen also when no runner is left."""
    reaper.reap()
