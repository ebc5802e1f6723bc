"""The pages of rehearsals, of the test chat, and of publishing."""

import uuid

import pytest
from django.urls import reverse

from calls import publishing as publish
from calls.rehearsal import suite
from pathways.models import Pathway, PathwayChat, Scenario, ScenarioRun
from tests import factories
from tests.calls.rehearsal import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(account):
    return kit.version(account)


def at(name: str, version, *more: object) -> str:
    return reverse(name, args=[version.pathway.uid, *more])


def form(**fields: object) -> dict[str, object]:
    return {
        "name": "Comes",
        "callee": "cooperative",
        "knows": "name: Jordan Miller\noffice: Harbor Dental",
        "max_turns": 30,
        "enabled": "on",
        "sentence-TOTAL_FORMS": 1,
        "sentence-INITIAL_FORMS": 0,
        "sentence-0-kind": "reaches_node",
        "sentence-0-step": "good",
        **fields,
    }


def test_an_empty_suite_says_what_it_is_for(signed_in, version):
    page = signed_in("viewer").get(at("rehearsals", version))
    assert page.status_code == 200
    assert "Nothing is rehearsed yet" in page.text
    assert "New scenario" not in page.text


def test_a_scenario_is_written_run_and_read(signed_in, version):
    client = signed_in("editor")
    assert client.get(at("scenario-new", version)).status_code == 200
    answer = client.post(at("scenario-new", version), form(run="1"))
    run = ScenarioRun.objects.get()
    assert (answer.status_code, answer.url) == (303, at("rehearsal-result", version, run.uid))
    page = client.get(answer.url)
    assert "The call reaches “All set”" in page.text
    assert "Am I speaking with Jordan Miller?" in page.text
    assert "It went Greeting → Question → All set." in page.text
    assert 'class="pw-svg"' in page.text
    listed = client.get(at("rehearsals", version))
    assert "1 green, 0 red" in listed.text


def test_a_red_one_says_which_sentence(signed_in, version):
    kit.scenario(version.pathway, name="Quiet", required=True, assertions=[kit.RED])
    client = signed_in("editor")
    answer = client.post(at("rehearsal-run", version), {"version": 1}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "We never say “goodbye”" in answer.text
    assert "<html" not in answer.text
    assert "Not all of them are green" in answer.text


def test_an_invalid_form_is_answered_with_422(signed_in, version):
    answer = signed_in("editor").post(at("scenario-new", version), form(name=""))
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert not Scenario.objects.exists()


def test_one_more_sentence_without_saving(signed_in, version):
    answer = signed_in("editor").post(at("scenario-new", version), form(more="1"))
    assert answer.status_code == 200
    assert "sentence-1-kind" in answer.text
    assert not Scenario.objects.exists()


def test_edited_duplicated_required_deleted(signed_in, version):
    kept = kit.scenario(version.pathway)
    client = signed_in("editor")
    page = client.get(at("scenario", version, kept.uid))
    assert "Yes, speaking." in page.text
    client.post(at("scenario", version, kept.uid), form(name="Another name"))
    kept.refresh_from_db()
    assert (kept.name, kept.callee) == ("Another name", "cooperative")
    client.post(at("scenario-deed", version, kept.uid, "require"))
    client.post(at("scenario-deed", version, kept.uid, "duplicate"))
    copied = Scenario.objects.get(name="Another name (copy)")
    kept.refresh_from_db()
    assert (kept.required, copied.required, copied.order > kept.order) == (True, False, True)
    client.post(at("scenario-deed", version, kept.uid, "delete"))
    assert list(Scenario.objects.all()) == [copied]
    assert client.post(at("scenario-deed", version, copied.uid, "sing")).status_code == 404


def test_many_go_to_the_worker(signed_in, version, django_capture_on_commit_callbacks):
    for number in range(suite.IN_A_REQUEST + 1):
        kit.scenario(version.pathway, name=f"Number {number}")
    client = signed_in("editor")
    with django_capture_on_commit_callbacks() as later:
        client.post(at("rehearsal-run", version))
    assert len(later) == suite.IN_A_REQUEST + 1
    page = client.get(at("rehearsals", version))
    assert "13 rehearsals are running" in page.text
    assert 'hx-trigger="every 1s"' in page.text
    for each in later:
        each()
    assert "13 green" in client.get(at("rehearsals", version)).text


@pytest.mark.parametrize("many", [3, 6])
def test_the_list_costs_the_same_for_any_number(signed_in, version, django_assert_num_queries, many):
    rows = [kit.scenario(version.pathway, assertions=[]) for _ in range(many)]
    for run in suite.begin(version, rows):
        suite.end(run.pk, suite.Rehearsed())
    client = signed_in("viewer")
    address = at("rehearsals", version)
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)


def test_publishing_runs_what_is_required_and_tells_what_is_red(signed_in, version):
    quiet = kit.scenario(version.pathway, name="Quiet", required=True, assertions=[kit.RED])
    client = signed_in("editor")
    answer = client.post(at("pathway-publish", version), {"version": 1, "revision": 1, "environment": "production"})
    assert answer.status_code == 422
    assert "Quiet" in answer.text
    assert "We never say “goodbye”" in answer.text
    assert Pathway.objects.get().production is None
    quiet.assertions = []
    quiet.save()
    answer = client.post(at("pathway-publish", version), {"version": 1, "revision": 1})
    assert answer.status_code == 303
    assert Pathway.objects.get().production == version


def test_long_rehearsals_are_seen_to_end_on_the_page(signed_in, version, monkeypatch):
    monkeypatch.setattr(publish, "IN_A_REQUEST", 0.0)
    kit.scenario(version.pathway, name="Comes", required=True)
    client = signed_in("editor")
    answer = client.post(at("pathway-publish", version), {"version": 1, "revision": 1})
    assert (answer.status_code, answer.url) == (303, at("pathway-publish", version) + "?v=1#gate")
    page = client.get(answer.url)
    assert "0 of 1 are over" in page.text
    assert 'hx-trigger="every 1s"' in page.text
    [begun] = ScenarioRun.objects.all()
    suite.run(begun.pk)
    part = client.get(answer.url, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "All of them are green." in part.text
    assert "every 1s" not in part.text
    assert client.post(at("pathway-publish", version), {"version": 1, "revision": 1}).status_code == 303
    assert Pathway.objects.get().production == version


def test_publishing_what_somebody_else_changed_is_stopped(signed_in, version):
    client = signed_in("editor")
    answer = client.post(at("pathway-publish", version), {"version": 1, "revision": 7})
    assert answer.status_code == 303
    assert Pathway.objects.get().production is None
    made = kit.graph()
    made["edges"] = []
    broken = kit.version(version.pathway.account, made, number=2, pathway=version.pathway)
    answer = client.post(at("pathway-publish", broken), {"version": 2})
    assert answer.status_code == 422
    assert "dead end" in answer.text


def test_a_chat_without_a_script(signed_in, version):
    client = signed_in("operator")
    assert "Start" in client.get(at("pathway-chat", version)).text
    answer = client.post(at("pathway-chat", version), {"do": "start", "data": "name: Jordan Miller\noffice: Harbor Dental"})
    chat = PathwayChat.objects.get()
    assert (answer.status_code, f"chat={chat.uid}" in answer.url) == (303, True)
    page = client.get(answer.url)
    assert "Am I speaking with Jordan Miller?" in page.text
    answer = client.post(at("pathway-chat", version), {"chat": chat.uid, "message": "Yes, that's me."})
    page = client.get(answer.url)
    assert "Greeting → Question" in page.text
    assert "&quot;now&quot;: &quot;ask&quot;" in page.text
    client.post(at("pathway-chat", version), {"chat": chat.uid, "message": "Yes, I'll be there."})
    assert "The call is over here." in client.get(answer.url).text


def test_a_chat_as_a_panel(signed_in, version):
    client = signed_in("editor")
    panel = {"HX-Request": "true"}
    answer = client.post(at("pathway-chat", version), {"do": "start", "start": "ask"}, headers=panel)
    assert (answer.status_code, "<html" in answer.text) == (200, False)
    assert "Does that still work for you?" in answer.text
    chat = PathwayChat.objects.get()
    version.pathway.versions.update(graph=kit.graph(ask="New?"), digest="other")
    shown = client.get(at("pathway-chat", version), {"chat": chat.uid}, headers=panel)
    assert "were changed since" in shown.text
    for posted, wrong in (
        ({"do": "start", "start": "nowhere"}, "not in this version"),
        ({"do": "start", "data": "no colon"}, "is not like name: value"),
    ):
        answer = client.post(at("pathway-chat", version), posted, headers=panel)
        assert (answer.status_code, wrong in answer.text) == (422, True)


def test_what_is_not_there(signed_in, version):
    client = signed_in("editor")
    nobody = uuid.uuid4()
    for address in (
        at("rehearsal-result", version, nobody),
        at("scenario", version, nobody),
        at("rehearsals", version) + "?version=9",
        at("pathway-chat", version) + f"?chat={nobody}",
        at("pathway-chat", version) + "?chat=x",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(at("rehearsal-run", version), {"scenario": "x"}).status_code == 404
    theirs = kit.version(factories.account("Strangers Ltd"))
    run = suite.begin(theirs, [kit.scenario(theirs.pathway)])[0]
    assert client.get(at("rehearsal-result", version, run.uid)).status_code == 404
    assert client.get(at("rehearsals", theirs)).status_code == 404


def test_before_publishing_it_says_what_changes(signed_in, version):
    kit.scenario(version.pathway, name="Comes", required=True)
    client = signed_in("editor")
    page = client.get(at("pathway-publish", version) + "?v=1")
    assert "it is the first version that calls use" in page.text
    assert "is run when you publish" in page.text
    client.post(at("pathway-publish", version), {"version": 1})
    kit.version(version.pathway.account, kit.graph(good="Other words. Goodbye."), number=2, pathway=version.pathway)
    page = client.get(at("pathway-publish", version))
    assert "Calls use version 1 now." in page.text
    assert "All set" in page.text
    assert client.get(at("pathway-publish", version) + "?v=9").status_code == 404
