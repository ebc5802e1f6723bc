"""The product as people start it (`manage.py up`), and a line to it that a test can cut."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.supervisor.valkey import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 150


@dataclass
class Product:
    url: str
    port: int
    environment: dict[str, str]
    sign_in: str  # the one-time address that was printed

    def key(self) -> str:
        return self._manage("create_api_key", "browser test")

    def link(self) -> str:
        """One more address that signs in once, without its host."""
        return urlsplit(self._manage("sign_in_link")).path

    def _manage(self, *command: str) -> str:
        run = [sys.executable, "manage.py", *command]
        done = subprocess.run(run, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip().splitlines()[-1]


@contextlib.contextmanager
def product(**settings: str) -> Iterator[Product]:
    """Broker, web, runner and worker in a throw-away DATA_DIR; stopped with SIGTERM, as Ctrl-C does."""
    folder, port = tempfile.mkdtemp(prefix="parley-e2e."), free_port()
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")}
    environment = {**kept, "DATA_DIR": folder, "PORT": str(port), "MEDIA_PORT": str(free_port()), "LOG_LEVEL": "ERROR", **settings}
    command = [sys.executable, "manage.py", "up"]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    alarm = threading.Timer(READY_SECONDS, child.kill)
    alarm.start()
    try:
        link, said = "", []
        assert child.stdout
        for line in child.stdout:
            said.append(line)
            if found := re.search(r"http://\S+(/sign-in/\S+)", line):
                link = found[1]
                break
        alarm.cancel()
        assert link, "it did not start:\n" + "".join(said)
        threading.Thread(target=child.stdout.read, daemon=True).start()  # a full pipe would stop it
        yield Product(f"http://127.0.0.1:{port}", port, environment, link)
    finally:
        alarm.cancel()
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Line:
    """A wire between the browser and the server. `cut` breaks what is open and lets nothing new through until `mend`."""

    def __init__(self, port: int) -> None:
        self._port, self._open, self._whole = port, set[socket.socket](), True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._whole = False
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                near.close()
                continue
            self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._open.discard(end)
