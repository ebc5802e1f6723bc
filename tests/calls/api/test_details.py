import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import BillingRecord, Call
from calls.states import State
from config.models import ApiKey
from personas.models import Persona
from tests import factories

AT = datetime(2026, 3, 10, 17, 30, tzinfo=UTC)


@pytest.fixture
def ended(account) -> Call:
    persona = Persona.objects.create(account=account, name="June")
    call = factories.call(
        account,
        created_at=AT,
        started_at=AT + timedelta(seconds=5),
        from_number="+16505550199",
        country="US",
        state=State.STARTED,
        persona=persona,
        request={"phone_number": "+15005550006", "task": factories.TASK, "wait": True},
        config={
            "task": factories.TASK,
            "max_duration": 12,
            "metadata": {"order": 7},
            "language": "en-GB",
            "voice": "June",
            "record": True,
            "dispositions": ["YES", "NO"],
            "dialing_strategy": {"type": "local"},
        },
        sources={"task": "request", "voice": "persona"},
        variables={"name": "Ada", "language": "babel"},
    )
    lifecycle.say(call.pk, "assistant", "Hello, this is Anna.", 0, 1500)
    lifecycle.say(call.pk, "user", "Hi.", 1700, 2000)
    lifecycle.advance(
        call.pk,
        State.STARTED,
        State.COMPLETE,
        Event("call", "Call ended", kind="state"),
        ended_at=AT + timedelta(seconds=76),
        status="completed",
        answered_by="human",
        call_ended_by="ASSISTANT",
        duration_ms=71_000,
    )
    lifecycle.record(
        call.pk,
        Event("call", "Outcome", kind="outcome"),
        price="0.1065",
        summary="They confirmed.",
        disposition_tag="YES",
        disposition_quote="Hi.",
        outcome_at=AT + timedelta(seconds=80),
    )
    call.refresh_from_db()
    return call


def test_details_of_an_ended_call(api, ended):
    body = api.get(f"/v1/calls/{ended.uid}").json()
    said = body["transcripts"]
    assert body["call_id"] == body["c_id"] == str(ended.uid)
    assert (body["to"], body["from"]) == ("+15005550006", "+16505550199")
    assert body["concatenated_transcript"] == "assistant: Hello, this is Anna. \n user: Hi."
    assert [(line["user"], line["text"], line["c_id"]) for line in said] == [
        ("assistant", "Hello, this is Anna.", str(ended.uid)),
        ("user", "Hi.", str(ended.uid)),
    ]
    assert all(isinstance(line["id"], int) for line in said) and said[0]["id"] < said[1]["id"]
    assert (body["call_length"], body["corrected_duration"]) == (1.1833, "71")
    assert (body["completed"], body["queue_status"], body["status"]) == (True, "complete", "completed")
    assert (body["answered_by"], body["call_ended_by"], body["error_message"]) == ("human", "ASSISTANT", None)
    assert body["price"] == 0.1065
    assert (body["summary"], body["disposition_tag"], body["disposition_quote"]) == ("They confirmed.", "YES", "Hi.")
    assert (body["created_at"], body["started_at"], body["end_at"]) == (
        "2026-03-10T17:30:00.000Z",
        "2026-03-10T17:30:05.000Z",
        "2026-03-10T17:31:16.000Z",
    )
    assert body["request_data"] == {"phone_number": "+15005550006", "task": factories.TASK, "wait": True}
    assert body["metadata"] == {"order": 7}
    assert (body["max_duration"], body["voice_id"], body["record"], body["recording_url"]) == (12, "June", True, None)
    assert body["local_dialing"] is True
    assert body["dispositions"] == ["YES", "NO"]
    assert body["persona_id"] == str(ended.persona.uid)
    assert body["sources"] == {"task": "request", "voice": "persona"}
    assert body["retry_of"] is None and body["retries"] == []
    for name in ("analysis", "analysis_schema", "citations", "pathway_id", "pathway_logs", "batch_id", "transferred_to", "transferred_at"):
        assert body[name] is None, name
    for name in ("pre_transfer_duration", "post_transfer_duration", "warm_transfer_call", "corrected_transcript", "campaign_id"):
        assert body[name] is None, name


def test_variables_hold_the_built_in_ones_and_what_was_learnt_wins(api, ended):
    variables = api.get(f"/v1/calls/{ended.uid}").json()["variables"]
    assert variables["name"] == "Ada"
    assert variables["short_to"] == "5005550006"
    assert variables["call_id"] == str(ended.uid)
    assert variables["now_utc"] == "Tue, 10 Mar 2026 17:30:05 GMT"
    assert variables["language"] == "babel"


def test_request_data_is_a_variable_once_the_call_was_answered(api, account):
    config = {"request_data": {"name": "Ada"}}
    for started_at, expected in ((None, None), (AT, "Ada")):
        call = factories.call(account, config=config, started_at=started_at)
        assert api.get(f"/v1/calls/{call.uid}").json()["variables"].get("name") == expected


def test_a_call_that_lasts_shows_its_deadline_and_invents_nothing(api, account):
    call = factories.call(account, state=State.STARTED, started_at=AT, config={"max_duration": 12})
    body = api.get(f"/v1/calls/{call.uid}").json()
    assert body["end_at"] == "2026-03-10T17:42:00.000Z"
    assert (body["completed"], body["queue_status"]) == (False, "started")
    assert (body["status"], body["answered_by"], body["price"], body["summary"], body["disposition_tag"]) == (None,) * 5
    assert (body["call_length"], body["corrected_duration"]) == (0, "0")
    assert body["concatenated_transcript"] == "" and body["transcripts"] == []


@pytest.mark.parametrize("state", list(State))
def test_completed_is_true_exactly_when_nothing_more_will_happen(api, account, state):
    call = factories.call(account, state=state)
    body = api.get(f"/v1/calls/{call.uid}").json()
    assert body["completed"] is (state in ("complete", "pre_queue_error", "queue_error", "call_error", "complete_error"))
    assert body["queue_status"] == ("allocated" if state in ("dialling", "ringing") else state)


def test_a_scheduled_call_tells_when(api, account):
    call = factories.call(account, state=State.QUEUED, due_at=AT, held_reason="Calling hours open at 8:00 there")
    body = api.get(f"/v1/calls/{call.uid}").json()
    assert (body["start_time"], body["held_reason"]) == ("2026-03-10T17:30:00.000Z", "Calling hours open at 8:00 there")


def test_a_transferred_call_tells_the_minutes_before_and_after(api, account):
    call = factories.call(
        account,
        state=State.COMPLETE,
        started_at=AT,
        transferred_at=AT + timedelta(seconds=30),
        ended_at=AT + timedelta(seconds=90),
        transferred_to="+14155550100",
    )
    body = api.get(f"/v1/calls/{call.uid}").json()
    assert (body["transferred_to"], body["transferred_at"]) == ("+14155550100", "2026-03-10T17:30:30.000Z")
    assert (body["pre_transfer_duration"], body["post_transfer_duration"]) == (0.5, 1.0)


def test_a_retry_and_its_first_call_name_each_other(api, account):
    first = factories.call(account)
    second = factories.call(account, retry_of=first)
    assert api.get(f"/v1/calls/{first.uid}").json()["retries"] == [str(second.uid)]
    assert api.get(f"/v1/calls/{second.uid}").json()["retry_of"] == str(first.uid)


@pytest.mark.parametrize("suffix", ["", "/events", "/transcript/stream"])
def test_no_such_call(api, strangers_call, suffix):
    for call_id in (strangers_call.uid, uuid4(), "nonsense", "12"):
        response = api.get(f"/v1/calls/{call_id}{suffix}")
        assert (response.status_code, response.json()) == (404, {"status": "error", "message": "Call not found."})


def test_no_key_no_answer(client, account):
    call = factories.call(account)
    for path in ("/v1/calls", f"/v1/calls/{call.uid}", "/v1/calls/active", "/v1/me", f"/v1/calls/{call.uid}/events"):
        response = client.get(path)
        assert response.status_code == 401
        assert response.json() == {"data": None, "errors": [{"error": "AUTH_FAILURE", "message": "Unauthorized"}]}


def test_bearer_and_slash_and_case_of_the_id(key, account):
    call = factories.call(account)
    client = Client(headers={"authorization": f"Bearer {key}"})
    for path in (f"/v1/calls/{call.uid}/", f"/v1/calls/{str(call.uid).upper()}", "/v1/calls/", "/v1/me/", "/v1/calls/active/"):
        assert client.get(path).status_code == 200, path


def test_wrong_method_is_told_in_json(api, account):
    call = factories.call(account)
    for method, path in (
        ("put", "/v1/calls"),
        ("post", f"/v1/calls/{call.uid}"),
        ("delete", "/v1/me"),
    ):
        response = getattr(api, method)(path)
        assert response.status_code == 405, path
        assert response.json()["status"] == "error"
        assert response.headers["Allow"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/nothing/", "/v1/", "/v1/calls/a/b/c"])
def test_an_unknown_address_is_told_in_json(api, path):
    response = api.get(path)
    assert response.status_code == 404
    assert response.json()["status"] == "error"


def test_query_count_of_details(api, account, django_assert_num_queries, ended):
    api.get("/v1/me")
    with django_assert_num_queries(7):  # key, call, lines, retries, citations, tags, corrected transcript
        api.get(f"/v1/calls/{ended.uid}")
    for n in range(10):
        lifecycle.say(ended.pk, "user", f"line {n}", 0, 1)
        factories.call(account, retry_of=ended)
    with django_assert_num_queries(7):  # key, call, lines, retries, citations, tags, corrected transcript
        api.get(f"/v1/calls/{ended.uid}")


# Events ----------------------------------------------------------------------------------------------------------------
def test_events_in_the_references_words(api, ended):
    body = api.get(f"/v1/calls/{ended.uid}/events").json()
    assert [e["message"] for e in body] == ["Agent speech: Hello, this is Anna.", "Handling user speech: Hi.", "Call ended", "Outcome"]
    assert set(body[0]) == {"level", "message", "category", "call_id", "timestamp"}
    assert (body[0]["level"], body[0]["category"], body[0]["call_id"]) == ("call", "info", str(ended.uid))


def test_events_after_the_ones_held(api, ended):
    assert len(api.get(f"/v1/calls/{ended.uid}/events?after=3").json()) == 1
    assert len(api.get(f"/v1/calls/{ended.uid}/events?limit=2").json()) == 2
    for query in ("after=-1", "after=x", "after=²", "limit=0", "limit=5001"):
        assert api.get(f"/v1/calls/{ended.uid}/events?{query}").status_code == 400


# Active ----------------------------------------------------------------------------------------------------------------
def test_active_calls(api, account, strangers_call):
    waiting = factories.call(account, created_at=AT, due_at=AT, country="US")
    live = factories.call(account, created_at=AT + timedelta(seconds=1), state=State.STARTED, started_at=AT, country="GB")
    handed = factories.call(account, created_at=AT + timedelta(seconds=2), state=State.STARTED, transferred_at=AT)
    factories.call(account, state=State.COMPLETE)
    body = api.get("/v1/calls/active").json()
    assert body["errors"] is None
    assert [(c["call_id"], c["status"]) for c in body["data"]] == [
        (str(waiting.uid), "QUEUED"),
        (str(live.uid), "IN_PROGRESS"),
        (str(handed.uid), "TRANSFERRED"),
    ]
    assert [c["international"] for c in body["data"][:2]] == ["false", "true"]
    first = body["data"][0]
    assert first["objective"] == factories.TASK
    assert first["timestamp"] == str(int(AT.timestamp() * 1000))
    assert first["user_id"] == str(account.uid)
    assert set(first) == {
        "call_id",
        "user_id",
        "from",
        "to",
        "objective",
        "pathway_id",
        "start_time",
        "international",
        "status",
        "timestamp",
    }


# Me --------------------------------------------------------------------------------------------------------------------
def test_me(api, account):
    factories.call(account)
    assert api.get("/v1/me").json() == {"status": "active", "billing": {"current_balance": 0.0, "refill_to": None}, "total_calls": 1}
    BillingRecord.objects.create(account=account, balance="99919.12")
    account.flagged_at = AT
    account.save()
    body = json.loads(api.get("/v1/me").content)
    assert (body["status"], body["billing"]["current_balance"]) == ("flagged", 99919.12)


def test_a_key_opens_only_its_own_account(strangers_api, account, strangers_call):
    factories.call(account)
    assert [c["call_id"] for c in strangers_api.get("/v1/calls").json()["calls"]] == [str(strangers_call.uid)]
    assert strangers_api.get("/v1/me").json()["total_calls"] == 1
    assert ApiKey.objects.count() == 1
