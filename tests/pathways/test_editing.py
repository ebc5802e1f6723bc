"""Drafts: made once, saved by the one who saw them last, never touched when frozen."""

from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.http import Http404
from django.utils.timezone import now

from pathways import making
from pathways.editing import Frozen, Stale, Unreadable, draft_of, new_draft, save
from pathways.graph import digest
from pathways.models import Pathway, PathwayVersion
from tests import factories
from tests.pathways.test_validation import END, SOUND, START, pathway, way

SMALL = pathway(START, END, ways=[way("1", "9")])


@pytest.fixture
def reminder(account) -> Pathway:
    return Pathway.objects.create(account=account, name="Reminder")


def published(where: Pathway, number: int, graph=SMALL) -> PathwayVersion:
    version = PathwayVersion.objects.create(pathway=where, number=number, graph=graph, digest=digest(graph), published_at=now())
    Pathway.objects.filter(pk=where.pk).update(production=version)
    return version


def test_the_first_draft_is_empty_and_stays_the_draft(reminder, member):
    by = member("editor").user
    draft = draft_of(reminder, by)
    assert (draft.number, draft.graph, draft.source_number, draft.updated_by) == (1, {"nodes": [], "edges": []}, None, by)
    assert draft_of(reminder) == draft


def test_after_publishing_a_new_draft_is_made_of_production(reminder):
    published(reminder, 1)
    other = published(reminder, 2, SOUND)
    Pathway.objects.filter(pk=reminder.pk).update(production=PathwayVersion.objects.get(number=1))
    draft = draft_of(reminder)
    assert (draft.number, draft.source_number, draft.graph) == (3, 1, SMALL)
    draft.delete()
    assert draft_of(reminder, source=other).graph == SOUND


def test_the_newest_draft_is_the_draft(reminder):
    first, second = new_draft(reminder, SMALL), new_draft(reminder, SOUND, name="Other try")
    assert (first.number, second.number, second.name) == (1, 2, "Other try")
    assert draft_of(reminder) == second


def test_numbers_are_not_given_again(reminder):
    draft_of(reminder)
    Pathway.objects.filter(pk=reminder.pk).update(last_deleted=7)
    assert new_draft(reminder).number == 8


def test_saving(reminder, member):
    by = member("editor").user
    draft = draft_of(reminder)
    before = reminder.updated_at
    saved = save(draft, SOUND, revision=1, by=by)
    assert (saved.graph, saved.digest, saved.revision, saved.updated_by) == (SOUND, digest(SOUND), 2, by)
    reminder.refresh_from_db()
    assert reminder.updated_at > before


def test_the_second_of_two_with_one_revision_gets_what_stands_there(reminder):
    draft = draft_of(reminder)
    save(draft, SOUND, revision=1)
    with pytest.raises(Stale) as stale:
        save(draft, SMALL, revision=1)
    assert (stale.value.current.graph, stale.value.current.revision) == (SOUND, 2)
    assert PathwayVersion.objects.get().graph == SOUND


def test_by_force_it_is_saved_all_the_same(reminder):
    draft = draft_of(reminder)
    save(draft, SOUND, revision=1)
    assert save(draft, SMALL, revision=None).revision == 3
    assert PathwayVersion.objects.get().graph == SMALL


@pytest.mark.parametrize("revision", [1, None])
def test_a_frozen_version_is_never_touched(reminder, revision):
    version = published(reminder, 1)
    with pytest.raises(Frozen):
        save(version, SOUND, revision=revision)
    assert PathwayVersion.objects.get().graph == SMALL


def test_a_draft_that_was_deleted_meanwhile(reminder):
    draft = draft_of(reminder)
    PathwayVersion.objects.all().delete()
    with pytest.raises(Http404):
        save(draft, SOUND, revision=1)


def test_a_pathway_that_was_deleted_meanwhile_is_not_written(reminder):
    draft = draft_of(reminder)
    making.delete(reminder)
    for write in (lambda: save(draft, SOUND, revision=1), lambda: new_draft(reminder, SOUND), lambda: draft_of(reminder)):
        with pytest.raises(Http404):
            write()
    assert PathwayVersion.objects.get().revision == 1


deep: list = []
for _ in range(70):
    deep = [deep]


@pytest.mark.parametrize(
    "graph",
    [
        None, [], "x", {"nodes": {}}, {"edges": None, "nodes": []}, {"nodes": [{"a": "\x00"}]}, {"nodes": ["\ud800"]},
        {"nodes": [], "\x00": 1}, {"nodes": [1e400]}, {"nodes": deep},
    ],
)  # fmt: skip
def test_what_no_database_can_keep_is_refused(reminder, graph):
    with pytest.raises(Unreadable):
        save(draft_of(reminder), graph, revision=None)
    with pytest.raises(Unreadable):
        new_draft(reminder, graph or [])


def test_any_steps_may_be_saved_in_a_draft(reminder):
    graph = {"nodes": [5, {"what": "ever"}], "edges": [None], "x": {"y": [1.5, None]}}
    assert save(draft_of(reminder), graph, revision=1).graph == graph
    assert save(draft_of(reminder), {}, revision=2).graph == {"nodes": [], "edges": []}


def test_what_is_kept_reads_the_same_from_both_databases(reminder):
    numbers = [1e16, -1e300, -0.0, 0.1, 1.0, 2, 1e-320, 123456789012345678901234567890]
    saved = save(draft_of(reminder), {"nodes": [{"id": "1", "n": numbers}]}, revision=1)
    row = PathwayVersion.objects.get()
    assert row.digest == digest(row.graph) == saved.digest
    assert row.graph["nodes"][0]["n"] == numbers


def together(*deeds):
    """Runs them at the same moment, each on a connection of its own; what each returned or raised."""
    found: list = [None] * len(deeds)
    start = Barrier(len(deeds))

    def run(place, deed):
        try:
            start.wait(5)
            found[place] = deed()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_stale():
    reminder = Pathway.objects.create(account=factories.account(), name="Reminder")
    draft = draft_of(reminder)
    for round_ in range(5):
        revision = PathwayVersion.objects.get().revision
        graphs = [{"nodes": [{"id": who, "round": round_}]} for who in "ab"]
        found = together(*[partial(save, draft, graph, revision=revision) for graph in graphs])
        assert sorted(type(each).__name__ for each in found) == ["PathwayVersion", "Stale"]
        winner = next(each for each in found if isinstance(each, PathwayVersion))
        row = PathwayVersion.objects.get()
        assert (row.graph, row.revision) == (winner.graph, revision + 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_to_edit_both_get_one_draft():
    reminder = Pathway.objects.create(account=factories.account(), name="Reminder")
    published(reminder, 1)
    found = together(*[lambda: draft_of(reminder)] * 4)
    assert {each.number for each in found} == {2}
    assert PathwayVersion.objects.filter(published_at=None).count() == 1
