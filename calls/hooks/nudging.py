"""Tells the worker that there is something to send: from a thread of its own, many wishes in one message.

Who commits must not wait for the broker: a live call writes several events a second. A nudge that is lost costs two seconds, the sweep's.
"""

import logging
import threading
import time

from celery import current_app
from django.conf import settings

log = logging.getLogger(__name__)

TASK = "calls.tasks.send_hooks"
PAUSE = 0.1  # seconds between two messages
_wished = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def nudge() -> None:
    """Returns at once. Call it on commit."""
    global _thread
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return  # no worker: whoever starts one later has its sweep
    _wished.set()
    if _thread is None or not _thread.is_alive():  # also after a fork, which takes no threads along
        with _starting:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_tell, name="nudge-hooks", daemon=True)
                _thread.start()


def _tell() -> None:
    while True:
        _wished.wait()
        _wished.clear()
        try:
            current_app.send_task(TASK, retry=False, expires=10)
        except Exception:
            log.warning("the worker was not told of messages; the sweep will find them", exc_info=True)
        time.sleep(PAUSE)
