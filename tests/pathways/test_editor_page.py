"""The editor: what the page shows to whom, what is saved, what is refused; who saves second gets the choice, and nothing is lost."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways import making
from pathways.editing import draft_of, new_draft, save
from pathways.graph import load
from pathways.models import Pathway, PathwayVersion
from pathways.publishing import publish
from tests import factories
from tests.pathways.test_validation import SOUND


@pytest.fixture
def draft(account) -> PathwayVersion:
    return making.create(account, "Reminder", graph=SOUND)


def address(version: PathwayVersion, end: str = "") -> str:
    return f"/pathways/{version.pathway.uid}{end}"


def do(client, version, *operations, revision=None, **more):
    body = {"version": version.number, "expected_revision": revision or version.revision, "operations": operations, **more}
    return client.post(address(version, "/operations"), json.dumps(body), content_type="application/json")


def fresh(version: PathwayVersion) -> PathwayVersion:
    return PathwayVersion.objects.select_related("pathway").get(pk=version.pk)


def step_of(version: PathwayVersion) -> str:
    return load(version.graph).nodes[0].id


def form_of(answer) -> dict[str, str]:
    """The fields of the form on the page, as a browser posts them."""
    panel = answer.context["panel"]
    fields = {bound.html_name: bound.value() or "" for bound in panel.form if not isinstance(bound.value(), list | bool)}
    return {**fields, panel.kind: panel.id, "version": str(answer.context["sheet"].version.number), "revision": "1"}


class TestPage:
    def test_the_draft_stands_there_with_picture_list_problems_and_form(self, signed_in, draft):
        answer = signed_in("editor").get(address(draft))
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "Draft of version 1" in html and "The whole pathway" in html
        for node in load(draft.graph).nodes:
            assert f'data-id="{node.id}"' in html
            assert f'data-step="{node.id}"' in html
        assert "style=" not in html.replace("<style", "")

    def test_a_step_or_a_way_is_chosen_by_the_address(self, signed_in, draft):
        client, view = signed_in("viewer"), load(draft.graph)
        assert client.get(address(draft), {"step": view.nodes[0].id}).context["panel"].title == view.nodes[0].name
        assert client.get(address(draft), {"way": view.edges[0].id}).context["panel"].kind == "way"
        assert client.get(address(draft), {"step": "gone"}).context["panel"].kind == "whole"

    def test_htmx_gets_the_form_alone(self, signed_in, draft):
        answer = signed_in("viewer").get(address(draft), {"step": step_of(draft)}, headers={"HX-Request": "true"})
        assert b"pw-form" in answer.content and b"<html" not in answer.content and b"pw-svg" not in answer.content

    def test_a_viewer_sees_everything_and_can_change_nothing(self, signed_in, draft):
        client = signed_in("viewer")
        answer = client.get(address(draft), {"step": step_of(draft)})
        assert not answer.context["sheet"].editable
        assert b'<fieldset class="plain" disabled>' in answer.content and b"data-op" not in answer.content.replace(b"data-operations", b"")
        assert do(client, draft, {"op": "tidy"}).status_code == 403

    def test_a_published_version_is_frozen_and_a_draft_can_be_made_of_it(self, signed_in, draft):
        publish(draft, "production")
        client = signed_in("editor")
        answer = client.get(address(draft))
        assert "Version 1, production" in answer.content.decode() and "Make a draft from this" in answer.content.decode()
        assert do(client, draft, {"op": "tidy"}).status_code == 409
        client.post(address(draft, "/versions/1/draft"))
        assert client.get(address(draft)).context["sheet"].label == "Draft of version 2"
        assert client.get(address(draft), {"v": 1}).context["sheet"].label == "Version 1, production"

    @pytest.mark.parametrize("query", [{"v": "99"}, {"v": "0"}])
    def test_a_version_that_is_not_there(self, signed_in, draft, query):
        assert signed_in("viewer").get(address(draft), query).status_code == 404

    def test_another_office_sees_nothing(self, client, stranger, draft):
        client.force_login(stranger)
        for end in ("", "/operations", "/save"):
            assert client.get(address(draft, end)).status_code in (404, 405)
            assert client.post(address(draft, end)).status_code in (404, 405)

    def test_what_stops_publishing_stands_beside_the_button(self, signed_in, draft):
        client = signed_in("editor")
        assert b"data-publish" in client.get(address(draft)).content
        save(draft, {"nodes": [], "edges": []}, revision=1)
        html = client.get(address(draft)).content.decode()
        assert "1 problem to put right first" in html and "data-publish" not in html

    def test_the_same_number_of_queries_for_ten_and_for_twenty(self, signed_in, account):
        client, counts = signed_in("editor"), []
        for size in (10, 20):
            nodes = [{"id": str(n), "type": "Default", "data": {"name": str(n), "prompt": "Hi", "isStart": not n}} for n in range(size)]
            made = making.create(account, f"P{size}", graph={"nodes": nodes, "edges": []})
            for n in range(size):
                factories.account(f"Office {size} {n}")
                Pathway.objects.create(account=account, name=f"Other {size} {n}")
            client.get(address(made))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address(made), {"step": "1"}).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 10


class TestOperations:
    def test_what_is_done_is_saved_and_what_changed_is_answered(self, signed_in, draft):
        answer = do(signed_in("editor"), draft, {"op": "add", "type": "End Call", "id": "bye", "x": 9, "y": 900}, chosen={"step": "bye"})
        body = answer.json()
        assert answer.status_code == 200 and body["revision"] == 2 and body["chosen"] == "bye"
        assert set(body["parts"]) == {"canvas", "problems", "steps", "actions", "panel"}
        assert 'data-id="bye"' in body["parts"]["canvas"] and 'value="bye"' in body["parts"]["panel"]
        assert body["graph"] == fresh(draft).graph
        assert load(body["graph"]).node("bye").x == 9
        assert fresh(draft).updated_by is not None

    def test_a_move_is_answered_without_drawing_again(self, signed_in, draft):
        body = do(signed_in("editor"), draft, {"op": "move", "places": {step_of(draft): [5, 6]}}).json()
        assert "parts" not in body and load(body["graph"]).nodes[0].x == 5

    def test_undo_is_a_replace_with_what_was(self, signed_in, draft):
        client = signed_in("editor")
        do(client, draft, {"op": "remove", "steps": [step_of(draft)]})
        do(client, draft, {"op": "replace", "graph": draft.graph}, revision=2)
        assert fresh(draft).graph == draft.graph and fresh(draft).digest == draft.digest

    def test_what_cannot_be_done_is_said_and_nothing_is_saved(self, signed_in, draft):
        answer = do(signed_in("editor"), draft, {"op": "tidy"}, {"op": "remove", "steps": ["gone"]})
        assert answer.status_code == 422 and answer.json() == {"message": "This step is not there any more."}
        assert fresh(draft).revision == 1

    @pytest.mark.parametrize("body", ["", "[]", "{", '{"operations": "tidy"}', '{"operations": [1]}'])
    def test_nonsense_is_refused(self, signed_in, draft, body):
        answer = signed_in("editor").post(address(draft, "/operations"), body, content_type="application/json")
        assert answer.status_code == 400 and fresh(draft).revision == 1

    def test_a_graph_that_cannot_be_kept_is_refused(self, signed_in, draft):
        answer = do(signed_in("editor"), draft, {"op": "replace", "graph": {"nodes": [{"id": "a", "data": {"name": "\0"}}]}})
        assert answer.status_code == 422 and "NUL" in answer.json()["message"]

    def test_a_pathway_without_places_is_kept_as_it_was_laid_out(self, signed_in, account):
        nodes = [{"id": key, "type": "Default", "data": {"name": key}} for key in "abc"]
        made = making.create(account, "Bare", graph={"nodes": nodes, "edges": [{"source": "a", "target": "b"}]})
        shown = signed_in("editor").get(address(made)).context["drawing"]
        do(signed_in("editor"), made, {"op": "move", "places": {"b": [500, 500]}})
        kept = {node.id: (node.x, node.y) for node in load(fresh(made).graph).nodes}
        assert kept == {card.id: (card.x, card.y) for card in shown.cards} | {"b": (500, 500)}

    def test_by_a_plain_form_it_leads_back_to_the_page(self, signed_in, draft):
        client = signed_in("editor")
        at = {"version": "1", "revision": "1"}
        answer = client.post(address(draft, "/operations"), {"op": "add", "type": "SMS", **at})
        assert answer.status_code == 303
        chosen = parse_qs(urlsplit(answer.url).query)["step"][0]
        assert load(fresh(draft).graph).node(chosen).type == "SMS"
        answer = client.post(address(draft, "/operations"), {"op": "remove", "steps": chosen, "version": "1", "revision": "2"})
        assert answer.status_code == 303 and set(load(fresh(draft).graph).by_id) == set(load(draft.graph).by_id)
        answer = client.post(address(draft, "/operations"), {"op": "remove", "steps": "gone", "version": "1", "revision": "3"})
        assert answer.status_code == 422 and b"This step is not there any more." in answer.content


class TestForms:
    def test_a_form_saves_what_was_changed_and_leads_back(self, signed_in, draft):
        client = signed_in("editor")
        fields = form_of(client.get(address(draft), {"step": step_of(draft)}))
        answer = client.post(address(draft, "/save"), {**fields, "f-name": "Hello there"})
        assert answer.status_code == 303 and load(fresh(draft).graph).nodes[0].name == "Hello there"

    def test_a_script_gets_the_parts(self, signed_in, draft):
        client = signed_in("editor")
        fields = form_of(client.get(address(draft), {"step": step_of(draft)}))
        answer = client.post(address(draft, "/save"), {**fields, "f-name": "Hello there"}, headers={"Accept": "application/json"})
        assert answer.json()["revision"] == 2 and "Hello there" in answer.json()["parts"]["canvas"]

    def test_a_form_without_a_change_saves_nothing(self, signed_in, draft):
        client = signed_in("editor")
        fields = form_of(client.get(address(draft), {"step": step_of(draft)}))
        assert client.post(address(draft, "/save"), fields).status_code == 303
        assert fresh(draft).revision == 1

    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_what_is_wrong_stands_beside_its_field(self, signed_in, draft, accept):
        client = signed_in("editor")
        fields = form_of(client.get(address(draft), {"step": step_of(draft)}))
        wrong = {**fields, "f-remember-rows": "1", "f-remember-0-what": "no name", "f-words": "typed and not lost"}
        answer = client.post(address(draft, "/save"), wrong, headers={"Accept": accept})
        html = answer.json()["parts"]["panel"] if accept == "application/json" else answer.content.decode()
        assert answer.status_code == 422
        assert "Answer 1: give it a name." in html and "typed and not lost" in html
        assert fresh(draft).revision == 1

    def test_the_words_for_every_step(self, signed_in, draft):
        client = signed_in("editor")
        client.post(address(draft, "/save"), {"version": "1", "revision": "1", "f-words": "Be kind."})
        assert load(fresh(draft).graph).global_prompt == "Be kind."


class TestTwoEditors:
    @pytest.fixture
    def second(self, signed_in, draft, member):
        """An editor whose page stands on revision 1 while another has saved revision 2."""
        other = member("editor")
        theirs = {**draft.graph, "theirs": True}
        save(draft, theirs, revision=1, by=other.user)
        return signed_in("editor")

    def test_the_second_gets_the_choice_with_what_stands_there(self, second, draft):
        answer = do(second, draft, {"op": "add", "type": "SMS", "id": "mine"}, revision=1)
        stale = answer.json()["stale"]
        assert answer.status_code == 409
        assert stale["who"] == "Editor" and stale["revision"] == 2 and stale["graph"]["theirs"] and not stale["frozen"]
        assert answer.json()["operations"] == [{"op": "add", "type": "SMS", "id": "mine"}]
        assert fresh(draft).revision == 2

    def test_mine_over_theirs(self, second, draft):
        ours = [{"op": "replace", "graph": draft.graph}, {"op": "add", "type": "SMS", "id": "mine"}]
        assert do(second, draft, *ours, revision=2).status_code == 200
        assert load(fresh(draft).graph).node("mine") and "theirs" not in fresh(draft).graph

    def test_mine_as_a_new_version(self, second, draft):
        ours = [{"op": "replace", "graph": draft.graph}, {"op": "add", "type": "SMS", "id": "mine"}]
        answer = do(second, draft, *ours, revision=1, keep="new")
        made = PathwayVersion.objects.get(pathway=draft.pathway, number=2)
        assert answer.json() == {"href": f"{address(draft)}?v=2"}
        assert load(made.graph).node("mine") and "theirs" not in made.graph
        assert fresh(draft).graph["theirs"]

    def test_a_deleted_draft_can_still_be_kept_as_a_new_one(self, second, draft):
        ours = [{"op": "replace", "graph": draft.graph}]
        draft_two = draft_of(draft.pathway)
        assert draft_two.pk == draft.pk
        PathwayVersion.objects.filter(pk=draft.pk).delete()
        assert do(second, draft, *ours, revision=1).status_code == 404
        assert do(second, draft, *ours, revision=1, keep="new").status_code == 200
        assert PathwayVersion.objects.get(pathway=draft.pathway).graph == draft.graph

    def test_a_form_is_read_against_the_page_it_was_typed_on(self, second, draft):
        step = step_of(draft)
        save(fresh(draft), {"nodes": [], "edges": []}, revision=2)  # they even removed the step
        fields = {"version": "1", "revision": "1", "step": step, "f-name": "Mine", "f-how": "own", "f-words": "My words"}
        script = {"Accept": "application/json"}
        first = second.post(address(draft, "/save"), fields, headers=script)
        assert first.status_code == 409 and first.json()["operations"] == []
        again = second.post(address(draft, "/save"), {**fields, "base": json.dumps(draft.graph)}, headers=script)
        assert again.status_code == 409
        operations = again.json()["operations"]
        assert [operation["op"] for operation in operations] == ["replace", "update"]
        assert do(second, draft, *operations, revision=3).status_code == 200
        assert load(fresh(draft).graph).node(step).name == "Mine"

    def test_without_a_script_the_page_asks_and_keeps_what_was_typed(self, second, draft):
        fields = {"version": "1", "revision": "1", "step": step_of(draft), "f-name": "Mine", "f-how": "own", "f-words": "My words"}
        answer = second.post(address(draft, "/save"), fields)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "Editor saved this draft" in html and "Keep mine over theirs" in html and "My words" in html
        assert fresh(draft).revision == 2
        assert second.post(address(draft, "/save"), {**fields, "revision": "2", "keep": "mine"}).status_code == 303
        assert load(fresh(draft).graph).nodes[0].name == "Mine" and fresh(draft).graph["theirs"]
        answer = second.post(address(draft, "/save"), {**fields, "f-name": "New", "keep": "new"})
        assert answer.status_code == 303 and answer.url.endswith("?v=2")
        assert load(PathwayVersion.objects.get(number=2).graph).nodes[0].name == "New"

    def test_a_version_that_was_published_meanwhile_is_not_touched(self, second, draft):
        publish(fresh(draft), "staging")
        answer = do(second, draft, {"op": "tidy"}, revision=2)
        assert answer.status_code == 409 and answer.json()["stale"]["frozen"]
        assert do(second, draft, {"op": "replace", "graph": draft.graph}, revision=2, keep="new").status_code == 200


def test_json_that_is_too_deep_or_no_pathway_is_a_bad_request(signed_in, draft):
    client, deep = signed_in("editor"), "[" * 100_000
    assert client.post(address(draft, "/operations"), deep, content_type="application/json").status_code == 400
    step = {"step": step_of(draft), "version": draft.number, "revision": draft.revision}
    for base in ('{"nodes": 1}', deep):
        assert client.post(address(draft, "/save"), {**step, "base": base}).status_code == 400


class TestKeys:
    """Headers of web addresses hold keys: who may not change them does not get them at all."""

    GRAPH = {
        "nodes": [
            {
                "id": "a",
                "type": "Webhook",
                "data": {"name": "Ask", "url": "https://example.com", "headers": {"X-Key": "s3cret"}, "auth": "s3cret"},
            },
            {
                "id": "b",
                "type": "Custom Tool",
                "data": {"name": "Book", "tool": {"url": "https://example.com", "headers": [["X-Key", "s3cret"]]}},
            },
        ],
        "edges": [],
    }

    @pytest.mark.parametrize(("role", "seen"), [("viewer", False), ("operator", False), ("editor", True), ("admin", True)])
    @pytest.mark.parametrize("end", ["", "?step=a", "?step=b"])
    def test_only_who_may_change_them_gets_them(self, signed_in, account, role, seen, end):
        made = making.create(account, "Asks", graph=self.GRAPH)
        page = signed_in(role).get(address(made, end)).content.decode()
        assert "https://example.com" in page
        assert ("s3cret" in page) is seen
        assert fresh(made).graph == self.GRAPH

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 403), ("editor", 200)])
    def test_the_export_is_for_those_who_may_change_them(self, signed_in, account, role, status):
        made = making.create(account, "Asks", graph=self.GRAPH)
        client = signed_in(role)
        assert client.get(address(made, "/export")).status_code == status
        for end in ("/versions", "/about"):
            page = client.get(address(made, end))
            assert ("/export" in page.content.decode()) is (status == 200)

    @pytest.mark.parametrize("headers", [{"X-Key": "s3cret"}, [["X-Key", "s3cret"]], '{"X-Key": "s3cret"}'])
    def test_comparing_says_that_they_changed_and_not_what_they_are(self, signed_in, account, headers):
        made = making.create(account, "Asks", graph={**self.GRAPH, "nodes": [{**self.GRAPH["nodes"][0], "data": {"name": "Ask"}}]})
        changed = {"nodes": [{**self.GRAPH["nodes"][0], "data": {"name": "Ask", "headers": headers}}], "edges": []}
        new_draft(made.pathway, changed, source=made)
        client = signed_in("viewer")
        for end in ("/compare?old=1&new=2", "/versions", "?v=2"):
            assert "s3cret" not in client.get(address(made, end)).content.decode()
        assert "headers: changed" in client.get(address(made, "/compare?old=1&new=2")).content.decode()
