"""Rehearsals as rows, and the gate they are to publishing."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import publishing as publish
from calls.rehearsal import suite
from calls.rehearsal.setup import Rehearsed
from calls.tasks import rehearse, sweep_rehearsals
from pathways import editing
from pathways.models import Pathway, ScenarioRun
from pathways.publishing import NotReady
from pathways.scenarios import newest_runs, setup_digest
from tests.calls.rehearsal import kit

pytestmark = pytest.mark.django_db
Status = ScenarioRun.Status


def test_a_run_is_written_with_all_that_came_of_it(account):
    version = kit.version(account)
    one = kit.scenario(version.pathway)
    [done] = kit.run_all(version, [one])
    assert (done.status, done.error) == (Status.PASSED, "")
    assert done.results[0]["sentence"] == "The call reaches “All set”"
    assert done.results[0]["passed"] is True
    assert [line["speaker"] for line in done.transcript] == ["assistant", "user", "assistant", "user", "assistant"]
    assert done.variables["coming"] is True
    assert (done.digest, done.setup, done.version) == (version.digest, setup_digest(one), 1)
    assert done.disposition
    assert done.finished_at


def test_a_run_ends_once(account):
    version = kit.version(account)
    [begun] = suite.begin(version, [kit.scenario(version.pathway)])
    assert suite.end(begun.pk, Rehearsed(error="first"))
    assert not suite.end(begun.pk, Rehearsed())
    assert not suite.run(begun.pk)
    rehearse(begun.pk)
    begun.refresh_from_db()
    assert (begun.status, begun.error) == (Status.FAILED, "first")


def test_only_exactly_what_was_begun_is_run(account):
    version = kit.version(account)
    one = kit.scenario(version.pathway)
    [before, after] = [*suite.begin(version, [one]), *suite.begin(version, [one])]
    editing.save(version, kit.graph(good="Goodbye then."), revision=None)
    assert suite.run(before.pk)
    before.refresh_from_db()
    assert (before.status, before.error) == (Status.FAILED, suite.CHANGED)
    one.lines = ["Something else"]
    one.save()
    suite.run(after.pk)
    after.refresh_from_db()
    assert after.error == suite.CHANGED


def test_the_sweep_ends_what_a_dead_process_left(account):
    version = kit.version(account)
    old, young = suite.begin(version, [kit.scenario(version.pathway), kit.scenario(version.pathway)])
    ScenarioRun.objects.filter(pk=old.pk).update(started_at=now() - suite.LOST_AFTER - timedelta(seconds=1))
    sweep_rehearsals()
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.status, old.error, young.status) == (Status.FAILED, suite.LOST, Status.RUNNING)


def test_a_run_counts_for_its_graph_and_for_the_scenario_as_it_is(account):
    version = kit.version(account)
    one = kit.scenario(version.pathway)
    kit.run_all(version, [one])
    assert newest_runs([one], version.digest)[one.pk].status == Status.PASSED
    assert newest_runs([one], "another graph") == {}
    one.name = "Another name"
    assert newest_runs([one], version.digest)
    one.max_turns = 7
    assert newest_runs([one], version.digest) == {}


def test_a_red_required_rehearsal_stops_production_and_says_which_sentence(account, member):
    version = kit.version(account)
    kit.scenario(version.pathway, name="Comes", required=True)
    kit.scenario(version.pathway, name="Quiet", required=True, assertions=[kit.RED])
    kit.scenario(version.pathway, name="Not required", assertions=[kit.RED])
    kit.scenario(version.pathway, name="Off", required=True, enabled=False, assertions=[kit.RED])
    with pytest.raises(NotReady) as stopped:
        publish.publish(version, "production", member("editor").user)
    assert stopped.value.failing == ["Quiet"]
    [red] = publish.red(version)
    assert red.in_words == "Quiet: We never say “goodbye”. Said: “Wonderful, see you on Tuesday. Goodbye.”"
    version.refresh_from_db()
    assert version.published_at is None
    assert ScenarioRun.objects.count() == 2


def test_staging_is_not_held_back(account):
    version = kit.version(account)
    kit.scenario(version.pathway, required=True, assertions=[kit.RED])
    assert publish.publish(version, "staging").published_at
    assert not ScenarioRun.objects.exists()


def test_green_goes_into_production_and_is_not_run_twice(account):
    version = kit.version(account)
    one = kit.scenario(version.pathway, required=True)
    kit.run_all(version, [one])
    published = publish.publish(version, "production")
    assert Pathway.objects.get().production_id == published.pk
    assert ScenarioRun.objects.count() == 1


def test_what_takes_long_goes_to_the_worker_and_is_told_by_the_next_try(account, monkeypatch, django_capture_on_commit_callbacks):
    """The time of a request is cut to nothing: the worker runs both, and what it found red is not begun again."""
    monkeypatch.setattr(publish, "IN_A_REQUEST", 0.0)
    queued: list[int] = []
    monkeypatch.setattr(rehearse, "apply_async", lambda args, **_: queued.append(*args))
    version = kit.version(account)
    kit.scenario(version.pathway, name="Comes", required=True)
    quiet = kit.scenario(version.pathway, name="Quiet", required=True, assertions=[kit.RED])
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(publish.Rehearsing) as going_on:
        publish.publish(version, "production")
    assert going_on.value.sentence == "2 required rehearsals are still running. Publish again when they are over."
    assert queued == list(ScenarioRun.objects.order_by("pk").values_list("pk", flat=True))
    with pytest.raises(publish.Rehearsing):  # nobody begins them twice
        publish.publish(version, "production")
    assert len(queued) == 2
    assert publish.before(version).running == 2
    for pk in queued:
        rehearse(pk)
    with pytest.raises(NotReady) as stopped:
        publish.publish(version, "production")
    assert stopped.value.failing == ["Quiet"]
    quiet.assertions = []
    quiet.save()
    monkeypatch.setattr(publish, "IN_A_REQUEST", 30.0)
    assert publish.publish(version, "production").published_at


def test_one_that_is_cut_off_keeps_its_row_for_the_worker(account):
    version = kit.version(account)
    begun = suite.begin(version, [kit.scenario(version.pathway, name=name) for name in ("One", "Two")])
    assert not suite.run(begun[0].pk, 0.0)
    assert suite.run_for(begun, 0.0) == begun
    assert [run.status for run in ScenarioRun.objects.all()] == [Status.RUNNING, Status.RUNNING]
    assert suite.run(begun[0].pk)
    assert suite.run_for(begun, 30.0) == []
    assert [run.status for run in ScenarioRun.objects.all()] == [Status.PASSED, Status.PASSED]


def test_what_was_lost_is_begun_again(account, monkeypatch):
    monkeypatch.setattr(suite, "LOST_AFTER", timedelta(0))
    version = kit.version(account)
    suite.begin(version, [kit.scenario(version.pathway, required=True)])
    assert suite.sweep() == 1
    assert publish.publish(version, "production").published_at


def test_a_graph_with_errors_is_not_rehearsed_at_all(account):
    made = kit.graph()
    made["nodes"][0]["data"]["isStart"] = False
    version = kit.version(account, made)
    kit.scenario(version.pathway, required=True)
    with pytest.raises(NotReady) as stopped:
        publish.publish(version, "production")
    assert stopped.value.problems
    assert not ScenarioRun.objects.exists()


def test_of_each_scenario_the_newest_runs_are_kept(account, monkeypatch):
    monkeypatch.setattr(suite, "KEEP", 2)
    version = kit.version(account)
    kept, other = kit.scenario(version.pathway), kit.scenario(version.pathway, name="Other")
    (untouched,) = kit.run_all(version, [other])
    runs = [kit.run_all(version, [kept])[0].pk for _ in range(4)]
    assert sorted(ScenarioRun.objects.values_list("pk", flat=True)) == sorted([untouched.pk, *runs[2:]])
