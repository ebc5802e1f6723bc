"""POST /v1/calls beside the contract: what it costs, and what goes wrong."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.models import Call, CallingRules
from config.models import ApiKey
from tests import factories, http

pytestmark = pytest.mark.django_db
BODY = {"phone_number": "+15005550006", "task": factories.TASK}


def post(client, key, body=BODY, path="/v1/calls", **headers):
    raw = body if isinstance(body, str) else json.dumps(body)
    return client.post(path, data=raw, content_type="application/json", headers={"authorization": key, **headers})


def test_an_accepted_call_costs_few_statements(client, key):
    post(client, key, {**BODY, "phone_number": "+17205550142"})  # writes the key's last use
    CallingRules.objects.update(per_hour=0, per_day=0)
    with CaptureQueriesContext(connection) as seen:
        assert post(client, key).status_code == 200
    statements = [query["sql"] for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]
    lock = connection.vendor == "postgresql"
    assert len(statements) == 6 + lock, "\n".join(statements)  # key, number policy, caller id, number policy again, call, event


def test_both_slashes_and_get_beside_post(client, key):
    assert post(client, key, path="/v1/calls/").status_code == 200
    assert client.get("/v1/calls", headers={"authorization": key}).status_code == 200


def test_the_call_remembers_its_key_and_where_it_came_from(client, key):
    post(client, key)
    call = Call.objects.get()
    assert (call.api_key, call.source, call.created_by) == (ApiKey.objects.get(), "api", None)


def test_broken_bodies(client, key):
    for raw in ("", "[" * 50_000, '{"phone_number": NaN}', '"x"', "null"):
        answer = post(client, key, raw)
        assert (answer.status_code, answer.json()["message"]) == (400, "Call parameters must be an object."), raw[:20]


@pytest.mark.django_db(transaction=True)
def test_a_header_with_an_underscore_arrives_through_asgi(key):
    for name in ("encrypted_key", "encrypted-key"):
        answer = http.post("/v1/calls", BODY, {"authorization": key, name: "nonsense"})
        assert (answer.status, answer.body["message"]) == (500, "Invalid `encrypted_key`. Please use the correct key for your account.")
