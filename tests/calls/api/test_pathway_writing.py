"""Pathways written by the configured model: a small server stands in for it and speaks its protocol."""

import json
from uuid import uuid4

import pytest

from calls import pathway_writer
from config.models import IdempotentRequest
from pathways import validation
from pathways.graph import load
from pathways.models import Pathway, PathwayVersion
from pathways.publishing import publish
from tests.calls.agent.model_double import Pause, Status, serving
from tests.pathways.test_validation import END, SOUND, START, pathway

PROMPT = "Call patients the day before their visit, say when it is, and ask whether it still suits. If not, ask for two other times."
BROKEN = pathway(START, END)  # nothing leads on


@pytest.fixture
def model(settings):
    """model(script, …) -> the server, configured; `with` it."""

    def make(*scripts):
        opened = serving(*scripts)

        class Configured:
            def __enter__(self):
                double = opened.__enter__()
                settings.MODEL_BASE_URL, settings.MODEL_BASE, settings.MODEL_API_KEY = double.url, "tiny-1", "sk-secret"
                settings.MODEL_TIMEOUT = 0.4
                return double

            def __exit__(self, *error):
                return opened.__exit__(*error)

        return Configured()

    return make


def ask(api, django_capture_on_commit_callbacks, body):
    """POST, the task (here in this process), then the state of the job."""
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.post("/v1/pathway/generate", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    job = answer.json()["data"]["jobId"]
    assert answer.json()["errors"] is None
    return api.get(f"/v1/pathway/generate/status/{job}").json()["data"]


def written(graph, name="Visit reminder") -> str:
    return "Here it is:\n```json\n" + json.dumps({"name": name, **graph}) + "\n```"


def test_the_model_is_asked_and_what_it_writes_is_a_draft(api, account, model, django_capture_on_commit_callbacks):
    with model(written(SOUND)) as double:
        told = ask(api, django_capture_on_commit_callbacks, {"input_prompt": PROMPT, "input_name": "Mine"})
    assert told["status"] == "completed" and told["problems"] == []
    made = Pathway.objects.get(account=account)
    version = made.versions.get()
    assert (str(made.uid), made.name) == (told["pathway_id"], "Mine")
    assert not version.frozen
    assert {node.id for node in load(version.graph).nodes} == {"1", "2", "9"}
    assert len({(node.x, node.y) for node in load(version.graph).nodes}) == 3, "its steps are placed"
    (request,) = double.requests
    assert request["model"] == "tiny-1"
    assert request["messages"][1]["content"] == PROMPT
    assert publish(version, "production").frozen


def test_what_is_wrong_is_handed_back_to_it(api, model, django_capture_on_commit_callbacks):
    with model("No.", written(BROKEN), written(SOUND)) as double:
        told = ask(api, django_capture_on_commit_callbacks, {"input_prompt": PROMPT})
    assert (told["status"], told["name"]) == ("completed", "Visit reminder")
    assert validation.errors(PathwayVersion.objects.get().graph) == []
    assert "There is no list of nodes" in double.requests[1]["messages"][-1]["content"]
    assert "“Greeting” is a dead end" in double.requests[2]["messages"][-1]["content"]


def test_problems_that_are_left_are_named(api, model, django_capture_on_commit_callbacks):
    with model(written(BROKEN)) as double:
        told = ask(api, django_capture_on_commit_callbacks, {"description": "Short."})
    assert len(double.requests) == pathway_writer.TRIES
    assert [problem["error"] for problem in told["problems"]] == ["dead_end"]
    assert Pathway.objects.count() == 1


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("I would rather not.", "MODEL_ANSWER_UNUSABLE", "tiny-1 did not answer with a pathway"),
        ('{"nodes": []}', "MODEL_ANSWER_UNUSABLE", "not even when asked again"),
        ('{"nodes": [{"id": "\\u0000"}]}', "MODEL_ANSWER_UNUSABLE", "not even when asked again"),
        ("{" * 2000, "MODEL_ANSWER_UNUSABLE", "not even when asked again"),
        (Status(401), "MODEL_FAILED", "refused the key"),
        (Status(500), "MODEL_FAILED", "answered with an error"),
    ],
    ids=str,
)
def test_a_model_that_does_not(api, model, django_capture_on_commit_callbacks, script, code, words):
    with model(script):
        told = ask(api, django_capture_on_commit_callbacks, {"input_prompt": PROMPT})
    assert (told["status"], told["error"]) == ("failed", code)
    assert words in told["message"] and "sk-secret" not in told["message"]
    assert not Pathway.objects.exists()


def test_a_model_that_is_slow(api, model, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(pathway_writer, "PATIENCE", 0.2)
    with model([Pause(2), written(SOUND)]):
        told = ask(api, django_capture_on_commit_callbacks, {"input_prompt": PROMPT})
    assert (told["status"], told["error"]) == ("failed", "MODEL_FAILED")


def test_without_a_model_nothing_is_made_up(api, settings, account):
    settings.MODEL_BASE_URL = ""
    answer = api.post("/v1/pathway/generate", json.dumps({"input_prompt": PROMPT}), content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["error"]) == (400, "MODEL_NOT_CONFIGURED")
    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"input_prompt": "short"}, {"input_prompt": "x" * 8001}, {"input_prompt": 5}, {"input_prompt": PROMPT, "input_name": 5}],
)
def test_bodies_that_cannot_be_read(api, model, body):
    with model(written(SOUND)) as double:
        answer = api.post("/v1/pathway/generate", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["error"]) == (400, "INVALID_BODY")
    assert not double.requests


def test_a_task_that_runs_twice_makes_one_pathway(account, model):
    with model(written(SOUND)):
        _, row = pathway_writer.begin(account)
        pathway_writer.run(row, PROMPT, "")
        pathway_writer.run(row, PROMPT, "")
        assert Pathway.objects.count() == 1


def test_jobs_of_others_and_lost_ones(api, strangers_api, account, model):
    with model(written(SOUND)):
        job, row = pathway_writer.begin(account)
    assert api.get(f"/v1/pathway/generate/status/{job}").json()["data"] == {"status": "pending"}
    assert strangers_api.get(f"/v1/pathway/generate/status/{job}").status_code == 404
    assert api.get(f"/v1/pathway/generate/status/{uuid4()}").status_code == 404
    begun = IdempotentRequest.objects.get(pk=row).created_at
    IdempotentRequest.objects.update(created_at=begun - pathway_writer.ABANDONED)
    assert api.get(f"/v1/pathway/generate/status/{job}").json()["data"]["error"] == "JOB_LOST"
