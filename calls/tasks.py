"""Worker side of calls: sweeps only, never a live call."""

from celery import shared_task


@shared_task
def reap() -> None:
    """Ends calls whose runner vanished (calls.runner.reaper)."""
