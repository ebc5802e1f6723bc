"""A process of `manage.py up` whose supervisor was killed ends by SIGTERM; should it hang in its last things, it is ended here.

The broker goes at the same moment, and a worker that says goodbye to a broker that is gone may wait for it.
"""

import os
import threading
import time

SUPERVISOR = "PARLEY_SUPERVISOR"  # environment: the supervisor's process id
GRACE = 7.0  # seconds after its death


def watch() -> None:
    """Starts the watch in a direct child of a supervisor; does nothing in any other process."""
    supervisor = os.environ.get(SUPERVISOR, "")
    if supervisor.isdigit() and os.getppid() == int(supervisor):
        threading.Thread(target=_end_with, args=(int(supervisor),), name="orphan watch", daemon=True).start()


def _end_with(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(1)
    time.sleep(GRACE)
    os._exit(1)
