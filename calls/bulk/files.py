"""The CSV file of an export: written piece by piece, each after the place that its row names."""

import os
from pathlib import Path

from calls.models import CallJob
from calls.models.review import exports


def name_of(job: CallJob) -> str:
    return f"{job.uid}.csv"


def path_of(job: CallJob) -> Path:
    """Raises SuspiciousFileOperation for a name that leads out of the folder."""
    return Path(exports().path(job.file.name or ""))


def length(job: CallJob) -> int:
    """Bytes on the disk; 0 when there is no file."""
    try:
        return path_of(job).stat().st_size
    except FileNotFoundError:
        return 0


def append(job: CallJob, at: int, piece: bytes) -> None:
    """Writes `piece` at the byte `at`. What stands behind it came from a worker that did not live to commit it, and goes."""
    path = path_of(job)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def remove(job: CallJob) -> None:
    path_of(job).unlink(missing_ok=True)
