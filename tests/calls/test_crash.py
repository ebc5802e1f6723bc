"""Kill -9 of the runner at every commit of a call, and of a real `manage.py runcalls`: never two dials, never a call that stays."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import now

from calls import control
from calls.models import Call, CallEvent, Runner
from calls.runner import reaper
from calls.states import ENDED, State
from tests import factories
from tests.calls.crash_drill import KILLED
from tests.calls.runner_kit import dials

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(days=1)


def environment(**more: str) -> dict[str, str]:
    """That of a process which works on this test's database."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{place['NAME']}"
    else:
        url = f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    same = {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url, "DATA_DIR": str(settings.DATA_DIR), "REDIS_URL": ""}
    return {**os.environ, **same, "DATABASE_POOL": "0", "SIM_SPEED": "0", "LOG_LEVEL": "ERROR", "LEASE_SECONDS": "60", **more}


class Drill:
    """The killing process; see tests.calls.crash_drill."""

    def __init__(self, counts) -> None:
        command = [sys.executable, "-m", "tests.calls.crash_drill", str(counts)]
        self._process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, call: Call, number: int = 0, when: str = "never") -> int:
        self._process.stdin.write(f"{call.pk} {number} {when}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        assert self._process.wait(10) == 0
        self._process.stdout.close()


@pytest.fixture
def drill(tmp_path) -> Iterator[Drill]:
    drill = Drill(tmp_path / "dials")
    yield drill
    drill.close()


def queue(account, **fields) -> Call:
    return factories.call(account, state=State.QUEUED, **fields)


def crash_everywhere(account, drill: Drill, when: str) -> list[Call]:
    """One call for each commit that a call has; each call's runner died at its own. What stays queued is put aside."""
    crashed = []
    for number in range(1, 60):
        call = queue(account, to_number=f"+1720200{number:04}")
        if drill.run(call, number, when) != KILLED:
            assert number > 8, "the runner ended by itself after too few commits to believe"
            return crashed
        crashed.append(call)
        Call.objects.filter(state=State.QUEUED).update(due_at=now() + LATER)
    raise AssertionError("a call never ended")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_runner_killed_at_any_commit_never_dials_twice_and_leaves_no_call_behind(account, drill, tmp_path, when):
    crashed = crash_everywhere(account, drill, when)
    held = Call.objects.filter(pk__in=[c.pk for c in crashed])
    dialled_before = Counter(dials(tmp_path / "dials"))
    untouched = {str(c.uid) for c in held if c.state in (State.QUEUED, State.ALLOCATED)}
    assert not untouched & set(dialled_before), "the carrier was touched before DIALLING was committed"

    held.filter(lease_until__isnull=False).update(lease_until=now() - timedelta(seconds=1))  # the time until it runs out, shortened
    reaper.reap()
    held.filter(state=State.QUEUED).update(due_at=now())
    last = queue(account, to_number="+17202009999")
    assert drill.run(last) == 0
    while (waiting := Call.objects.exclude(state__in=ENDED).first()) is not None:
        assert drill.run(waiting) == 0

    counts = Counter(dials(tmp_path / "dials"))
    for number, call in enumerate(crashed, start=1):
        call.refresh_from_db()
        place = f"killed {when} commit {number}: {call.state} {call.status}"
        assert call.state in ENDED, place
        assert counts[str(call.uid)] <= 1, place
        assert call.lease_owner is None, place
        assert list(call.events.values_list("seq", flat=True)) == list(range(1, call.last_seq + 1)), place
        if str(call.uid) in untouched:
            assert (call.status, counts[str(call.uid)]) == ("completed", 1), place
        else:
            assert call.status in ("unknown", "completed"), place
            assert counts[str(call.uid)] == dialled_before[str(call.uid)], place
    outcomes = Counter(c.status for c in crashed)
    assert outcomes["unknown"] > 4
    assert outcomes["completed"] >= 2


# The real command ----------------------------------------------------------------------------------------------------
@contextmanager
def runcalls(**more: str) -> Iterator[subprocess.Popen]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = environment(**{"MEDIA_PORT": port, "LEASE_SECONDS": "5", "SIM_SPEED": "1", **more})
    process = subprocess.Popen([sys.executable, "manage.py", "runcalls"], cwd=settings.BASE_DIR, env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait(fits: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def state_of(call: Call) -> str:
    return Call.objects.values_list("state", flat=True).get(pk=call.pk)


def reaped(call: Call) -> bool:
    reaper.reap()  # the runner does so too, every 15 s
    return state_of(call) in ENDED


def test_a_stop_a_kill_and_a_good_end_of_the_real_command(account):
    stopped, lost, waiting = queue(account), queue(account, to_number="+17202000001"), queue(account, to_number="+17202000002")
    Call.objects.filter(pk=waiting.pk).update(due_at=now() + LATER)
    with runcalls() as first:
        wait(lambda: state_of(stopped) == state_of(lost) == State.STARTED)
        control.stop(stopped, "Anna")
        wait(lambda: state_of(stopped) in ENDED, 10)
        first.send_signal(signal.SIGKILL)
        first.wait()
    Call.objects.filter(pk=waiting.pk).update(due_at=now())
    with runcalls() as second:
        wait(lambda: reaped(lost), 20)  # lease: 5 s
        wait(lambda: state_of(waiting) == State.STARTED)
        began = time.monotonic()
        second.send_signal(signal.SIGINT)
        assert second.wait(15) == 0
        assert time.monotonic() - began < 10
    stopped.refresh_from_db(), lost.refresh_from_db(), waiting.refresh_from_db()
    assert (stopped.status, stopped.stop_requested_by) == ("completed", "Anna")
    assert (lost.state, lost.status) == (State.CALL_ERROR, "unknown")
    assert CallEvent.objects.filter(call=lost, message="Dialling").count() == 1
    assert (waiting.state, waiting.status, waiting.lease_owner) == (State.COMPLETE, "completed", None)
    assert not Runner.objects.filter(pid=second.pid).exists()


def test_a_port_in_use_and_a_bad_lease_are_one_clear_sentence_each(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.MEDIA_PORT = taken.getsockname()[1]
        sentence = f"Port {settings.MEDIA_PORT} cannot be used (address already in use). Set MEDIA_PORT to a free port."
        with pytest.raises(CommandError, match=re.escape(sentence)):
            call_command("runcalls")
    settings.LEASE_SECONDS = 600
    with pytest.raises(CommandError, match="LEASE_SECONDS must be 5 to 60."):
        call_command("runcalls")
