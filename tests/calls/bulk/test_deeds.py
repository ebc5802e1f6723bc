"""Tags, sending again and deleting for many calls: each once, also after a kill; what is refused is counted with its reason."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from analytics.models import ChangedHour
from analytics.slots import hour_of
from calls import removing, tags
from calls.bulk import deeds, jobs, work
from calls.filters import Filters
from calls.models import Call, CallEvent, CallingRules, CallJob, CallTag, DoNotCall, Recording, Utterance
from calls.requests import sending
from config.models import AuditEntry
from tests import factories
from tests.calls.recordings import kit as recordings


def new(account, before: list[Call]) -> list[Call]:
    return list(Call.objects.filter(account=account).exclude(pk__in=[call.pk for call in before]).order_by("pk"))


def test_tags_are_put_and_taken(done, over):
    calls = over(3)
    for n in range(tags.MOST):
        tags.put(calls[0], f"tag {n}")
    job = done(jobs.TAG, tag="vip")
    assert (job.done, job.refused, job.reasons) == (2, 1, {tags.TOO_MANY: 1})
    assert set(CallTag.objects.filter(name="vip").values_list("call", flat=True)) == {calls[1].pk, calls[2].pk}
    job = done(jobs.UNTAG, tag="vip", filters=Filters(given=(("tag", "vip"),)))
    assert job.done == 2 and not CallTag.objects.filter(name="vip").exists()


def test_only_the_ticked_ones_and_none_of_a_stranger(done, over):
    calls = over(3)
    theirs = factories.call(factories.account("Strangers Ltd"), state="complete")
    job = done(jobs.TAG, tag="vip", calls=[calls[0], theirs])
    assert (job.total, job.done) == (1, 1)
    assert list(CallTag.objects.values_list("call", flat=True)) == [calls[0].pk]


def test_each_is_sent_again_with_what_it_was_sent_with(done, over, account, boss):
    calls = over(3)
    job = done(jobs.SEND_AGAIN)
    made = new(account, calls)
    assert (job.state, job.done, job.refused) == (CallJob.DONE, 3, 0)
    assert sorted(call.to_number for call in made) == sorted(call.to_number for call in calls)
    assert {call.config["task"] for call in made} == {factories.TASK}
    assert all(call.created_by == boss and call.source == "page" and call.carrier == "simulated" for call in made)
    assert all(call.config["start_time"] is None for call in made), "not at the time of the first try"
    assert AuditEntry.objects.get(action="calls.sent_again").subject == "3 calls"


def test_what_a_rule_refuses_is_counted_with_its_reason(done, over, account):
    calls = over(4)
    DoNotCall.objects.create(account=account, number=calls[0].to_number, source="staff")
    Call.objects.filter(pk=calls[1].pk).update(carrier="browser")
    Call.objects.filter(pk=calls[2].pk).update(request={**calls[2].request, "dynamic_data": [{"url": "x", "headers": {"a": "…"}}]})
    job = done(jobs.SEND_AGAIN)
    assert (job.done, job.refused) == (1, 3)
    assert {deeds.IN_BROWSER, deeds.HIDDEN} < set(job.reasons) and sum(job.reasons.values()) == 3
    assert [call.to_number for call in new(account, calls)] == [calls[3].to_number]


def test_a_worker_killed_between_two_calls_or_inside_one_sends_each_once(begun, over, account, monkeypatch):
    calls = over(4)
    job = begun(jobs.SEND_AGAIN)
    create, seen = sending.lifecycle.create, []

    def dies(call, notes=()):
        seen.append(call.to_number)
        made = create(call, notes)
        if len(seen) == 2:
            raise KeyboardInterrupt  # the call is written, the transaction is not committed
        return made

    monkeypatch.setattr(sending.lifecycle, "create", dies)
    with pytest.raises(KeyboardInterrupt):
        work.run(job.pk)
    assert len(new(account, calls)) == 1
    CallJob.objects.update(lease_until=now() - timedelta(seconds=1))
    while work.run(job.pk):
        pass
    job.refresh_from_db()
    assert (job.state, job.done) == (CallJob.DONE, 4)
    assert sorted(call.to_number for call in new(account, calls)) == sorted(call.to_number for call in calls)


def test_who_lost_the_lease_sends_nothing(begun, over, account):
    calls = over(2)
    job = begun(jobs.SEND_AGAIN)
    first = jobs.take(job.pk)
    CallJob.objects.update(lease_until=now() - timedelta(seconds=1))
    jobs.take(job.pk)
    with pytest.raises(jobs.Lost):
        deeds.send_again(first, work._page(first, 2))
    assert new(account, calls) == []


def test_at_the_limit_of_the_hour_it_waits_and_goes_on(begun, over, account):
    calls = over(3)
    Call.objects.update(created_at=now() - timedelta(days=2))
    CallingRules.objects.filter(account=account).update(per_hour=2)
    job = begun(jobs.SEND_AGAIN)
    work.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.trouble) == (CallJob.RUNNING, 2, "Waits. 2 calls within an hour are the most.")
    assert job.lease_until > now() + timedelta(minutes=1)
    CallingRules.objects.filter(account=account).update(per_hour=100)
    CallJob.objects.update(lease_until=now())
    work.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.trouble) == (CallJob.DONE, 3, "")
    assert len(new(account, calls)) == 3


def test_deleted_calls_are_gone_with_everything_but_the_do_not_call_list(done, over, account, django_capture_on_commit_callbacks):
    calls = over(2)
    live = factories.call(account, state="started", created_at=now() - timedelta(minutes=1))
    for call in calls:
        recordings.recorded(call)
        Utterance.objects.create(call=call, seq=1, speaker="user", text="Hello", start_ms=0, end_ms=1)
    entry = DoNotCall.objects.create(account=account, number="+17205550142", source="call", call=calls[0])
    sounds = [recordings.rows.path_of(r) for r in Recording.objects.all()]
    assert all(path.exists() for path in sounds)
    job = done(jobs.DELETE)
    assert (job.state, job.done, job.refused, job.reasons) == (CallJob.DONE, 2, 1, {removing.NOT_OVER: 1})
    assert list(Call.objects.all()) == [live]
    assert not Utterance.objects.exists() and not Recording.objects.exists() and not CallEvent.objects.exclude(call=live).exists()
    assert not any(path.exists() for path in sounds)
    entry.refresh_from_db()
    assert entry.call is None
    assert AuditEntry.objects.get(action="calls.deleted").subject == "2 calls"
    assert ChangedHour.objects.filter(account=account, hour=hour_of(calls[0].created_at)).exists(), "the figures are counted anew"


def test_a_recording_that_the_disk_keeps_keeps_its_call(done, over, monkeypatch):
    (call,) = over(1)
    recordings.recorded(call)

    class Stuck:
        def unlink(self, **_):
            raise OSError("busy")

    monkeypatch.setattr(recordings.rows, "path_of", lambda row: Stuck())
    job = done(jobs.DELETE)
    assert (job.done, job.reasons) == (0, {removing.SOUND_STAYS: 1})
    assert Recording.objects.get(call=call).state == Recording.DELETED, "nobody hears it, and the sweep tries again"


def test_what_was_ticked_and_is_gone_meanwhile_does_no_harm(begun, over):
    calls = over(3)
    job = begun(jobs.DELETE, calls=calls)
    calls[1].delete()
    work.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total, job.done) == (CallJob.DONE, 3, 2)


def test_one_call_is_deleted_on_its_page(client, over, account, boss, member):
    (call,) = over(1)
    address = f"/calls/{call.uid}/delete"
    client.force_login(member("editor").user)
    assert client.post(address).status_code == 403
    client.force_login(boss)
    assert "Delete this call?" in client.get(f"/calls/{call.uid}").content.decode()
    assert client.post(address)["Location"] == "/calls/"
    assert not Call.objects.exists() and AuditEntry.objects.get(action="call.deleted").subject == call.to_number
    live = factories.call(account, state="started")
    assert client.post(f"/calls/{live.uid}/delete")["Location"] == f"/calls/{live.uid}"
    assert Call.objects.filter(pk=live.pk).exists()
