"""Real answers have the shapes that the API document promises."""

import json
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from calls.api.openapi import document
from pathways.api.endpoints import ENDPOINTS
from pathways.editing import draft_of
from pathways.publishing import publish


@pytest.fixture(scope="module")
def doc():
    return json.loads(json.dumps(document()))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")
def test_the_good_answer_and_a_refusal(api, reminder, doc, endpoint):
    def check(schema, value):
        whole = {"$ref": f"#/components/schemas/{schema}", "components": doc["components"]}
        Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)

    uid = str(reminder.uid)
    publish(draft_of(reminder), "production")
    draft_of(reminder)
    body = json.loads(endpoint.body) if endpoint.body else {}
    if "id" in body or "pathway_id" in body or "pathwayID" in body:
        body = {**body, "id": uid, "pathway_id": uid, "pathwayID": uid}
    for key, value in (("version_id", 2), ("version_number", 2), ("revision_number", 1), ("source_version_id", 1)):
        if key in body:
            body[key] = value
    path = endpoint.path.removeprefix("/").replace("{pathway_id}", uid).replace("{number}", "2")
    good = api.good(endpoint.method, path, body)
    if endpoint.answers[0].schema:
        check(endpoint.answers[0].schema, good)
    for alias in (endpoint.path, *endpoint.aliases):
        if "{pathway_id}" in alias:
            status, answer = api.ask(
                endpoint.method, alias.removeprefix("/").replace("{pathway_id}", str(uuid4())).replace("{number}", "2"), body
            )
            assert status == 404
            check("PathwayRefused", answer)
