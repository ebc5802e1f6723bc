"""Publishing freezes and points; what would fail does not go to calls; versions, roll back, drafts thrown away."""

from functools import partial

import pytest
from django.db.models import ProtectedError
from django.http import Http404

from config.models import AuditEntry
from pathways import making, versions
from pathways.editing import Frozen, Stale, draft_of, new_draft, save
from pathways.graph import digest
from pathways.making import create
from pathways.models import Pathway, PathwayVersion, Scenario, ScenarioRun
from pathways.publishing import NotReady, publish
from pathways.scenarios import setup_digest
from tests import factories
from tests.pathways.test_editing import SMALL, together
from tests.pathways.test_validation import END, SOUND, START, pathway


@pytest.fixture
def reminder(account) -> Pathway:
    return create(account, "Reminder", graph=SMALL).pathway


def run(scenario: Scenario, version: PathwayVersion, status="PASSED", **fields) -> ScenarioRun:
    fields = {"digest": digest(version.graph), "setup": setup_digest(scenario), **fields}
    return ScenarioRun.objects.create(scenario=scenario, version=version.number, status=status, **fields)


def test_publishing_freezes_and_points(reminder, member):
    by = member("editor").user
    version = publish(draft_of(reminder), "production", by)
    reminder.refresh_from_db()
    assert reminder.production == version
    assert reminder.staging is None
    assert version.frozen and version.published_by == by
    with pytest.raises(Frozen):
        save(version, SOUND, revision=None)
    entry = AuditEntry.objects.get(action="pathway.published")
    assert (entry.subject, entry.user, entry.detail) == ("Reminder", by, {"environment": "production", "version": 1})


def test_staging_and_production_are_apart(reminder):
    publish(draft_of(reminder), "production")
    second = publish(draft_of(reminder), "staging")
    reminder.refresh_from_db()
    assert (reminder.production.number, reminder.staging.number) == (1, 2)
    publish(second, "production")
    reminder.refresh_from_db()
    assert (reminder.production.number, reminder.staging.number) == (2, 2)
    assert AuditEntry.objects.latest("pk").detail["instead_of"] == 1


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_errors_stop_it_and_nothing_changes(reminder, environment):
    broken = save(draft_of(reminder), pathway(START, END), revision=1)
    with pytest.raises(NotReady) as refused:
        publish(broken, environment)
    assert [problem.code for problem in refused.value.problems] == ["dead_end"]
    assert refused.value.failing == []
    assert "dead end" in refused.value.sentence
    reminder.refresh_from_db()
    assert (reminder.production, reminder.staging) == (None, None)
    assert not PathwayVersion.objects.get().frozen


def test_warnings_do_not_stop_it(reminder):
    graph = {**SMALL, "nodes": [START, {**END, "data": {"name": "Goodbye"}}]}
    assert publish(save(draft_of(reminder), graph, revision=1), "production").frozen


def test_a_pathway_that_is_not_of_this_account_cannot_be_gone_over_to(reminder):
    def leading_to(uid):
        step = {"id": "9", "type": "Transfer Pathway", "data": {"name": "Go on", "transferPathway": str(uid)}}
        return save(draft_of(reminder), {**SMALL, "nodes": [START, step]}, revision=None)

    theirs = create(factories.account("Strangers Ltd"), "Theirs").pathway
    with pytest.raises(NotReady):
        publish(leading_to(theirs.uid), "production")
    mine = create(reminder.account, "Mine").pathway
    assert publish(leading_to(mine.uid), "production").frozen


def test_what_was_saved_after_it_was_looked_at_is_not_published(reminder):
    seen = draft_of(reminder)
    save(seen, SOUND, revision=1)
    with pytest.raises(Stale) as stale:
        publish(seen, "production")
    assert stale.value.current.graph == SOUND
    reminder.refresh_from_db()
    assert reminder.production is None and not PathwayVersion.objects.get().frozen


def test_a_version_that_another_one_published_in_the_meantime_is_not_put_elsewhere_unseen(reminder):
    seen = draft_of(reminder)
    publish(save(seen, SOUND, revision=1), "staging")
    with pytest.raises(Stale):
        publish(seen, "production")


def test_a_deleted_draft_cannot_be_published(reminder):
    seen = draft_of(reminder)
    versions.delete_draft(seen)
    with pytest.raises(Http404):
        publish(seen, "production")


def test_a_deleted_pathway_cannot_be_published(reminder):
    seen = draft_of(reminder)
    making.delete(reminder)
    with pytest.raises(Http404):
        publish(seen, "staging")
    reminder.refresh_from_db()
    assert reminder.staging is None


class TestGate:
    @pytest.fixture
    def scenario(self, reminder) -> Scenario:
        return Scenario.objects.create(pathway=reminder, name="Says yes", required=True, assertions=[{"type": "ends_within", "turns": 9}])

    def test_a_required_rehearsal_must_be_green(self, reminder, scenario):
        version = draft_of(reminder)
        with pytest.raises(NotReady) as refused:
            publish(version, "production")
        assert (refused.value.problems, refused.value.failing) == ([], ["Says yes"])
        assert refused.value.sentence == "Required rehearsals are not green: Says yes."
        run(scenario, version)
        assert publish(version, "production").frozen

    def test_staging_does_not_ask(self, reminder, scenario):
        assert publish(draft_of(reminder), "staging").frozen

    @pytest.mark.parametrize("fields", [{"status": "FAILED"}, {"status": "RUNNING"}, {"digest": "0" * 64}, {"setup": "0" * 64}])
    def test_another_graph_another_setup_or_red_does_not_count(self, reminder, scenario, fields):
        version = draft_of(reminder)
        run(scenario, version, **fields)
        with pytest.raises(NotReady):
            publish(version, "production")

    def test_the_newest_run_counts(self, reminder, scenario):
        version = draft_of(reminder)
        run(scenario, version)
        run(scenario, version, "FAILED")
        with pytest.raises(NotReady):
            publish(version, "production")

    def test_a_changed_rehearsal_must_be_run_again(self, reminder, scenario):
        version = draft_of(reminder)
        run(scenario, version)
        scenario.assertions = [{"type": "ends_within", "turns": 3}]
        scenario.save()
        with pytest.raises(NotReady):
            publish(version, "production")

    @pytest.mark.parametrize("field", ["required", "enabled"])
    def test_only_required_and_enabled_ones_count(self, reminder, scenario, field):
        Scenario.objects.update(**{field: False})
        assert publish(draft_of(reminder), "production").frozen


class TestVersions:
    def test_rolling_back_points_at_the_earlier_one(self, reminder):
        first = publish(draft_of(reminder), "production")
        publish(save(draft_of(reminder), SOUND, revision=1), "production")
        publish(first, "production")
        reminder.refresh_from_db()
        assert (reminder.production, reminder.production.graph) == (first, SMALL)
        assert [version.number for version in versions.listing(reminder)] == [2, 1]

    def test_working_is_the_draft_else_production(self, reminder):
        first = publish(draft_of(reminder), "production")
        second = publish(save(draft_of(reminder), SOUND, revision=1), "staging")
        assert versions.working(reminder) == first
        draft = draft_of(reminder)
        assert versions.working(reminder) == draft
        assert (draft.number, draft.source_number) == (second.number + 1, 1)

    def test_a_deleted_number_is_never_given_again(self, reminder):
        publish(draft_of(reminder), "production")
        for number in (2, 3):
            draft = draft_of(reminder)
            assert draft.number == number
            versions.delete_draft(draft)
        assert AuditEntry.objects.filter(action="pathway.draft_deleted").count() == 2
        versions.delete_draft(new_draft(reminder))
        assert draft_of(reminder).number == 5

    def test_a_published_version_is_not_deleted(self, reminder):
        version = publish(draft_of(reminder), "staging")
        with pytest.raises(Frozen):
            versions.delete_draft(version)
        assert PathwayVersion.objects.get() == version

    def test_deleting_twice_does_nothing(self, reminder):
        draft = draft_of(reminder)
        versions.delete_draft(draft)
        versions.delete_draft(draft)
        assert not PathwayVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saving_and_publishing_at_the_same_moment_one_wins_and_what_calls_get_is_sound():
    reminder = create(factories.account(), "Reminder", graph=SMALL).pathway
    for _ in range(5):
        seen = draft_of(reminder)
        broken = pathway(START, END)
        published, saved = together(partial(publish, seen, "production"), partial(save, seen, broken, revision=seen.revision))
        row = PathwayVersion.objects.get(pk=seen.pk)
        reminder.refresh_from_db()
        if isinstance(published, PathwayVersion):
            assert isinstance(saved, Frozen) and row.frozen and row.graph == seen.graph
        else:
            assert isinstance(published, Stale) and not row.frozen and reminder.production_id != row.pk
            save(row, SMALL, revision=row.revision)
        assert reminder.production is None or reminder.production.graph == SMALL


def test_a_pathway_with_calls_cannot_be_removed_from_under_them(reminder):
    factories.call(reminder.account, pathway=reminder)
    with pytest.raises(ProtectedError):
        reminder.delete()
