"""Where the file of a recording lies, and what is called how in its row."""

from pathlib import Path

from calls.models import Recording
from calls.models.recording import storage


def path_of(recording: Recording) -> Path:
    """Raises SuspiciousFileOperation for a name that leads out of the folder."""
    return Path(storage().path(recording.file.name or ""))


def name_of(path: str) -> str:
    """What the row calls the file at `path`. Raises ValueError for one that is not in the folder."""
    return Path(path).relative_to(storage().location).as_posix()
