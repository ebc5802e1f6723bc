"""/v1/agent-testing: scenarios and their runs for programs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways.models import Scenario, ScenarioRun
from tests import factories
from tests.calls.rehearsal import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(account):
    return kit.version(account)


@pytest.fixture
def ask(client, key):
    def send(method: str, path: str, body: object = None) -> tuple[int, dict]:
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        answer = getattr(client, method)(f"/v1/agent-testing/{path}", headers={"Authorization": key}, **more)
        return answer.status_code, answer.json()

    return send


def body(version, **fields: object) -> dict[str, object]:
    return {
        "pathway_id": str(version.pathway.uid),
        "name": "Comes",
        "input_messages": [{"role": "user", "content": "Yes, speaking."}, {"role": "user", "content": "Yes, I'll be there."}],
        "request_data": kit.DATA,
        "assertions": [
            {"type": "PATHWAY_NODES_REACHED", "config": {"condition": {"type": "AND", "nodeIds": ["ask", "good"]}}},
            {"type": "VARIABLE_EXTRACTED", "config": {"variableName": "coming", "condition": "EQUALS", "value": "true"}},
            {"type": "ends_within", "config": {"turns": 3}},
        ],
        **fields,
    }


def test_made_changed_listed_deleted(ask, version):
    status, made = ask("post", "scenarios", body(version, is_required_for_promotion=True))
    assert status == 200
    assert (made["pathway_id"], made["is_required_for_promotion"], made["most_recent_run"]) == (str(version.pathway.uid), True, None)
    assert [a["type"] for a in made["assertions"]] == ["reaches_node", "variable", "ends_within"]
    assert made["input_messages"][0]["content"] == "Yes, speaking."
    kept = Scenario.objects.get()
    assert kept.assertions[0] == {"type": "reaches_node", "node_ids": ["ask", "good"], "all": True}
    status, changed = ask("put", f"scenarios/{made['id']}", {"enabled": False, "tester_persona_name": "cooperative"})
    assert (status, changed["enabled"], changed["tester_persona_name"], changed["input_messages"]) == (200, False, "cooperative", [])
    assert len(changed["assertions"]) == 3
    assert [s["id"] for s in ask("get", f"scenarios?pathway_id={version.pathway.uid}")[1]["scenarios"]] == [made["id"]]
    assert ask("get", "scenarios?enabled=true")[1]["scenarios"] == []
    assert ask("get", f"scenarios/{made['id']}/")[1] == changed
    assert ask("delete", f"scenarios/{made['id']}") == (200, {"success": True})
    assert ask("get", f"scenarios/{made['id']}")[0] == 404


def test_a_run_passes(ask, version, django_capture_on_commit_callbacks):
    _, made = ask("post", "scenarios", body(version))
    with django_capture_on_commit_callbacks(execute=True):
        status, begun = ask("post", f"scenarios/{made['id']}/run", {})
    assert (status, begun["status"]) == (200, "RUNNING")
    status, run = ask("get", f"runs/{begun['run_id']}")
    assert (status, run["status"], run["overall_score"], run["turn_count"]) == (200, "PASSED", 1.0, 2)
    assert run["nodes_visited"] == ["hello", "ask", "good"]
    assert [m["role"] for m in run["chat_history"]] == ["assistant", "user", "assistant", "user", "assistant"]
    assert run["variables_extracted"]["coming"] is True
    assert all(a["passed"] for a in run["assertion_results"])
    assert ask("get", f"runs?scenario_id={made['id']}")[1]["runs"][0]["id"] == begun["run_id"]
    assert ask("get", f"scenarios/{made['id']}")[1]["most_recent_run"]["status"] == "PASSED"


def test_several_at_once(ask, version, django_capture_on_commit_callbacks):
    ids = [ask("post", "scenarios", body(version, name=name))[1]["id"] for name in ("One", "Two")]
    with django_capture_on_commit_callbacks(execute=True):
        status, begun = ask("post", "batch-run", {"scenario_ids": ids, "version_number": 1})
    assert status == 200
    assert [run["scenario_id"] for run in begun["runs"]] == ids
    assert set(ScenarioRun.objects.values_list("status", flat=True)) == {"PASSED"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "INVALID_FIELD"),
        ({"persona_id": "x"}, "UNSUPPORTED"),
        ({"input_messages": None, "tester_persona_prompt": "You are angry."}, "UNSUPPORTED_TESTER"),
        ({"input_messages": [{"role": "user"}]}, "INVALID_MESSAGES"),
        ({"max_turns": 51}, "INVALID_FIELD"),
        ({"max_turns": True}, "INVALID_FIELD"),
        ({"request_data": []}, "OK"),
        ({"request_data": "x"}, "INVALID_REQUEST_DATA"),
        ({"enabled": "yes"}, "INVALID_FIELD"),
        ({"assertions": "x"}, "INVALID_ASSERTIONS"),
        ({"assertions": [{"type": "LLM_JUDGE", "config": {"prompt": "Was it good?"}}]}, "UNSUPPORTED_ASSERTION"),
        ({"assertions": [{"type": "reaches_node", "config": {"node_ids": []}}]}, "INVALID_ASSERTION"),
        ({"assertions": [{"type": "variable", "config": {"name": "x", "matches": "("}}]}, "INVALID_ASSERTION"),
    ],
)  # fmt: skip
def test_only_what_has_an_effect_is_taken(ask, version, fields, code):
    status, answer = ask("post", "scenarios", body(version, **fields))
    if code == "OK":
        assert status == 200
    else:
        assert (status, answer["errors"][0]["error"]) == (400, code)


def test_what_cannot_be_run_is_refused(ask, version):
    _, made = ask("post", "scenarios", body(version))
    for fields, status in (({"webhook_url": "https://x.example"}, 400), ({"version_number": 9}, 404), ({"version_number": "2"}, 400)):
        assert ask("post", f"scenarios/{made['id']}/run", fields)[0] == status
    assert ask("post", "batch-run", {"scenario_ids": []})[0] == 400
    assert ask("post", "batch-run", {"scenario_ids": ["x"]})[0] == 404
    assert ask("get", "runs/x")[0] == 404
    assert not ScenarioRun.objects.exists()


def test_another_office_finds_nothing(ask):
    theirs = kit.scenario(kit.version(factories.account("Strangers Ltd")).pathway)
    for method, path in (("get", ""), ("put", ""), ("delete", ""), ("post", "/run")):
        assert ask(method, f"scenarios/{theirs.uid}{path}", {} if method in ("put", "post") else None)[0] == 404
    assert ask("get", "scenarios")[1]["scenarios"] == []
    assert ask("post", "batch-run", {"scenario_ids": [str(theirs.uid)]})[0] == 404


@pytest.mark.parametrize("many", [3, 6])
def test_lists_cost_the_same_for_any_number(ask, version, django_assert_num_queries, many):
    for _ in range(many):
        kit.scenario(version.pathway)
    ask("get", "scenarios")
    with django_assert_num_queries(3):
        assert len(ask("get", "scenarios")[1]["scenarios"]) == many


def test_a_list_reads_one_run_of_each_scenario(ask, version):
    kept = kit.scenario(version.pathway)
    for number in range(5):
        ScenarioRun.objects.create(scenario=kept, version=1, digest="d", status="FAILED", turns=number, transcript=[{"text": "long"}])
    with CaptureQueriesContext(connection) as asked:
        (shown,) = ask("get", "scenarios")[1]["scenarios"]
    newest = ScenarioRun.objects.order_by("-started_at", "-pk").first()
    assert shown["most_recent_run"]["id"] == str(newest.uid)
    read = [q["sql"] for q in asked if 'FROM "pathways_scenariorun"' in q["sql"]]
    assert len(read) == 1 and "LIMIT 1" in read[0]
    with CaptureQueriesContext(connection) as asked:
        assert len(ask("get", "runs")[1]["runs"]) == 5
    assert not [q for q in asked if '"pathways_scenariorun"."transcript"' in q["sql"]]
