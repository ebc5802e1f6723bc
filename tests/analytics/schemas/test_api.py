"""/v1/citation_schemas/backfill and /analytics: shapes, refusals, doing it once, and that a stranger sees nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from analytics.schemas import working
from calls.api.openapi import document
from calls.models import Citation, CitationRun
from config.models import ApiKey
from tests import factories
from tests.analytics.schemas.test_runs import begun, spoken
from tests.analytics.schemas.test_runs import schema as schema  # the fixture

pytestmark = pytest.mark.django_db
URL = "/v1/citation_schemas"


@pytest.fixture
def api(key) -> Client:
    return Client(headers={"authorization": key})


@pytest.fixture
def strangers(db) -> Client:
    return Client(headers={"authorization": ApiKey.issue(factories.account("Strangers Ltd"), "theirs")[1]})


def post(client: Client, body: Any, **headers: str):
    return client.post(f"{URL}/backfill", body, content_type="application/json", headers=headers)


def shaped(answer, name: str, status: int = 200) -> Any:
    assert answer.status_code == status, answer.json()
    doc = document()
    Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": doc["components"]}).validate(answer.json())
    return answer.json()["data"]


def messages(answer, status: int) -> list[str]:
    body = answer.json()
    assert (answer.status_code, body["status"], body["data"]) == (status, status, None)
    return [error["message"] for error in body["errors"]]


def test_calls_are_read_and_their_progress_is_asked_for(api, account, schema):
    call, other = spoken(account), spoken(account)
    data = shaped(post(api, {"schema_id": str(schema.uid), "call_ids": [str(call.uid), str(uuid4())]}), "CitationBackfill", 202)
    run = CitationRun.objects.get()
    assert (data["workflow_id"], data["status"], data["total"], data["processed"]) == (str(run.uid), "running", 1, 0)
    working.work(run.pk)
    data = shaped(api.get(f"{URL}/backfill/status/{run.uid}/"), "CitationBackfillStatus")
    assert (data["status"], data["processed"], data["failed"], data["results"]) == ("completed", 1, 0, None) and data["completed_at"]
    assert Citation.objects.get().call == call
    data = shaped(post(api, {"schema_id": str(schema.uid), "call_id": str(other.uid), "preview": True}), "CitationBackfill", 202)
    working.work(CitationRun.objects.get(uid=data["workflow_id"]).pk)
    data = shaped(api.get(f"{URL}/backfill/status/{data['workflow_id']}"), "CitationBackfillStatus")
    assert data["results"][0]["call_id"] == str(other.uid)
    value = data["results"][0]["values"][0]
    assert (value["variable_name"], value["value"], value["previous_value"], value["changed"]) == ("Insured", True, None, True)
    assert value["quotes"] and Citation.objects.count() == 1


def test_the_days_of_a_backfill_are_those_of_the_office(api, account, schema):
    account.timezone = "America/Denver"
    account.save()
    spoken(account, at=datetime(2026, 3, 2, 6, 30, tzinfo=UTC))  # March 1 in Denver
    body = {"schema_id": str(schema.uid), "start_date": "2026-03-01", "end_date": "2026-03-01"}
    assert shaped(post(api, body), "CitationBackfill", 202)["total"] == 1


def test_the_same_request_begins_one_run(api, account, schema):
    spoken(account)
    body = {"schema_id": str(schema.uid), "start_date": "2026-01-01"}
    first, again = (post(api, body, idempotency_key="once") for _ in range(2))
    assert first.json() == again.json() and (first.status_code, again.status_code) == (202, 202)
    assert CitationRun.objects.count() == 1
    assert messages(post(api, body), 409)[0].startswith("This list is being read")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Say which calls: call_ids, call_id, or start_date, end_date, persona_id or disposition_tag."),
        ({"call_ids": "x"}, "call_ids must be an array of strings."),
        ({"call_ids": ["x"]}, "call_ids must hold ids: “x” is none."),
        ({"start_date": "soon"}, "start_date must be a date like 2026-03-31."),
        ({"start_date": "2026-01-01", "preview": "yes"}, "preview must be a boolean."),
        ({"persona_id": "June"}, "persona_id must hold ids: “June” is none."),
        ({"disposition_tag": ["SOLD"]}, "disposition_tag must be a string."),
        ({"disposition_tag": "SOLD"}, "No finished call with a conversation is among these."),
        ({"start_date": "2026-01-01", "from": 1}, "Additional properties are not allowed: from"),
    ],
)
def test_what_cannot_be_read_is_refused(api, account, schema, body, message):
    spoken(account)
    assert messages(post(api, {"schema_id": str(schema.uid), **body}), 400) == [message]
    assert not CitationRun.objects.exists()


def test_a_stranger_finds_nothing(api, strangers, account, schema):
    spoken(account)
    run = begun(schema)
    body = {"schema_id": str(schema.uid), "start_date": "2026-01-01"}
    assert messages(post(strangers, body), 404) == [f'Citation schema with ID "{schema.uid}" not found']
    assert messages(strangers.get(f"{URL}/backfill/status/{run.uid}"), 404) == [f'Backfill with ID "{run.uid}" not found']
    for path in ("", "/time-series", "/top-values", "/issues"):
        assert strangers.get(f"{URL}/analytics{path}?schema_id={schema.uid}").status_code == 404


def test_what_was_found_over_time(api, account, schema):
    for days, said in ((1, "No, I am not insured."), (2, "Yes, I have insurance."), (40, "Yes, I have insurance."), (1, "Who is this?")):
        spoken(account, said, at=timezone.now() - timedelta(days=days))
    working.work(begun(schema).pk)
    query = f"schema_id={schema.uid}"
    data = shaped(api.get(f"{URL}/analytics?{query}"), "CitationAnalytics")
    assert data["calls"] == 3 and data["issues"] == [{"severity": "low", "type": "No insurance", "count": 1}]
    assert data["variables"] == [
        {
            "variable_name": "Insured",
            "variable_type": "boolean",
            "total": 3,
            "said": 2,
            "not_said": 1,
            "values": {"yes": 1, "no": 1},
        }
    ]
    data = shaped(api.get(f"{URL}/analytics/time-series?{query}&variable=Insured"), "CitationTimeSeries")
    assert data["interval"] == "day" and len(data["points"]) == 30 and sum(point["total"] for point in data["points"]) == 3
    since = (timezone.localdate() - timedelta(days=60)).isoformat()
    data = shaped(api.get(f"{URL}/analytics/time-series?{query}&variable=Insured&start_date={since}&interval=month"), "CitationTimeSeries")
    assert data["interval"] == "month" and sum(point["values"]["yes"] for point in data["points"]) == 2
    data = shaped(api.get(f"{URL}/analytics/top-values?{query}&variable=Insured"), "CitationTopValues")
    assert sorted(row["value"] for row in data["values"]) == ["no", "yes"]
    data = shaped(api.get(f"{URL}/analytics/issues?{query}"), "CitationIssues")
    assert sum(point["low"] for point in data["points"]) == 1
    assert messages(api.get(f"{URL}/analytics/time-series?{query}&variable=Pet"), 404) == ['The schema has no variable "Pet"']
    assert messages(api.get(f"{URL}/analytics?{query}&interval=year"), 400) == ["interval must be one of: day, week, month."]
    assert messages(api.get(f"{URL}/analytics?{query}&start_date=2020-01-01"), 400) == [
        "start_date and end_date must be 1 to 366 days apart."
    ]
