"""POST /v1/calls/{id}/analyze and its aliases."""

import json

import pytest
from django.test import Client

from config.models import Account
from personas import citation_schemas, citations
from tests import factories
from tests.analytics.questions.kit import spoken

pytestmark = pytest.mark.django_db
ASKED = {
    "goal": "Confirm",
    "questions": [["Who answered the call?", "human or voicemail"], ["How many people are coming?", "number"], ["Their e-mail", "string"]],
}


@pytest.fixture
def post(key):
    client = Client(headers={"authorization": key})
    return lambda path, body: client.post(f"/v1/calls/{path}", json.dumps(body), content_type="application/json")


def test_a_flat_list_of_answers_with_their_words(account, post):
    call = spoken(account)
    told = post(f"{call.uid}/analyze", ASKED).json()
    assert told["status"] == "success" and told["answers"] == ["human", 3, None] and told["credits_used"] == 0
    assert told["quotes"][0] == told["quotes"][2] == []
    assert told["quotes"][1][0]["text"] in "There will be three of us." and told["quotes"][1][0]["line"]


def test_the_call_in_the_body_and_several(account, post):
    calls = [spoken(account), spoken(account)]
    assert post("analyze", {**ASKED, "call_id": str(calls[0].uid)}).json()["answers"][1] == 3
    told = post("analyze/", {**ASKED, "call_ids": [str(c.uid) for c in calls]}).json()
    assert [row["call_id"] for row in told["results"]] == [str(c.uid) for c in calls]
    assert all(row["answers"] == ["human", 3, None] for row in told["results"])


def test_the_variables_of_a_schema(account, post):
    read = citations.read({"variables": [{"name": "guests", "description": "How many people are coming", "type": "number"}]})
    schema = citation_schemas.create(account, citation_schemas.Content("Guests", definition=read))
    told = post("analyze", {"call_id": str(spoken(account).uid), "schema_id": str(schema.uid)}).json()
    assert told["answers"] == [3]


@pytest.mark.parametrize(
    "change, told",
    [
        ({"goal": None}, "Goal must be a string."),
        ({"goal": " "}, "Missing required parameter: goal."),
        ({"goal": "x" * 2001}, "Goal must be at most 2000 characters."),
        ({"questions": "who?"}, "questions must be an array"),
        ({"questions": [["Mood", "feeling"]]}, "is no type"),
    ],
)
def test_what_is_wrong_is_named(account, post, change, told):
    answer = post(f"{spoken(account).uid}/analyze", {**ASKED, **change})
    assert answer.status_code == 400 and told in answer.json()["message"]


def test_refusals(account, post):
    going, theirs = factories.call(account), spoken(Account.objects.create(name="Strangers Ltd"))
    assert post(f"{going.uid}/analyze", ASKED).status_code == 400
    assert post(f"{theirs.uid}/analyze", ASKED).status_code == 404
    assert post("analyze", ASKED).json()["message"] == "Missing required parameter: call_id."
    assert post("analyze", {**ASKED, "call_ids": [str(going.uid)] * 21}).status_code == 400
    assert post("analyze", {"call_id": str(spoken(account).uid), "schema_id": "nothing"}).status_code == 404
