"""Real worker processes, as the supervisor starts them, and how they are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def start(environment: Mapping[str, str], *more: str) -> subprocess.Popen[bytes]:
    from config.supervisor.run import QUIET, WORKER

    command = [sys.executable, *WORKER, *more]
    return subprocess.Popen(
        command, cwd=ROOT, env={**environment, "PYTHONWARNINGS": QUIET}, start_new_session=True, stdout=subprocess.DEVNULL
    )


def kill(worker: subprocess.Popen[bytes]) -> None:
    """kill -9 of it and everything it started."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)


def in_order(ids: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether messages came in the order of their rows: each may come several times, but none before the one ahead of it came."""
    seen = list(dict.fromkeys(ids))
    return seen == list(wanted)
