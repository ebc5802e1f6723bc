"""Pathways as a whole: made, imported, duplicated, named, shelved, deleted; the starters are ready to be called."""

import json

import pytest

from config.models import AuditEntry
from pathways import making, validation
from pathways.access import visible_pathways
from pathways.editing import Unreadable, draft_of
from pathways.envelope import NoGraph
from pathways.graph import Kind, load
from pathways.models import Pathway, PathwayFolder, PathwayVersion, Scenario
from pathways.publishing import publish
from pathways.starters import starters
from tests.pathways.sixty import sixty_steps
from tests.pathways.test_validation import SOUND


def test_from_nothing_there_is_one_step_to_begin_with(account, member):
    version = making.create(account, "  Reminder \n of visits ", "For the front desk", by=member("editor").user)
    assert (version.number, version.frozen, version.pathway.name) == (1, False, "Reminder of visits")
    (step,) = load(version.graph).nodes
    assert (step.kind, step.is_start) == (Kind.SAY, True)


@pytest.mark.parametrize("name", ["", "  ", None, 5, ["x"], "x" * 121, "a\x00b", "a\ud800"])
def test_a_name_that_cannot_be_kept(account, name):
    with pytest.raises(making.BadName):
        making.create(account, name)
    assert not Pathway.objects.exists()


@pytest.mark.parametrize("description", [5, {}, "x" * 10_001, "a\x00b"])
def test_a_description_that_cannot_be_kept(account, description):
    if description == {}:
        description = {"a": 1}
    with pytest.raises(making.BadName):
        making.create(account, "Reminder", description)


def test_a_graph_that_cannot_be_kept_leaves_no_pathway_behind(account):
    with pytest.raises(Unreadable):
        making.create(account, "Reminder", graph={"nodes": "x"})
    assert not Pathway.objects.exists()


@pytest.mark.parametrize("wrap", [lambda g: g, lambda g: {"data": g, "errors": None}, lambda g: {"status": "success", "pathway_data": g}])
def test_import_loses_nothing_wherever_the_nodes_stand(account, wrap):
    sent = {"name": "Taken over", "description": "From elsewhere", "pathway_id": "x", **sixty_steps()}
    version = making.imported(account, wrap(sent))
    assert (version.pathway.name, version.pathway.description) == ("Taken over", "From elsewhere")
    kept = PathwayVersion.objects.get().graph
    assert json.dumps(kept, sort_keys=True) == json.dumps(sixty_steps(), sort_keys=True)


def test_an_import_of_a_name_that_is_taken_is_a_copy(account):
    sent = {"name": "Reminder", **SOUND}
    names = [making.imported(account, sent).pathway.name for _ in range(3)]
    assert names == ["Reminder", "Reminder (copy)", "Reminder (copy 2)"]
    assert making.imported(account, sent, "Reminder").pathway.name == "Reminder"  # somebody wrote it so


@pytest.mark.parametrize("data", [None, [], {}, {"nodes": {}}, {"data": {"data": {"nodes": 5}}}, "x"])
def test_what_is_no_pathway_is_refused(account, data):
    with pytest.raises(NoGraph):
        making.imported(account, data)


def test_a_copy_is_a_draft_of_its_own_with_the_rehearsals(account):
    first = making.create(account, "Reminder", graph=SOUND).pathway
    Scenario.objects.create(pathway=first, name="Says yes", required=True, lines=["yes"], start_node_id="2")
    publish(draft_of(first), "staging")
    copy = making.duplicate(first)
    assert (copy.pathway.name, copy.number, copy.frozen, copy.graph) == ("Reminder (copy)", 1, False, SOUND)
    row = Scenario.objects.get(pathway=copy.pathway)
    assert (row.name, row.required, row.lines, row.start_node_id) == ("Says yes", True, ["yes"], "2")
    assert making.duplicate(first, "Other").pathway.name == "Other"
    assert len(making.duplicate(making.create(account, "x" * 120).pathway).pathway.name) == 120


def test_naming_and_shelving(account):
    pathway = making.create(account, "Reminder").pathway
    making.describe(pathway, name="Recall")
    making.describe(pathway, description="Every half year")
    making.shelve(pathway, making.make_folder(account, "Dental"))
    assert making.make_folder(account, " Dental ") == PathwayFolder.objects.get()
    pathway.refresh_from_db()
    assert (pathway.name, pathway.description, pathway.folder.name) == ("Recall", "Every half year", "Dental")


def test_a_deleted_one_is_gone_for_everybody_and_written_down_once(account, member):
    pathway = making.create(account, "Reminder").pathway
    by = member("editor").user
    making.delete(pathway, by)
    making.delete(pathway, by)
    assert not visible_pathways(account).exists()
    assert AuditEntry.objects.get().action == "pathway.deleted"


@pytest.mark.parametrize("each", starters().values(), ids=lambda s: s.key)
def test_every_starter_is_ready(account, each):
    assert validation.errors(each.graph) == []
    assert [p.code for p in validation.problems(each.graph) if p.code != "undefined_variable"] == []
    version = making.from_starter(account, each)
    assert version.graph == each.graph
    assert Scenario.objects.filter(pathway=version.pathway).count() == len(each.scenarios)
    assert starters()[each.key] is each
