"""The life of a persona: versions are numbered once, one is in production, one is the draft, and nothing goes over what it did not see."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from config.models import AuditEntry
from personas import versions
from personas.content import Content
from personas.models import Persona, PersonaVersion
from personas.versions import About, By, content_of
from tests import factories

LOUD = Content({"task": "You are Walt. Say hello.", "record": True}, "Be kind.", [], ["ai"])


@pytest.fixture
def persona(account):
    return versions.create(account, About("Walt, delivery windows"), Content({"task": "You are Walt."}))


def states(persona) -> list[tuple[int, str]]:
    return list(persona.versions.order_by("number").values_list("number", "state"))


def test_a_new_persona_has_version_1_in_production_and_version_2_as_its_draft(account):
    made = versions.create(account, About("Walt", role="Dispatcher", tags=["freight"]), LOUD)
    assert states(made) == [(1, "production"), (2, "draft")]
    assert [content_of(v) for v in made.versions.all()] == [LOUD, LOUD]
    assert (made.role, made.tags) == ("Dispatcher", ["freight"])


def test_an_edit_touches_the_draft_only(persona):
    draft = versions.edit(persona, LOUD, revision=1)
    assert (draft.number, draft.revision) == (2, 2)
    assert content_of(draft) == LOUD
    assert content_of(persona.production) == Content({"task": "You are Walt."}, "", [], [])


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(persona):
    versions.edit(persona, LOUD, revision=1)
    with pytest.raises(versions.Stale) as stale:
        versions.edit(persona, Content({"task": "Mine."}), revision=1)
    assert stale.value.current.revision == 2
    assert content_of(versions.draft_of(persona)) == LOUD
    assert versions.edit(persona, Content({"task": "Mine."}), revision=2).config == {"task": "Mine."}


def test_to_promote_makes_a_version_with_the_next_number_and_the_draft_goes_on(persona, member):
    user = member("editor").user
    draft = versions.edit(persona, LOUD, revision=1)
    made = versions.promote(persona, revision=2, by=By(user=user))
    assert states(persona) == [(1, "archived"), (2, "draft"), (3, "production")]
    assert content_of(made) == LOUD
    assert (made.promoted_from, made.promoted_by) == (draft, user)
    assert made.promoted_at is not None
    again = versions.promote(persona)
    assert states(persona) == [(1, "archived"), (2, "draft"), (3, "archived"), (4, "production")]
    assert again.promoted_from == draft


def test_what_was_not_looked_at_is_not_promoted(persona):
    versions.edit(persona, LOUD, revision=1)
    with pytest.raises(versions.Stale):
        versions.promote(persona, revision=1)
    assert states(persona) == [(1, "production"), (2, "draft")]


def test_without_a_draft_there_is_nothing_to_promote(account):
    old = Persona.objects.create(account=account, name="From before drafts")
    PersonaVersion.objects.create(persona=old, number=4, state="production", config={"task": "Old."})
    with pytest.raises(versions.NoDraft):
        versions.promote(old)
    draft = versions.edit(old, LOUD, revision=0)
    assert (draft.number, draft.state) == (5, "draft")


def test_reset_says_what_production_says(persona):
    versions.edit(persona, LOUD, revision=1)
    draft = versions.reset(persona, revision=2)
    assert content_of(draft) == content_of(persona.production)
    assert (draft.number, draft.revision) == (2, 3)


def test_reset_does_not_throw_away_what_it_did_not_see(persona):
    versions.edit(persona, LOUD, revision=1)
    with pytest.raises(versions.Stale):
        versions.reset(persona, revision=1)
    assert content_of(versions.draft_of(persona)) == LOUD


def test_a_deleted_persona_cannot_be_changed_any_more(persona):
    versions.delete(persona)
    assert Persona.objects.get(pk=persona.pk).deleted_at is not None
    assert persona.versions.count() == 2
    for deed in (
        lambda: versions.delete(persona),
        lambda: versions.edit(persona, LOUD, revision=None),
        lambda: versions.promote(persona),
        lambda: versions.reset(persona),
        lambda: versions.rename(persona, About("Other")),
    ):
        with pytest.raises(versions.Gone):
            deed()


def test_history_is_newest_first(persona):
    versions.promote(persona)
    assert [v.number for v in versions.history(persona)] == [3, 2, 1]


def test_the_audit_log_says_who_did_it(account, member):
    by = By(user=member("editor").user)
    made = versions.create(account, About("Walt"), by=by)
    versions.rename(made, About("Wally"), by)
    versions.promote(made, by=by)
    versions.reset(made, by=by)
    versions.delete(made, by)
    entries = AuditEntry.objects.filter(account=account).order_by("pk")
    assert [e.action.partition(".")[2] for e in entries] == ["made", "renamed", "promoted", "reset", "deleted"]
    assert {e.user for e in entries} == {by.user}


@pytest.mark.django_db(transaction=True)
def test_two_who_promote_at_once_make_two_versions_and_one_stays_in_production():
    persona = versions.create(factories.account(), About("Walt"))

    def deed(_: int) -> int:
        try:
            return versions.promote(Persona.objects.select_related("account").get(pk=persona.pk)).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(deed, range(4))) == [3, 4, 5, 6]
    assert [v.number for v in persona.versions.filter(state="production")] == [6]


def test_the_draft_is_reset_to_what_is_in_production_then(persona, monkeypatch):
    """Another puts the draft into production just before: the reset waits for that, and takes what it left."""
    versions.edit(persona, LOUD, revision=1)
    real, first = versions.locked, [True]

    def locked(found):
        if first.pop() if first else False:
            versions.promote(persona)
        return real(found)

    monkeypatch.setattr(versions, "locked", locked)
    versions.reset(persona)
    assert content_of(versions.draft_of(persona)) == LOUD
