"""One supervised child process."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from config.orphan import SUPERVISOR

PR_SET_PDEATHSIG = 1
SETTLED_SECONDS = 30  # a child that lived so long starts again without delay
MAX_DELAY_SECONDS = 30


class NotReady(Exception):
    """The child ended, or did not become ready in time."""


def die_with(parent: int) -> None:
    """In the child, before exec: a kill -9 of the supervisor ends it too (Linux only; there is no such call elsewhere)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)


@dataclass
class Process:
    """A child, how to know that it is ready, and how long it may take to stop (seconds)."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    ready_within: float = 40
    grace: float = 8
    environment: Mapping[str, str] = field(default_factory=dict)
    child: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    started: float = 0.0
    restart_at: float = 0.0

    def start(self) -> None:
        """Starts the child in a session of its own and waits until it is ready. Raises NotReady."""
        self.child = subprocess.Popen(  # noqa: S603
            list(self.command),
            start_new_session=True,
            preexec_fn=partial(die_with, os.getpid()),
            env={**os.environ, **self.environment, SUPERVISOR: str(os.getpid())},
        )
        self.started, self.restart_at = time.monotonic(), 0.0

    def wait_ready(self) -> None:
        assert self.child is not None
        deadline = time.monotonic() + self.ready_within
        while self.ready is not None and not self.ready():
            if self.child.poll() is not None:
                raise NotReady(f"{self.name} ended with exit code {self.child.returncode} before it was ready")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} was not ready within {self.ready_within:.0f} s")
            time.sleep(0.05)

    def tend(self, say: Callable[[str], None]) -> None:
        """Called a few times a second: restarts a dead child after 1, 2, 4 … 30 s. Never blocks on readiness."""
        now = time.monotonic()
        if self.child is not None and self.child.poll() is None:
            if now - self.started > SETTLED_SECONDS:
                self.failures = 0
        elif not self.restart_at:
            self.failures += 1
            self.restart_at = now + min(MAX_DELAY_SECONDS, 2 ** (self.failures - 1))
            code = self.child.returncode if self.child else "?"
            say(f"{self.name} ended with exit code {code}; starting it again in {self.restart_at - now:.0f} s")
        elif now >= self.restart_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)

    def stop(self, deadline: float) -> None:
        """Waits for the end until `deadline` (monotonic), then kills the child with everything it started."""
        if self.child is None:
            return
        try:
            self.child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
