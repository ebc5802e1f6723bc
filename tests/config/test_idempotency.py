"""Idempotency-Key on POST /v1/calls."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils.timezone import now

from calls.models import Call, CallingRules
from config.models import IdempotentRequest
from tests import factories

BODY = {"phone_number": "+15005550006", "task": factories.TASK}
pytestmark = pytest.mark.django_db


def post(key, once, body=BODY, client=None):
    headers = {"authorization": key, **({"idempotency-key": once} if once else {})}
    return (client or Client()).post("/v1/calls", data=json.dumps(body), content_type="application/json", headers=headers)


def test_the_same_request_again_gets_the_first_answer(key):
    first, second = post(key, "a"), post(key, "a")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Call.objects.count() == 1


def test_another_body_with_the_same_key_is_refused(key):
    post(key, "a")
    answer = post(key, "a", {**BODY, "record": True})
    assert (answer.status_code, answer.json()["status"]) == (422, "error")
    assert Call.objects.count() == 1


def test_without_a_key_nothing_is_remembered(key):
    assert post(key, "").status_code == 200
    assert post(key, "").status_code == 429  # the same number within ten seconds
    assert not IdempotentRequest.objects.exists()


def test_a_request_that_still_runs_is_not_begun_again(key, account):
    assert post(key, "a").status_code == 200
    IdempotentRequest.objects.update(status=None, answer=None)
    assert post(key, "a").status_code == 409
    assert Call.objects.count() == 1


def test_a_claim_left_behind_by_a_crash_is_taken_over(key):
    CallingRules.objects.update(same_number_seconds=0)
    post(key, "a")
    IdempotentRequest.objects.update(status=None, answer=None, created_at=now() - timedelta(seconds=61))
    Call.objects.all().delete()  # the crash came before the call was saved
    answer = post(key, "a")
    assert (answer.status_code, Call.objects.count()) == (200, 1)
    assert post(key, "a").json() == answer.json()


def test_after_a_day_the_key_is_new(key):
    CallingRules.objects.update(same_number_seconds=0)
    post(key, "a")
    IdempotentRequest.objects.update(created_at=now() - timedelta(hours=24, seconds=1))
    answer = post(key, "a", {**BODY, "record": True})
    assert (answer.status_code, Call.objects.count()) == (200, 2)
    assert "Idempotent-Replayed" not in answer.headers


def test_a_refusal_is_the_first_answer_too(key):
    wrong = {**BODY, "temperature": 5}
    first, second = post(key, "a", wrong), post(key, "a", wrong)
    assert (first.status_code, second.status_code) == (400, 400)
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_refusal_that_passes_by_itself_is_not_kept(key):
    assert post(key, "first").status_code == 200
    assert post(key, "a").status_code == 429
    Call.objects.update(created_at=now() - timedelta(seconds=11))
    answer = post(key, "a")
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer.headers


def test_a_failure_of_ours_is_not_kept(key, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("calls.lifecycle.create", lambda *_: 1 / 0)
        answer = post(key, "a")
    assert (answer.status_code, answer.json()) == (500, {"status": "error", "message": "Internal server error"})
    assert post(key, "a").status_code == 200


def test_keys_of_two_accounts_do_not_meet(key, db):
    from config.models import ApiKey

    other = ApiKey.issue(factories.account("Strangers Ltd"), "theirs")[1]
    assert post(key, "a").status_code == 200
    answer = post(other, "a")
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer.headers


def test_a_key_that_is_too_long(key):
    assert post(key, "k" * 256).status_code == 400
    assert post(key, "k" * 255).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_sends_with_one_key_make_one_call(key):
    def one(_):
        try:
            answer = post(key, "a")
            return answer.status_code, answer.headers.get("Idempotent-Replayed"), answer.json().get("call_id")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(one, range(50)))
    call = Call.objects.get()
    kinds = Counter((status, replayed) for status, replayed, _ in answers)
    assert kinds[200, None] == 1
    assert set(kinds) <= {(200, None), (200, "true"), (409, None)}
    assert {uid for _, _, uid in answers if uid} == {str(call.uid)}
    assert post(key, "a").json()["call_id"] == str(call.uid)
