"""What benchmarks share: a throw-away installation with real processes on loopback, and one JSON line of figures."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(name: str, **figures: object) -> None:
    load = os.getloadavg()[0]
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps({"bench": name, **rounded, "load": round(load, 2)}), flush=True)


def free_port() -> int:
    from config.supervisor.valkey import free_port as find

    return find()


class Installation:
    """A temporary DATA_DIR with migrated database, broker and whatever processes are started in it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.children = folder, []
        self.port, self.media_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "SECRET_KEY": "benchmarks only",
            "PORT": str(self.port),
            "MEDIA_PORT": str(self.media_port),
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        if "DATABASE_URL" not in self.environment:
            self.environment["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ.update(self.environment)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        self.children.append(child)
        return child

    def broker(self) -> None:
        from config.supervisor import valkey

        command, url, ready = valkey.command(valkey.binary() or "", self.folder)
        self.environment["REDIS_URL"] = os.environ["REDIS_URL"] = url
        self.start(*command)
        self.until(ready)

    def django(self) -> None:
        """Django in this process, on the same database; migrated."""
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)

    def web(self, settings: str = "config.settings") -> None:
        self.environment["DJANGO_SETTINGS_MODULE"] = settings
        self.start(str(Path(sys.executable).parent / "daphne"), "-v0", "-b", "127.0.0.1", "-p", str(self.port), "config.asgi:application")
        self.environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        self.until(self.answers)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def until(self, ready, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise TimeoutError("not ready")
            time.sleep(0.05)

    def stop(self) -> None:
        for child in reversed(self.children):  # the broker was started first: it goes when nobody needs it any more
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


@contextlib.contextmanager
def installation(**environment: str) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="parley-bench."))
    made = Installation(folder, **environment)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
