"""The sender of a worker against a real receiver on this machine."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from django.utils.timezone import now
from standardwebhooks import Webhook

from calls import hooks
from calls.hooks import sender, signing
from calls.models import Delivery
from calls.states import State
from tests.calls.hooks import kit
from tests.doubles.receiver import HANG, Receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _local(settings):
    settings.ALLOW_HTTP_WEBHOOKS, settings.WEBHOOK_TIMEOUT, settings.WEBHOOK_RETRY = True, 10, 0.01


def test_messages_of_a_call_arrive_in_order_and_signed(account):
    secret = signing.new_secret(account, None)
    with Receiver() as receiver:
        call = kit.call(account, url=receiver.url, state=State.COMPLETE, ended_at=now())
        for seq in (1, 2, 3):
            kit.message(call, seq)
        hooks.record(call.pk)
        kit.send_due()
    assert [got.body[:6] for got in receiver.got] == [b'{"n":1', b'{"n":2', b'{"n":3', b'{"call']
    rows = Delivery.objects.order_by("pk")
    assert [got.id for got in receiver.got] == [f"msg_{row.uid.hex}" for row in rows]
    assert {row.state for row in rows} == {"delivered"}
    assert Webhook(secret).verify(receiver.got[3].body, receiver.got[3].headers)["call_id"] == str(call.uid)
    assert receiver.got[3].headers["content-type"] == "application/json"
    assert receiver.most_at_once == 1


def test_one_that_hangs_holds_up_nobody_else_and_has_few_places(account, monkeypatch, settings):
    settings.WEBHOOK_RETRY, settings.WEBHOOK_TIMEOUT = 3600, 2
    monkeypatch.setattr(sender, "PER_ORIGIN", 2)
    with Receiver(HANG) as slow, Receiver() as good:
        for _ in range(3):
            kit.message(kit.call(account, url=slow.url))
        for _ in range(6):
            kit.message(kit.call(account, url=good.url))
        kit.send_due()
    assert len(good.taken) == 6 and max(got.at for got in good.got) < min(got.at for got in slow.got) + 2
    assert slow.most_at_once == 2
    assert set(Delivery.objects.filter(url=slow.url).values_list("trouble", flat=True)) == {"No answer within 2 s"}


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (500, "", "The address answered 500"),
        (404, "", "The address answered 404"),
        (301, "location: http://127.0.0.1/elsewhere\r\n", "The address leads on to another one (301): enter that one."),
    ],
)
def test_only_2xx_is_taken(account, status, headers, words):
    with Receiver(status, headers, "no such\x00thing") as receiver:
        row = kit.message(kit.call(account, url=receiver.url), created_at=now() - timedelta(hours=2))
        kit.send_due()
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("dead", words)
    assert row.attempts.get().answer == "no suchthing" and row.attempts.get().status == status


@pytest.mark.parametrize(("headers", "text"), [("content-encoding: gzip\r\n", "x" * 50), ("", "x" * 2_000_000)])
def test_what_the_receiver_says_besides_2xx_does_not_matter(account, headers, text):
    with Receiver(200, headers, text) as receiver:
        row = kit.message(kit.call(account, url=receiver.url))
        kit.send_due()
    row.refresh_from_db()
    assert row.state == "delivered" and len(row.attempts.get().answer) <= 500 and len(receiver.got) == 1


def test_the_time_that_a_busy_receiver_asks_for_is_kept(account):
    with Receiver(429, "retry-after: 120\r\n") as receiver:
        row = kit.message(kit.call(account, url=receiver.url))
        kit.send_due()
        other = kit.message(kit.call(account, url=receiver.url))
        receiver.answer = 200
        kit.send_due()
    row.refresh_from_db()
    other.refresh_from_db()
    assert other.state == "delivered"
    assert timedelta(seconds=115) < row.due_at - now() < timedelta(seconds=125)


def test_an_address_inside_is_refused_and_nothing_is_sent(account, settings):
    settings.ALLOW_HTTP_WEBHOOKS = False
    with Receiver() as receiver:
        row = kit.message(kit.call(account, url=receiver.url.replace("http:", "https:")))
        kit.send_due()
    row.refresh_from_db()
    assert row.state == "dead" and "private network" in row.trouble and receiver.got == []


def test_a_secret_that_cannot_be_read_sends_nothing_unsigned(account, settings):
    signing.new_secret(account, None)
    settings.SECRET_KEY = "another one, as after a restore"
    with Receiver() as receiver:
        row = kit.message(kit.call(account, url=receiver.url), created_at=now() - timedelta(hours=2))
        kit.send_due()
    row.refresh_from_db()
    assert receiver.got == [] and row.trouble == sender.NOT_READABLE


def test_it_looks_by_itself_when_nobody_wakes_it(account):
    at_work: list[sender.Sender] = []

    async def run() -> None:
        at_work.append(sender.Sender())
        await at_work[0].run()

    running = threading.Thread(target=lambda: asyncio.run(run()))
    with Receiver() as receiver:
        running.start()
        kit.message(kit.call(account, url=receiver.url))
        deadline = time.monotonic() + 10
        while not receiver.got and time.monotonic() < deadline:
            time.sleep(0.05)
        at_work[0].stop()
        running.join(10)
    assert len(receiver.taken) == 1
    assert Delivery.objects.get().state == "delivered"


def test_a_nameless_answer_time_is_no_time():
    at = now()
    assert sender.retry_after("17", at) == 17
    assert sender.retry_after("Wed, 21 Oct 2015 07:28:00 GMT", at) == 0
    assert sender.retry_after("soon", at) is None and sender.retry_after("", at) is None
