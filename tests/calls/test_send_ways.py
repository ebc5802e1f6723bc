"""Send call with a line connected: rehearse, in this browser, or call; and over which line, from which number, is said before and after."""

from datetime import time

import pytest
from django.urls import reverse

from calls import lines
from calls.models import Call, CallingRules, Line, Number
from personas.models import Persona, PersonaVersion
from tests.factories import TASK

NUMBER = "+17205550142"
FORM = {"phone_number": NUMBER, "lead": "task", "task": TASK, "when": "now", "token": "t1"}
HTMX = {"HTTP_HX_REQUEST": "true"}
CALL, REHEARSE, BROWSER = 'name="how" value="call"', 'name="how" value="rehearse"', 'name="how" value="browser"'


@pytest.fixture
def operator(signed_in, account):
    CallingRules.objects.filter(account=account).update(open_from=time(0), open_until=time(23, 59, 59))
    return signed_in("operator")


@pytest.fixture
def line(account) -> Line:
    made = lines.save(Line(account=account, kind="sip", name="Office trunk", settings={"host": "127.0.0.1"}))
    Number.objects.create(account=account, number="+12025550111", line=made)
    return made


def test_without_a_line_there_is_no_way_to_ring_a_telephone(operator):
    page = operator.get(reverse("send-call")).content.decode()
    assert CALL not in page
    assert REHEARSE in page
    assert BROWSER in page
    assert "Rehearsal: a pretend callee answers" in page


@pytest.mark.parametrize(("role", "told"), [("admin", True), ("operator", False)])
def test_admins_are_led_to_the_lines(signed_in, role, told):
    client = signed_in(role)
    assert (reverse("settings-lines") in client.get(reverse("send-call")).content.decode()) is told
    assert ("Connect a phone line" in client.get(reverse("home")).content.decode()) is told


def test_with_a_line_there_are_three_ways(operator, line):
    page = operator.get(reverse("send-call")).content.decode()
    assert all(way in page for way in (CALL, REHEARSE, BROWSER))
    assert page.count("btn-primary btn-lg") == 1


@pytest.mark.parametrize(("how", "carrier"), [("call", "sip"), ("rehearse", "simulated"), ("browser", "browser")])
def test_each_way_takes_its_carrier(operator, line, how, carrier):
    operator.post(reverse("send-call"), {**FORM, "how": how})
    call = Call.objects.get()
    assert (call.carrier, call.line) == (carrier, line if how == "call" else None)


def test_the_countdown_says_line_and_number(operator, line):
    page = operator.post(reverse("send-call"), {**FORM, "how": "call"}, **HTMX).content.decode()
    assert "+1 720 555 0142" in page
    assert "over Office trunk, from" in page
    assert "+1 202 555 0111" in page
    rehearsed = operator.post(
        reverse("send-call"), {**FORM, "phone_number": "+17205550143", "how": "rehearse", "token": "t2"}, **HTMX
    ).content.decode()
    assert "A pretend callee answers. Nobody’s phone rings." in rehearsed
    assert "Office trunk" not in rehearsed


def test_the_call_page_names_the_line(operator, line):
    operator.post(reverse("send-call"), {**FORM, "how": "call"})
    page = operator.get(reverse("call", args=[Call.objects.get().uid])).content.decode()
    assert "<dt>Line</dt><dd>Office trunk</dd>" in page


def test_the_card_brings_the_line_of_the_number_along(operator, line, account):
    second = lines.save(Line(account=account, kind="sip", name="Second trunk"))
    Number.objects.create(account=account, number="+12025550199", line=second)
    check = reverse("send-check")
    assert '<span id="route" hx-swap-oob="true">Office trunk, from <span' in operator.post(check, FORM).content.decode()
    asked = operator.post(check, {**FORM, "from": "+12025550199"}).content.decode()
    assert "Second trunk, from" in asked
    assert "+1 202 555 0199" in asked
    pretend = operator.post(check, {**FORM, "phone_number": "+15005550006"}).content.decode()
    assert "None: a pretend callee answers" in pretend
    assert '<b id="mini-number" hx-swap-oob="true">+15005550006</b>' in pretend  # the bar at the foot of a phone
    assert "As the number says" in operator.post(check, {**FORM, "phone_number": ""}).content.decode()


def test_a_rehearsal_pressed_before_the_line_came_rings_nobody(operator, account):
    operator.get(reverse("send-call"))
    lines.save(Line(account=account, kind="sip", name="Trunk"))
    operator.post(reverse("send-call"), {**FORM, "how": "rehearse"})
    assert Call.objects.get().carrier == "simulated"


def test_a_draft_can_only_be_rehearsed(operator, line, account):
    persona = Persona.objects.create(account=account, name="Walt")
    PersonaVersion.objects.create(persona=persona, number=1, state="production", config={"task": TASK})
    PersonaVersion.objects.create(persona=persona, number=2, state="draft", config={"task": TASK})
    page = operator.get(reverse("send-call"), {"persona": str(persona.uid), "draft": "1"}).content.decode()
    assert CALL not in page
    assert REHEARSE in page
    form = {**FORM, "held": str(persona.uid), "persona_id": str(persona.uid), "lead": "persona", "draft": "1"}
    assert "Can I call now? <span>Yes</span>" in operator.post(reverse("send-check"), form).content.decode()
    assert operator.post(reverse("send-call"), {**form, "how": "call"}).status_code == 422
    assert operator.post(reverse("send-call"), {**form, "how": "rehearse"}).status_code == 303
    assert Call.objects.get().carrier == "simulated"


def test_after_undo_the_same_ways_are_there(operator, line):
    operator.post(reverse("send-call"), {**FORM, "how": "call"}, **HTMX)
    page = operator.post(reverse("send-undo", args=[Call.objects.get().uid]), FORM, **HTMX).content.decode()
    assert "Called off. Nobody was dialled." in page
    assert all(way in page for way in (CALL, REHEARSE, BROWSER))
