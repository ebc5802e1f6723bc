"""Writes that share a commit: in order, each with its own result, none harmed by its neighbour."""

import asyncio
import threading
from contextlib import nullcontext

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection

from calls import lifecycle
from calls.lifecycle import Event, LeaseLost
from calls.models import Call, Runner
from calls.runner.together import Together
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def together():
    made = Together(nullcontext(), "test")
    yield made
    made.close()


async def held_back(together: Together, works: list) -> list:
    """All works wait behind one that is at work, so they share the next commit."""
    go = threading.Event()
    first = asyncio.ensure_future(together.run(go.wait))
    rest = [asyncio.ensure_future(together.run(work)) for work in works]
    await asyncio.sleep(0.05)
    go.set()
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


async def test_works_share_one_commit_and_keep_their_order(account, together):
    call = await sync_to_async(factories.call)(account)
    commits = []

    def write(number: int):
        def work() -> int:
            commits.append(connection.savepoint_ids[:] if connection.in_atomic_block else None)
            return lifecycle.record(call.pk, Event("call", str(number)))

        return work

    assert await held_back(together, [write(n) for n in range(20)]) == list(range(1, 21))
    assert None not in commits, "each of them was in a transaction that was open already"
    said = await sync_to_async(lambda: list(call.events.values_list("message", flat=True)))()
    assert said == [str(n) for n in range(20)]


async def test_a_refused_write_leaves_its_neighbours_alone(account, together):
    call = await sync_to_async(factories.call)(account)
    stranger = Runner().uid
    works = [
        lambda: lifecycle.record(call.pk, Event("call", "one")),
        lambda: lifecycle.record(call.pk, Event("call", "not mine"), owner=stranger),
        lambda: lifecycle.record(call.pk, Event("call", "two")),
    ]
    first, refused, second = await held_back(together, works)
    assert (first, second) == (1, 2)
    assert isinstance(refused, LeaseLost)


async def test_one_that_breaks_the_transaction_fails_alone(account, together):
    call = await sync_to_async(factories.call)(account)
    twice = Runner().uid

    def double() -> None:
        Runner.objects.create(uid=twice, host="a", pid=1)
        Runner.objects.create(uid=twice, host="a", pid=1)

    works = [lambda: lifecycle.record(call.pk, Event("call", "one")), double, lambda: lifecycle.record(call.pk, Event("call", "two"))]
    first, broken, second = await held_back(together, works)
    assert (first, second) == (1, 2)
    assert isinstance(broken, IntegrityError)
    assert (await Call.objects.aget(pk=call.pk)).last_seq == 2


async def test_a_cancelled_waiter_does_not_stop_the_others(account, together):
    call = await sync_to_async(factories.call)(account)
    go = threading.Event()
    first = asyncio.ensure_future(together.run(go.wait))
    dropped = asyncio.ensure_future(together.run(lambda: lifecycle.record(call.pk, Event("call", "one"))))
    kept = asyncio.ensure_future(together.run(lambda: lifecycle.record(call.pk, Event("call", "two"))))
    await asyncio.sleep(0.02)
    dropped.cancel()
    go.set()
    await first
    assert await kept == 2
