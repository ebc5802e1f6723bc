"""Send call: the same rules as the API, its messages beside the fields, one call for one form."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.models import Call, DoNotCall
from calls.states import State, Status
from pathways import making
from pathways.publishing import publish
from pathways.starters import starters
from personas.models import KnowledgeBase, Persona, PersonaVersion
from tests.factories import TASK

FORM = {"phone_number": "+15005550006", "lead": "task", "task": TASK, "when": "now", "how": "call", "token": "t1"}
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def operator(signed_in):
    return signed_in("operator")


@pytest.fixture
def persona(account):
    made = Persona.objects.create(account=account, name="Walt, delivery windows")
    config = {
        "task": "You are Walt from Front Range Freight. Ask {{name}} whether the delivery suits.",
        "max_duration": 12,
        "voice": "Derek",
    }
    PersonaVersion.objects.create(persona=made, number=3, state="production", config=config)
    return made


def url(name="send-call", *args):
    return reverse(name, args=args)


def test_the_page_is_filled_so_that_one_press_is_enough(operator):
    page = operator.get(url()).content.decode()
    assert "+15005550006" in page
    assert "You are Anna from Acme Dental" in page
    assert "Rehearsal" in page
    assert "an automated assistant calling for Acme Dental" in page  # the first words, as they will be said


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 200), ("editor", 200), ("admin", 200)])
def test_who_may_send(signed_in, role, status):
    assert signed_in(role).get(url()).status_code == status


def test_a_press_makes_a_call_that_waits_five_seconds(operator, account):
    answer = operator.post(url(), FORM)
    call = Call.objects.get(account=account)
    assert answer.status_code == 303
    assert answer.headers["Location"] == reverse("call", args=[call.uid])
    assert call.state == State.QUEUED
    assert call.source == "page"
    assert call.created_by is not None
    assert timedelta(seconds=3) < call.due_at - now() <= timedelta(seconds=5)
    assert call.config["task"] == TASK
    assert call.sources["task"] == "request"
    assert call.sources["max_duration"] == "default"
    assert set(call.request) == {"phone_number", "task"}


def test_the_same_form_sent_twice_is_one_call(operator):
    first = operator.post(url(), FORM)
    second = operator.post(url(), FORM)
    assert first.headers["Location"] == second.headers["Location"]
    assert Call.objects.count() == 1


def test_htmx_gets_the_countdown_and_undo_calls_it_off(operator):
    hold = operator.post(url(), FORM, **HTMX)
    call = Call.objects.get()
    assert "Calling in <span" in hold.content.decode()
    assert " seconds</span>" in hold.content.decode()
    undone = operator.post(url("send-undo", call.uid), **HTMX)
    assert "Called off. Nobody was dialled." in undone.content.decode()
    call.refresh_from_db()
    assert (call.state, call.status) == (State.COMPLETE, Status.CANCELED)
    token = undone.content.decode().partition('name="token" value="')[2].partition('"')[0]
    assert token not in ("", "t1")


def test_undo_that_comes_too_late_says_so(operator):
    operator.post(url(), FORM)
    call = Call.objects.get()
    Call.objects.update(state=State.COMPLETE, status="completed", ended_at=now())
    page = operator.post(url("send-undo", call.uid), **HTMX).content.decode()
    assert "Too late to undo" in page


def test_a_browser_call_rings_at_once(operator):
    operator.post(url(), {**FORM, "how": "browser"})
    call = Call.objects.get()
    assert call.carrier == "browser"
    assert call.due_at <= now()


@pytest.mark.parametrize(
    ("change", "label", "message"),
    [
        ({"phone_number": "call me"}, "Phone number", "Invalid phone number. Please include a country code if outside the US."),
        ({"phone_number": ""}, "Phone number", "Missing required parameter: phone_number."),
        ({"task": ""}, "Task", "Missing required parameter: task."),
        ({"max_duration": "long"}, "Longest call", "max_duration must be a number."),
        ({"voicemail__action": "leave_message"}, "If voicemail answers", "Voicemail message is required when action is leave_message."),
        ({"transfer_list": "sales = desk"}, "", "Invalid phone number format in transfer list"),
        ({"when": "later", "start_time": "2026-13-40T99:00"}, "", "Invalid start_time."),
        ({"metadata": "{oops"}, "Metadata", "Metadata: this is not valid JSON."),
    ],
)
def test_what_is_wrong_is_told_with_the_words_of_the_api(operator, change, label, message):
    answer = operator.post(url(), {**FORM, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert label in page
    assert Call.objects.count() == 0
    assert "to put right" in page
    if "phone_number" not in change:
        assert 'value="+15005550006"' in page  # nothing typed is lost


def test_a_rule_that_says_no_tells_staff_why(operator, account):
    DoNotCall.objects.create(account=account, number="+15005550006", reason="asked by letter")
    answer = operator.post(url(), FORM)
    assert answer.status_code == 422
    assert "Number found in DNC list." in answer.content.decode()
    assert "asked by letter" in answer.content.decode()


def test_a_time_is_meant_in_their_zone(operator):
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%dT12:00")
    operator.post(url(), {**FORM, "phone_number": "+17205550163", "when": "later", "start_time": tomorrow})
    call = Call.objects.get()
    assert call.timezone == "America/Denver"
    assert call.due_at.astimezone().strftime("%Y-%m-%dT%H") in (tomorrow[:11] + "18", tomorrow[:11] + "19")  # noon there, in UTC


def test_values_of_the_persona_are_inherited_and_only_changes_are_sent(operator, persona):
    page = operator.get(url(), {"persona": persona.uid}).content.decode()
    assert 'value="12"' in page
    assert "from Walt" in page
    assert 'value="name"' in page  # {{name}} is asked for
    form = {
        **FORM,
        "lead": "persona",
        "persona_id": str(persona.uid),
        "held": str(persona.uid),
        "task": persona.production.config["task"],
        "fact-name": "name",
        "fact-value": "Tom Reyes",
        "max_duration": "12",
        "voice": "Derek",
        "temperature": "0.2",
    }
    operator.post(url(), form)
    call = Call.objects.get()
    assert set(call.request) == {"phone_number", "persona_id", "request_data", "temperature"}
    assert (call.sources["max_duration"], call.sources["temperature"], call.sources["language"]) == ("persona", "request", "default")
    assert call.config["max_duration"] == 12
    assert call.persona == persona


def test_choosing_another_persona_keeps_what_was_typed_for_this_call(operator, persona):
    page = operator.post(
        url(), {**FORM, "lead": "persona", "persona_id": str(persona.uid), "held": "", "how": "look", "temperature": "0.2"}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="+15005550006"' in text
    assert "You are Walt" in text
    assert 'value="0.2"' in text
    assert Call.objects.count() == 0


def test_the_card_answers_while_one_types(operator):
    card = operator.post(url("send-check"), {**FORM, "phone_number": "+17205550163"}, **HTMX).content.decode()
    assert "Can I call now?" in card
    assert "Denver time" in card
    unknown = operator.post(url("send-check"), {**FORM, "phone_number": ""}, **HTMX).content.decode()
    assert "Not known yet" in unknown


def test_the_reading_is_shown_with_its_places_in_the_task(operator):
    text = operator.post(url("send-reading"), FORM, **HTMX).content.decode()
    assert "It will ask" in text
    assert "Do you have insurance?" in text
    assert '<mark data-kind="ask"' in text


def test_a_reading_put_right_by_hand_goes_with_the_call(operator):
    lines = {
        "reading-edited": "1",
        "reading-say": "I'm calling about your check-up.",
        "reading-ask": "Does Tuesday suit you?\nDo you have insurance?",
        "reading-answer": "Parking is free.",
        "reading-avoid": "prices = The desk will tell you the price.",
    }
    operator.post(url(), {**FORM, **lines})
    plan = Call.objects.get().reading
    assert [q["text"] for q in plan["questions"]] == ["Does Tuesday suit you?", "Do you have insurance?"]
    assert plan["questions"][0]["slot"] == "yesno"
    assert [f["text"] for f in plan["facts"]] == ["Parking is free."]
    assert plan["avoid"][0]["reply"] == "The desk will tell you the price."


def test_knowledge_is_part_of_the_reading(operator, account):
    base = KnowledgeBase.objects.create(account=account, name="Clinic", text="There is a lift.")
    text = operator.post(url("send-reading"), {**FORM, "tools": f"KB-{base.uid}", "tools-shown": "1"}, **HTMX).content.decode()
    assert "There is a lift." in text


def test_the_curl_is_the_request(operator):
    text = operator.post(url("send-curl"), {**FORM, "temperature": "0.2"}, **HTMX).content.decode()
    body = text.partition("-d &#x27;")[2].partition("&#x27;</code>")[0].replace("&quot;", '"')
    assert json.loads(body) == {"phone_number": "+15005550006", "task": TASK, "temperature": "0.2"}
    assert "$PARLEY_KEY" in text


def test_send_again_starts_from_the_earlier_call(operator):
    operator.post(url(), {**FORM, "temperature": "0.2"})
    page = operator.get(url(), {"again": Call.objects.get().uid}).content.decode()
    assert 'value="0.2"' in page


def test_a_call_of_another_account_cannot_be_copied_or_undone(operator, stranger):
    from tests import factories

    other = factories.call(stranger.memberships.get().account)
    assert operator.get(url(), {"again": other.uid}).status_code == 404
    assert operator.post(url("send-undo", other.uid)).status_code == 404


def test_only_post_sends(operator):
    assert operator.put(url()).status_code == 405
    for name in ("send-check", "send-reading", "send-curl"):
        assert operator.get(url(name)).status_code == 405


def test_the_first_words_hold_what_the_persona_always_discloses(operator, persona):
    persona.versions.update(disclosures=["ai", "recording"])
    card = operator.post(url("send-check"), {**FORM, "lead": "persona", "persona_id": str(persona.uid)}).content.decode()
    assert "This call may be recorded." in card


def test_a_pathway_says_what_its_steps_need_to_know_and_begins_with_its_own_words(operator, account):
    made = making.from_starter(account, starters()["appointment_reminder"])
    made.pathway.scenarios.update(required=False)  # their rehearsal is tested elsewhere
    publish(made, "production")
    chosen = {**FORM, "lead": "pathway", "pathway_id": str(made.pathway.uid), "pathway_version": "production", "how": "look"}
    page = operator.post(url(), chosen).content.decode()
    for name in ("name", "office", "day", "time"):
        assert f'name="fact-name" value="{name}"' in page
    assert "<dt>As</dt><dd>Appointment reminder</dd>" in page
    assert "You are Anna" not in page.split("First words they hear")[1].split("</div>")[0]
    sent = {**chosen, "how": "call", "fact-name": ["name", "office"], "fact-value": ["Jordan Miller", "Harbor Dental"]}
    card = operator.post(url("send-check"), sent).content.decode()
    assert "Am I speaking with Jordan Miller?" in card and "the automated assistant of Harbor Dental" in card
    assert operator.post(url(), sent).status_code == 303
    assert Call.objects.get(account=account).config["request_data"] == {"name": "Jordan Miller", "office": "Harbor Dental"}
