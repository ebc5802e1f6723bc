"""/v1/citation_schemas: shapes, rules, limits, and that a stranger sees nothing."""

from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from calls.api.openapi import document
from config.models import AuditEntry
from personas import citation_schemas
from personas.models import CitationSchema

pytestmark = pytest.mark.django_db
URL = "/v1/citation_schemas"
PET = {"name": "Pet", "description": "Which animal?", "type": "category", "options": ["dog", "cat"]}
DEFINITION = {"variables": [PET], "groupings": [], "conditions": []}


@pytest.fixture
def send(api):
    def sent(method: str, path: str = "", body: Any = None, *, by=api):
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(by.client, method)(f"{URL}{path}", **more)

    return sent


@pytest.fixture
def made(send) -> dict[str, Any]:
    answer = send("post", "", {"name": "Pets", "description": "At the vet", "schema": DEFINITION})
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]


def messages(answer, status: int) -> list[str]:
    body = answer.json()
    assert (answer.status_code, body["status"], body["data"]) == (status, status, None)
    return [error["message"] for error in body["errors"]]


def shaped(answer, name: str) -> dict[str, Any]:
    doc = document()
    Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": doc["components"]}).validate(answer.json())
    return answer.json()["data"]


def test_a_schema_is_made_read_changed_and_deleted(send, account, made):
    assert (made["name"], made["description"], made["schema"], made["revision"]) == ("Pets", "At the vet", DEFINITION, 1)
    assert made["org_id"] == str(account.uid)
    for path in (f"?id={made['id']}", f"/?id={made['id']}", f"/{made['id']}", f"/{made['id']}/"):
        assert shaped(send("get", path), "CitationSchemaAnswer") == made
    assert shaped(send("get", "/list"), "CitationSchemaList") == [made]
    assert send("get", "/list/").json() == {"status": 200, "data": [made], "errors": None}

    named = shaped(send("patch", f"?id={made['id']}", {"name": "Animals"}), "CitationSchemaAnswer")
    assert (named["name"], named["schema"], named["revision"]) == ("Animals", DEFINITION, 1)  # what is read is the same
    wider = {**DEFINITION, "variables": [{**PET, "options": ["dog", "cat", "horse"]}]}
    changed = shaped(send("patch", f"/{made['id']}", {**named, "schema": wider}), "CitationSchemaAnswer")  # its own answer sent back
    assert (changed["name"], changed["schema"], changed["revision"]) == ("Animals", wider, 2)

    assert shaped(send("delete", f"?id={made['id']}"), "CitationSchemaGone") == {"id": made["id"]}
    assert messages(send("get", f"?id={made['id']}"), 404) == [f'Citation schema with ID "{made["id"]}" not found']
    assert send("get", "/list").json()["data"] == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-4:] == [
        "citation_schema.made",
        "citation_schema.changed",
        "citation_schema.changed",
        "citation_schema.deleted",
    ]


def test_what_is_wrong_is_said_all_at_once(send):
    body = {"name": " ", "description": 3, "schema": {"variables": [{"name": "Pet", "type": "date"}], "conditions": "none"}}
    assert messages(send("post", "", body), 400) == [
        "description must be a string.",
        "variables[0].type: This must be one of: string, number, boolean, array, category.",
        "conditions: Conditions must be a list.",
    ]
    assert messages(send("post", "", {}), 400) == ["Missing required parameter: name."]
    assert messages(send("post", "", {"name": "Pets", "schemas": {}}), 400) == ["Additional properties are not allowed: schemas"]
    assert messages(send("post", "", [1]), 400) == ["The body must be a JSON object."]
    assert messages(send("post", "", {"name": "a\x00"}), 400) == ["The body holds a NUL character."]
    assert messages(send("get", ""), 400) == ["Missing required parameter: id."]
    assert messages(send("get", "?id=seven"), 404) == ['Citation schema with ID "seven" not found']
    assert not CitationSchema.objects.exists()


def test_what_is_left_out_is_told(send):
    answer = send("post", "", {"name": "Pets", "schema": {"variables": [{**PET, "type": "categorical", "weight": 2}]}})
    assert shaped(answer, "CitationSchemaAnswer")["schema"] == DEFINITION
    assert answer.json()["notes"] == ["variables[0].weight is not known and was ignored."]


def test_a_stranger_finds_nothing(send, strangers, made):
    for method in ("get", "patch", "delete"):
        answer = send(method, f"?id={made['id']}", {"name": "Mine"} if method == "patch" else None, by=strangers)
        assert messages(answer, 404) == [f'Citation schema with ID "{made["id"]}" not found']
    assert send("get", "/list", by=strangers).json()["data"] == []
    assert CitationSchema.objects.get().name == "Pets"


def test_there_is_room_for_so_many(send, monkeypatch, made):
    monkeypatch.setattr(citation_schemas, "MOST", 1)
    assert messages(send("post", "", {"name": "More"}), 400) == ["At most 1 citation schemas can be added. Delete one first."]


def test_the_list_costs_the_same_for_any_number(send, account, django_assert_num_queries):
    send("get", "/list")  # notes when the key was used
    for size in (3, 6):
        for n in range(3):
            citation_schemas.create(account, citation_schemas.Content(f"Schema {size} {n}"))
        with django_assert_num_queries(2):  # the key, the schemas
            assert len(send("get", "/list").json()["data"]) == size


def test_a_call_names_only_what_exists(send, api, strangers, made):
    body = {"phone_number": "+15005550006", "task": "Ask about the pet.", "citation_schema_ids": [made["id"]]}
    ask = {"content_type": "application/json"}
    for client, uids in ((strangers, [made["id"]]), (api, [made["id"], str(uuid4())]), (api, ["seven"])):
        answer = client.client.post("/v1/calls", {**body, "citation_schema_ids": uids}, **ask)
        assert answer.status_code == 404
        assert answer.json()["message"] == f'Citation schema with ID "{uids[-1]}" not found'
    assert api.client.post("/v1/calls", body, **ask).status_code == 200
