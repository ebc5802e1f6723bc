"""Send call while a line is connected: call, rehearse or answer in the browser; the page says which line and number beforehand."""

from datetime import time

import pytest
from django.urls import reverse

from calls import lines
from calls.models import Call, CallingRules, DoNotCall, Line, Number
from personas import versions
from tests.factories import TASK

NUMBER = "+12025550163"
FORM = {"phone_number": NUMBER, "lead": "task", "task": TASK, "when": "now", "how": "call", "token": "t1"}
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def operator(signed_in):
    return signed_in("operator")


@pytest.fixture(autouse=True)
def open_all_day(account) -> None:
    CallingRules.objects.filter(account=account).update(open_from=time.min, open_until=time.min)


@pytest.fixture
def line(account) -> Line:
    made = lines.save(Line(account=account, kind="sip", name="Office trunk", settings={"host": "192.0.2.10"}))
    Number.objects.create(account=account, number="+12025550111", line=made)
    return made


def url(name="send-call", *args):
    return reverse(name, args=args)


def test_there_are_three_ways_with_a_line_and_two_without(operator, account):
    assert "Rehearse it" not in operator.get(url()).content.decode()
    lines.save(Line(account=account, kind="sip", name="Office trunk", settings={"host": "192.0.2.10"}))
    page = operator.get(url()).content.decode()
    for way in ("call", "rehearse", "browser"):
        assert f'name="how" value="{way}"' in page
    assert "Rehearse this call" not in page
    assert "Pretend callees" in page


@pytest.mark.parametrize(("how", "carrier"), [("call", "sip"), ("rehearse", "simulated"), ("browser", "browser")])
def test_each_way_goes_where_it_says(operator, line, how, carrier):
    operator.post(url(), {**FORM, "how": how})
    call = Call.objects.get()
    assert call.carrier == carrier
    assert call.line == (line if how == "call" else None)


def test_a_pretend_callee_is_rehearsed_with_and_without_a_line(operator, line):
    operator.post(url(), {**FORM, "phone_number": "+15005550006"})
    assert (Call.objects.get().carrier, Call.objects.get().line) == ("simulated", None)


def test_the_confirmation_says_over_which_line_and_from_which_number(operator, line):
    page = operator.post(url(), FORM, **HTMX).content.decode()
    assert "Calling in" in page
    assert "+1 202 555 0163 over Office trunk, from +1 202 555 0111" in page


def test_the_confirmation_of_a_rehearsal_says_that_it_is_one(operator, line):
    page = operator.post(url(), {**FORM, "how": "rehearse"}, **HTMX).content.decode()
    assert "Rehearsing in" in page
    assert "Office trunk" not in page


def test_the_card_and_the_summary_say_the_way_before(operator, line):
    page = operator.post(url("send-check"), FORM).content.decode()
    assert 'id="sum-line" hx-swap-oob="true">Over Office trunk, from +1 202 555 0111</dd>' in page
    page = operator.post(url("send-check"), {**FORM, "phone_number": "+15005550006"}).content.decode()
    assert "Rehearsal: a pretend callee answers</dd>" in page
    page = operator.post(url("send-check"), {**FORM, "phone_number": ""}).content.decode()
    assert "Known with the number</dd>" in page


def test_another_number_brings_its_own_line(operator, line, account):
    second = lines.save(Line(account=account, kind="sip", name="Second", settings={"host": "192.0.2.11"}))
    Number.objects.create(account=account, number="+13035550100", line=second)
    told = operator.post(url("send-check"), {**FORM, "from": "+13035550100"}).content.decode()
    assert "Over Second, from +1 303 555 0100" in told
    operator.post(url(), {**FORM, "from": "+13035550100"})
    assert (Call.objects.get().line, Call.objects.get().from_number) == (second, "+13035550100")


def test_a_line_without_numbers_is_not_said_to_show_one(operator, account):
    lines.save(Line(account=account, kind="sip", name="Bare", settings={"host": "192.0.2.10"}))
    told = operator.post(url("send-check"), FORM).content.decode()
    assert "Over Bare, which shows its own number or none" in told


def test_who_may_not_be_called_can_be_refused_on_the_line(operator, line, account):
    DoNotCall.objects.create(account=account, number=NUMBER, reason="asked by letter")
    assert "on it since" in operator.post(url("send-check"), FORM).content.decode().lower()
    assert operator.post(url(), FORM).status_code == 422
    assert not Call.objects.exists()


def test_undo_brings_the_same_buttons_back(operator, line):
    operator.post(url(), FORM, **HTMX)
    undone = operator.post(url("send-undo", Call.objects.get().uid), FORM, **HTMX).content.decode()
    assert "Rehearse it" in undone
    assert "Called off" in undone


def test_a_draft_is_only_rehearsed_also_with_a_line(operator, line, account):
    persona = versions.create(account, versions.About("June"))
    page = operator.get(url(), {"persona": persona.uid, "draft": "1"}).content.decode()
    assert "Rehearse this call" in page
    assert "Rehearse it" not in page
    form = {**FORM, "lead": "persona", "persona_id": persona.uid, "held": persona.uid, "draft": "1"}
    told = operator.post(url("send-check"), form).content.decode()
    assert "Rehearsal: a pretend callee answers</dd>" in told
    operator.post(url(), form)
    assert Call.objects.get().carrier == "simulated"


def test_the_call_page_names_the_line(operator, line):
    operator.post(url(), FORM)
    assert "Office trunk" in operator.get(url("call", Call.objects.get().uid)).content.decode()
