"""The page that changes an outcome, and what the Call page says of it."""

import pytest
from django.urls import reverse

from analytics.outcomes import write_outcome
from calls.contexts import outcome_words
from config.models import Role
from tests import factories
from tests.analytics.test_corrections import LINES, ended


@pytest.fixture
def call(account):
    made = ended(account, *LINES)
    write_outcome(made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
def operator(client, account):
    client.force_login(factories.member(account, Role.OPERATOR).user)
    return client


def page_of(client, call) -> str:
    return client.get(reverse("call", args=[call.uid])).content.decode()


def test_the_call_page_says_how_sure_it_is_and_who_wrote_the_summary(operator, call):
    text = page_of(operator, call)
    assert "Not right?" in text
    assert "ure.</b>" in text or "A guess.</b>" in text
    assert "Put together from what was said" in text


def test_a_viewer_is_offered_no_change(client, account, call):
    client.force_login(factories.member(account, Role.VIEWER).user)
    assert "Not right?" not in page_of(client, call)


def test_changing_and_going_back(operator, call):
    at = reverse("outcome-correct", args=[call.uid])
    form = operator.get(at, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in form and "0:01" in form and LINES[1][3:] in form and "No answer" not in form
    answer = operator.post(at, {"choice": "*", "other": "Bad knee", "line": "2", "note": "Ask the doctor"})
    assert (answer.status_code, answer["Location"]) == (303, reverse("call", args=[call.uid]))
    text, had = page_of(operator, call), outcome_words(call.disposition_tag)
    assert '<h2 id="oc-h">Bad knee</h2>' in text and f"Parley had: <b>{had}</b>" in text and "Ask the doctor" in text
    assert "Bad knee" in operator.get(reverse("calls")).content.decode()
    assert "Go back to it" in operator.get(at).content.decode()
    operator.post(reverse("outcome-back", args=[call.uid]))
    assert "Parley had" not in page_of(operator, call)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"choice": "*", "other": " "},
        {"choice": "NO_ANSWER"},
        {"choice": "INTERESTED", "line": "1"},
        {"choice": "INTERESTED", "note": "x" * 301},
    ],
)
def test_a_form_that_cannot_be_is_422(operator, call, given):
    answer = operator.post(reverse("outcome-correct", args=[call.uid]), given)
    assert answer.status_code == 422
    call.refresh_from_db()
    assert not call.corrections.exists()


def test_the_own_list_of_a_call_is_offered(operator, account):
    call = ended(account, *LINES, config={"dispositions": ["Kept", "Lost"]})
    write_outcome(call.pk)
    text = operator.get(reverse("outcome-correct", args=[call.uid])).content.decode()
    assert ">Kept</option>" in text and "Not interested" not in text


@pytest.mark.parametrize("lines", [2, 4])
def test_queries_do_not_grow_with_the_lines(operator, account, lines, django_assert_num_queries):
    call = ended(account, *LINES[:2] * lines)
    write_outcome(call.pk)
    with django_assert_num_queries(8):
        operator.get(reverse("outcome-correct", args=[call.uid]))
