"""`manage.py up` as a newcomer runs it: real processes, real signals."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from config.supervisor.valkey import free_port

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "DATABASE_URL", "SECRET_KEY")}
    ports = {"PORT": str(free_port()), "MEDIA_PORT": str(free_port())}
    return {**kept, **ports, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR", "SIM_SPEED": "0", "PYTHONUNBUFFERED": "1", **more}


def start(env: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def read_until(process: "subprocess.Popen[str]", words: str, seconds: float = 120) -> list[str]:
    assert process.stdout
    lines: list[str] = []
    deadline = time.monotonic() + seconds
    for line in process.stdout:
        lines.append(line.rstrip())
        if words in line:
            return lines
        assert time.monotonic() < deadline, lines
    raise AssertionError(f"ended with {process.wait()}: {lines}")


def children(parent: int) -> set[int]:
    """All descendants, read from the process table."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found, todo = set(), {parent}
    while todo:
        todo = {pid for pid, of in parents.items() if of in todo}
        found |= todo
    return found


def alive(pids: set[int]) -> set[int]:
    def runs(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    return {pid for pid in pids if runs(pid)}


def answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(f"{address}/healthz", timeout=2).status == 200)
    except OSError:
        return False


def until(fact, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_it_starts_answers_mends_itself_and_stops_on_ctrl_c(tmp_path):
    env = environment(tmp_path)
    address = f"http://127.0.0.1:{env['PORT']}"
    up = start(env)
    try:
        lines = read_until(up, "/sign-in/")
        assert any(f"ready at {address}/" in line for line in lines)
        health = json.load(urllib.request.urlopen(f"{address}/healthz", timeout=5))
        assert health["status"] == "ok"
        assert health["broker"]["ok"]
        assert health["runner"]["count"] == 1
        assert health["database"]["engine"] == "sqlite"
        link = lines[-1].split()[-1]
        assert b"Sign in" in urllib.request.urlopen(link, timeout=5).read()

        second = subprocess.run([sys.executable, "manage.py", "up"], cwd=ROOT, env=env, capture_output=True, text=True)
        assert second.returncode == 1
        assert "already runs with the data folder" in second.stderr

        web = next(p for p in children(up.pid) if b"daphne" in Path(f"/proc/{p}/cmdline").read_bytes())
        os.kill(web, signal.SIGKILL)
        assert until(lambda: not alive({web}), 5)
        assert until(lambda: answers(address), 60)

        family = children(up.pid)
        assert len(family) >= 4
        began = time.monotonic()
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=12) == 0
        assert time.monotonic() - began < 10
        assert alive(family) == set()
    finally:
        up.kill()


def test_kill_minus_nine_of_the_supervisor_leaves_nothing_running(tmp_path):
    up = start(environment(tmp_path))
    try:
        read_until(up, "ready at")
        family = children(up.pid)
        assert len(family) >= 4
        up.kill()
        up.wait()
        assert until(lambda: not alive(family), 12), alive(family)
    finally:
        up.kill()


def test_a_busy_port_is_one_clear_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = environment(tmp_path, PORT=str(taken.getsockname()[1]))
        done = subprocess.run([sys.executable, "manage.py", "up"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert f"Port {env['PORT']} on 127.0.0.1 is not free" in done.stderr
    assert "Traceback" not in done.stderr
