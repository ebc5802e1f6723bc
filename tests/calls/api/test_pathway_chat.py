"""POST /v1/pathway/chat/create and /v1/pathway/chat/{chat_id}."""

import uuid

import pytest

from calls.rehearsal import chat as chats
from pathways.models import PathwayChat
from tests import factories
from tests.calls.rehearsal import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(account):
    return kit.version(account)


@pytest.fixture
def ask(client, key):
    def post(path: str, body: object) -> tuple[int, dict]:
        answer = client.post(f"/v1/pathway/chat/{path}", body, content_type="application/json", headers={"Authorization": key})
        return answer.status_code, answer.json()

    return post


def test_a_conversation(ask, version):
    status, made = ask("create", {"pathway_id": str(version.pathway.uid), "request_data": kit.DATA})
    assert status == 200
    assert made == {
        "data": {"chat_id": made["data"]["chat_id"], "message": "Chat instance created successfully", "variables": kit.DATA},
        "errors": None,
    }
    status, first = ask(made["data"]["chat_id"], {})
    assert status == 200
    assert first["errors"] is None
    assert (first["data"]["current_node_id"], first["data"]["current_node_name"]) == ("hello", "Greeting")
    assert len(first["data"]["assistant_responses"]) == 1
    status, second = ask(made["data"]["chat_id"] + "/", {"message": "Yes, that's me."})
    data = second["data"]
    assert (status, data["current_node_id"], data["completed"], data["pathway_version"]) == (200, "ask", False, 1)
    assert data["pathway_id"] == str(version.pathway.uid)
    assert data["chat_history"][1] == {"role": "user", "content": "Yes, that's me."}
    assert any(entry.get("chosen_node_id") == "ask" for entry in data["pathway_logs"])
    _, third = ask(made["data"]["chat_id"], {"message": "Yes, I'll be there."})
    assert third["data"]["completed"] is True
    assert third["data"]["variables"]["coming"] is True
    status, over = ask(made["data"]["chat_id"], {"message": "Hello?"})
    assert (status, over["errors"][0]["error"]) == (409, "CHAT_COMPLETED")


def test_two_at_once(ask, version):
    _, made = ask("create", {"pathway_id": str(version.pathway.uid)})
    chats._claim(PathwayChat.objects.get())
    status, refused = ask(made["data"]["chat_id"], {"message": "Yes"})
    assert (status, refused) == (
        409,
        {"data": None, "errors": [{"error": "CHAT_BUSY", "message": "Another message of this chat is still being answered."}]},
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "MISSING_PATHWAY"),
        ({"pathway_id": 7}, 400, "MISSING_PATHWAY"),
        ({"pathway_id": "7"}, 404, "PATHWAY_NOT_FOUND"),
        ({"pathway_id": str(uuid.uuid4())}, 404, "PATHWAY_NOT_FOUND"),
        ({"start_node_id": "nowhere"}, 400, "INVALID_START_NODE"),
        ({"start_node_id": 4}, 400, "INVALID_START_NODE"),
        ({"request_data": "x"}, 400, "INVALID_REQUEST_DATA"),
        ({"pathway_version": 9}, 404, "VERSION_NOT_FOUND"),
        ({"pathway_version": "production"}, 404, "VERSION_NOT_FOUND"),
        ({"pathway_version": "next"}, 400, "INVALID_VERSION"),
        ({"pathway_version": True}, 400, "INVALID_VERSION"),
    ],
)
def test_what_is_refused(ask, version, body, status, code):
    given = {"pathway_id": str(version.pathway.uid), **body} if body and "pathway_id" not in body else body
    answer = ask("create", given)
    assert (answer[0], answer[1]["errors"][0]["error"]) == (status, code)


def test_production_goes_before_a_newer_draft(ask, version):
    kit.version(version.pathway.account, kit.graph(hello="New words."), number=2, pathway=version.pathway)
    version.pathway.production = version
    version.pathway.save()
    for asked, number in ((None, 1), ("production", 1), (2, 2), ("2", 2)):
        _, made = ask("create", {"pathway_id": str(version.pathway.uid), "pathway_version": asked})
        assert PathwayChat.objects.get(uid=made["data"]["chat_id"]).version == number


def test_another_office_finds_nothing(ask, version):
    theirs = kit.version(factories.account("Strangers Ltd"))
    assert ask("create", {"pathway_id": str(theirs.pathway.uid)})[0] == 404
    chat = chats.create(theirs.pathway, theirs)
    status, answer = ask(str(chat.uid), {})
    assert (status, answer["errors"][0]["error"]) == (404, "CHAT_NOT_FOUND")


def test_a_message_must_be_words(ask, version):
    _, made = ask("create", {"pathway_id": str(version.pathway.uid)})
    assert ask(made["data"]["chat_id"], {"message": 4})[0] == 400
    assert ask(made["data"]["chat_id"], {"message": "x" * 2_001})[0] == 400
    assert ask(made["data"]["chat_id"], [])[0] == 400


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_what_a_database_cannot_keep_is_refused(ask, version, value):
    status, answer = ask("create", {"pathway_id": str(version.pathway.uid), "request_data": {"name": value}})
    assert (status, answer["errors"][0]["error"]) == (400, "INVALID_BODY")
