"""Lanes, leases, and what becomes of a message after each try."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import hooks
from calls.hooks import claims, schedule, settling
from calls.hooks.settling import Result
from calls.models import Delivery, DeliveryAttempt
from config.models import AuditEntry
from tests import factories
from tests.calls.hooks import kit

pytestmark = pytest.mark.django_db
AT = now()
OK = Result(AT, 12, 200, answer="ok")
BROKEN = Result(AT, 12, 500, "The address answered 500", "oops")


def claim(at=None, busy=None, room=50, each=8):
    return claims.claim(room, at or now(), busy or {}, each)


def settle(claimed, result, at=None, *, follow=True):
    return settling.settle(claimed, result, at or now(), follow=follow)


def test_only_the_oldest_of_a_lane_is_taken_and_lanes_do_not_wait_for_each_other(account):
    one, two = kit.call(account), kit.call(account)
    first, _, other = kit.message(one, 1), kit.message(one, 2), kit.message(two, 1)
    assert [c.pk for c in claim()] == [first.pk, other.pk]
    assert claim() == []


def test_the_next_of_a_lane_is_taken_with_the_settling_of_the_one_before(account):
    call = kit.call(account)
    first, second = kit.message(call, 1), kit.message(call, 2)
    (claimed,) = claim()
    following = settle(claimed, OK).following
    assert following.pk == second.pk and following.tries == 1
    first.refresh_from_db()
    assert (first.state, first.lease_until) == ("delivered", None)
    assert settle(following, OK).following is None
    attempt = DeliveryAttempt.objects.get(delivery=first)
    assert (attempt.status, attempt.ms, attempt.send_type, attempt.answer) == (200, 12, "auto", "ok")


def test_a_failed_message_holds_back_its_lane_until_its_next_try(account):
    call = kit.call(account)
    first, second = kit.message(call, 1), kit.message(call, 2)
    (claimed,) = claim()
    settled = settle(claimed, BROKEN)
    assert settled.following is None and settled.due_at is not None
    for row in (first, second):
        row.refresh_from_db()
        assert row.due_at == settled.due_at and row.state == "pending"
    assert first.trouble == "The address answered 500"
    (again,) = claim(settled.due_at)
    assert (again.pk, again.tries, again.uid) == (first.pk, 2, first.uid)
    assert settle(again, OK, settled.due_at).following.pk == second.pk


def test_a_worker_that_died_is_followed_by_another_when_its_lease_is_over(account, settings):
    row = kit.message(kit.call(account))
    (lost,) = claim()
    assert claim() == []
    (again,) = claim(now() + timedelta(seconds=settings.WEBHOOK_TIMEOUT * claims.LEASE_FACTOR + 1))
    assert (again.uid, again.tries) == (row.uid, 2)
    settle(lost, BROKEN)  # it was only slow, and now says nothing any more about the state
    row.refresh_from_db()
    assert row.lease_until is not None and row.trouble == ""
    settle(lost, OK)  # but taken is taken
    row.refresh_from_db()
    assert row.state == "delivered"
    settle(again, BROKEN)
    row.refresh_from_db()
    assert row.state == "delivered"


def test_a_released_record_does_not_overtake_what_is_being_sent(account):
    call = kit.call(account)
    kit.message(call, 1, "call", state=Delivery.HELD)
    kit.message(call, 2)
    (event,) = claim()
    Delivery.objects.filter(state=Delivery.HELD).update(state=Delivery.PENDING)
    assert claim() == []
    assert settle(event, OK).following.kind == "call"


def test_a_receiver_has_its_share_of_places(account):
    for number in range(5):
        kit.message(kit.call(account, url=f"https://slow.example/{number}"))
    other = kit.message(kit.call(account))
    assert len(claim(each=2)) == 3
    assert claim(busy={"https://slow.example": 2}, each=2) == []
    Delivery.objects.filter(pk=other.pk).update(lease_until=None)
    assert [c.pk for c in claim(busy={"https://slow.example": 2}, each=2)] == [other.pk]


def test_a_refusal_by_the_guard_is_final_and_the_lane_goes_on(account):
    call = kit.call(account)
    row, second = kit.message(call, 1), kit.message(call, 2)
    (claimed,) = claim()
    settled = settle(claimed, Result(AT, 1, None, "crm.example leads into a private network, which is not allowed.", final=True))
    row.refresh_from_db()
    assert row.state == "dead" and "private network" in row.trouble
    assert settled.following.pk == second.pk


def test_events_that_are_an_hour_old_are_given_up_together_and_the_record_goes_on(account):
    call = kit.call(account)
    old = now() - timedelta(hours=1)
    for seq in (1, 2, 3):
        kit.message(call, seq, created_at=old)
    young, record = kit.message(call, 4), kit.message(call, 0, "call")
    (claimed,) = claim()
    settled = settle(claimed, BROKEN)
    assert list(Delivery.objects.filter(state="dead").values_list("seq", flat=True).order_by("pk")) == [1, 2, 3]
    assert Delivery.objects.get(seq=3).trouble == settling.NOT_TRIED
    assert settled.following.pk == young.pk
    record.refresh_from_db()
    assert record.state == "pending"


def test_a_record_is_given_up_after_a_day_and_stays(account):
    row = kit.message(kit.call(account), 0, "call", created_at=now() - timedelta(hours=25), tries=schedule.RESULT.tries - 1)
    (claimed,) = claim()
    settle(claimed, BROKEN)
    row.refresh_from_db()
    assert row.state == "dead" and row.body
    assert claim(now() + timedelta(days=9)) == []


def test_who_is_back_gets_everything_at_once(account):
    rows = [kit.message(kit.call(account)) for _ in range(3)]
    failed = [settle(c, BROKEN) for c in claim()]
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now() + timedelta(hours=1))
    Delivery.objects.filter(pk=rows[0].pk).update(due_at=now())
    elsewhere = kit.message(kit.call(account, url="https://other.example/"), due_at=now() + timedelta(hours=1))
    (claimed,) = claim()
    settle(claimed, OK)
    settling.call_waiting(account.pk, kit.URL, now())
    assert {c.pk for c in claim()} == {rows[1].pk, rows[2].pk} and len(failed) == 3
    elsewhere.refresh_from_db()
    assert elsewhere.due_at > now()


def test_those_behind_a_late_success_are_due(account):
    call = kit.call(account)
    kit.message(call, 1, tries=3)
    second = kit.message(call, 2, due_at=now() + timedelta(hours=1))
    (claimed,) = claim()
    assert settle(claimed, OK).following.pk == second.pk


def test_what_is_asked_for_again_goes_once_past_its_lane(account, member):
    call = kit.call(account)
    kit.message(call, 1, due_at=now() + timedelta(hours=1))
    dead = kit.message(call, 2, state=Delivery.DEAD, tries=9)
    user = member("operator").user
    assert hooks.resend(account, [dead.uid], by=user) == 1
    assert hooks.resend(account, [dead.uid], by=user) == 0  # it is asked for already
    assert AuditEntry.objects.get(action="webhook.resent").subject == "1 message"
    (claimed,) = claim()
    assert (claimed.pk, claimed.send_type, claimed.uid) == (dead.pk, "resend", dead.uid)
    settle(claimed, BROKEN)
    dead.refresh_from_db()
    assert (dead.state, dead.asked, dead.trouble) == ("dead", "", "The address answered 500")
    assert claim() == []
    hooks.resend_dead(account, kit.URL, by=user)
    (claimed,) = claim()
    settle(claimed, OK)
    dead.refresh_from_db()
    assert (dead.state, dead.asked, dead.trouble) == ("delivered", "", "")
    assert list(dead.attempts.values_list("send_type", "status")) == [("resend", 500), ("resend", 200)]


def test_what_was_delivered_can_be_sent_again_and_stays_delivered(account):
    row = kit.message(kit.call(account), state=Delivery.DELIVERED)
    hooks.resend(account, [row.uid])
    (claimed,) = claim()
    settle(claimed, BROKEN)
    row.refresh_from_db()
    assert (row.state, row.trouble, row.asked) == ("delivered", "", "")


def test_several_of_one_call_asked_for_again_go_one_after_the_other(account):
    call = kit.call(account)
    rows = [kit.message(call, seq, state=Delivery.DEAD) for seq in (1, 2)]
    assert hooks.resend(factories.account("Strangers Ltd"), [row.uid for row in rows]) == 0
    hooks.resend(account, [row.uid for row in rows])
    (first,) = claim()
    assert first.pk == rows[0].pk and claim() == []
    settle(first, OK)
    assert [c.pk for c in claim()] == [rows[1].pk]
