"""Which rows are made, in which transaction, and what they say."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from analytics import outcomes
from calls import hooks, lifecycle
from calls.hooks import bodies, making
from calls.lifecycle import Event
from calls.models import Call, Citation, Delivery, Recording
from calls.recordings import rows as recordings
from calls.requests import sending
from calls.runner.retry import after_voicemail
from calls.states import State, Status
from personas.models import CitationSchema
from tests import factories
from tests.calls.hooks import kit

pytestmark = pytest.mark.django_db
BODY = {"phone_number": "+15005550006", "task": factories.TASK, "webhook": kit.URL, "webhook_events": ["queue", "tool"]}


def told(call: Call) -> list[dict]:
    return [json.loads(row.body) for row in Delivery.objects.filter(call=call, kind=Delivery.EVENT).order_by("pk")]


def ended(account, **fields) -> Call:
    fields = {"state": State.COMPLETE, "status": Status.NO_ANSWER, "ended_at": now(), **fields}
    return kit.call(account, **fields)


def test_an_accepted_call_tells_of_the_categories_it_asked_for(account):
    call = sending.send(account, BODY)
    assert call.hook_events == ",queue,tool,"
    assert told(call) == [{"message": "Call enqueued", "call_id": str(call.uid), "category": "queue", "log_level": "info"}]
    row = Delivery.objects.get()
    assert (row.url, row.seq, row.state) == (kit.URL, 1, "pending")


@pytest.mark.parametrize("left_out", ["webhook", "webhook_events"])
def test_without_an_address_or_events_nothing_is_told(account, left_out):
    call = sending.send(account, {name: value for name, value in BODY.items() if name != left_out})
    assert call.hook_events == "" and not Delivery.objects.exists()


def test_events_go_to_the_offices_address_when_the_call_names_none(account):
    account.webhook_url = "https://office.example/"
    account.save()
    call = sending.send(account, {name: value for name, value in BODY.items() if name != "webhook"})
    lifecycle.record(call.pk, Event("tool", "Executing custom tool: x", "tool"))
    assert {row.url for row in Delivery.objects.all()} == {"https://office.example/"}
    assert len(told(call)) == 2


def test_the_payload_says_call_where_the_reference_does(account):
    call = kit.call(account)
    for category in ("latency", "webhook", "tool", "dynamic_data", "call"):
        level = "performance" if category == "latency" else "info"
        lifecycle.record(call.pk, Event(category, f"about {category}", "note", level))
    lifecycle.record(call.pk, Event("citations", "Citations: 1 of 1 values were said"))  # they are a message of their own
    assert [(each["category"], each["log_level"]) for each in told(call)] == [
        ("latency", "performance"), ("call", "info"), ("call", "info"), ("call", "info"), ("call", "info"),
    ]  # fmt: skip


ASKED = {"name": "CRM", "status": 200, "ms": 689, "response": '{"open":true}', "body": ""}
TOLD = [
    ("webhook", ASKED, 'Webhook Response: 200  | Webhook Response Data: {"open":true} | Response Time: 689ms'),
    ("tool", {**ASKED, "body": '{"day":"Monday"}'}, 'Executing custom tool: CRM with input: {"day":"Monday"}'),
    ("variable", {"name": "answer", "value": "true", "from": "CRM"}, 'Storing dynamic data messages: \n\n answer : "true"'),
    ("webhook", {**ASKED, "status": None}, "for people"),
]


@pytest.mark.parametrize(("kind", "data", "words"), TOLD)
def test_what_was_asked_of_the_web_is_told_in_the_words_of_the_reference(account, kind, data, words):
    call, silent = kit.call(account, events=f",{'tool' if kind == 'tool' else 'webhook'},"), kit.call(account, events=",latency,")
    for each in (call, silent):
        lifecycle.record(each.pk, Event("call" if kind == "variable" else "tool", "for people", kind, data=data))
    assert told(call) == [{"message": words, "call_id": str(call.uid), "category": "call", "log_level": "info"}]
    assert told(silent) == []


def test_lines_and_changes_of_state_are_told_with_the_seq_of_their_event(account):
    call = kit.call(account, state=State.RINGING)
    assert lifecycle.advance(call.pk, State.RINGING, State.STARTED, Event("call", "Call connected", "state"))
    seq = lifecycle.say(call.pk, "user", "Hello?", 0, 900)
    assert [each["message"] for each in told(call)] == ["Call connected", "Handling user speech: Hello?"]
    assert Delivery.objects.order_by("-pk")[0].seq == seq


def test_what_is_rolled_back_was_never_told(account):
    call = kit.call(account)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lifecycle.record(call.pk, Event("call", "x"))
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


def test_a_call_without_events_costs_no_statement_more(account):
    plain, hooked = factories.call(account), kit.call(account)
    counts = []
    for call in (plain, hooked):
        with CaptureQueriesContext(connection) as queries:
            lifecycle.record(call.pk, Event("call", "x"))
        counts.append(len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert counts == [2, 3]


def test_a_retry_tells_like_the_call_before_it(account):
    call = kit.call(account, config={"retry": {"wait": 1}}, events=",queue,")
    retry = after_voicemail(call.pk)
    assert retry.hook_events == ",queue," and told(retry)[0]["message"] == "Call enqueued"


@pytest.mark.parametrize("status", [Status.NO_ANSWER, Status.BUSY, Status.FAILED, Status.CANCELED])
def test_every_call_that_ended_has_its_record(account, status):
    call = ended(account, status=status, config={"metadata": {"ref": 7}})
    assert outcomes.write_outcome(call.pk)
    row = Delivery.objects.get(kind=Delivery.RECORD)
    body = json.loads(bodies.kept(row.pk))
    assert body["status"] == status and body["completed"] and body["metadata"] == {"ref": 7}
    assert body["phone_number"] == body["to"] == call.to_number and body["event_type"] is None and "category" not in body
    assert body["disposition_tag"] and body["call_length"] == 0


def test_a_call_whose_outcome_could_not_be_written_has_its_record_too(account, monkeypatch):
    call = ended(account)
    monkeypatch.setattr(outcomes, "outcome", lambda call: 1 / 0)
    for _ in range(outcomes.TRIES):
        with pytest.raises(ZeroDivisionError):
            outcomes.write_outcome(call.pk)
    assert Delivery.objects.filter(call=call, kind=Delivery.RECORD).count() == 1


def test_the_record_goes_to_the_offices_address_or_nowhere(account):
    call = ended(account, url="")
    hooks.record(call.pk)
    assert not Delivery.objects.exists()
    account.webhook_url = "https://office.example/"
    account.save()
    hooks.record(call.pk)
    hooks.record(call.pk)
    assert Delivery.objects.get().url == "https://office.example/"


def test_a_record_that_changed_after_it_was_made_is_followed_by_a_corrected_one(account):
    call = ended(account)
    hooks.record(call.pk)
    first = Delivery.objects.get()
    bodies.kept(first.pk)
    Call.objects.filter(pk=call.pk).update(price=1)
    hooks.record(call.pk)
    assert Delivery.objects.count() == 1  # a price that came later is no correction
    Call.objects.filter(pk=call.pk).update(disposition_tag="callback")
    hooks.record(call.pk)
    second = Delivery.objects.get(seq=1)
    assert second.uid != first.uid
    assert json.loads(bodies.kept(second.pk))["revision"] == 1
    hooks.record(call.pk)
    assert Delivery.objects.count() == 2


def test_the_body_is_made_once(account):
    call = ended(account)
    hooks.record(call.pk)
    row = Delivery.objects.get()
    body = bodies.kept(row.pk)
    Call.objects.filter(pk=call.pk).update(summary="Changed")
    assert bodies.kept(row.pk) == body == Delivery.objects.get().body


WAITS = {"config": {"citation_schema_ids": ["x"]}, "facts_state": "due"}


@pytest.fixture
def waiting(account) -> Call:
    account.webhook_waits = True
    account.save()
    call = ended(account, **WAITS)
    hooks.record(call.pk)
    assert Delivery.objects.get().state == "held"
    return call


def test_citations_let_the_record_go_before_them(waiting):
    hooks.citations(waiting.pk, [{"variable_name": "name", "value": None, "cited_utterances": []}])
    record, citations = Delivery.objects.order_by("pk")
    assert (record.kind, record.state, citations.kind, citations.state) == ("call", "pending", "citations", "pending")
    body = json.loads(citations.body)
    assert list(body) == ["call_id", "user_id", "event_type", "timestamp", "citations"]
    assert body["event_type"] == "citations" and body["citations"][0]["variable_name"] == "name"
    hooks.citations(waiting.pk, [{"variable_name": "name"}])
    assert Delivery.objects.count() == 2
    schema = CitationSchema.objects.create(account=waiting.account, name="Insurance")
    Citation.objects.create(call=waiting, schema=schema, revision=1, name="insurer", type="string", value="Aetna", called_at=now())
    assert json.loads(bodies.kept(record.pk))["citations"][0]["value"] == "Aetna"
    hooks.citations(waiting.pk, [{"variable_name": "name"}], run=1)
    assert Delivery.objects.count() == 3


def test_citations_are_their_own_message_only_when_the_call_asked(account):
    call = ended(account, events=",call,")
    hooks.citations(call.pk, [{"variable_name": "name"}])
    assert not Delivery.objects.exists()


def test_a_record_does_not_wait_for_ever(waiting):
    making.sweep()
    assert Delivery.objects.get().state == "held"
    Delivery.objects.update(created_at=now() - making.LONGEST_FOR_FACTS)
    making.sweep()
    assert Delivery.objects.get().state == "pending"


def test_a_record_does_not_wait_for_facts_that_failed(waiting):
    Call.objects.update(facts_state="failed")
    making.sweep()
    assert Delivery.objects.get().state == "pending"


def test_a_record_waits_only_where_the_office_wants_it(account):
    call = ended(account, **WAITS)
    hooks.record(call.pk)
    assert Delivery.objects.get().state == "pending"


def test_a_record_waits_for_its_recording(account):
    call = ended(account, started_at=now(), config={"record": True})
    Recording.objects.create(call=call, file="never-written.wav")
    hooks.record(call.pk)
    assert Delivery.objects.get(kind="call").state == "held"
    recordings.settle(call.pk)
    assert Delivery.objects.get(kind="call").state == "pending"


def test_a_record_waits_for_its_recording_a_minute_at_most(account):
    call = ended(account, started_at=now())
    Recording.objects.create(call=call, file="none.wav")
    hooks.record(call.pk)
    Delivery.objects.update(created_at=now() - timedelta(minutes=1))
    making.sweep()
    assert Delivery.objects.get().state == "pending"
