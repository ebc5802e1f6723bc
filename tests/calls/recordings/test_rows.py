"""The life of a recording: the row before the sound, whole after every death of its writer, gone when it has to go."""

import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils.timezone import now

from calls import tasks
from calls.models import Call, CallEvent, Recording
from calls.recordings import rows
from calls.recordings.files import path_of
from calls.runner import brief, dial
from calls.states import State
from config.models import AuditEntry
from tests import factories
from tests.calls.recordings import kit


def events(call: Call) -> list[str]:
    return list(CallEvent.objects.filter(call=call, kind="recording").order_by("seq").values_list("message", flat=True))


def test_it_is_put_in_order_when_the_call_is_over(ended, account):
    account.recording_days = 30
    account.save()
    kit.path_of(ended).write_bytes(kit.wav(kit.talk(4)))
    rows.begin(ended.pk, str(kit.path_of(ended)))
    tasks.settle_recording(ended.pk)
    row = Recording.objects.get()
    assert (row.state, row.duration_ms, row.size) == ("ready", 4_000, 44 + 4 * 32_000)
    assert [len(channel) for channel in row.peaks] == [rows.BUCKETS] * 2 and max(row.peaks[0]) > 0.7 > 0.3 > max(row.peaks[1])
    assert row.delete_after == Call.objects.get().ended_at + timedelta(days=30)
    assert path_of(row).is_relative_to(settings.DATA_DIR / "recordings")
    tasks.settle_recording(ended.pk)
    tasks.sweep_recordings()
    assert events(ended) == ["Call recording is ready"]


def test_a_runner_that_was_killed_leaves_a_recording_that_plays(ended):
    path = kit.path_of(ended)
    path.write_bytes(kit.wav(kit.talk(4), told=3_200) + b"\x01")
    rows.begin(ended.pk, str(path))
    tasks.sweep_recordings()
    assert Recording.objects.get().state == "writing", "somebody may still write"
    os.utime(path, (time.time() - 30, time.time() - 30))
    tasks.sweep_recordings()
    assert (Recording.objects.get().state, Recording.objects.get().duration_ms) == ("ready", 4_000)
    assert path.read_bytes() == kit.wav(kit.talk(4))


def test_a_call_that_still_lasts_is_left_alone(account):
    call = factories.call(account, state=State.STARTED, started_at=now())
    kit.path_of(call).write_bytes(kit.wav(kit.talk(2)))
    rows.begin(call.pk, str(kit.path_of(call)))
    tasks.settle_recording(call.pk)
    tasks.sweep_recordings()
    assert Recording.objects.get().state == "writing"


@pytest.mark.parametrize(("content", "words"), [(None, "no sound was written"), (b"", "it is empty"), (kit.header(0), "no sound in it")])
def test_what_cannot_be_kept_says_so(ended, content, words):
    if content is not None:
        kit.path_of(ended).write_bytes(content)
    rows.begin(ended.pk, str(kit.path_of(ended)))
    tasks.settle_recording(ended.pk)
    assert Recording.objects.get().state == "failed"
    assert [words in message for message in events(ended)] == [True]
    assert CallEvent.objects.get(kind="recording").level == "error"


def test_nobody_answered_so_nothing_was_recorded(ended):
    Call.objects.update(started_at=None, status="busy")
    rows.begin(ended.pk, str(kit.path_of(ended)))
    tasks.sweep_recordings()
    assert not Recording.objects.exists() and events(ended) == []


def test_one_that_cannot_be_read_does_not_hold_up_the_others(ended, account, monkeypatch):
    other = factories.call(account, started_at=now(), ended_at=now(), state=State.COMPLETE)
    for call in (ended, other):
        kit.path_of(call).write_bytes(kit.wav(kit.talk(2)))
        rows.begin(call.pk, str(kit.path_of(call)))
    kit.path_of(ended).unlink()
    kit.path_of(ended).mkdir()  # opening it is an OSError
    tasks.sweep_recordings()
    assert dict(Recording.objects.values_list("call_id", "state")) == {ended.pk: "writing", other.pk: "ready"}


def test_begun_twice_is_one_row_and_a_call_without_a_recording_has_none(ended):
    rows.begin(ended.pk, "")
    assert not Recording.objects.exists()
    for _ in range(2):
        rows.begin(ended.pk, brief.record_to(ended))
    assert str(path_of(Recording.objects.get())) == brief.record_to(ended)


def test_somebody_deletes_it(ended, member, django_capture_on_commit_callbacks):
    row = kit.recorded(ended)
    path, user = path_of(row), member("editor").user
    with django_capture_on_commit_callbacks(execute=True):
        assert rows.delete(ended, user)
    row.refresh_from_db()
    assert (row.state, row.file.name, row.peaks, row.delete_after) == ("deleted", "", [], None)
    assert not path.exists() and row.deleted_at
    assert events(ended)[-1] == "Editor deleted the recording"
    entry = AuditEntry.objects.get(action="recording.deleted")
    assert (entry.user, entry.subject, entry.detail) == (user, ended.to_number, {"call": str(ended.uid)})
    assert not rows.delete(ended, user)
    assert AuditEntry.objects.count() == 1


def test_retention_deletes_the_file_and_keeps_the_row(ended, account, django_capture_on_commit_callbacks):
    account.recording_days = 30
    account.save()
    row = kit.recorded(ended)
    path = path_of(row)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.delete_old_recordings()
    assert path.exists()
    Recording.objects.update(delete_after=now())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.delete_old_recordings()
    row.refresh_from_db()
    assert (row.state, row.file.name) == ("deleted", "") and not path.exists()


def test_a_file_that_could_not_be_removed_is_removed_by_the_sweep(ended, member):
    path = path_of(kit.recorded(ended))
    rows.delete(ended, member("editor").user)  # killed before its commit hooks ran
    assert path.exists() and Recording.objects.get().state == "deleted"
    tasks.delete_old_recordings()
    assert not path.exists() and Recording.objects.get().file.name == ""
    tasks.delete_old_recordings()


def test_another_time_to_keep_counts_for_those_that_are_there(ended, account):
    row = kit.recorded(ended)
    assert row.delete_after is None
    for days in (7, 90):
        account.recording_days = days
        account.save()
        row.refresh_from_db()
        assert row.delete_after == Call.objects.get().ended_at + timedelta(days=days)
    account.recording_days = 0
    account.save()
    row.refresh_from_db()
    assert row.delete_after is None


@pytest.mark.parametrize(("wanted", "carrier", "rows_made"), [(True, "browser", 1), (False, "browser", 0), (True, "simulated", 0)])
def test_the_row_is_there_before_the_call_is_dialled(account, wanted, carrier, rows_made):
    owner, config = uuid4(), {"task": factories.TASK, "record": wanted}
    call = factories.call(account, carrier=carrier, config=config, state=State.ALLOCATED, lease_owner=owner)
    assert not dial._begin(call.pk, uuid4(), "built-in") and not Recording.objects.exists(), "not ours, not dialled"
    assert dial._begin(call.pk, owner, "built-in")
    assert Recording.objects.filter(call=call, state="writing").count() == rows_made


def test_a_recording_that_broke_off_says_so(ended):
    Call.objects.filter(pk=ended.pk).update(duration_ms=64_000)
    kit.path_of(ended).write_bytes(kit.wav(kit.talk(4)))
    rows.begin(ended.pk, str(kit.path_of(ended)))
    tasks.settle_recording(ended.pk)
    assert Recording.objects.get().state == "ready"
    assert events(ended) == ["Call recording is ready, but ends 60 seconds before the call: not all of it could be written"]
