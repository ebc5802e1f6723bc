"""/v1/pathway and /v1/convo_pathway: made, read, saved, deleted; nothing is lost on the way."""

import json
import re
from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.models import AuditEntry
from pathways import making
from pathways.editing import draft_of, save
from pathways.models import Pathway, PathwayFolder, PathwayVersion, Scenario
from pathways.publishing import publish
from tests.pathways.api.conftest import Api
from tests.pathways.sixty import sixty_steps
from tests.pathways.test_editing import SMALL
from tests.pathways.test_graph import graphs, json_values, nested_edges
from tests.pathways.test_validation import SOUND

NOBODY = "3d0c1f6e-52b7-4a55-9d2b-6f0d0a3c9e11"  # no pathway has this id
BOTH = pytest.mark.parametrize("base", ["pathway", "convo_pathway"])


def data_of(base, answer):
    return answer["data"] if base == "convo_pathway" else answer


def canonical(graph) -> str:
    return json.dumps({"nodes": graph["nodes"], "edges": graph["edges"]}, sort_keys=True, ensure_ascii=False)


@BOTH
def test_a_new_one_says_its_id_wherever_clients_look(api, account, base):
    answer = api.good("POST", f"{base}/create", {"name": "Reminder", "description": "Before a visit"})
    pathway = Pathway.objects.get(account=account)
    assert answer["status"] == "success"
    assert answer["pathway_id"] == answer["data"]["id"] == answer["data"]["pathway_id"] == str(pathway.uid)
    read = data_of(base, api.good("GET", f"{base}/{pathway.uid}"))
    assert (read["name"], read["description"], read["nodes"], read["edges"]) == ("Reminder", "Before a visit", [], [])
    assert (read["version_number"], read["is_published"], read["production_version_number"]) == (1, False, None)


@BOTH
def test_reading(api, reminder, base):
    read = data_of(base, api.good("GET", f"{base}/{reminder.uid}/"))
    assert canonical(read) == canonical(SOUND)
    assert read["id"] == read["pathway_id"] == str(reminder.uid)


@BOTH
def test_the_list_has_the_newest_first_and_nothing_of_others(api, strangers_api, account, base):
    for name in ("One", "Two"):
        making.create(account, name)
    making.delete(making.create(account, "Gone").pathway)
    making.describe(Pathway.objects.get(name="One"), description="changed")
    assert [row["name"] for row in data_of(base, api.good("GET", base))] == ["One", "Two"]
    assert data_of(base, strangers_api.good("GET", base)) == []


def test_the_list_costs_the_same_with_twice_the_rows(api, account):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            api.get("pathway")
        return len(queries)

    for n in range(3):
        publish(making.create(account, f"P{n}", graph=SMALL), "production")
    cost()  # the first request with a key writes down that it was used
    first = cost()
    for n in range(3):
        publish(making.create(account, f"Q{n}", graph=SMALL, folder=making.make_folder(account, f"F{n}")), "staging")
    assert cost() == first <= 4


class TestRoundTrip:
    @BOTH
    def test_sixty_steps_with_unknown_keys_are_byte_equal(self, api, reminder, base):
        sent = sixty_steps()
        api.good("POST", f"{base}/{reminder.uid}", {"name": "Taken over", **sent})
        read = data_of(base, api.good("GET", f"{base}/{reminder.uid}"))
        assert len(sent["nodes"]) == 61  # with the one that carries the global prompt
        assert canonical(read) == canonical(sent)
        assert (read["viewport"], read["flags"], read["owner"]) == (sent["viewport"], sent["flags"], sent["owner"])

    @BOTH
    def test_words_at_the_top_of_edges_gain_their_place_in_data_and_nothing_else_changes(self, api, reminder, base):
        sent = sixty_steps()
        for edge in sent["edges"]:
            edge |= {key: edge["data"].pop(key) for key in ("label", "description")}
        expected = deepcopy(sent)
        for edge in expected["edges"]:
            edge["data"] |= {"label": edge["label"], "description": edge["description"]}
        api.good("POST", f"{base}/{reminder.uid}", sent)
        assert canonical(data_of(base, api.good("GET", f"{base}/{reminder.uid}"))) == canonical(expected)

    def test_what_was_read_can_be_sent_back_whole(self, api, reminder):
        api.good("POST", f"pathway/{reminder.uid}", sixty_steps())
        once = api.good("GET", f"pathway/{reminder.uid}")
        api.good("POST", f"pathway/{reminder.uid}", once)
        twice = api.good("GET", f"pathway/{reminder.uid}")
        assert twice == {**once, "updated_at": twice["updated_at"]}
        assert set(PathwayVersion.objects.get().graph) == set(sixty_steps())

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(graph=graphs(nested_edges))
    def test_any_graph(self, api, reminder, graph):
        status, answer = api.post(f"pathway/{reminder.uid}", graph)
        if status == 200:
            read = api.good("GET", f"pathway/{reminder.uid}")
            assert (read["nodes"], read["edges"]) == (graph["nodes"], graph["edges"])
        else:
            assert (status, answer["status"]) == (400, "error")
            assert re.search(r"\\u0000|\\ud[89a-f]", json.dumps(graph)), "only what no database can keep is refused"


class TestSaving:
    def test_into_the_draft_and_the_answer_tells_that_calls_go_on_with_production(self, api, reminder):
        publish(draft_of(reminder), "production")
        answer = api.good("POST", f"pathway/{reminder.uid}", SMALL)
        assert answer["message"] == "Pathway updated successfully"
        assert set(answer["pathway_data"]) == {"pathway_id", "name", "description", "nodes", "edges"}
        assert canonical(answer["pathway_data"]) == canonical(SMALL)
        assert (answer["version_number"], answer["is_published"], answer["production_version_number"]) == (2, False, 1)
        reminder.refresh_from_db()
        assert reminder.production.graph == SOUND

    def test_what_is_not_in_the_body_stays(self, api, reminder):
        answer = api.good("POST", f"pathway/{reminder.uid}", {"name": "Recall"})
        assert (answer["pathway_data"]["name"], answer["revision_number"]) == ("Recall", 1)
        api.good("POST", f"pathway/{reminder.uid}", {"edges": [], "memory_enabled": True})
        graph = PathwayVersion.objects.get().graph
        assert graph == {"nodes": SOUND["nodes"], "edges": [], "memory_enabled": True}

    def test_the_same_graph_makes_no_draft(self, api, reminder):
        publish(draft_of(reminder), "production")
        answer = api.good("POST", f"pathway/{reminder.uid}", SOUND)
        assert (answer["version_number"], answer["is_published"]) == (1, True)
        assert PathwayVersion.objects.count() == 1

    @BOTH
    def test_who_read_an_old_revision_overwrites_nothing(self, api, reminder, base):
        save(draft_of(reminder), SMALL, revision=1)
        status, answer = api.post(f"{base}/{reminder.uid}", {**SOUND, "name": "Other", "revision_number": 1})
        assert status == 409 and answer["revision_number"] == 2
        if base == "convo_pathway":
            assert answer["data"] is None and answer["errors"][0]["error"] == "OLD_REVISION_ERROR"
        else:
            assert answer["status"] == "error"
        reminder.refresh_from_db()
        assert reminder.name == "Reminder"
        assert PathwayVersion.objects.get().graph == SMALL

    def test_who_read_a_published_version_saves_into_a_new_draft(self, api, reminder):
        save(draft_of(reminder), SOUND, revision=1)
        publish(draft_of(reminder), "production")
        status, _ = api.post(f"pathway/{reminder.uid}", {**SMALL, "revision_number": 1})
        assert status == 409 and PathwayVersion.objects.count() == 1
        answer = api.good("POST", f"pathway/{reminder.uid}", {**SMALL, "revision_number": 2})
        assert (answer["version_number"], answer["revision_number"]) == (2, 2)

    def test_a_bad_name_saves_nothing(self, api, reminder):
        status, answer = api.post(f"pathway/{reminder.uid}", {**SMALL, "name": "x" * 121})
        assert (status, answer["message"]) == (400, "A name has at most 120 characters.")
        assert PathwayVersion.objects.get().graph == SOUND


class TestConsoleUpdate:
    def test_with_the_revision_that_was_read(self, api, reminder):
        body = {"id": str(reminder.uid), "version_number": 1, "revision_number": 1, **SMALL, "post_call_actions": [{"x": 1}]}
        answer = api.good("POST", "convo_pathway/update", body)
        assert (answer["data"]["version_number"], answer["data"]["revision_number"], answer["errors"]) == (1, 2, None)
        assert PathwayVersion.objects.get().graph == {**SMALL, "post_call_actions": [{"x": 1}]}
        status, refused = api.post("convo_pathway/update", body)
        assert (status, refused["errors"][0]["error"], refused["data"]) == (409, "OLD_REVISION_ERROR", None)

    def test_by_force(self, api, reminder):
        body = {"id": str(reminder.uid), "version_number": 1, "revision_number": 99, **SMALL}
        assert api.good("POST", "convo_pathway/update?force=true", body)["data"]["revision_number"] == 2

    def test_without_a_number_into_the_draft_with_name_and_description(self, api, reminder):
        body = {"id": str(reminder.uid), "name": "Recall", "description": "Yearly", **SMALL}
        answer = api.good("POST", "convo_pathway/update", body)
        assert (answer["data"]["name"], answer["data"]["description"], answer["data"]["version_number"]) == ("Recall", "Yearly", 1)

    def test_a_published_version_does_not_change(self, api, reminder):
        publish(draft_of(reminder), "production")
        status, answer = api.post("convo_pathway/update", {"id": str(reminder.uid), "version_number": 1, **SMALL})
        assert (status, answer["errors"][0]["error"]) == (400, "VERSION_PUBLISHED")
        assert PathwayVersion.objects.get().graph == SOUND

    def test_a_version_that_is_not_there(self, api, reminder):
        status, answer = api.post("convo_pathway/update", {"id": str(reminder.uid), "version_number": 9, **SMALL})
        assert (status, answer["errors"][0]["error"]) == (404, "NOT_FOUND")


@BOTH
def test_deleting(api, reminder, base):
    assert api.good("DELETE", f"{base}/{reminder.uid}")["status"] == "success"
    assert api.get(f"{base}/{reminder.uid}")[0] == 404
    assert api.delete(f"{base}/{reminder.uid}")[0] == 404
    assert AuditEntry.objects.get(action="pathway.deleted").api_key is not None


@BOTH
def test_duplicating(api, reminder, base):
    Scenario.objects.create(pathway=reminder, name="Says yes")
    answer = api.good("POST", f"{base}/duplicate", {"pathwayID": str(reminder.uid), "name": "Second try"})
    copy = Pathway.objects.get(uid=answer["pathway_id"])
    assert (copy.name, copy.versions.get().graph, copy.scenarios.count()) == ("Second try", SOUND, 1)


@BOTH
def test_folders(api, strangers_api, account, base):
    assert api.good("GET", f"{base}/folders") == {"data": [], "errors": None}
    made = api.good("POST", f"{base}/folders", {"name": "Dental"})
    assert made["id"] == made["data"]["id"] == str(PathwayFolder.objects.get().uid)
    assert api.good("POST", f"{base}/folders", {"name": " Dental "})["id"] == made["id"]
    making.create(account, "Reminder", folder=PathwayFolder.objects.get())
    (folder,) = api.good("GET", f"{base}/folders")["data"]
    assert (folder["name"], folder["pathway_count"]) == ("Dental", 1)
    assert strangers_api.good("GET", f"{base}/folders")["data"] == []
    assert api.post(f"{base}/folders", {"name": ""})[0] == 400


PATHS = [
    ("GET", "{base}/{uid}"), ("POST", "{base}/{uid}"), ("DELETE", "{base}/{uid}"), ("GET", "{base}/{uid}/versions"),
    ("GET", "{base}/{uid}/version/1"), ("GET", "{base}/{uid}/version/0"), ("POST", "{base}/{uid}/version"),
    ("POST", "{base}/{uid}/version/1"), ("DELETE", "{base}/{uid}/version/1"), ("POST", "{base}/{uid}/publish"),
]  # fmt: skip
NAMED = [
    "convo_pathway/update",
    "convo_pathway/get_one",
    "convo_pathway/create-version",
    "convo_pathway/publish",
    "convo_pathway/duplicate",
]


@BOTH
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_of_another_account_nothing_is_there(strangers_api, reminder, base, method, path):
    status, answer = strangers_api.ask(method, path.format(base=base, uid=reminder.uid), {"name": "Stolen", **SMALL})
    assert status == 404
    assert answer["errors"][0]["error"] == "NOT_FOUND" if base == "convo_pathway" else answer["status"] == "error"
    reminder.refresh_from_db()
    assert (reminder.name, reminder.deleted_at, PathwayVersion.objects.get().graph) == ("Reminder", None, SOUND)


@pytest.mark.parametrize("path", NAMED)
def test_of_another_account_nothing_is_named(strangers_api, reminder, path):
    body = {"id": str(reminder.uid), "version_number": 1, "name": "Stolen", **SMALL}
    assert strangers_api.post(path, body)[0] == 404
    assert PathwayVersion.objects.get().graph == SOUND


@pytest.mark.parametrize("path", ["pathway/abc", f"pathway/{NOBODY}", f"pathway/{NOBODY}/version/1", "pathway/abc/versions"])
def test_ids_that_are_none(api, path):
    status, answer = api.get(path)
    assert (status, answer["status"]) == (404, "error")


def test_without_a_key_nothing_opens(client, reminder):
    for path in ("pathway", f"pathway/{reminder.uid}", "convo_pathway/get_one"):
        answer = client.post(f"/v1/{path}") if "get_one" in path else client.get(f"/v1/{path}")
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["error"] == "AUTH_FAILURE"


deep = "[" * 500 + "]" * 500
WRONG = [
    "{", "[]", "null", "5", '"x"', '{"name": NaN}', '{"name": "\\u0000"}', '{"name": "\\ud800"}', '{"nodes": ' + deep + "}",
    '{"nodes": 1e999}',
    '{"nodes": {}}', '{"edges": "x"}', '{"nodes": null}', '{"name": []}', '{"description": 5}', '{"revision_number": "x"}',
    '{"revision_number": -1}', '{"revision_number": true}', '{"version_number": 99999999999999}', '{"version_id": [1]}',
    '{"environment": "moon"}', '{"environment": []}', '{"source_version_id": 1.5}', '{"id": 5}', '{"id": "x"}', '{"id": {"a": 1}}',
]  # fmt: skip
POSTS = ["{base}/create", "{base}/{uid}", "{base}/{uid}/version", "{base}/{uid}/version/1", "{base}/{uid}/version/99999999999999999999",
         "{base}/{uid}/publish", "{base}/folders", "{base}/duplicate"]  # fmt: skip


@BOTH
@pytest.mark.parametrize("body", WRONG)
def test_a_wrong_body_is_never_a_500(api, reminder, base, body):
    named = body.replace("{", f'{{"id": "{reminder.uid}", ', 1) if '"id"' not in body else body
    for path in [path.format(base=base, uid=reminder.uid) for path in POSTS] + NAMED:
        status, answer = api.post(path, named if path in NAMED else body)
        assert status in (200, 400, 404, 409), (path, answer)
        if status != 200:
            message = answer["message"] if "message" in answer else answer["errors"][0]["message"]
            assert message[0].isupper() or message.startswith(("id ", "environment", "version", "revision", "source"))


KEYS = ["name", "description", "nodes", "edges", "id", "version_number", "revision_number", "environment", "version_id", "x"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.dictionaries(
        st.sampled_from(KEYS),
        json_values | st.integers(0, 3), max_size=5,
    ),
    path=st.sampled_from([*POSTS, *NAMED]),
)  # fmt: skip
def test_no_body_is_a_500(api, reminder, body, path):
    if path in NAMED:
        body.setdefault("id", str(reminder.uid))
    status, _ = api.post(path.format(base="pathway", uid=reminder.uid), body)
    assert status in (200, 400, 404, 409)


def test_other_methods(api: Api, reminder):
    for path in ("pathway/create", f"pathway/{reminder.uid}/publish", "convo_pathway/update"):
        assert api.get(path)[0] == 405
    assert api.ask("PUT", f"pathway/{reminder.uid}")[0] == 405
