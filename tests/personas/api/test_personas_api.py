"""/v1/personas: every address and its other names, shapes held against the document, refusals that say why."""

import json
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker

from calls.api.openapi import document
from pathways.models import Pathway, PathwayVersion
from personas import versions
from personas.api.chapter import ENDPOINTS
from personas.content import Content
from personas.models import KnowledgeBase, Persona, PersonaVersion
from personas.versions import About

TASK = "You are June. Confirm the appointment."


@pytest.fixture(scope="module")
def doc():
    return json.loads(json.dumps(document()))


@pytest.fixture
def june(api, account):
    return api.post("", {"name": "June", "personality_prompt": TASK, "call_config": {"record": True}}).json()["data"]


def shape(doc, name: str, answer) -> dict:
    schema = {"$ref": f"#/components/schemas/{name}", "components": doc["components"]}
    body = answer.json()
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)
    return body


def refused(doc, answer, status: int = 400) -> list[str]:
    assert answer.status_code == status, answer.content
    return [error["message"] for error in shape(doc, "DataErrors", answer)["errors"]]


# Made -----------------------------------------------------------------------------------------------------------------
def test_only_a_name_is_needed(api, account, doc):
    answer = api.post("", {"name": " June "})
    made = shape(doc, "PersonaAnswer", answer)["data"]
    assert answer.status_code == 200
    assert (made["name"], made["tags"], made["image_url"], made["inbound_numbers"]) == ("June", [], None, [])
    production, draft = made["current_production_version"], made["current_draft_version"]
    assert (production["version_type"], production["version_number"]) == ("production", 1)
    assert (draft["version_type"], draft["version_number"]) == ("draft", 2)
    assert (production["call_config"], production["pathway_conditions"], production["kb_ids"]) == (None, None, [])
    assert made["user_id"] == str(account.uid)
    assert datetime.fromisoformat(made["created_at"]).tzinfo is not None


def test_everything_of_a_version_comes_back(api, account, doc):
    base = KnowledgeBase.objects.create(account=account, name="A", text="x")
    pathway = Pathway.objects.create(account=account, name="P")
    pathway.production = PathwayVersion.objects.create(pathway=pathway, number=1, graph={})
    pathway.save(update_fields=["production"])
    route = {"name": "moves", "prompt": "They want to move it", "pathway_id": str(pathway.uid), "pathway_version": 1, "start_node_id": "a"}
    body = {
        "name": "June",
        "role": "Receptionist",
        "description": "Confirms.",
        "tags": ["a", "b"],
        "image_url": "https://example.com/june.png",
        "orchestration_prompt": "Be kind.",
        "personality_prompt": TASK,
        "pathway_conditions": [route],
        "kb_ids": [str(base.uid)],
        "call_config": {
            "voice": "paige", "record": True, "language": "es", "background": "office", "max_duration": 10,
            "wait_for_greeting": True, "interruption_threshold": 150, "webhook": "https://example.com/x", "summary_prompt": "Short.",
            "voicemail": {"action": "leave_message", "message": "Call us."}, "request_data": {"plan": "gold"},
        },
    }  # fmt: skip
    made = shape(doc, "PersonaAnswer", api.post("", body))["data"]
    assert {key: made[key] for key in ("name", "role", "description", "tags", "image_url")} == {
        key: body[key] for key in ("name", "role", "description", "tags", "image_url")
    }
    for version in (made["current_production_version"], made["current_draft_version"]):
        assert version["orchestration_prompt"] == "Be kind."
        assert version["personality_prompt"] == TASK
        assert version["pathway_conditions"] == [route]
        assert (version["kb_ids"], version["default_tools"]) == ([f"KB-{base.uid}"], [])
        config = version["call_config"]
        assert config["voice"] == "Paige"
        assert (config["background"], config["background_track"]) == ("office", "office")
        assert config["voicemail"] == {"action": "leave_message", "message": "Call us.", "sms": None, "sensitive": False}
        assert {"task", "tools"}.isdisjoint(config)


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({}, ["Missing required parameter: name."]),
        ({"name": " "}, ["Missing required parameter: name."]),
        ({"name": 5}, ["name must be a string.", "Missing required parameter: name."]),
        ({"name": "x" * 121}, ["name must be at most 120 characters."]),
        ({"name": "J", "surprise": 1}, ["Additional properties are not allowed: surprise"]),
        ({"name": "J", "tags": "a"}, ["tags must be an array of strings of at most 40 characters."]),
        ({"name": "J", "image_url": "javascript:alert(1)"}, ["image_url must be a web address."]),
        ({"name": "J", "call_config": []}, ["call_config must be an object."]),
        ({"name": "J", "call_config": {"phone_number": "+15005550006"}}, ["Additional properties are not allowed"]),
        ({"name": "J", "call_config": {"temperature": 2, "record": 3}}, ["Temperature must be at most 1", "record must be a boolean."]),
        ({"name": "J", "personality_prompt": 3}, ["Task must be a string"]),
        ({"name": "J", "orchestration_prompt": 3}, ["orchestration_prompt must be a string."]),
        ({"name": "J", "disclosures": "ai"}, ["disclosures must be an array of: ai, self, recording."]),
        ({"name": "J", "disclosures": ["ai", {}]}, ["disclosures must be an array of: ai, self, recording."]),
        ({"name": "J", "kb_ids": "x"}, ["kb_ids must be an array of strings."]),
        ({"name": "J", "kb_ids": ["KB-x"]}, ['Invalid tools: no knowledge base with ID "KB-x"']),
        ({"name": "J", "default_tools": ["TL-1"]}, ['Invalid tools: no tool with ID "TL-1"']),
        ({"name": "J", "pathway_conditions": [{}]}, ["pathway_conditions item 1 needs a prompt: when the call goes over."]),
        ({"name": "J", "pathway_conditions": [{"prompt": "x", "pathway_id": "y"}]}, ['Pathway with ID "y" not found']),
        ({"name": "a\x00"}, ["The body holds a NUL character."]),
        ([], ["The body must be a JSON object."]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_made(api, account, doc, body, messages):
    assert refused(doc, api.post("", body)) == messages
    assert not Persona.objects.exists()


def test_old_names_of_parameters_are_understood(api, account):
    made = api.post("", {"name": "J", "call_config": {"voice_id": "paige", "wait": True}}).json()["data"]
    assert made["current_draft_version"]["call_config"] == {"voice": "Paige", "wait_for_greeting": True}
    changed = api.post(f"/{made['id']}", {"call_config": {"voice_id": "nat"}}).json()["data"]
    assert changed["current_draft_version"]["call_config"]["voice"] == "Nat"


# Edited ---------------------------------------------------------------------------------------------------------------
def test_an_edit_touches_the_draft_and_only_what_it_names(api, june, doc):
    answer = api.ask("patch", f"/{june['id']}", {"name": "June", "call_config": {"max_duration": 8}, "orchestration_prompt": "Be kind."})
    changed = shape(doc, "PersonaAnswer", answer)["data"]
    draft = changed["current_draft_version"]
    assert draft["call_config"] == {"record": True, "max_duration": 8}
    assert (draft["personality_prompt"], draft["orchestration_prompt"]) == (TASK, "Be kind.")
    assert changed["current_production_version"] == june["current_production_version"]


def test_disclosures_are_set_shown_kept_and_taken_back(api, june, doc):
    for sent, kept in (
        (["recording", "ai"], ["ai", "recording"]),
        ("nothing", ["ai", "recording"]),
        ([], []),
        (["self"], ["self"]),
        (None, []),
    ):
        body = {"role": "x"} if sent == "nothing" else {"disclosures": sent}
        changed = shape(doc, "PersonaAnswer", api.post(f"/{june['id']}", body))["data"]
        assert changed["current_draft_version"]["disclosures"] == kept
        assert changed["current_production_version"]["disclosures"] == []


def test_patch_insists_on_a_name_and_post_does_not(api, june, doc):
    assert refused(doc, api.ask("patch", f"/{june['id']}", {"role": "x"})) == ["Missing required parameter: name."]
    assert api.post(f"/{june['id']}", {"role": "Boss", "tags": ["a"]}).json()["data"]["role"] == "Boss"
    assert api.ask("patch", f"/{june['id']}", {"name": "Juno"}).json()["data"]["name"] == "Juno"
    assert api.get(f"/{june['id']}").json()["data"]["tags"] == ["a"]


@pytest.mark.parametrize(
    ("body", "config", "task"),
    [
        ({"call_config": {"record": None}}, None, TASK),
        ({"call_config": None}, None, TASK),
        ({"call_config": {"background": None}}, {"record": True, "background": None, "background_track": None}, TASK),
        ({"personality_prompt": None}, {"record": True}, ""),
        ({"personality_prompt": ""}, {"record": True}, ""),
        ({"call_config": {"task": "Other."}}, {"record": True}, "Other."),
        ({}, {"record": True}, TASK),
    ],
)
def test_null_takes_a_value_back(api, june, body, config, task):
    draft = api.post(f"/{june['id']}", body).json()["data"]["current_draft_version"]
    assert (draft["call_config"], draft["personality_prompt"]) == (config, task)


def test_what_was_read_can_be_sent_back(api, june):
    again = api.ask("patch", f"/{june['id']}", june).json()["data"]
    assert {**again, "updated_at": 0, "current_draft_version": 0} == {**june, "updated_at": 0, "current_draft_version": 0}
    assert {**again["current_draft_version"], "updated_at": 0} == {**june["current_draft_version"], "updated_at": 0}


def test_a_refused_edit_changes_nothing(api, june, doc):
    assert refused(doc, api.post(f"/{june['id']}", {"name": "Juno", "call_config": {"max_duration": 0}})) == [
        "Max duration must be at least 1"
    ]
    assert api.get(f"/{june['id']}").json()["data"] == june


def test_disclosures_stay_when_a_program_edits(api, account):
    made = versions.create(account, About("J"), Content({}, "", [], ["ai"]))
    api.post(f"/{made.uid}", {"call_config": {"record": True}})
    assert versions.draft_of(made).disclosures == ["ai"]


# Versions -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["versions/promote", "promote", "versions/promote/", "promote/"])
def test_promote(api, june, doc, path):
    api.post(f"/{june['id']}", {"call_config": {"max_duration": 8}})
    made = shape(doc, "PersonaVersionAnswer", api.post(f"/{june['id']}/{path}"))["data"]
    assert (made["version_type"], made["version_number"]) == ("production", 3)
    assert made["promoted_from_version_id"] == june["current_draft_version_id"]
    assert made["call_config"] == {"record": True, "max_duration": 8}
    assert made["promoted_at"] is not None
    listed = shape(doc, "PersonaVersionList", api.get(f"/{june['id']}/versions"))["data"]
    assert [(v["version_number"], v["version_type"]) for v in listed] == [(3, "production"), (2, "draft"), (1, "archived")]


@pytest.mark.parametrize("path", ["versions/reset", "reset-draft"])
def test_reset(api, june, doc, path):
    api.post(f"/{june['id']}", {"personality_prompt": "Other."})
    draft = shape(doc, "PersonaVersionAnswer", api.post(f"/{june['id']}/{path}"))["data"]
    assert (draft["version_type"], draft["version_number"], draft["personality_prompt"]) == ("draft", 2, TASK)


def test_versions_are_read_one_by_one(api, june, doc):
    for key, path in (("draft", "draft"), ("production", "production")):
        version = june[f"current_{key}_version"]
        assert shape(doc, "PersonaVersionAnswer", api.get(f"/{june['id']}/{path}"))["data"] == version
        assert shape(doc, "PersonaVersionAnswer", api.get(f"/{june['id']}/versions/{version['id']}"))["data"] == version


def test_without_a_draft(api, account, doc):
    old = Persona.objects.create(account=account, name="Old")
    assert refused(doc, api.post(f"/{old.uid}/versions/reset")) == ["No production version to reset the draft to"]
    PersonaVersion.objects.create(persona=old, number=1, state="production")
    assert refused(doc, api.post(f"/{old.uid}/versions/promote")) == ["No draft version to promote"]
    assert refused(doc, api.get(f"/{old.uid}/draft"), 404) == ["The persona has no draft version"]
    assert api.get(f"/{old.uid}").json()["data"]["current_draft_version"] is None


# Gone, and of others --------------------------------------------------------------------------------------------------
def test_delete_is_soft(api, june, doc):
    gone = shape(doc, "PersonaAnswer", api.ask("delete", f"/{june['id']}"))["data"]
    assert gone["deleted_at"] is not None
    assert api.get().json()["data"] == []
    assert refused(doc, api.get(f"/{june['id']}"), 404) == [f'Persona with ID "{june["id"]}" not found']
    assert refused(doc, api.ask("delete", f"/{june['id']}"), 404)


ADDRESSES = [
    ("get", ""), ("patch", ""), ("post", ""), ("delete", ""), ("get", "/versions"), ("get", "/versions/{v}"), ("get", "/draft"),
    ("get", "/production"), ("post", "/versions/promote"), ("post", "/promote"), ("post", "/versions/reset"), ("post", "/reset-draft"),
    ("post", "/inbound/attach"), ("post", "/inbound/detach"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_persona_of_others_and_no_persona_look_the_same(strangers, june, doc, method, path):
    path = path.format(v=june["current_draft_version_id"])
    for persona_id in (june["id"], str(uuid4()), "no-id"):
        answer = strangers.ask(method, f"/{persona_id}{path}", {"name": "Mine"} if method in ("patch", "post") else None)
        assert refused(doc, answer, 404) == [f'Persona with ID "{persona_id}" not found']
    assert Persona.objects.get().name == "June"


@pytest.mark.parametrize("version_id", ["no-id", "69f2336e-de02-4623-a5b8-e903c2559436"])
def test_a_version_that_is_not_there(api, june, doc, version_id):
    assert refused(doc, api.get(f"/{june['id']}/versions/{version_id}"), 404) == [f'Persona version with ID "{version_id}" not found']


@pytest.mark.parametrize("deed", ["attach", "detach"])
def test_inbound_lines_are_refused_and_say_why(api, june, doc, deed):
    answer = api.post(f"/{june['id']}/inbound/{deed}", {"inbound_numbers": ["+17205550142"]})
    assert "No inbound lines are served" in refused(doc, answer)[0]
    assert answer.json()["errors"][0]["error"] == "INBOUND_NOT_SERVED"
    assert refused(doc, api.post(f"/{june['id']}/inbound/{deed}", {})) == ["inbound_numbers must be an array of strings."]


def test_without_a_key(client, june):
    assert client.get(f"/v1/personas/{june['id']}").status_code == 401


# The list -------------------------------------------------------------------------------------------------------------
def test_the_list_is_in_pages_newest_first(api, account, doc):
    for n in range(5):
        versions.create(account, About(f"P{n}"))
    first = shape(doc, "PersonaList", api.get("?limit=2"))["data"]
    second = api.get("?limit=2&page=2").json()["data"]
    last = api.get("?limit=2&page=3").json()["data"]
    assert [p["name"] for p in [*first, *second, *last]] == ["P4", "P3", "P2", "P1", "P0"]
    assert api.get("?limit=2&page=9").json()["data"] == []


@pytest.mark.parametrize("query", ["?limit=0", "?limit=201", "?limit=x", "?page=0", "?page=-1", "?page=1.5"])
def test_pages_that_cannot_be_read(api, account, doc, query):
    assert "must be an integer from 1 to" in refused(doc, api.get(query))[0]


def test_the_list_costs_the_same_for_any_number(api, account):
    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert api.get().status_code == 200
        return len(counted)

    for n in range(4):
        versions.promote(versions.create(account, About(f"P{n}")))
    api.get()
    once = cost()
    for n in range(4):
        versions.promote(versions.create(account, About(f"Q{n}")))
    assert cost() == once <= 4


def test_the_examples_of_the_document_work(api, account, june):
    for endpoint in ENDPOINTS:
        if endpoint.body_schema == "PersonaBody":
            path = endpoint.path.removeprefix("/personas").format(persona_id=june["id"])
            assert api.ask(endpoint.method.lower(), path, json.loads(endpoint.body)).status_code == 200
