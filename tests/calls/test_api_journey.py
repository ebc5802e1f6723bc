"""One call through its whole life, read back by every address of the API at every step, as a client would."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call
from calls.states import EndedBy, State
from config.models import ApiKey
from tests import factories

STEPS = (State.QUEUED, State.ALLOCATED, State.DIALLING, State.RINGING, State.STARTED)


class Reader:
    """What a client sees of one call, through every address."""

    def __init__(self, client: Client, call: Call) -> None:
        self.client, self.uid = client, str(call.uid)

    def get(self, path: str):
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.content)
        return response.json()

    def details(self) -> dict:
        return self.get(f"/v1/calls/{self.uid}")

    def item(self) -> dict:
        return self.get(f"/v1/calls?call_id={self.uid}")["calls"][0]

    def events(self) -> list[dict]:
        return self.get(f"/v1/calls/{self.uid}/events")

    def active_status(self) -> str | None:
        found = {c["call_id"]: c["status"] for c in self.get("/v1/calls/active")["data"]}
        return found.get(self.uid)

    def listed(self, query: str) -> bool:
        return self.uid in {c["call_id"] for c in self.get(f"/v1/calls?{query}")["calls"]}

    def agrees(self) -> None:
        """The list says the same as the details, field by field."""
        details = self.details()
        for name, value in self.item().items():
            assert details[name] == value, name


@pytest.fixture
def reader(account, key):
    client = Client(headers={"authorization": f"Bearer {key}"})
    return Reader(client, factories.call(account, created_at=now() - timedelta(minutes=2), request={"task": factories.TASK}))


def step(call: Call, old: State, new: State, **columns) -> None:
    assert lifecycle.advance(call.pk, old, new, Event("queue", f"Call {new}", kind="state"), **columns)


def test_a_conversation_from_the_queue_to_its_outcome(reader):
    call = Call.objects.get(uid=reader.uid)
    old = State.NEW
    for new in STEPS:
        step(call, old, new, **({"started_at": now()} if new == State.STARTED else {}))
        old = new
        details = reader.details()
        assert (details["completed"], details["status"], details["call_ended_by"]) == (False, None, None)
        assert details["queue_status"] == {"dialling": "allocated", "ringing": "allocated"}.get(new, new)
        assert reader.active_status() == ("QUEUED" if new == State.QUEUED else "IN_PROGRESS")
        assert reader.listed("completed=false") and not reader.listed("completed=true")
        assert reader.listed(f"queue_status={details['queue_status']}")
        reader.agrees()
    said = [("assistant", "Hello, this is Anna."), ("user", "Hi."), ("assistant", "Tuesday at 3pm?"), ("user", "Yes.")]
    for number, (speaker, text) in enumerate(said, 1):
        lifecycle.say(call.pk, speaker, text, number * 1000, number * 1000 + 900)
        details = reader.details()
        assert [(line["user"], line["text"]) for line in details["transcripts"]] == said[:number]
        assert details["concatenated_transcript"].count(" \n ") == number - 1
        assert len(reader.events()) == len(STEPS) + number
    step(
        call,
        State.STARTED,
        State.COMPLETE,
        status="completed",
        answered_by="human",
        call_ended_by=EndedBy.ASSISTANT,
        duration_ms=65_400,
    )
    details = reader.details()
    assert (details["completed"], details["queue_status"], details["status"]) == (True, "complete", "completed")
    assert (details["call_length"], details["corrected_duration"]) == (1.09, "65")
    assert (details["summary"], details["disposition_tag"], details["price"]) == (None, None, None), "the outcome is not written yet"
    assert reader.active_status() is None
    lifecycle.record(
        call.pk,
        Event("call", "Outcome: COMPLETED_ACTION", kind="outcome"),
        disposition_tag="COMPLETED_ACTION",
        disposition_quote="Yes.",
        disposition_reason="They confirmed.",
        summary="Confirmed.",
        price="0.0981",
        outcome_at=now(),
    )
    details = reader.details()
    assert (details["disposition_tag"], details["disposition_quote"], details["price"]) == ("COMPLETED_ACTION", "Yes.", 0.0981)
    assert reader.listed("completed=true&answered_by=human&duration_gt=1&cost_gt=0.09&disposition_tag=COMPLETED_ACTION")
    assert [e["message"] for e in reader.events()][-1] == "Outcome: COMPLETED_ACTION"
    messages = [e["message"] for e in reader.events()]
    assert [e["message"] for e in reader.get(f"/v1/calls/{reader.uid}/events?after=6")] == messages[6:]
    reader.agrees()


def test_what_was_sent_is_what_is_read(account, key):
    client = Client(headers={"authorization": key})
    body = {
        "phone_number": "+15005550006",
        "task": factories.TASK,
        "max_duration": 12,
        "metadata": {"order": 7},
        "request_data": {"name": "Ada"},
        "voice": "June",
        "dispositions": ["YES", "NO"],
    }
    sent = client.post("/v1/calls/", data=json.dumps(body), content_type="application/json").json()
    reader = Reader(client, Call.objects.get(uid=sent["call_id"]))
    details = reader.details()
    assert details["request_data"] == body
    assert (details["to"], details["max_duration"], details["voice_id"]) == ("+15005550006", 12, "June")
    assert (details["metadata"], details["dispositions"]) == ({"order": 7}, ["YES", "NO"])
    assert details["sources"]["task"] == "request" and details["sources"]["record"] == "default"
    assert (details["completed"], details["batch_id"]) == (False, None)
    assert reader.active_status() == "QUEUED"
    assert reader.events()[0]["level"] == "queue"
    assert reader.get("/v1/me")["total_calls"] == 1
    reader.agrees()


@pytest.mark.parametrize(
    ("status", "state", "answered_by"),
    [
        ("busy", State.COMPLETE, ""),
        ("no-answer", State.COMPLETE, "no-answer"),
        ("failed", State.CALL_ERROR, ""),
        ("unknown", State.CALL_ERROR, ""),
    ],
)
def test_a_call_that_nobody_took_ends_for_a_polling_client(reader, status, state, answered_by):
    call = Call.objects.get(uid=reader.uid)
    for old, new in zip((State.NEW, State.QUEUED, State.ALLOCATED), (State.QUEUED, State.ALLOCATED, State.DIALLING), strict=True):
        step(call, old, new)
    step(call, State.DIALLING, state, status=status, answered_by=answered_by, error_message="The line said so.")
    details = reader.details()
    assert (details["completed"], details["status"], details["answered_by"]) == (True, status, answered_by or None)
    assert (details["started_at"], details["call_length"], details["transcripts"]) == (None, 0, [])
    assert details["end_at"] is not None
    assert details["error_message"] == "The line said so."
    assert reader.active_status() is None
    assert reader.listed(f"status={status}&error_message=line said")
    reader.agrees()


def test_a_scheduled_call_is_stopped_before_it_is_dialled(reader):
    call = Call.objects.get(uid=reader.uid)
    step(call, State.NEW, State.QUEUED, due_at=now() + timedelta(days=1))
    assert reader.details()["start_time"] is not None
    answer = reader.client.post(f"/v1/calls/{reader.uid}/stop", data="{}", content_type="application/json")
    assert answer.json() == {"status": "success", "message": "Call ended successfully."}
    details = reader.details()
    assert (details["completed"], details["status"], details["queue_status"]) == (True, "canceled", "complete")
    assert details["start_time"] is None
    assert reader.events()[-1]["message"].startswith("Canceled by API key tests")
    again = reader.client.post(f"/v1/calls/{reader.uid}/stop")
    assert again.json() == {"status": "success", "message": "Call has already ended."}
    reader.agrees()


def test_another_account_sees_nothing_of_it(reader):
    theirs = ApiKey.issue(factories.account("Strangers Ltd"), "theirs")[1]
    client = Client(headers={"authorization": theirs})
    for path in ("", "/events", "/transcript/stream"):
        assert client.get(f"/v1/calls/{reader.uid}{path}").status_code == 404
    assert client.post(f"/v1/calls/{reader.uid}/stop").status_code == 404
    assert client.get("/v1/calls").json() == {"total_count": 0, "count": 0, "calls": []}
    assert client.get("/v1/calls/active").json()["data"] == []
    assert client.post("/v1/calls/active/stop").json()["num_calls"] == 0
    assert reader.details()["completed"] is False
