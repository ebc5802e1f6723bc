"""Claims and leases: each call once, fair between accounts, given back or ended when its runner vanished."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from calls import lines
from calls.models import Call, Line, Runner, Utterance
from calls.reports import Report, receive
from calls.runner import claim, lease, reaper
from calls.states import State
from tests import factories

ME = uuid.uuid4()


def queue(account, count: int = 1, **fields) -> list[Call]:
    return [factories.call(account, state=State.QUEUED, **fields) for _ in range(count)]


def taken(room: int, live=None) -> list[int]:
    return [c.pk for c in claim.claim(ME, room, live or {})]


def test_due_calls_are_leased_oldest_first(account):
    late, early = queue(account, due_at=now() - timedelta(minutes=1))[0], queue(account, due_at=now() - timedelta(minutes=2))[0]
    assert taken(5) == [early.pk, late.pk]
    early.refresh_from_db()
    assert (early.state, early.lease_owner) == (State.ALLOCATED, ME)
    assert now() < early.lease_until < now() + timedelta(minutes=2)
    assert taken(5) == []


@pytest.mark.parametrize("state", [s for s in State if s != State.QUEUED])
def test_only_queued_calls_are_claimed(account, state):
    factories.call(account, state=state)
    assert taken(5) == []


def test_what_is_not_due_waits(account):
    queue(account, due_at=now() + timedelta(seconds=30))
    assert taken(5) == []


def test_there_is_never_more_than_room_for(account):
    queue(account, 4)
    assert len(taken(3)) == 3
    assert taken(0) == []


def test_a_long_queue_of_one_account_does_not_keep_another_waiting(account):
    many = queue(account, 6, due_at=now() - timedelta(hours=1))
    one = queue(factories.account("Small"))[0]
    assert taken(2) == [many[0].pk, one.pk]


def test_what_an_account_already_holds_counts(account):
    busy, quiet = queue(account, 3, due_at=now() - timedelta(hours=1)), queue(factories.account("Small"), 3)
    assert set(taken(3, {account.pk: 5})) == {c.pk for c in quiet}
    assert set(taken(3, {account.pk: 5})) == {c.pk for c in busy}


def on_line(account, name: str, **more) -> Line:
    return lines.save(Line(account=account, kind="sip", name=name, **more))


def test_what_a_line_has_no_place_for_is_left_in_the_queue(account):
    full = on_line(account, "Full", max_calls=2, calls_per_second=0)
    queue(account, 5, line=full, due_at=now() - timedelta(hours=1))
    other = queue(account, line=on_line(account, "Other", max_calls=0, calls_per_second=0))[0]
    simulated = queue(account)[0]
    first = taken(3)
    assert len(first) == 3
    rest = taken(3)
    assert {other.pk, simulated.pk} <= {*first, *rest}
    assert Call.objects.filter(line=full, state=State.ALLOCATED).count() == 2
    assert taken(5) == []


def test_a_paced_line_is_not_asked_for_more_than_it_can_dial(account):
    slow = on_line(account, "Slow", max_calls=0, calls_per_second=1)
    queue(account, 5, line=slow)
    assert len(taken(5)) == 1
    Line.objects.update(next_dial_at=now() + timedelta(seconds=1))
    assert taken(5) == []
    Line.objects.update(next_dial_at=now(), calls_per_second=10)
    assert len(taken(5)) == 4


def test_calls_of_a_line_that_is_off_are_told_so(account):
    off = on_line(account, "Off", max_calls=1)
    lines.save(off, enabled=False)
    queue(account, 2, line=off)
    assert len(taken(5)) == 2  # each is held with its reason


@pytest.mark.django_db(transaction=True)
def test_runners_side_by_side_claim_each_call_once():
    queue(factories.account(), 200)
    owners = [uuid.uuid4() for _ in range(3)]
    got: dict[uuid.UUID, list[int]] = {owner: [] for owner in owners}
    errors: list[BaseException] = []

    def run(owner: uuid.UUID) -> None:
        try:
            empty = 0
            while empty < 3:
                claimed = claim.claim(owner, 7, {})
                got[owner] += [c.pk for c in claimed]
                empty = 0 if claimed else empty + 1
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    everything = [pk for pks in got.values() for pk in pks]
    assert len(everything) == 200
    assert sorted(everything) == sorted(Call.objects.values_list("pk", flat=True))
    for owner, pks in got.items():
        assert set(Call.objects.filter(lease_owner=owner).values_list("pk", flat=True)) == set(pks)


def test_leases_are_renewed_in_one_statement_and_lost_ones_told(account, django_assert_num_queries):
    queue(account, 5)
    pks = taken(5)
    Call.objects.update(lease_until=now())
    with django_assert_num_queries(1):
        assert lease.renew(ME, pks) == set()
    assert Call.objects.filter(lease_until__gt=now() + timedelta(seconds=10)).count() == 5
    Call.objects.filter(pk=pks[0]).update(lease_owner=uuid.uuid4())
    assert lease.renew(ME, pks) == {pks[0]}


# The reaper ----------------------------------------------------------------------------------------------------------
def leased(account, state: State, seconds: int = -1, **fields) -> Call:
    return factories.call(account, state=state, lease_owner=ME, lease_until=now() + timedelta(seconds=seconds), **fields)


def test_a_call_that_was_not_dialled_goes_back_to_the_queue(account):
    call = leased(account, State.ALLOCATED)
    assert reaper.reap().requeued == 1
    call.refresh_from_db()
    assert (call.state, call.lease_owner, call.lease_until, call.status) == (State.QUEUED, None, None, "")


@pytest.mark.parametrize("state", [State.DIALLING, State.RINGING, State.STARTED])
def test_a_dialled_call_is_lost_and_never_dialled_again(account, state):
    call = leased(account, state)
    Utterance.objects.create(call=call, seq=1, speaker="user", text="Hello", start_ms=0, end_ms=4_200)
    assert reaper.reap().lost == 1
    call.refresh_from_db()
    assert (call.state, call.status, call.lease_owner, call.duration_ms) == (State.CALL_ERROR, "unknown", None, 4_200)
    assert "not known" in call.error_message
    assert call.events.last().level == "error"
    assert taken(5) == []
    assert reaper.reap() == reaper.Reaped()


@pytest.mark.parametrize("state", [State.ALLOCATED, State.STARTED])
def test_a_lease_that_still_runs_is_left_alone(account, state):
    call = leased(account, state, seconds=20)
    assert reaper.reap() == reaper.Reaped()
    call.refresh_from_db()
    assert call.state == state


def test_what_the_carrier_reported_is_believed_of_a_lost_call(account):
    call = leased(account, State.RINGING)
    receive(call.pk, Report("busy", now()))
    reaper.reap()
    call.refresh_from_db()
    assert (call.state, call.status) == (State.COMPLETE, "busy")


def test_a_call_that_was_accepted_and_never_queued_is_found(account):
    lost = factories.call(account, state=State.NEW, created_at=now() - timedelta(minutes=1))
    fresh = factories.call(account, state=State.NEW)
    assert reaper.reap().queued == 1
    lost.refresh_from_db(), fresh.refresh_from_db()
    assert (lost.state, fresh.state) == (State.QUEUED, State.NEW)


def test_dead_runners_are_forgotten(account):
    Runner.objects.create(host="a", pid=1, seen_at=now() - timedelta(minutes=5))
    alive = Runner.objects.create(host="b", pid=2)
    assert reaper.reap().runners == 1
    assert list(Runner.objects.all()) == [alive]


def test_a_runner_taken_for_dead_comes_back(db):
    sign = lease.Beat(live=1, capacity=5, draining=False)
    lease.beat(ME, sign)
    Runner.objects.all().delete()
    lease.beat(ME, sign)
    lease.beat(ME, sign)
    assert list(Runner.objects.values_list("uid", "live", "capacity")) == [(ME, 1, 5)]
    lease.leave(ME)
    assert not Runner.objects.exists()


def test_the_worker_reaps_too(account):
    from calls.tasks import reap

    call = leased(account, State.STARTED)
    reap.delay()
    call.refresh_from_db()
    assert call.status == "unknown"
