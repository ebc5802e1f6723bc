"""The same questions to many calls: each answered once, whatever happens to the workers."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from analytics.models import QuestionItem, QuestionRun
from analytics.questions import answering, runs
from analytics.questions.reading import read
from tests.analytics.questions.kit import spoken

QUESTIONS = read(["Does Thursday work for them?", ["How many people are coming?", "number"], ["What is their e-mail address?", "string"]])

pytestmark = pytest.mark.django_db


def begin(account, calls):
    return runs.begin(account, None, QUESTIONS, calls)


def test_answers_stand_on_words_and_what_was_not_said_is_null(account):
    call = spoken(account)
    agreed, guests, address = answering.answers(call, QUESTIONS)
    assert agreed.value is True and agreed.quotes[0].text in "Yes, Thursday works for me."
    assert guests.value == 3 and "three" in guests.quotes[0].text
    assert address.value is None and address.quotes == ()


@pytest.mark.parametrize("by, answer", [("human", "human"), ("voicemail", "voicemail"), ("unknown", None), ("", None)])
def test_who_answered_is_known_from_the_line(account, by, answer):
    call = spoken(account, answered_by=by)
    assert answering.answers(call, read([["Who answered the call?", "human or voicemail"]]))[0].value == answer


def test_who_among_people_is_not(account):
    question = read([["Who answered the call?", "the owner or the cook"]])
    assert answering.answers(spoken(account), question)[0].value is None


def test_a_run_goes_from_call_to_call(account, monkeypatch):
    monkeypatch.setattr(runs, "SLICE", 2)
    run = begin(account, [spoken(account) for _ in range(3)])
    assert runs.work(run.pk) is True
    run.refresh_from_db()
    assert (run.done, run.state, run.lease_until) == (2, QuestionRun.RUNNING, None)
    assert runs.work(run.pk) is False
    run.refresh_from_db()
    assert (run.done, run.failed, run.state) == (3, 0, QuestionRun.DONE) and run.ended_at
    assert all(item.answers[1]["value"] == 3 for item in run.items.all())
    assert runs.work(run.pk) is False  # a second delivery of the task


def test_one_worker_at_a_time_and_a_dead_one_is_followed(account):
    run = begin(account, [spoken(account)])
    QuestionRun.objects.filter(pk=run.pk).update(lease_until=now() + timedelta(minutes=1))
    assert runs.left() == [] and runs.work(run.pk) is False
    assert not QuestionItem.objects.get().answers
    QuestionRun.objects.filter(pk=run.pk).update(lease_until=now() - timedelta(seconds=1))
    assert runs.left() == [run.pk]
    runs.work(run.pk)
    assert QuestionItem.objects.get().answers


def test_a_stopped_run_keeps_what_was_answered(account, monkeypatch):
    run = begin(account, [spoken(account) for _ in range(2)])
    answered = answering.answers

    def and_somebody_stops_it(*args):
        runs.stop(run)
        return answered(*args)

    monkeypatch.setattr(answering, "answers", and_somebody_stops_it)
    assert runs.work(run.pk) is False
    run.refresh_from_db()
    assert run.state == QuestionRun.STOPPED and run.done == 0
    assert not QuestionItem.objects.exclude(state="waiting").exists()
    assert not runs.stop(run)


def test_a_call_that_cannot_be_read_is_counted_and_the_rest_goes_on(account, monkeypatch):
    first, second = spoken(account), spoken(account)
    answered = answering.answers

    def not_the_first(call, *rest):
        if call.pk == first.pk:
            raise RuntimeError("out of luck")
        return answered(call, *rest)

    monkeypatch.setattr(answering, "answers", not_the_first)
    run = begin(account, [first, second])
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.done, run.failed, run.state) == (1, 1, QuestionRun.DONE)
    assert QuestionItem.objects.get(call=first).trouble


def test_without_calls_it_is_over_at_once(account):
    assert begin(account, []).state == QuestionRun.DONE
