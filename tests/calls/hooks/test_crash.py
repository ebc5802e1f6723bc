"""A receiver that fails and hangs and comes back, while the worker is killed -9 in the middle of sending: nothing is lost.

Real workers, a real broker, a real HTTP server. tests/bench/bench_hooks.py does it with an outage of a minute.
"""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils.timezone import now
from standardwebhooks import Webhook

from calls import hooks, lifecycle
from calls.hooks import signing
from calls.lifecycle import Event
from calls.models import Delivery
from calls.states import State
from config.supervisor import valkey
from tests.calls.hooks import kit, workers
from tests.calls.test_crash import environment
from tests.doubles.receiver import HANG, Receiver

pytestmark = pytest.mark.django_db(transaction=True)
CALLS, EVENTS = 6, 3
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    command, url, ready = valkey.command(valkey.binary() or "", tmp_path)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until(ready, 10)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def until(true: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def test_every_message_arrives_in_order_under_its_id(account, redis):
    secret = signing.new_secret(account, None)
    turn = itertools.count()
    with Receiver(lambda _: HANG if next(turn) % 2 else 500) as receiver:
        calls = [kit.call(account, url=receiver.url, state=State.COMPLETE, ended_at=now()) for _ in range(CALLS)]
        for number, call in itertools.product(range(EVENTS), calls):
            lifecycle.record(call.pk, Event("call", f"Event {number}"))
        for call in calls:
            hooks.record(call.pk)
        env = environment(
            REDIS_URL=redis, ALLOW_HTTP_WEBHOOKS="true", WEBHOOK_TIMEOUT="1", WEBHOOK_RETRY="0.2", SECRET_KEY=configured.SECRET_KEY
        )
        first = workers.start(env)
        second = None
        try:
            until(lambda: HANG in {got.status for got in receiver.got}, 40)
            workers.kill(first)  # mid-send: at least one message hangs in the receiver
            held = Delivery.objects.filter(lease_until__isnull=False).count()
            second = workers.start(env)
            failed = len(receiver.got)
            until(lambda: len(receiver.got) > failed, 40)
            receiver.answer = 200
            until(lambda: not Delivery.objects.exclude(state="delivered").exists(), 30)
        finally:
            for worker in filter(None, (first, second)):
                if worker.poll() is None:
                    workers.kill(worker)
    assert held, "the worker was to die while it was sending"
    messages = list(Delivery.objects.order_by("pk"))
    assert len(messages) == CALLS * (EVENTS + 1)
    for call in calls:
        ids = [f"msg_{row.uid.hex}" for row in messages if row.call_id == call.pk]
        assert workers.in_order([got.id for got in receiver.got if got.id in ids], ids)
    for got in receiver.got:
        Webhook(secret).verify(got.body, got.headers)
    bodies = {}
    for got in receiver.got:
        assert bodies.setdefault(got.id, got.body) == got.body, "a repeat says the very same"
    assert max(row.tries for row in messages) > 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_sender_killed_at_any_commit_loses_nothing(account, when):
    env = environment(ALLOW_HTTP_WEBHOOKS="true", SECRET_KEY=configured.SECRET_KEY)
    command = [sys.executable, "-m", "tests.calls.hooks.drill"]
    drill = subprocess.Popen(command, cwd=workers.ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    wanted: list[list[str]] = []
    with Receiver() as receiver:
        for number in range(1, 20):
            call = kit.call(account, url=receiver.url, state=State.COMPLETE, ended_at=now())
            kit.message(call, 1)
            hooks.record(call.pk)
            wanted.append([f"msg_{row.uid.hex}" for row in Delivery.objects.filter(call=call).order_by("pk")])
            code = _say(drill, f"{number} {when}")
            Delivery.objects.filter(lease_until__isnull=False).update(lease_until=now() - LONG_AGO)  # time goes by
            assert _say(drill, "0 never") == 0
            if code == 0:
                break  # it has no more commits than that
        assert 3 < number < 19
    drill.stdin.close()
    assert drill.wait(10) == 0
    drill.stdout.close()
    assert not Delivery.objects.exclude(state="delivered").exists()
    for ids in wanted:
        assert workers.in_order([got.id for got in receiver.got if got.id in ids], ids)


def _say(drill: subprocess.Popen[str], line: str) -> int:
    drill.stdin.write(f"{line}\n")
    drill.stdin.flush()
    return int(drill.stdout.readline())
