"""What is kept is what the rows say: after a rebuild, after every change, in whichever order, and while somebody changes a call."""

from datetime import UTC, datetime, timedelta
from random import Random
from threading import Thread

import pytest
from django.db import connections

from analytics.models import CallBucket, ChangedHour, RollupState
from analytics.rollups import counting
from analytics.rollups.changed import mark
from tests.analytics.rollups import kit

FIRST = datetime(2026, 10, 31, 20, 10, tzinfo=UTC)  # clocks turn back in Denver on November 1 at 8:00 UTC


@pytest.fixture
def office(db):
    return kit.office(timezone="America/Denver")


def rebuild(account, since=None) -> int:
    return len(list(counting.rebuild(account, since)))


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_kept_is_what_the_rows_say(office, seed):
    stranger = kit.office("Strangers")
    rng = Random(seed)
    kit.history(office, rng, 40, FIRST, 1.5)
    kit.history(stranger, rng, 5, FIRST, 1)
    assert rebuild(office.account) >= 2
    assert kit.kept(office.account) == kit.counted(office.account)
    assert CallBucket.objects.filter(account=stranger.account).count() == 0


def test_counting_again_changes_nothing_and_changes_lead_to_the_same_as_a_rebuild(office):
    rng = Random(3)
    calls = kit.history(office, rng, 30, FIRST, 1)
    assert counting.sweep(office.account) > 5  # the first time, everything
    assert kit.kept(office.account) == kit.counted(office.account)
    assert counting.sweep(office.account) == 0

    gone, changed = calls[:6], calls[6:12]
    mark(office.account.pk, [call.created_at for call in [*gone, *changed]])
    for call in gone:
        call.delete()
    for call in changed:
        call.disposition_tag, call.price = "OTHER", None
        call.save()
    new = kit.one(office, rng, FIRST + timedelta(days=3))
    mark(office.account.pk, [new.created_at])
    assert counting.sweep(office.account) > 0
    swept = kit.kept(office.account)
    assert swept == kit.counted(office.account)
    assert not ChangedHour.objects.exists()
    mark(office.account.pk, [new.created_at])
    rebuild(office.account)
    assert kit.kept(office.account) == swept
    assert not ChangedHour.objects.exists()  # it counted them too


def test_a_rebuild_since_a_day_leaves_what_was_before(office):
    early = kit.one(office, Random(4), FIRST, ended_at=FIRST)
    late = kit.one(office, Random(4), FIRST + timedelta(days=5), ended_at=FIRST + timedelta(days=6))
    rebuild(office.account)
    for call in (early, late):
        call.disposition_tag = "OTHER"
        call.save()
    rebuild(office.account, FIRST + timedelta(days=4))
    tags = {row[-3] for row in kit.kept(office.account)["TallyBucket"] if row[-4] == "outcome"}
    assert "OTHER" in tags and len(tags) == 2


def test_a_change_while_its_hour_is_counted_is_counted_too(office, monkeypatch):
    call = kit.one(office, Random(5), FIRST, ended_at=FIRST, disposition_tag="BEFORE")
    counting.sweep(office.account)
    mark(office.account.pk, [call.created_at])
    make, done = counting.make, []

    def and_then_somebody_changes_it(*given):
        make(*given)
        if not done:
            done.append(1)
            call.disposition_tag = "AFTER"
            call.save()
            mark(office.account.pk, [call.created_at])

    monkeypatch.setattr(counting, "make", and_then_somebody_changes_it)
    counting.sweep(office.account)
    assert kit.kept(office.account) == kit.counted(office.account)
    assert "AFTER" in str(kit.kept(office.account)["TallyBucket"])


def test_a_reader_with_half_hours_makes_slots_finer(office, member):
    rng = Random(6)
    kit.history(office, rng, 12, FIRST, 0.5)
    counting.sweep(office.account)
    assert RollupState.objects.get(account=office.account).step == 4
    office.account.timezone = "Asia/Kolkata"
    office.account.save()
    counting.sweep(office.account)
    assert RollupState.objects.get(account=office.account).step == 1
    assert kit.kept(office.account) == kit.counted(office.account, step=1)
    office.account.timezone = "UTC"  # finer is never wrong: it stays
    office.account.save()
    assert counting.sweep(office.account) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_change_at_the_same_time():
    office, rng = kit.office(timezone="America/Denver"), Random(7)
    calls = kit.history(office, rng, 30, FIRST, 0.4)

    def work(change: bool) -> None:
        try:
            for call in calls[:10] if change else ():
                type(call).objects.filter(pk=call.pk).update(disposition_tag="OTHER")
                mark(office.account.pk, [call.created_at])
            for _ in range(3):
                counting.sweep(office.account)
        finally:
            connections.close_all()

    workers = [Thread(target=work, args=(n == 0,)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    counting.sweep(office.account)
    assert kit.kept(office.account) == kit.counted(office.account)
