"""Who commits never waits for the broker. The double stands for the broker's client: it is slow, or away."""

import threading
import time

import pytest
from celery import current_app

from calls.hooks import nudging


@pytest.fixture
def sent(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    times: list[float] = []
    first = threading.Event()

    def send(name: str, **_: object) -> None:
        times.append(time.monotonic())
        first.set()
        time.sleep(0.2)
        raise OSError("the broker is away")

    monkeypatch.setattr(current_app, "send_task", send)
    yield times, first
    time.sleep(0.4)  # the thread is back at waiting before the double goes


def test_many_wishes_are_few_messages_and_cost_nothing(sent):
    times, first = sent
    began = time.monotonic()
    for _ in range(1000):
        nudging.nudge()
    assert time.monotonic() - began < 0.2
    assert first.wait(5)
    time.sleep(0.5)
    assert 1 <= len(times) <= 3
