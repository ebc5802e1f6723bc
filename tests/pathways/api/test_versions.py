"""Versions under /v1: listed, read by number (0 is production), made, saved, deleted, published."""

import pytest

from config.models import AuditEntry
from pathways.editing import draft_of, save
from pathways.models import PathwayVersion, Scenario, ScenarioRun
from pathways.publishing import publish
from tests.pathways.test_editing import SMALL
from tests.pathways.test_validation import END, SOUND, START, pathway

BOTH = pytest.mark.parametrize("base", ["pathway", "convo_pathway"])


def data_of(base, answer):
    return answer["data"] if base == "convo_pathway" else answer


@pytest.fixture
def three(reminder):
    """v1 in production, v2 in staging, v3 a draft."""
    publish(draft_of(reminder), "production")
    publish(save(draft_of(reminder), SMALL, revision=1), "staging")
    draft_of(reminder)
    return reminder


@BOTH
def test_the_list(api, three, base):
    rows = data_of(base, api.good("GET", f"{base}/{three.uid}/versions"))
    told = [(r["version_number"], r["source_version_number"], r["is_latest"], r["is_prev_published"], r["is_staging"]) for r in rows]
    assert told == [(3, 1, True, False, False), (2, 1, False, False, True), (1, None, False, True, False)]
    assert {row["id"] for row in rows} == {1, 2, 3}
    assert "nodes" not in rows[0]
    assert rows[0]["published_at"] is None and rows[2]["published_at"]


@BOTH
@pytest.mark.parametrize(("number", "found", "graph"), [(0, 1, SOUND), (1, 1, SOUND), (2, 2, SMALL), (3, 3, SOUND)])
def test_reading(api, three, base, number, found, graph):
    read = data_of(base, api.good("GET", f"{base}/{three.uid}/version/{number}"))
    assert (read["version_number"], read["nodes"], read["edges"]) == (found, graph["nodes"], graph["edges"])


def test_without_production_number_0_is_not_there(api, reminder):
    status, answer = api.get(f"pathway/{reminder.uid}/version/0")
    assert status == 404 and "no version in production" in answer["message"]
    assert api.get(f"pathway/{reminder.uid}/version/9")[0] == 404


def test_the_consoles_way_to_read(api, three):
    uid = str(three.uid)
    assert api.good("POST", "convo_pathway/get_one", {"id": uid})["data"]["version_number"] == 3
    assert api.good("POST", "convo_pathway/get_one", {"id": uid, "version_number": 0})["data"]["version_number"] == 1
    read = api.good("POST", "convo_pathway/get_one", {"id": uid, "version_number": "2"})["data"]
    assert (read["version_number"], read["revision_number"], read["is_staging"], read["pathway_name"]) == (2, 2, True, "Reminder")


@BOTH
def test_one_more_draft(api, three, base):
    answer = api.good("POST", f"{base}/{three.uid}/version", {"name": "Shorter", **SMALL})
    assert answer["message"] == "Version created successfully"
    assert (answer["data"]["version_number"], answer["data"]["id"], answer["data"]["name"]) == (4, 4, "Shorter")
    assert PathwayVersion.objects.get(number=4).graph == SMALL


def test_one_made_of_another_by_number(api, three):
    answer = api.good("POST", "convo_pathway/create-version", {"pathway_id": str(three.uid), "name": "Again", "source_version_id": 2})
    row = PathwayVersion.objects.get(number=4)
    assert (row.graph, row.source_number, answer["data"]["revision_number"]) == (SMALL, 2, 1)


@BOTH
def test_a_draft_is_saved_by_its_number(api, three, base):
    answer = api.good("POST", f"{base}/{three.uid}/version/3", {"name": "Shorter", "nodes": SMALL["nodes"], "edges": SMALL["edges"]})
    assert (answer["message"], data_of(base, answer)["revision_number"]) == ("Version updated successfully", 2)
    row = PathwayVersion.objects.get(number=3)
    assert (row.name, row.graph) == ("Shorter", SMALL)
    assert api.post(f"{base}/{three.uid}/version/3", {**SOUND, "revision_number": 1})[0] == 409


@BOTH
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_published_version_neither_changes_nor_goes(api, three, base, number):
    for status, answer in (
        api.post(f"{base}/{three.uid}/version/{number}", SMALL),
        api.delete(f"{base}/{three.uid}/version/{number}"),
    ):
        assert status == 400
        message = answer["errors"][0]["message"] if base == "convo_pathway" else answer["message"]
        assert message.startswith("Version ") and "is published" in message
    assert PathwayVersion.objects.count() == 3
    assert PathwayVersion.objects.get(number=1).graph == SOUND


@BOTH
def test_a_draft_is_deleted_and_its_number_not_given_again(api, three, base):
    assert api.good("DELETE", f"{base}/{three.uid}/version/3")["message"] == "Version deleted successfully"
    assert api.delete(f"{base}/{three.uid}/version/3")[0] == 404
    assert api.good("POST", f"{base}/{three.uid}/version", {})["data"]["version_number"] == 4


class TestPublishing:
    @BOTH
    def test_the_newest_draft_into_production(self, api, three, base):
        answer = api.good("POST", f"{base}/{three.uid}/publish", {})
        assert answer["message"] == "Pathway published successfully"
        three.refresh_from_db()
        assert three.production.number == 3
        assert api.good("GET", f"pathway/{three.uid}")["is_published"] is True
        assert AuditEntry.objects.latest("pk").api_key is not None

    def test_by_number_and_place(self, api, three):
        api.good("POST", f"pathway/{three.uid}/publish", {"version_id": 3, "environment": "staging"})
        api.good("POST", "convo_pathway/publish", {"id": str(three.uid), "version_number": 2, "environment": "production"})
        three.refresh_from_db()
        assert (three.production.number, three.staging.number) == (2, 3)

    def test_going_back(self, api, three):
        api.good("POST", f"pathway/{three.uid}/publish", {})
        api.good("POST", f"pathway/{three.uid}/publish", {"version_id": 1})
        three.refresh_from_db()
        assert three.production.number == 1

    @BOTH
    def test_every_problem_is_named(self, api, reminder, base):
        broken = pathway(START, {"id": "2", "type": "Custom Code", "data": {"name": "Run"}}, END)
        save(draft_of(reminder), broken, revision=1)
        status, answer = api.post(f"{base}/{reminder.uid}/publish", {})
        assert status == 400
        assert {(e["error"], e["node_id"]) for e in answer["errors"]} == {("dead_end", "1"), ("unknown_type", "2")}
        assert all(error["message"].endswith(".") for error in answer["errors"])
        assert ("message" in answer) is (base == "pathway")
        reminder.refresh_from_db()
        assert reminder.production is None

    def test_a_red_rehearsal_is_named_with_its_sentence(self, api, reminder):
        never = [{"type": "says", "text": "We sell moons"}]
        Scenario.objects.create(pathway=reminder, name="Says yes", required=True, assertions=never)
        for path in ("pathway/{}/publish", "convo_pathway/{}/publish", "convo_pathway/publish"):
            status, answer = api.post(path.format(reminder.uid), {"version_id": 1, "id": str(reminder.uid)})
            assert (status, answer["errors"][0]["error"]) == (400, "REHEARSAL_NOT_GREEN")
            assert answer["errors"][0]["message"].startswith("Says yes: We say “We sell moons”. Not in any of our")
        reminder.refresh_from_db()
        assert reminder.production is None

    def test_green_rehearsals_are_run_and_let_it_pass(self, api, reminder):
        Scenario.objects.create(pathway=reminder, name="Says yes", required=True)
        assert api.post(f"pathway/{reminder.uid}/publish", {"version_id": 1})[0] == 200
        assert ScenarioRun.objects.get().status == "PASSED"

    def test_nothing_to_publish(self, api, reminder):
        api.good("POST", f"pathway/{reminder.uid}/publish", {})
        status, answer = api.post(f"pathway/{reminder.uid}/publish", {})
        assert (status, answer["message"]) == (400, "There is no draft to publish.")
        assert api.post(f"pathway/{reminder.uid}/publish", {"version_id": 7})[0] == 404
        assert api.post(f"pathway/{reminder.uid}/publish", {"environment": "moon"})[0] == 400
