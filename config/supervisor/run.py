"""The order of the processes and the loop that watches them."""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from django.conf import settings

from config.supervisor import valkey
from config.supervisor.process import NotReady, Process

STOP_WITHIN = 9.0  # seconds for all processes together
QUIET = "ignore:You're running the worker with superuser privileges"
WORKER = [
    *("-m", "celery", "--quiet", "-A", "config", "worker", "--beat", "-P", "threads", "-c", "2", "-l", "warning"),
    *("--without-gossip", "--without-mingle", "--pidfile="),
]


class CannotStart(Exception):
    """One sentence that says why, and what to do."""


def hold(data_dir: Path) -> TextIO:
    """The lock of DATA_DIR, held as long as the file stays open. Raises CannotStart."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = open(data_dir / "up.lock", "w")  # noqa: SIM115  open for the life of the process
    except OSError as error:
        raise CannotStart(f"The data folder {data_dir} cannot be written ({error.strerror}). Choose another with DATA_DIR=…") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CannotStart(
            f"Parley already runs with the data folder {data_dir}. Stop it first, or choose another with DATA_DIR=…"
        ) from error
    return file


def check_port(name: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, port))
        except OSError as error:
            raise CannotStart(f"Port {port} on {settings.HOST} is not free ({error.strerror}). Choose another with {name}=…") from error


def broker(data_dir: Path) -> Process | None:
    """The embedded broker, with REDIS_URL set for every later process; None when REDIS_URL was given."""
    if settings.REDIS_URL:
        return None
    server = valkey.binary()
    if server is None:
        raise CannotStart("No Valkey or Redis server was found. Install one (apt install valkey or redis), or give REDIS_URL=…")
    command, url, ready = valkey.command(server, data_dir)
    os.environ["REDIS_URL"] = url
    return Process("broker", command, ready, grace=5)


def services() -> list[Process]:
    """Web, runner, worker: started together, each told ready by its own sign of life."""
    python, bin_dir = sys.executable, Path(sys.executable).parent
    web = f"http://{'127.0.0.1' if settings.HOST == '0.0.0.0' else settings.HOST}:{settings.PORT}/healthz"  # noqa: S104
    return [
        Process(
            "web",
            [str(bin_dir / "daphne"), "-v0", "-b", settings.HOST, "-p", str(settings.PORT), "config.asgi:application"],
            lambda: _answers(web),
        ),
        Process("runner", [python, "manage.py", "runcalls"], lambda: _runner_seen(web)),
        Process(
            "worker",
            [python, *WORKER],
            grace=8,
            environment={"PYTHONWARNINGS": QUIET},
        ),
    ]


def run(say: Callable[[str], None], prepare: Callable[[], None], announce: Callable[[], None]) -> None:
    """Runs until SIGINT or SIGTERM. `prepare` runs once the broker is up, `announce` once all is ready. Raises CannotStart."""
    lock = hold(settings.DATA_DIR)
    check_port("PORT", settings.PORT)
    check_port("MEDIA_PORT", settings.MEDIA_PORT)
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda n, _frame: stopping.append(n))
    processes: list[Process] = []
    try:
        if (embedded := broker(settings.DATA_DIR)) is not None:
            processes.append(embedded)
            embedded.start()
            embedded.wait_ready()
        prepare()
        started = services()
        for process in started:
            if stopping:
                return
            processes.append(process)
            process.start()
        for process in started:
            process.wait_ready()
        announce()
        while not stopping:
            for process in processes:
                process.tend(say)
            time.sleep(0.2)
    except NotReady as error:
        raise CannotStart(f"{error}. Its last lines stand above.") from error
    finally:
        say("stopping")
        stop_all(processes)
        lock.close()
        say("stopped")


def stop_all(processes: list[Process]) -> None:
    """Everything but the broker is asked at once and may take STOP_WITHIN together; the broker goes last."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    deadline = time.monotonic() + STOP_WITHIN - 1
    others = [p for p in reversed(processes) if p.name != "broker"]
    for process in others:
        process.ask_to_stop()
    for process in others:
        process.stop(deadline)
    for process in processes:
        if process.name == "broker":
            process.ask_to_stop()
            process.stop(time.monotonic() + 1)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  our own address
    except urllib.error.HTTPError:
        return True  # it answers; not everything is up yet
    except OSError:
        return False
    return True


def _runner_seen(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  our own address
    except OSError:
        return False
    return True
