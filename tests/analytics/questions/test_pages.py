"""The pages of questions."""

import pytest
from django.urls import reverse

from analytics.models import QuestionRun
from analytics.questions import runs
from analytics.questions.reading import read
from tests.analytics.questions.kit import TALK, spoken

pytestmark = pytest.mark.django_db


def asked(account, calls, questions=("How many people are coming?", "What is their e-mail address?")):
    run = runs.begin(account, None, read(list(questions)), calls)
    runs.work(run.pk)
    return run


def test_asked_of_the_calls_of_the_filters_and_answered(account, signed_in):
    client = signed_in("operator")
    spoken(account, to_number="+12025550177")
    spoken(account)
    page = client.get("/analytics/questions/?to_number=%2B12025550177").content.decode()
    assert "1 call" in page and "of the filters you set" in page
    answer = client.post("/analytics/questions/ask", {"which": "to_number=%2B12025550177", "questions": "How many people are coming?"})
    run = QuestionRun.objects.get()
    runs.work(run.pk)  # as the worker does
    run.refresh_from_db()
    assert answer.status_code == 303 and run.total == 1 and run.state == QuestionRun.DONE
    page = client.get(answer.url).content.decode()
    assert "<b>3</b>" in page and "three of us" in page and "#line-" in page


def test_one_call(account, signed_in):
    call = spoken(account, callee_name="Priya")
    page = signed_in("operator").get(f"/analytics/questions/?call={call.uid}").content.decode()
    assert "Ask about the call with Priya" in page and f'value="call={call.uid}"' in page


def test_what_was_not_said_and_hostile_words_are_shown_as_they_are(account, signed_in):
    talk = (*TALK[:3], ("user", "There will be three <b>of us</b>."), TALK[4])
    run = asked(account, [spoken(account, talk)])
    page = signed_in("viewer").get(reverse("questions-run", args=[run.uid])).content.decode()
    assert "not said" in page and "three &lt;b&gt;of us" in page


def test_nothing_to_ask_and_wrong_questions(account, signed_in):
    client = signed_in("operator")
    none = client.post("/analytics/questions/ask", {"which": "", "questions": "Did they agree?"})
    assert none.status_code == 422 and "None of these calls has a conversation" in none.content.decode()
    spoken(account)
    wrong = client.post("/analytics/questions/ask", {"which": "", "questions": "Mood = feeling"})
    assert wrong.status_code == 422 and "is no type" in wrong.content.decode() and "Mood = feeling" in wrong.content.decode()
    assert not QuestionRun.objects.exists()


def test_asked_again(account, signed_in):
    run = asked(account, [spoken(account)])
    page = signed_in("operator").get(f"/analytics/questions/?again={run.uid}").content.decode()
    assert "How many people are coming?\nWhat is their e-mail address?" in page
    assert signed_in("operator").get("/analytics/questions/?again=nonsense").status_code == 404


def test_csv_is_no_formula(account, signed_in):
    run = asked(account, [spoken(account, callee_name="=cmd()")])
    rows = b"".join(signed_in("viewer").get(reverse("questions-file", args=[run.uid])).streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("call_id,created_at,name,number,How many people are coming?")
    assert ",'=cmd()," in rows[1] and ",3," in rows[1]


def test_stop(account, signed_in):
    run = runs.begin(account, None, read(["Did they agree?"]), [spoken(account)])
    signed_in("operator").post(reverse("questions-stop", args=[run.uid]))
    run.refresh_from_db()
    assert run.state == QuestionRun.STOPPED


@pytest.mark.parametrize("name", ["questions", "questions-run"])
def test_queries_do_not_grow(account, signed_in, name, django_assert_num_queries):
    client = signed_in("operator")
    run = asked(account, [spoken(account) for _ in range(3)])
    path = reverse(name, args=[run.uid] if name == "questions-run" else [])
    client.get(path)
    expected = {"questions": 5, "questions-run": 6}[name]
    with django_assert_num_queries(expected):
        client.get(path)
    more = asked(account, [spoken(account) for _ in range(6)])
    path = reverse(name, args=[more.uid] if name == "questions-run" else [])
    with django_assert_num_queries(expected):
        client.get(path)
