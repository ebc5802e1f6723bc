"""The Call page: every state says what is true, lines and events in order, and staff can step in when their role allows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call, CallEvent
from calls.states import State
from pathways.models import Pathway
from personas.models import KnowledgeBase, Persona
from tests import factories

DEEDS = {
    "stop": {},
    "whisper": {"text": "She likes texts."},
    "take-over": {},
    "give-back": {},
    "type": {"text": "One moment, please."},
    "transfer": {"number": "+13035550177"},
    "handled": {},
}


def page_of(call, client) -> str:
    answer = client.get(f"/calls/{call.uid}")
    assert answer.status_code == 200
    return answer.content.decode()


def ended(account, **fields) -> Call:
    at = now()
    fields = {"state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at, **fields}
    return factories.call(account, **{"disposition_tag": "COMPLETED_ACTION", "duration_ms": 106_000, **fields})


def say(call, speaker: str, text: str, **more) -> int:
    return lifecycle.say(call.pk, speaker, text, more.pop("start_ms", 1000), more.pop("end_ms", 2000), **more)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": State.NEW}, ["In line"]),
        ({"state": State.QUEUED, "due_at": "later"}, ["Scheduled"]),
        (
            {"state": State.QUEUED, "due_at": "later", "held_reason": "Calling hours open at 8:00 AM."},
            ["Held", "Calling hours open at 8:00 AM."],
        ),
        ({"state": State.DIALLING}, ["Dialling", "Nobody has spoken yet."]),
        ({"state": State.RINGING}, ["Ringing"]),
        ({"state": State.STARTED, "started_at": "now"}, ["Talking", "What is being said"]),
        ({"outcome_at": None, "disposition_tag": ""}, ["Writing up", "Its outcome appears here"]),
        ({}, ["Finished", "Completed action", "1:46"]),
        ({"status": "busy", "disposition_tag": "BUSY"}, ["Busy"]),
        ({"status": "no-answer", "disposition_tag": "NO_ANSWER"}, ["No answer", "Nobody answered"]),
        ({"status": "failed", "disposition_tag": "FAILED", "error_message": "Not in service."}, ["Could not connect.", "Not in service."]),
        ({"status": "canceled", "stop_requested_at": "now", "stop_requested_by": "Priya"}, ["Called off", "by Priya"]),
        ({"answered_by": "voicemail"}, ["Voicemail"]),
        ({"transferred_at": "now", "transferred_to": "+13035550177"}, ["Handed over"]),
        ({"state": State.CALL_ERROR, "status": "unknown", "duration_ms": 0}, ["Lost sight of it", "It is not dialled again by itself."]),
        (
            {"state": State.QUEUE_ERROR, "status": "failed", "error_message": "On the do-not-call list."},
            ["Not allowed", "On the do-not-call list."],
        ),
        ({"state": State.COMPLETE_ERROR}, ["Finished, outcome missing", "could not be written"]),
    ],
)
def test_every_state_says_what_is_true(signed_in, account, fields, words):
    times = {"now": now(), "later": now() + timedelta(hours=3)}
    fields = {name: times.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}
    active = fields.get("state") in (State.NEW, State.QUEUED, State.DIALLING, State.RINGING, State.STARTED)
    call = factories.call(account, **fields) if active else ended(account, **fields)
    for role in ("viewer", "operator"):
        html = page_of(call, signed_in(role))
        for word in words:
            assert word in html, word
        assert ('src="/ws/calls/' in html) == (active or "Writing up" in words), "the socket is opened when more is to come, and only then"


def test_what_is_committed_while_the_page_is_made_is_left_to_the_live_feed(signed_in, account):
    call = factories.call(account, state=State.STARTED)
    say(call, "assistant", "Good day.")
    held = Call.objects.get(pk=call.pk).last_seq
    say(call, "assistant", "Still there?")
    Call.objects.filter(pk=call.pk).update(last_seq=held)  # as it was read before the second line
    shown = page_of(call, signed_in("viewer"))
    assert f'data-seq="{held}"' in shown and "Good day." in shown and "Still there?" not in shown


def test_lines_and_events_stand_in_one_order(signed_in, account):
    call = ended(account, callee_name="Elena Duarte", persona=Persona.objects.create(account=account, name="Maya"))
    lifecycle.record(call.pk, Event("queue", "Queued inside", kind="state"))
    lifecycle.record(call.pk, Event("call", "Ringing", kind="state"))
    say(call, "assistant", "Hi, this is Maya.", why=["opening of the task"], latency={"hold": 400, "agent": 900, "total": 1300})
    say(call, "user", "Are you a <robot>?", start_ms=61_000)
    lifecycle.record(call.pk, Event("call", "robot", kind="intent", data={"intent": "robot"}))
    lifecycle.record(
        call.pk, Event("call", "Priya gave a hint", kind="command", data={"command": "whisper", "text": "Be brief.", "by": "Priya"})
    )
    lifecycle.record(call.pk, Event("latency", "agent: 120 ms", kind="latency", level="performance"))
    html = page_of(call, signed_in("viewer"))
    transcript = html[html.index("data-lines") : html.index("data-log")]
    wanted = ["Ringing", "Maya", "slow, ", "1.3 s", "Hi, this is Maya.", "opening of the task", "1:01", "Elena", "Are you a &lt;robot&gt;?"]
    wanted += ["Asked whether it is a robot", "Priya whispered", "Be brief."]
    places = [transcript.index(word) for word in wanted]
    assert places == sorted(places)
    assert "Queued inside" not in transcript and "120 ms" not in transcript
    log = html[html.index("data-log") :]
    assert "Queued inside" in log and "120 ms" in log and "latency" in log


def test_the_outcome_with_its_quote_leads_to_the_line(signed_in, account):
    call = ended(account)
    seq = say(call, "user", "Thursday works, put me down.", start_ms=33_000)
    reason = "Every question was answered."
    Call.objects.filter(pk=call.pk).update(
        disposition_quote="Thursday works",
        disposition_seq=seq,
        disposition_reason=reason,
        summary="She comes on Thursday.",
        price=Decimal("0.13"),
    )
    html = page_of(call, signed_in("viewer"))
    for text in (f'href="#line-{seq}"', f'id="line-{seq}"', "Thursday works", "0:33", reason, "She comes on Thursday.", "$0.13"):
        assert text in html, text


def test_routes_and_disclosures_say_that_they_came_from_the_persona(signed_in, account):
    billing = Pathway.objects.create(account=account, name="Billing")
    stranger = Pathway.objects.create(account=factories.account("Strangers Ltd"), name="Theirs")
    call = ended(
        account,
        persona=Persona.objects.create(account=account, name="June"),
        config={},
        routes=[{"name": "", "prompt": "They ask about a bill", "pathway_id": str(p.uid)} for p in (billing, stranger)],
        disclosures=["ai", "recording"],
    )
    shown = signed_in("viewer").get(f"/calls/{call.uid}").context["background"].changed
    assert [(s.label, s.value, s.source) for s in shown] == [
        ("Says at the beginning", "that it is automated, that the call is recorded", "persona"),
        ("Goes over to Billing", "They ask about a bill", "persona"),
        ("Goes over to a pathway that is gone", "They ask about a bill", "persona"),
    ]


def test_settings_say_where_they_came_from(signed_in, account):
    call = ended(
        account,
        persona=Persona.objects.create(account=account, name="June"),
        config={"task": "Ask.", "interruption_threshold": 400, "max_duration": 30, "record": False, "first_sentence": None},
        sources={"task": "request", "interruption_threshold": "persona", "max_duration": "default", "record": "default"},
        notes=["The voice “Zed” is not known: June speaks."],
    )
    background = signed_in("viewer").get(f"/calls/{call.uid}").context["background"]
    assert [(s.label, s.value, s.source) for s in background.changed] == [
        ("Task", "Ask.", "request"),
        ("Pause before it answers", "400 ms", "persona"),
    ]
    assert [(s.label, s.value) for s in background.standard] == [("Longest call", "30 minutes"), ("Record the call", "Off")]
    html = page_of(call, signed_in("viewer"))
    assert "this call only" in html and "from June" in html and "The voice “Zed” is not known" in html


def test_the_reading_of_the_task_and_what_was_learned(signed_in, account):
    reading = {
        "agent": {"text": "Anna", "start": 0, "end": 4},
        "statements": ["It is on Tuesday."],
        "questions": [{"text": "Do you have insurance?", "slot": "yesno"}],
        "ignored": [{"text": "Be nice.", "start": 0, "end": 8}],
    }
    call = ended(account, reading=reading)
    seq = say(call, "user", "Yes, Delta.", start_ms=12_000)
    for value in ("unclear", "yes"):
        data = {"question": "Do you have insurance?", "value": value, "quote": "Yes, Delta."}
        lifecycle.record(call.pk, Event("call", "Do you have insurance?", kind="answer", data=data))
    say(call, "assistant", "Thank you.")
    html = page_of(call, signed_in("viewer"))
    for text in (
        "Anna",
        "It asks",
        "Do you have insurance?",
        "It ignores",
        "Be nice.",
        "What it learned",
        f'href="#line-{seq}"',
        "at 0:12",
    ):
        assert text in html, text
    assert "<b>yes</b>" in html and "<b>unclear</b>" not in html


def test_a_program_and_another_try_are_named(signed_in, account):
    first = ended(account, answered_by="voicemail")
    again = ended(account, retry_of=first, source="retry")
    client = signed_in("viewer")
    assert f"/calls/{again.uid}" in page_of(first, client)
    assert f"/calls/{first.uid}" in page_of(again, client) and "sent by itself" in page_of(again, client)
    assert "sent by a program" in page_of(first, client)


# Who may do what -----------------------------------------------------------------------------------------------------
def test_who_may_read_it(client, signed_in, stranger, account):
    call = ended(account)
    address = f"/calls/{call.uid}"
    assert client.get(address).status_code == 302
    assert signed_in("viewer").get(address).status_code == 200
    assert signed_in("viewer").post(address).status_code == 405
    assert signed_in("viewer").get("/calls/7d2f9f2e-6f0e-4c0e-9a38-0d3c39b3a7aa").status_code == 404
    assert signed_in("viewer").get("/calls/not-a-uuid").status_code == 404
    client.force_login(stranger)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_five_cases(client, signed_in, stranger, account, deed):
    call = factories.call(account, state=State.STARTED)
    address, body = f"/calls/{call.uid}/{deed}", DEEDS[deed]
    assert client.post(address, body).status_code == 302 and "sign-in" in client.post(address, body).url
    assert signed_in("viewer").post(address, body).status_code == 403
    assert signed_in("operator").get(address).status_code == 405
    assert client.post("/calls/7d2f9f2e-6f0e-4c0e-9a38-0d3c39b3a7aa/" + deed, body).status_code == 404
    client.force_login(stranger)
    assert client.post(address, body).status_code == 404
    assert not CallEvent.objects.filter(call=call).exists()
    done = signed_in("operator").post(address, body)
    assert (done.status_code, done.url) == (303, f"/calls/{call.uid}")
    assert CallEvent.objects.filter(call=call).count() == 1


def test_a_viewer_sees_no_buttons(signed_in, account):
    call = factories.call(account, state=State.STARTED)
    html = page_of(call, signed_in("viewer"))
    assert "Stop call" not in html and "Whisper" not in html and "Take over" not in html
    assert "Stop call" in page_of(call, signed_in("operator"))


def test_stop_names_who_stopped(signed_in, account):
    call = factories.call(account)
    client = signed_in("operator")
    client.post(f"/calls/{call.uid}/stop")
    call.refresh_from_db()
    assert (call.state, call.status, call.stop_requested_by) == (State.COMPLETE, "canceled", "Operator")
    assert "by Operator" in page_of(call, client)


@pytest.mark.parametrize(
    ("deed", "body", "said"),
    [
        ("whisper", {"text": " "}, "Write 1 to 1000 characters."),
        ("transfer", {"number": "front desk"}, "That is not a phone number."),
        ("transfer", {"number": ""}, "That is not a phone number."),
    ],
)
def test_what_is_wrong_is_said(signed_in, account, deed, body, said):
    call = factories.call(account, state=State.STARTED)
    client = signed_in("operator")
    part = client.post(f"/calls/{call.uid}/{deed}", body, headers={"hx-request": "true"})
    assert part.status_code == 422 and said in part.content.decode()
    assert said in client.post(f"/calls/{call.uid}/{deed}", body, follow=True).content.decode()
    assert not CallEvent.objects.filter(call=call).exists()


def test_a_call_that_is_over_takes_no_command(signed_in, account):
    answer = signed_in("operator").post(f"/calls/{ended(account).uid}/whisper", {"text": "Hm."}, headers={"hx-request": "true"})
    assert answer.status_code == 422 and "not live any more" in answer.content.decode()


def test_numbers_of_the_country_are_understood(signed_in, account):
    call = factories.call(account, state=State.STARTED)
    signed_in("operator").post(f"/calls/{call.uid}/transfer", {"number": "(303) 555-0177"})
    assert CallEvent.objects.get(call=call).data["text"] == "+13035550177"


def test_a_doubled_press_whispers_once(signed_in, account):
    call = factories.call(account, state=State.STARTED)
    for _ in range(2):
        signed_in("operator").post(f"/calls/{call.uid}/whisper", {"text": "Be brief.", "token": "t1"})
    assert CallEvent.objects.filter(call=call, kind="command").count() == 1


def test_what_a_person_must_do_is_ticked_off_once(signed_in, account):
    call = ended(account, needs_person=[{"reason": "callback", "text": "A call-back was promised.", "seq": None}])
    assert "A call-back was promised." in page_of(call, signed_in("viewer"))
    assert 'form="handled"' not in page_of(call, signed_in("viewer"))
    client = signed_in("operator")
    assert 'form="handled"' in page_of(call, client)
    for _ in range(2):
        client.post(f"/calls/{call.uid}/handled")
    assert "A call-back was promised." not in page_of(call, client)
    assert CallEvent.objects.filter(call=call, kind="handled").count() == 1


def test_a_lost_call_says_so_once_and_can_be_ticked_off(signed_in, account):
    needs = [{"reason": "lost", "text": "We lost sight of this call and do not know how it ended.", "seq": None}]
    call = ended(account, state=State.CALL_ERROR, status="unknown", needs_person=needs)
    html = page_of(call, signed_in("operator"))
    assert html.count("We lost sight of this call") == 1 and html.count('form="handled"') == 1


def test_the_number_of_queries_does_not_grow(signed_in, account):
    call = factories.call(account, state=State.STARTED)
    client = signed_in("operator")

    def cost() -> int:
        for n in range(5):
            say(call, "user" if n % 2 else "assistant", f"Line {n}.", latency={"total": 500})
            lifecycle.record(call.pk, Event("call", "Noted", kind="answer", data={"question": f"Q{n}", "value": "yes"}))
        with CaptureQueriesContext(connection) as counted:
            page_of(call, client)
        return len(counted)

    page_of(call, client)
    once = cost()
    # session, user, member, call, events, lines, spans, marks, recording, deliveries, retries, tags, tags to choose from
    assert cost() == once <= 13


def test_settings_name_knowledge_and_keep_keys_to_themselves(signed_in, account):
    base = KnowledgeBase.objects.create(account=account, name="About the clinic", text="There is a lift.")
    asked = [{"url": "https://example.com/x", "headers": {"X-Key": "s3cret"}}]
    config = {"tools": [f"KB-{base.uid}", "KB-gone", {"name": "Book", "headers": {"X-Key": "s3cret"}}], "dynamic_data": asked}
    page = page_of(ended(account, config=config, sources=dict.fromkeys(config, "request")), signed_in("viewer"))
    assert "About the clinic, KB-gone, name: Book" in page and str(base.uid) not in page
    assert "url: https://example.com/x" in page and "s3cret" not in page
