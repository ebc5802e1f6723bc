"""A process of `manage.py up` whose supervisor was killed ends by SIGTERM; should it hang in its last things, it is ended here.

The broker goes at the same moment, and a worker that says goodbye to a broker that is gone may wait for it. The beat is a
child of the worker and hears nothing of either end: it watches the worker.
"""

import os
import threading
import time
from typing import Any

SUPERVISOR = "PARLEY_SUPERVISOR"  # environment: the supervisor's process id
GRACE = 7.0  # seconds after its death


def watch() -> None:
    """Starts the watch in a direct child of a supervisor; does nothing in any other process."""
    supervisor = os.environ.get(SUPERVISOR, "")
    if supervisor.isdigit() and os.getppid() == int(supervisor):
        _start(int(supervisor), GRACE)


def watch_worker(**_signal: Any) -> None:
    """In the beat's process, at its start (Celery's signal `beat_embedded_init`): it ends with its worker."""
    _start(os.getppid(), 0.0)


def _start(parent: int, grace: float) -> None:
    threading.Thread(target=_end_with, args=(parent, grace), name="orphan watch", daemon=True).start()


def _end_with(parent: int, grace: float) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    time.sleep(grace)
    os._exit(1)
