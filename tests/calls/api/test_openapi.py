"""The document is sound, says what the URLs serve, and real answers have the shapes it promises."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils.timezone import now
from jsonschema import Draft202012Validator, FormatChecker

from calls import lifecycle
from calls.api.chapters import chapters
from calls.api.endpoints import ENDPOINTS
from calls.api.openapi import document
from calls.api.schemas import SCHEMAS
from calls.lifecycle import Event
from calls.models import DoNotCall
from calls.states import State
from personas.models import Persona
from personas.parameters import PARAMETERS
from tests import factories


@pytest.fixture(scope="module")
def doc() -> dict[str, Any]:
    return json.loads(json.dumps(document()))


def validator(doc: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": doc["components"]}, format_checker=FormatChecker())


def walk(node: Any):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def test_served_without_a_key(client, doc):
    response = client.get("/v1/openapi.json")
    assert response.status_code == 200
    assert response.json() == doc


def test_every_schema_is_a_schema(doc):
    for schema in doc["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path in doc["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                Draft202012Validator.check_schema(parameter["schema"])


def test_every_reference_leads_somewhere_and_every_schema_is_used(doc):
    names = {n["$ref"].removeprefix("#/components/schemas/") for n in walk(doc) if isinstance(n, dict) and "$ref" in n}
    assert names == set(doc["components"]["schemas"])


def test_operations_are_whole(doc):
    seen = set()
    for path, item in doc["paths"].items():
        for method, operation in item.items():
            assert method in ("get", "post", "put", "patch", "delete")
            assert operation["operationId"] not in seen
            seen.add(operation["operationId"])
            assert operation["summary"] and operation["description"]
            assert {"200", "202"} & set(operation["responses"]) or "/inbound/" in path  # refused for now, and says so
            assert all(answer["description"] for answer in operation["responses"].values())
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            keys = [(p["name"], p["in"]) for p in operation.get("parameters", ())]
            assert len(keys) == len(set(keys))


def test_it_describes_exactly_what_is_served(doc):
    served = set()
    analytics = ("analytics.schemas.api_urls", "analytics.questions.api_urls")
    for urls in (*analytics, "personas.api.urls", "pathways.api.urls", "calls.api.urls"):
        for pattern in get_resolver(urls).url_patterns:
            route = str(pattern.pattern)
            if not route.startswith("^"):  # the last one is for what nobody serves
                served.add("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route))
    assert served == set(doc["paths"])


def test_no_name_is_given_twice():
    names = [name for chapter in chapters() for name in chapter.schemas]
    assert len(names) == len(set(names))


def test_the_body_is_the_parameter_table(doc):
    properties = doc["components"]["schemas"]["SendCall"]["properties"]
    assert [name for name, schema in properties.items() if not schema.get("deprecated")] == [p.name for p in PARAMETERS]


def test_examples_are_valid_bodies(doc):
    for chapter in chapters():
        for endpoint in chapter.endpoints:
            assert bool(endpoint.body) == bool(endpoint.body_schema)
            if endpoint.body:
                validator(doc, endpoint.body_schema).validate(json.loads(endpoint.body))


def calls_of_every_kind(account):
    at = now()
    persona = Persona.objects.create(account=account, name="June")
    first = factories.call(
        account,
        state=State.COMPLETE,
        status="completed",
        persona=persona,
        started_at=at,
        ended_at=at + timedelta(seconds=40),
        transferred_at=at + timedelta(seconds=20),
        transferred_to="+14155550100",
        duration_ms=40_000,
        price="0.1",
        answered_by="human",
        call_ended_by="USER",
        summary="Said yes.",
        disposition_tag="TRANSFERRED",
        disposition_quote="yes",
        sources={"task": "request"},
        notes=["x was ignored."],
        config={"voice": "June", "dispositions": ["A"], "analysis_schema": {"a": "b"}, "metadata": {"a": 1}, "max_duration": 0.5},
    )
    lifecycle.say(first.pk, "user", "yes", 0, 1)
    lifecycle.record(first.pk, Event("latency", "LLM: 2ms", level="performance"))
    factories.call(account, retry_of=first, state=State.STARTED, started_at=at)
    return [first, *(factories.call(account, state=state) for state in State)]


def test_real_answers_have_the_promised_shapes(api, account, doc, client):
    calls = calls_of_every_kind(account)
    get = {
        "/v1/calls": "CallList",
        "/v1/calls/active": "ActiveCalls",
        "/v1/me": "Me",
        "/v1/languages": "Languages",
        "/v1/voices": "Voices",
        "/v1/voices/june": "VoiceAnswer",
        f"/v1/calls/{calls[0].uid}/events": "CallEvents",
        **{f"/v1/calls/{call.uid}": "CallDetails" for call in calls},
    }
    for path, name in get.items():
        response = api.get(path)
        assert response.status_code == 200
        validator(doc, name).validate(response.json())
    for path in ("/v1/calls?limit=x", "/v1/calls/x", "/v1/nothing", "/v1/calls/active/nothing/x"):
        validator(doc, "Error").validate(api.get(path).json())
    validator(doc, "Error").validate(api.put("/v1/calls").json())
    validator(doc, "Done").validate(api.post(f"/v1/calls/{calls[1].uid}/stop").json())
    validator(doc, "StoppedAll").validate(api.post("/v1/calls/active/stop").json())
    assert set(api.get("/v1/calls").json()["calls"][0]) == set(SCHEMAS["CallItem"]["properties"])
    validator(doc, "Unauthorized").validate(client.get("/v1/calls").json())


def test_answers_to_sending_have_the_promised_shapes(api, account, doc):
    def post(body, **headers):
        return api.post("/v1/calls", data=json.dumps(body), content_type="application/json", headers=headers)

    good = json.loads(ENDPOINTS[0].body)
    response = post(good, **{"Idempotency-Key": "one"})
    assert response.status_code == 200
    validator(doc, "Sent").validate(response.json())
    DoNotCall.objects.create(account=account, number="+15005550012")
    account.calling_rules.blocked_phrases = ["wire me money"]
    account.calling_rules.save()
    promised = {answer.status for answer in ENDPOINTS[0].answers}
    for status, body, headers in (
        (400, {}, {}),
        (400, [], {}),
        (400, {**good, "max_duration": 0, "temperature": "warm"}, {}),
        (400, {**good, "phone_number": "+12"}, {}),
        (400, {**good, "phone_number": "+15005550012"}, {}),
        (418, {**good, "task": "Please wire me money.", "phone_number": "+15005550007"}, {}),
        (422, {**good, "task": "Another."}, {"Idempotency-Key": "one"}),
        (429, good, {}),
        (404, {**good, "pathway_id": "nothing", "task": None, "phone_number": "+15005550008"}, {}),
    ):
        response = post(body, **headers)
        assert response.status_code == status, response.content
        assert status in promised
        validator(doc, "Refused").validate(response.json())


def test_a_missing_and_an_unknown_field_would_be_seen(doc, api, account):
    call = factories.call(account)
    body = api.get(f"/v1/calls/{call.uid}").json()
    check = validator(doc, "CallDetails")
    assert check.is_valid(body)
    assert not check.is_valid({**body, "surprise": 1})
    assert not check.is_valid({**body, "completed": "true"})
    del body["price"]
    assert not check.is_valid(body)


def test_every_field_of_an_answer_is_explained():
    for name in ("CallItem", "CallDetails", "ActiveCall", "CallEvent", "TranscriptLine"):
        for field, schema in SCHEMAS[name]["properties"].items():
            assert schema["description"].endswith("."), f"{name}.{field}"


def test_languages(api):
    codes = [language["code"] for language in api.get("/v1/languages").json()["data"]]
    assert {"babel-en", "auto", "en-GB"} <= set(codes)
