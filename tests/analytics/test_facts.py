"""The facts of an ended call: read once, written with their quotes, told to programs; and what goes wrong."""

import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from analytics import facts, tasks
from analytics.facts import write_facts
from analytics.outcomes import write_outcome
from calls import citing, lifecycle
from calls.agent.choose import make_agent
from calls.agent.conversation import run_session
from calls.carriers.simulated.carrier import SimulatedCarrier
from calls.models import Call, CitationIssue, Delivery
from calls.runner.dial import Engine
from calls.states import ENDED, State
from personas import citation_schemas
from personas.citation_schemas import Content
from personas.citations import read
from tests.calls.agent.model_double import Status, serving
from tests.calls.hooks import kit
from tests.calls.runner_kit import running, until

ENGINE = Engine(carrier=lambda _kind: SimulatedCarrier(0), agent=make_agent, converse=run_session)
SCHEMA: dict[str, Any] = {
    "variables": [
        {"name": "insured", "description": "Does the callee have insurance?", "type": "boolean"},
        {"name": "visit_day", "description": "Which day suits the callee", "type": "string"},
        {"name": "dogs", "description": "How many dogs they have", "type": "number"},
    ],
    "groupings": [{"name": "About the visit", "variables": ["visit_day"]}],
    "conditions": [
        {
            "condition": {"variable": "insured", "operator": "===", "value": "true"},
            "mode": "extract",
            "variables": [{"name": "insurer", "description": "Name of the insurance company", "type": "string"}],
        },
        {
            "condition": {"variable": "dogs", "operator": "===", "value": "null"},
            "mode": "flag",
            "issueSeverity": "high",
            "issueType": "Dogs not known",
            "issueDetail": "Ask again before the visit.",
        },
    ],
}
TALK = (
    ("assistant", "Do you have insurance?"),
    ("user", "Yes, I have insurance through my job."),
    ("assistant", "What is the name of the insurance company?"),
    ("user", "It's Blue Shield."),
    ("assistant", "Which day suits you?"),
    ("user", "Thursday at ten would be good."),
)


def schema(account, made: dict[str, Any] = SCHEMA, name: str = "Visits"):
    return citation_schemas.create(account, Content(name, "", read(made)))


@pytest.fixture
def due(account):
    """due(schema, …) -> a call that ended in TALK, its outcome written, its facts due."""

    def make(*schemas, talk=TALK, **fields: Any) -> Call:
        config = {"citation_schema_ids": [str(each.uid) for each in schemas], **fields.pop("config", {})}
        at = now() - timedelta(minutes=1)
        ended = {"state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at, "facts_state": "due"}
        call = kit.call(account, config=config, **{**ended, **fields})
        for n, (speaker, text) in enumerate(talk, 1):
            lifecycle.say(call.pk, speaker, text, n * 1000, n * 1000 + 900)
        return call

    return make


def values(call: Call) -> dict[str, Any]:
    return {row.name: row.value for row in call.citations.order_by("pk")}


@pytest.mark.django_db
def test_values_with_their_words_and_what_conditions_add(account, due):
    made = schema(account)
    call = due(made)
    assert write_facts(call.pk) is True
    call.refresh_from_db()
    assert (call.facts_state, call.analysis) == ("done", None) and call.facts_at
    assert values(call) == {"insured": True, "visit_day": "Thursday at ten", "dogs": None, "insurer": "Blue Shield"}
    for row in call.citations.all():
        assert (row.revision, row.called_at) == (made.revision, call.created_at)
        assert bool(row.lines.all()) == (row.value is not None)
    line = call.citations.get(name="insurer").lines.get()
    assert (line.utterance.seq, line.utterance.text[line.start : line.end]) == (4, "It's Blue Shield.")
    assert call.citations.get(name="insured").word == "yes"
    issue = CitationIssue.objects.get(call=call)
    assert (issue.severity, issue.type, issue.detail, issue.variable) == ("high", "Dogs not known", "Ask again before the visit.", "dogs")
    event = call.events.get(kind="citations")
    assert (event.category, event.message) == ("citations", "Citations: 3 of 4 values were said")


@pytest.mark.django_db
def test_a_configured_model_is_asked_and_not_believed(account, due, settings):
    """Its word stands where the transcript holds it; when it breaks off, the rules read."""
    told = {
        "insured": {"value": True, "quotes": [{"line": 2, "text": "Yes, I have insurance"}]},
        "insurer": {"value": "Blue Shield", "quotes": [{"line": 4, "text": "It's Blue Shield."}]},
        "visit_day": {"value": "Friday", "quotes": [{"line": 6, "text": "Thursday at ten would be good."}]},
        "dogs": {"value": 2, "quotes": []},
    }
    made = schema(account)
    with serving(json.dumps(told)) as double:
        settings.MODEL_BASE_URL, settings.MODEL_BASE = double.url, "tiny-1"
        call = due(made)
        write_facts(call.pk)
        assert "[6] Callee: Thursday at ten would be good." in double.requests[0]["messages"][1]["content"]
    assert values(call) == {"insured": True, "visit_day": None, "dogs": None, "insurer": "Blue Shield"}
    assert call.citations.get(name="visit_day").why == "Not kept: The words named for it do not hold it."
    with serving(Status(500)) as double:
        settings.MODEL_BASE_URL = double.url
        again = due(made)
        write_facts(again.pk)
    assert values(again)["visit_day"] == "Thursday at ten"


@pytest.mark.django_db
def test_a_condition_that_is_not_true_adds_nothing(account, due):
    call = due(schema(account), talk=(("assistant", "Do you have insurance?"), ("user", "No, I don't.")))
    write_facts(call.pk)
    assert values(call) == {"insured": False, "visit_day": None, "dogs": None}


@pytest.mark.django_db
def test_once_and_again_when_it_is_due_again(account, due):
    made = schema(account)
    call = due(made)
    assert write_facts(call.pk) is True
    assert write_facts(call.pk) is False
    assert call.events.filter(kind="citations").count() == 1
    citation_schemas.change(made, Content("Visits", "", read({"variables": SCHEMA["variables"][:1]})))
    Call.objects.filter(pk=call.pk).update(facts_state="due")  # a late report had its outcome written anew
    assert write_facts(call.pk) is True
    assert values(call) == {"insured": True}
    assert call.citations.get().revision == 2
    assert not CitationIssue.objects.filter(call=call).exists()
    assert [d.seq for d in call.deliveries.filter(kind=Delivery.CITATIONS).order_by("seq")] == [0, 1]


@pytest.mark.django_db
def test_a_worker_that_lost_the_race_writes_nothing(account, due, monkeypatch):
    call = due(schema(account))
    read_first = facts.facts

    def slow(of: Call):
        made = read_first(of)
        Call.objects.filter(pk=call.pk).update(facts_state="done")
        return made

    monkeypatch.setattr(facts, "facts", slow)
    assert write_facts(call.pk) is False
    assert not call.citations.exists() and not call.events.filter(kind="citations").exists()


@pytest.mark.django_db
def test_the_citations_event_has_the_reference_s_shape(account, due):
    made = schema(account)
    call = due(made, callee_name="Jo Marsh")
    write_facts(call.pk)
    sent = json.loads(call.deliveries.get(kind=Delivery.CITATIONS).body)
    assert (sent["event_type"], sent["call_id"]) == ("citations", str(call.uid))
    by_name = {each["variable_name"]: each for each in sent["citations"]}
    assert list(by_name) == ["insured", "visit_day", "dogs", "insurer"]
    line = call.utterances.get(seq=6)
    assert by_name["visit_day"] == {
        "call_id": str(call.uid),
        "variable_name": "visit_day",
        "variable_type": "string",
        "value": "Thursday at ten",
        "cited_utterances": [
            {
                "id": line.pk,
                "idx": 5,
                "start_time": 6,
                "end_time": 6.9,
                "confidence": None,
                "channel": 1,
                "transcript": "Thursday at ten would be good.",
                "speaker_id": "SPEAKER_1_0",
                "speaker_name": "Jo Marsh",
                "speaker_description": "The person called",
                "topics": [],
                "topics_meta": "{}",
                "utterance_type": "statement",
            }
        ],
        "schema_id": str(made.uid),
    }
    assert (by_name["dogs"]["value"], by_name["dogs"]["cited_utterances"]) == (None, [])


@pytest.mark.django_db
def test_a_record_that_waits_for_them_is_let_go(account, due):
    account.webhook_waits = True
    account.save()
    call = due(schema(account), outcome_at=None, facts_state="")
    write_outcome(call.pk)
    record = call.deliveries.get(kind=Delivery.RECORD)
    assert record.state == Delivery.HELD
    write_facts(call.pk)
    record.refresh_from_db()
    assert record.state == Delivery.PENDING


@pytest.mark.django_db
def test_a_schema_that_was_deleted_is_not_read(account, due):
    kept, gone = schema(account), schema(account, {"variables": SCHEMA["variables"][:1]}, "Gone")
    call = due(gone, kept)
    citation_schemas.delete(gone)
    write_facts(call.pk)
    assert {row.schema_id for row in call.citations.all()} == {kept.pk}


@pytest.mark.django_db
def test_three_tries_then_a_person(account, due, monkeypatch):
    account.webhook_waits = True
    account.save()
    call = due(schema(account), needs_person=[{"reason": "complaint", "text": "The callee complained.", "seq": 2}])
    held = kit.message(call, kind=Delivery.RECORD, state=Delivery.HELD)

    def broken(_call: Call):
        raise RuntimeError("no memory")

    monkeypatch.setattr(facts, "facts", broken)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            write_facts(call.pk)
    assert write_facts(call.pk) is False
    call.refresh_from_db()
    assert call.facts_state == "failed"
    assert [need["reason"] for need in call.needs_person] == ["complaint", "facts"]
    assert call.events.filter(kind="facts_failed").count() == 3
    held.refresh_from_db()
    assert held.state == Delivery.PENDING


@pytest.mark.django_db
def test_the_sweep_finds_what_was_missed(account, due):
    call = due(schema(account))
    waiting = due(schema(account, name="Later"), outcome_at=None)
    tasks.sweep_facts()
    call.refresh_from_db()
    waiting.refresh_from_db()
    assert (call.facts_state, waiting.facts_state) == ("done", "due")


@pytest.mark.django_db
def test_not_before_the_outcome_and_not_without_a_conversation(account, due):
    assert write_facts(due(schema(account), outcome_at=None).pk) is False
    voicemail = due(schema(account, name="Second"), outcome_at=None, facts_state="", status="no-answer")
    write_outcome(voicemail.pk)
    voicemail.refresh_from_db()
    assert voicemail.facts_state == ""


@pytest.mark.django_db
@pytest.mark.parametrize("times", [1, 2])
def test_shaping_costs_the_same_for_any_number(account, due, times):
    call = due(*(schema(account, name=f"Visits {n}") for n in range(times)))
    write_facts(call.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(citing.items(call.pk)) == 4 * times
    assert len(queries) == 3


@pytest.mark.django_db(transaction=True)
async def test_a_whole_call_with_a_schema_and_an_analysis(account, key):
    """From /v1/calls to the details: both parameters have their effect."""
    made = await sync_to_async(schema)(account)
    ask = {"content_type": "application/json", "headers": {"authorization": key}}
    body = {
        "phone_number": "+15005550006",
        "task": "You are Anna from Acme Dental. Ask whether they have insurance. Ask which day suits them for a visit.",
        "citation_schema_ids": [str(made.uid)],
        "analysis_schema": {
            "has_insurance": "boolean",
            "budget": "Monthly budget in dollars",
            "day": {"description": "Which day suits them"},
        },
    }
    sent = await sync_to_async(Client().post)("/v1/calls", body, **ask)
    uid = sent.json()["call_id"]
    async with running(ENGINE):
        await until(lambda: Call.objects.filter(uid=uid, state__in=ENDED).exists(), 30)
    call = await Call.objects.aget(uid=uid)
    await sync_to_async(tasks.write_outcome)(call.pk)
    told = (await sync_to_async(Client(headers={"authorization": key}).get)(f"/v1/calls/{uid}")).json()
    by_name = {each["variable_name"]: each for each in told["citations"]}
    assert by_name["insured"]["value"] is True and by_name["dogs"]["value"] is None
    (quoted,) = by_name["insured"]["cited_utterances"]
    said = {line["id"]: line["text"] for line in told["transcripts"]}
    assert said[quoted["id"]] == quoted["transcript"] == "Yes, I have insurance through my job."
    assert told["analysis"] == {"has_insurance": True, "budget": None, "day": by_name["visit_day"]["value"]}
    assert "thursday" in str(by_name["visit_day"]["value"]).lower()
