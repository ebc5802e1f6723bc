"""A child that ignores SIGTERM does not outlive its supervisor."""

import os
import signal
import subprocess
import sys
import time

CHILD = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.path.insert(0, {root!r})
from config import orphan
orphan.GRACE = 0.5
orphan.watch()
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
env = {{**os.environ, "PARLEY_SUPERVISOR": str(os.getpid())}}
subprocess.Popen([sys.executable, "-c", {child!r}], env=env)
time.sleep(60)
"""


BEAT = """
import os, sys, time
sys.path.insert(0, {root!r})
from config.celery import app
from celery.beat import EmbeddedService
beat = EmbeddedService(app)
beat.start()
print(beat.pid, flush=True)
time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_that_hangs_is_ended_after_its_supervisor(settings):
    child = CHILD.format(root=str(settings.BASE_DIR))
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(child=child)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    try:
        time.sleep(0.3)
        assert alive(pid)
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 6
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not alive(pid)
    finally:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_the_beat_ends_with_its_worker(settings):
    worker = subprocess.Popen(
        [sys.executable, "-c", BEAT.format(root=str(settings.BASE_DIR))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout
    pid = int(worker.stdout.readline())
    try:
        time.sleep(1)
        assert alive(pid)
        worker.kill()
        worker.wait()
        deadline = time.monotonic() + 6
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not alive(pid)
    finally:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
