"""CSV files: what stands in them, page by page, after a kill, until they are deleted."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import lifecycle, tags
from calls.bulk import columns, deeds, files, jobs, work
from calls.filters import Filters
from calls.models import Call, CallJob
from config.models import AuditEntry
from tests import factories


def rows(job: CallJob) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files.path_of(job).read_bytes().decode("utf-8-sig"))))


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setitem(deeds.DEEDS, jobs.EXPORT, (deeds.export, 2))


def test_what_stands_in_a_row(done, account):
    call = factories.call(
        account,
        to_number="+17205550142",
        callee_name="=HYPERLINK(1)",
        state="complete",
        status="completed",
        duration_ms=61_400,
        price="0.1250",
        disposition_tag="COMPLETED_ACTION",
        disposition_quote="Ja, gerne – “ça va”",
        answered_by="human",
        config={"task": "x", "request_data": {"plan": "gold"}, "metadata": {"id": 7}},
        variables={"plan": "silver"},
        outcome_at=now(),
    )
    tags.put(call, "vip")
    lifecycle.say(call.pk, "user", "Hello?", 0, 1)
    lifecycle.say(call.pk, "assistant", "Hi.", 1, 2)
    job = done(jobs.EXPORT, columns=[c.name for c in columns.COLUMNS], zone="America/Denver")
    assert (job.state, job.done, job.total) == (CallJob.DONE, 1, 1)
    assert files.path_of(job).read_bytes().startswith(b"\xef\xbb\xbfid,created,number")
    (row,) = rows(job)
    assert row["id"] == str(call.uid) and row["number"] == "+17205550142"
    assert row["created"].endswith(("-06:00", "-07:00"))
    assert row["name"] == "'=HYPERLINK(1)"
    assert row["quote"] == "Ja, gerne – “ça va”" and row["outcome"] == "Completed action" and row["state"] == "Finished"
    assert (row["seconds"], row["cost"], row["currency"], row["tags"]) == ("61", "0.1250", "USD", "vip")
    assert json.loads(row["variables"]) == {"plan": "silver"} and json.loads(row["metadata"]) == {"id": 7}
    assert row["transcript"] == "user: Hello?\nassistant: Hi."


def test_all_of_the_filters_up_to_the_moment_it_was_asked_newest_first(begun, over, account, small_pages):
    wanted = over(5, status="busy")
    over(1)
    job = begun(jobs.EXPORT, filters=Filters(states=("busy",)))
    over(2, status="busy")
    Call.objects.exclude(pk__in=[c.pk for c in wanted]).update(created_at=now() + timedelta(seconds=1))
    factories.call(factories.account("Strangers Ltd"), state="complete", status="busy")
    assert work.run(job.pk) is False
    job.refresh_from_db()
    assert [row["id"] for row in rows(job)] == [str(call.uid) for call in reversed(wanted)]
    assert job.total == job.done == 5
    assert AuditEntry.objects.get(action="calls.exported").subject == "5 calls"


def test_of_no_call_the_names_of_the_columns_are_left(done):
    job = done(jobs.EXPORT, columns=["id", "cost", "nonsense"])
    assert files.path_of(job).read_bytes() == b"\xef\xbb\xbfid,cost\r\n"
    assert job.size == files.length(job)


def test_a_killed_worker_is_followed_by_one_that_goes_on(begun, over, small_pages, monkeypatch):
    calls = over(5)
    job = begun(jobs.EXPORT, columns=["id"])
    append, pages = files.append, []

    def dies(job, at, piece):
        append(job, at, piece)
        pages.append(at)
        if len(pages) == 2:
            raise KeyboardInterrupt  # the bytes are on the disk, the transaction is not committed

    monkeypatch.setattr(files, "append", dies)
    with pytest.raises(KeyboardInterrupt):
        work.run(job.pk)
    job.refresh_from_db()
    assert (job.done, job.state) == (2, CallJob.RUNNING) and files.length(job) > job.size
    assert jobs.due() == [] and work.run(job.pk) is False, "the lease holds others back"
    CallJob.objects.update(lease_until=now() - timedelta(seconds=1))
    assert jobs.due() == [job.pk]
    work.run(job.pk)
    job.refresh_from_db()
    assert [row["id"] for row in rows(job)] == [str(call.uid) for call in reversed(calls)]
    assert job.size == files.length(job)


def test_a_file_that_is_gone_is_begun_anew(begun, over, small_pages):
    calls = over(5)
    job = begun(jobs.EXPORT, columns=["id"])
    assert work.run(job.pk, seconds=0) is True
    job.refresh_from_db()
    assert job.done == 2
    files.remove(job)
    while work.run(job.pk):
        pass
    job.refresh_from_db()
    assert [row["id"] for row in rows(job)] == [str(call.uid) for call in reversed(calls)]
    assert job.done == 5


def test_a_second_worker_writes_nothing(begun, over, small_pages):
    over(5)
    job = begun(jobs.EXPORT)
    first = jobs.take(job.pk)
    deeds.begin_export(first)
    CallJob.objects.update(lease_until=now() - timedelta(seconds=1))
    second = jobs.take(job.pk)
    deeds.export(second, work._page(second, 2))
    before = files.path_of(second).read_bytes()
    with pytest.raises(jobs.Lost):
        deeds.export(first, work._page(first, 2))
    assert files.path_of(second).read_bytes() == before


def test_stopped_in_the_middle_its_file_goes(begun, over, small_pages):
    over(5)
    job = begun(jobs.EXPORT)
    work.run(job.pk, seconds=0)
    job.refresh_from_db()
    assert jobs.stop(job) and not jobs.stop(job)
    assert work.run(job.pk) is False
    work.remove_due()
    assert files.length(job) == 0
    job.refresh_from_db()
    assert (job.state, job.file.name) == (CallJob.STOPPED, "")


def test_a_file_is_kept_for_seven_days(done, over):
    over(1)
    job = done(jobs.EXPORT)
    assert timedelta(days=6) < job.delete_after - now() <= timedelta(days=7)
    work.remove_due()
    assert files.length(job)
    path = files.path_of(job)
    CallJob.objects.update(delete_after=now())
    work.remove_due()
    assert not path.exists()


def test_a_full_disk_is_told(begun, over, monkeypatch):
    over(1)
    job = begun(jobs.EXPORT)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "append", full)
    work.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.trouble) == (CallJob.FAILED, "The file could not be written: No space left on device.")


def test_queries_do_not_grow_with_the_rows(begun, over, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(count: int) -> int:
        over(count)
        job = begun(jobs.EXPORT, columns=[c.name for c in columns.COLUMNS])
        with CaptureQueriesContext(connection) as counted:
            work.run(job.pk)
        Call.objects.all().delete()
        return len(counted)

    assert cost(5) == cost(10)


def test_days_are_those_of_the_reader_when_it_was_asked(begun, over):
    calls = over(1)
    job = begun(jobs.EXPORT, filters=Filters(period="today"))
    Call.objects.filter(pk=calls[0].pk).update(created_at=now() - timedelta(days=3))
    CallJob.objects.update(given={**job.given, "since": (now() - timedelta(days=4)).isoformat()})
    job.refresh_from_db()
    assert list(jobs.rest(job, 10)) == calls
