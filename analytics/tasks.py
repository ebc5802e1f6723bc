"""After-call work. Every task may run twice."""

from celery import shared_task


@shared_task
def write_outcome(call_id: int) -> None:
    """Writes the outcome of one ended call (replaced by the outcome work)."""


@shared_task
def sweep_outcomes() -> None:
    """Finds ended calls whose outcome was missed."""
