"""Reading a list of facts over past calls: whom it takes, that each is read once, that it can be stopped and gone on with."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import facts, tasks
from analytics.schemas import choosing, runs, working
from analytics.schemas.choosing import Wanted
from analytics.schemas.runs import Busy, By, Nothing, TooMany
from calls import lifecycle
from calls.models import Call, Citation, CitationIssue, CitationRun, CitationRunItem, CitedLine, Delivery
from calls.states import State
from personas import citation_schemas
from personas.citation_schemas import Content
from personas.citations import read
from personas.models import CitationSchema, Persona
from tests import factories

pytestmark = pytest.mark.django_db
INSURED = {"name": "Insured", "description": "Do they have insurance?", "type": "boolean"}
WHOLE = {
    "variables": [INSURED],
    "conditions": [
        {"condition": {"variable": "Insured", "operator": "===", "value": "false"}, "mode": "flag", "issueType": "No insurance"},
    ],
}
TALK = (("assistant", "Do you have insurance?"), ("user", "Yes, I have insurance."))


@pytest.fixture
def schema(account) -> CitationSchema:
    return citation_schemas.create(account, Content("Visits", definition=read(WHOLE)))


def spoken(account, said: str = "Yes, I have insurance.", **fields: Any) -> Call:
    at = fields.pop("at", timezone.now() - timedelta(hours=1))
    ended = {"state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at, "created_at": at}
    call = factories.call(account, **{**ended, **fields})
    for speaker, text in (("assistant", "Do you have insurance?"), ("user", said)):
        lifecycle.say(call.pk, speaker, text, 0, 500)
    return call


def begun(schema: CitationSchema, **more: Any) -> CitationRun:
    return runs.begin(schema, choosing.chosen(schema.account, Wanted()), By(), **more)


def values() -> dict[str, Any]:
    return {each.call.callee_name: each.value for each in Citation.objects.select_related("call")}


# which calls -----------------------------------------------------------------------------------------------------------
def test_only_finished_calls_with_a_conversation_are_taken(account):
    good = spoken(account)
    factories.call(account)  # not called yet
    silent = spoken(account)
    silent.utterances.filter(speaker="user").delete()
    spoken(account, status="busy")
    spoken(account, outcome_at=None)  # its own facts are read soon
    spoken(factories.account("Strangers Ltd"))
    assert list(choosing.chosen(account, Wanted())) == [good]


def test_days_persona_outcome_and_ids_choose(account):
    june = Persona.objects.create(account=account, name="June")
    at = timezone.make_aware(datetime(2026, 3, 10, 23, 30))
    late = spoken(account, at=at, persona=june, disposition_tag="SOLD")
    early = spoken(account, at=at - timedelta(days=1))
    stranger = spoken(factories.account("Strangers Ltd"), at=at)

    def found(**wanted: Any) -> list[Call]:
        return list(choosing.chosen(account, Wanted(**wanted)))

    assert found(since=at.date()) == [late]
    assert found(until=at.date()) == [late, early]  # the last day is one of them
    assert found(until=at.date() - timedelta(days=1)) == [early]
    assert found(persona=june.uid) == found(outcome="SOLD") == [late]
    assert found(uids=[early.uid, stranger.uid], outcome="SOLD") == [early]


def test_a_run_needs_calls_and_takes_only_so_many(schema, account, monkeypatch):
    with pytest.raises(Nothing):
        begun(schema)
    spoken(account), spoken(account)
    monkeypatch.setattr(runs, "MOST", 1)
    with pytest.raises(TooMany, match="These are 2 calls. At most 1 are read at once"):
        begun(schema)
    monkeypatch.setattr(runs, "SAMPLE", 1)
    assert begun(schema, preview=True).total == 1
    assert not CitationRun.objects.filter(preview=False).exists()


# reading ---------------------------------------------------------------------------------------------------------------
def test_calls_are_read_and_what_stood_there_is_replaced(schema, account):
    call = spoken(account, callee_name="Jo")
    spoken(account, "No, I am not insured.", callee_name="Ann")
    Citation.objects.create(call=call, schema=schema, revision=0, name="Old", type="string", value="x", called_at=call.created_at)
    run = begun(schema)
    assert runs.running(schema) == run
    with pytest.raises(Busy):
        begun(schema)
    assert working.work(run.pk) is False
    run.refresh_from_db()
    assert (run.state, run.total, run.done, run.failed) == ("done", 2, 2, 0) and run.ended_at
    assert values() == {"Jo": True, "Ann": False}
    assert {line.utterance.text for line in CitedLine.objects.select_related("utterance")} == {
        "Yes, I have insurance.",
        "No, I am not insured.",
    }
    assert CitationIssue.objects.get().type == "No insurance"
    assert not Delivery.objects.exists()
    assert working.work(run.pk) is False  # a second worker, later
    assert Citation.objects.count() == 2


def test_a_preview_shows_what_would_change_and_writes_nothing(schema, account):
    call = spoken(account)
    Citation.objects.create(call=call, schema=schema, revision=1, name="Insured", type="boolean", value=False, called_at=call.created_at)
    run = begun(schema, preview=True)
    working.work(run.pk)
    row = run.items.get().found[0]
    assert (row["name"], row["known"], row["was"], row["value"]) == ("Insured", True, False, True)
    assert [quote["words"] for quote in row["quotes"]] and row["quotes"][0]["words"] in TALK[1][1]
    assert Citation.objects.get().value is False and not CitationIssue.objects.exists()


def test_the_schema_is_read_as_it_was_when_the_run_began(schema, account):
    spoken(account)
    run = begun(schema)
    citation_schemas.change(schema, Content("Visits", definition=read({"variables": [{"name": "Other"}]})))
    working.work(run.pk)
    cited = Citation.objects.get()
    assert (cited.name, cited.revision) == ("Insured", 1)


def test_a_call_that_cannot_be_read_does_not_hold_up_the_others(schema, account, monkeypatch):
    bad, good = spoken(account), spoken(account)
    real = facts.transcript

    def transcript(pk: int):
        if pk == bad.pk:
            raise OSError("the disk is gone")
        return real(pk)

    monkeypatch.setattr(facts, "transcript", transcript)
    run = begun(schema)
    working.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.failed) == ("done", 1, 1)
    assert run.items.get(call=bad).trouble == "OSError"
    assert Citation.objects.get().call == good


# stopping and going on ---------------------------------------------------------------------------------------------------
def test_a_run_makes_room_and_goes_on(schema, account):
    for _ in range(3):
        spoken(account)
    run = begun(schema)
    times = iter([0.0, 99.0])
    assert working.work(run.pk, clock=lambda: next(times)) is True
    run.refresh_from_db()
    assert (run.done, run.state) == (1, "running")
    assert working.work(run.pk) is False
    run.refresh_from_db()
    assert (run.done, run.state) == (3, "done")


def test_a_run_that_was_stopped_writes_nothing_more(schema, account, monkeypatch):
    spoken(account), spoken(account)
    run = begun(schema)
    real = facts.read

    def stopped_meanwhile(*given: Any, **more: Any):
        runs.stop(run)
        return real(*given, **more)

    monkeypatch.setattr(facts, "read", stopped_meanwhile)
    assert working.work(run.pk) is False
    run.refresh_from_db()
    assert (run.state, run.done) == ("stopped", 0) and not Citation.objects.exists()
    assert runs.stop(run) is False and runs.due() == []
    monkeypatch.setattr(facts, "read", real)
    assert begun(schema).total == 2  # a new one may begin


def test_what_a_dead_worker_held_is_taken_over_once(schema, account):
    spoken(account)
    run = begun(schema)
    item = working._claim(run.pk)
    assert item and working._claim(run.pk) is None
    assert runs.due() == []  # it is being read
    assert working.work(run.pk) is False
    run.refresh_from_db()
    assert run.state == "running"
    CitationRunItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert runs.due() == [run.pk]
    assert working.work(run.pk) is False
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", 1)
    working._keep(run, item, lambda: Citation.objects.all().delete(), state="done")  # the dead one was only slow
    run.refresh_from_db()
    assert run.done == 1 and Citation.objects.count() == 1


def test_the_sweep_goes_on_with_runs_and_deletes_old_previews(schema, account, monkeypatch, django_capture_on_commit_callbacks):
    spoken(account)
    old = begun(schema, preview=True)
    CitationRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    run = begun(schema)
    sent: list[Any] = []
    monkeypatch.setattr(runs.current_app, "send_task", lambda name, args, **_: sent.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_runs()
    assert sent == [(tasks.read_run.name, (run.pk,))]
    assert not CitationRun.objects.filter(pk=old.pk).exists()
    tasks.read_run(run.pk)
    run.refresh_from_db()
    assert run.state == "done"


def test_beginning_costs_the_same_for_any_number_of_calls(schema, account):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            run = begun(schema)
        runs.stop(run)
        return len(queries)

    spoken(account)
    once = cost()
    for _ in range(5):
        spoken(account)
    assert cost() == once
