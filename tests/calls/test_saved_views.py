"""Filters under a name: kept, shown as tabs, shared, renamed, deleted; whose they are."""

import pytest

from calls import saved_views
from calls.models import SavedView
from config.models import Member
from tests import factories


@pytest.fixture
def me(member) -> Member:
    return member("editor")


def names(member, current="") -> list[str]:
    return [tab.name for tab in saved_views.tabs(member, current)]


def test_kept_and_marked_as_the_one_that_is_shown(client, me):
    client.force_login(me.user)
    answer = client.post("/calls/views", {"name": " Busy   ones ", "query": "state=busy&other=1&tag=vip"})
    assert answer.status_code == 303 and answer["Location"] == "/calls/?state=busy&tag=vip"
    shown = client.get(answer["Location"])
    assert [(tab.name, tab.current) for tab in shown.context["list"].views] == [("Busy ones", True)]
    assert "Change view" in shown.content.decode()
    assert "Save view" in client.get("/calls/?state=done").content.decode()


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", "state=busy", "Write a name"),
        ("All", "", "Choose a filter first"),
        ("Nonsense", "state=nonsense", "Choose a filter first"),
        ("Long", "error_message=" + "é" * 200, "too long"),
    ],
)
def test_refused_in_words(me, name, query, words):
    with pytest.raises(ValueError, match=words):
        saved_views.save(me, name, query, shared=False)
    assert not SavedView.objects.exists()


def test_the_same_name_again_replaces_and_there_is_a_bound(me, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 2)
    for query in ("state=busy", "state=done"):
        saved_views.save(me, "One", query, shared=False)
    saved_views.save(me, "Two", "state=held", shared=False)
    assert SavedView.objects.get(name="One").query == "state=done"
    with pytest.raises(ValueError, match="Delete one first"):
        saved_views.save(me, "Three", "state=held", shared=False)
    saved_views.save(me, "Two", "state=lost", shared=False)


def test_own_ones_are_mine_and_shared_ones_everybodys(me, member):
    other = member("operator")
    saved_views.save(me, "Mine", "state=busy", shared=False)
    office = saved_views.save(me, "Ours", "state=done", shared=True)
    assert names(me) == ["Mine", "Ours"] and names(other) == ["Ours"]
    assert not saved_views.may_change(other, office) and saved_views.may_change(member("editor"), office)
    assert not saved_views.save(other, "Shared?", "state=held", shared=True).shared, "only editors decide what the office sees"
    assert names(factories.member(factories.account("Strangers Ltd"), "admin")) == []


def test_renamed_shared_and_deleted(client, me, member):
    view = saved_views.save(me, "Busy", "state=busy", shared=False)
    saved_views.save(me, "Done", "state=done", shared=False)
    client.force_login(me.user)
    client.post(f"/calls/views/{view.pk}", {"name": "Engaged", "shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Engaged", True)
    client.post(f"/calls/views/{view.pk}", {"name": "Done"})
    view.refresh_from_db()
    assert view.name == "Engaged", "that name is taken"
    client.force_login(member("viewer").user)
    assert client.post(f"/calls/views/{view.pk}", {"delete": "1"}).status_code == 403
    client.force_login(me.user)
    assert client.post(f"/calls/views/{view.pk}", {"delete": "1"}).status_code == 303
    assert names(me) == ["Done"]
