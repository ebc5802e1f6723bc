"""Worker side of calls: sweeps and what a model writes, never a live call."""

from celery import shared_task

from calls import pathway_writer
from calls.runner import reaper


@shared_task
def reap() -> None:
    """Ends calls whose runner vanished. The runners do the same: it must happen also when no runner is left."""
    reaper.reap()


@shared_task
def write_pathway(job: int, prompt: str, name: str) -> None:
    """Asks the model for a pathway; what became of it stands in the row of the job. May run twice."""
    pathway_writer.run(job, prompt, name)
