"""/v1/guard_rails: shapes, rules, limits, and that a stranger sees nothing."""

import json
import uuid
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from calls.api.openapi import document
from config.models import AuditEntry
from pathways.models import Pathway
from personas.models import GuardRail, Persona

pytestmark = pytest.mark.django_db
URL = "/v1/guard_rails"
CUSTOM = {"type": "custom", "name": "No promises", "prompt": "The agent promises a refund"}
TIMED = {"type": "tcpa:ai_disclosure", "name": "Says AI", "config": {"end_seconds": 20}}
FIVE = ["tcpa:ai_disclosure", "tcpa:self_introduction", "tcpa:recording_disclosure", "tcpa:opt_out", "custom"]


@pytest.fixture
def persona(account):
    return Persona.objects.create(account=account, name="June")


@pytest.fixture
def pathway(account):
    return Pathway.objects.create(account=account, name="Reminder")


def send(client, method: str, path: str, body: Any = None):
    raw = body if isinstance(body, str) else json.dumps(body)
    return client.generic(method, path, raw if body is not None else "", content_type="application/json")


def made(client, **body) -> dict[str, Any]:
    answer = send(client, "POST", URL, {**CUSTOM, **body})
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]


def refused(answer, status: int, code: str) -> list[str]:
    body = answer.json()
    assert (answer.status_code, body["data"]) == (status, None)
    assert {error["error"] for error in body["errors"]} == {code}
    return [error["message"] for error in body["errors"]]


def test_a_rail_is_made_read_changed_and_deleted(api, account, persona):
    there = {"source_type": "PERSONA", "source_id": str(persona.uid)}
    rail = made(
        api, examples=["We will refund you."], near_misses=["I can't refund you."], attachments=[{**there, "actions": ["end_call"]}]
    )
    assert (rail["type"], rail["name"], rail["prompt"], rail["config"]) == ("custom", "No promises", CUSTOM["prompt"], {})
    assert rail["org_id"] == str(account.uid)
    assert rail["attachments"] == [{**there, "actions": [{"type": "end_call"}]}]  # bare words come back as objects
    one = f"{URL}/{rail['id']}"
    assert api.get(one).json() == {"data": rail, "errors": None}
    assert api.get(f"{one}/").json() == {"data": rail, "errors": None}

    move = [{"type": "transfer", "config": {"phone_number": "+1 415 555 0100"}}, "end_call"]
    changed = send(api, "PATCH", one, {"name": "No money", "attachments": [{**there, "actions": move}]}).json()["data"]
    assert (changed["name"], changed["prompt"], changed["examples"]) == ("No money", CUSTOM["prompt"], ["We will refund you."])
    assert changed["attachments"][0]["actions"] == [{"type": "transfer", "config": {"phone_number": "+14155550100"}}, {"type": "end_call"}]
    assert send(api, "PATCH", one, {"attachments": []}).json()["data"]["attachments"] == []

    assert send(api, "DELETE", one).json() == {"data": {"id": rail["id"]}, "errors": None}
    assert refused(api.get(one), 404, "NOT_FOUND") == [f'Guard rail with ID "{rail["id"]}" not found']
    assert api.get(URL).json()["data"] == []
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("pk"))[0] == "guard_rail.made"


@pytest.mark.parametrize("kind", FIVE)
def test_every_type_and_its_config(api, kind):
    timed = kind in FIVE[:3]
    without = send(api, "POST", URL, {"type": kind, "prompt": "The agent lies"})
    if timed:
        assert refused(without, 400, "INVALID_PARAMETERS") == ["Time-based guard rails require a config with end_seconds."]
        rail = made(api, type=kind, config={"end_seconds": 12.5})
        assert (rail["config"], rail["prompt"]) == ({"end_seconds": 12.5}, "")
        assert send(api, "PATCH", f"{URL}/{rail['id']}", {"name": "Other"}).json()["data"]["config"] == {"end_seconds": 12.5}
    else:
        assert without.json()["data"]["config"] == {}


def test_the_list_can_be_narrowed(api, persona, pathway):
    both = [("PERSONA", persona), ("PATHWAY", pathway)]
    for n, (kind, source) in enumerate(both):
        made(api, name=str(n), attachments=[{"source_type": kind, "source_id": str(source.uid), "actions": ["end_call"]}])
    made(api, name="alone")

    def names(query: str) -> list[str]:
        return [rail["name"] for rail in api.get(f"{URL}?{query}").json()["data"]]

    assert names("") == ["alone", "1", "0"]
    assert names("source_type=PERSONA") == ["0"]
    assert names(f"source_id={pathway.uid}") == ["1"]
    assert names(f"source_type=PERSONA&source_id={pathway.uid}") == []
    assert names("source_type=INBOUND") == []
    assert refused(api.get(f"{URL}?source_type=ROBOT"), 400, "INVALID_PARAMETERS") == [
        "Invalid source_type. Options are: PERSONA, PATHWAY, INBOUND."
    ]
    assert refused(api.get(f"{URL}?source_id=1"), 400, "INVALID_PARAMETERS") == ["source_id must be a uuid."]


def attach(source: Any = None, **more) -> dict[str, Any]:
    return {"source_type": "PERSONA", "source_id": str(source.uid if source else uuid.uuid4()), "actions": ["end_call"], **more}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "tcpa:all"}, "Invalid guard rail type. Options are: " + ", ".join(FIVE) + "."),
        ({"prompt": ""}, "Custom guard rails require a prompt."),
        ({"prompt": 3}, "prompt must be a string."),
        ({"name": "n" * 121}, "name must be at most 120 characters."),
        ({"colour": "red"}, "Additional properties are not allowed: colour"),
        ({"examples": "one"}, "examples must be an array of sentences of at most 300 characters."),
        ({"near_misses": ["x"] * 1 + [""]}, "near_misses must be an array of sentences of at most 300 characters."),
        ({"examples": [f"sentence {n}" for n in range(31)]}, "examples can have at most 30 sentences."),
        ({"type": FIVE[0], "config": {"end_seconds": 0}}, "end_seconds must be greater than 0."),
        ({"type": FIVE[0], "config": {"end_seconds": "soon"}}, "end_seconds must be a number."),
        ({"type": FIVE[0], "config": {}}, "Time-based guard rails require a config with end_seconds."),
        ({"attachments": {}}, "attachments must be an array."),
        ({"attachments": [1]}, "Each attachment must be an object."),
        ({"attachments": [attach(source_type="ROOM")]}, "Invalid source_type. Options are: PERSONA, PATHWAY, INBOUND."),
        (
            {"attachments": [attach(source_type="INBOUND")]},
            "No inbound lines are served here yet: a guard rail cannot be attached to INBOUND.",
        ),
        ({"attachments": [attach(source_id="1")]}, "source_id must be a uuid."),
        ({"attachments": [attach(actions=[])]}, "Each guard rail requires an actions array."),
        ({"attachments": [attach(actions=["shout"])]}, "Invalid guard rail action. Options are: end_call, transfer, move_to_node."),
        ({"attachments": [attach(actions=["transfer"])]}, "Guard rail action transfer requires a valid phone_number."),
        ({"attachments": [attach(actions=["move_to_node"])]}, "Guard rail action move_to_node requires a node_id."),
        ("[]", "The body must be a JSON object."),
        ("{", "The body must be a JSON object."),
    ],
)
def test_what_is_wrong_is_named(api, body, message):
    answer = send(api, "POST", URL, body if isinstance(body, str) else {**CUSTOM, **body})
    assert message in refused(answer, 400, "INVALID_PARAMETERS")
    assert not GuardRail.objects.exists()


def test_the_type_stays_what_it_is(api):
    rail = made(api)
    assert refused(send(api, "PATCH", f"{URL}/{rail['id']}", {"type": FIVE[3]}), 400, "INVALID_PARAMETERS") == [
        "The type of a guard rail cannot be changed."
    ]
    assert send(api, "PATCH", f"{URL}/{rail['id']}", rail).status_code == 200  # what we answered may be sent back


def test_a_source_that_is_not_there(api, strangers_call):
    theirs = Persona.objects.create(account=strangers_call.account, name="Theirs")
    for source in (attach(), attach(theirs), attach(source_type="PATHWAY")):
        word = "Pathway" if source["source_type"] == "PATHWAY" else "Persona"
        answer = send(api, "POST", URL, {**CUSTOM, "attachments": [source]})
        assert refused(answer, 404, "NOT_FOUND") == [f'{word} with ID "{source["source_id"]}" not found']
    assert not GuardRail.objects.exists()


def test_five_custom_ones_and_no_more(api, settings):
    first = [made(api, name=str(n)) for n in range(5)][0]
    answer = send(api, "POST", URL, CUSTOM)
    assert refused(answer, 400, "GUARD_RAIL_LIMIT") == ["At most 5 custom guard rails can be added. Delete one first."]
    made(api, type=FIVE[3])  # others are not counted
    send(api, "DELETE", f"{URL}/{first['id']}")
    made(api)
    settings.CUSTOM_GUARD_RAILS = 6
    made(api)


def test_a_stranger_sees_and_touches_nothing(api, strangers_api):
    rail = made(api)
    one = f"{URL}/{rail['id']}"
    assert strangers_api.get(URL).json() == {"data": [], "errors": None}
    for method in ("GET", "PATCH", "DELETE"):
        refused(send(strangers_api, method, one, {} if method == "PATCH" else None), 404, "NOT_FOUND")
    assert refused(api.get(f"{URL}/nonsense"), 404, "NOT_FOUND") == ['Guard rail with ID "nonsense" not found']
    assert api.get(one).status_code == 200


def test_answers_have_the_promised_shapes(api, persona):
    made(api, attachments=[attach(persona)])
    doc = json.loads(json.dumps(document()))
    for path, name in ((URL, "GuardRailList"), (f"{URL}/{made(api)['id']}", "GuardRailAnswer")):
        Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": doc["components"]}).validate(api.get(path).json())


def test_the_list_costs_the_same_for_any_number(api, persona, django_assert_num_queries, settings):
    settings.CUSTOM_GUARD_RAILS = 100
    for count in (3, 6):
        while GuardRail.objects.count() < count:
            made(api, attachments=[attach(persona)])
        api.get(URL)
        with django_assert_num_queries(3):  # the key, the rails, their attachments
            assert len(api.get(URL).json()["data"]) == count


def test_a_body_names_a_bounded_number_of_sources(api, persona):
    there = {"source_type": "PERSONA", "source_id": str(persona.uid), "actions": ["end_call"]}
    answer = send(api, "POST", URL, {**CUSTOM, "attachments": [there] * 201})
    assert "at most 200" in refused(answer, 400, "INVALID_PARAMETERS")[0]
