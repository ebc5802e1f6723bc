"""/v1/postcall/webhooks: what was sent, sending it, sending it again."""

import json
import uuid
from typing import Any

import pytest
from django.utils.timezone import now
from jsonschema import Draft202012Validator

from calls import hooks
from calls.api.openapi import document
from calls.hooks import claims, settling
from calls.hooks.settling import Result
from calls.models import Call, Delivery
from calls.states import State, Status
from config.models import AuditEntry
from tests.calls.hooks import kit

pytestmark = pytest.mark.django_db
URL = "/v1/postcall/webhooks"


def ended(account, url=kit.URL) -> Call:
    at = now()
    return kit.call(account, url=url, state=State.COMPLETE, status=Status.NO_ANSWER, ended_at=at, outcome_at=at)


def post(client, what: str, **body: Any):
    return client.post(f"{URL}/{what}", json.dumps(body), content_type="application/json")


def send(status: int = 200) -> str:
    (claimed,) = claims.claim(9, now(), {}, 9)
    error = "" if status < 300 else f"The address answered {status}"
    settling.settle(claimed, Result(now(), 17, status, error), now(), follow=False)
    return claimed.send_type


def refused(answer, status: int, code: str) -> str:
    body = answer.json()
    assert (answer.status_code, body["data"], [e["error"] for e in body["errors"]]) == (status, None, [code])
    return body["errors"][0]["message"]


def fits(name: str, body: dict[str, Any]) -> None:
    doc = document()
    Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": doc["components"]}).validate(body)


def test_what_was_sent_is_read_with_each_time(api, account, strangers_api):
    call = ended(account)
    hooks.record(call.pk)
    early = api.get(f"{URL}/{call.uid}").json()
    assert early["data"]["metadata"] == [] and early["data"]["payload"]["call_id"] == str(call.uid)
    send(500)
    answer = api.get(f"{URL}/{call.uid}/").json()
    fits("PostcallWebhook", answer)
    found = answer["data"]
    assert (found["url"], found["user_id"]) == (kit.URL, str(account.uid))
    assert [(m["response_code"], m["response_time"], m["send_type"]) for m in found["metadata"]] == [(500, 17, "auto")]
    assert "no call" in refused(strangers_api.get(f"{URL}/{call.uid}"), 404, "not_found")


def test_a_call_without_a_record_has_none(api, account):
    assert refused(api.get(f"{URL}/{ended(account).uid}"), 404, "not_found") == "No webhook was sent for this call."
    refused(api.get(f"{URL}/hello"), 404, "not_found")


def test_results_that_went_nowhere_are_sent(api, account):
    calls = [ended(account, url="") for _ in range(2)]
    ids = [str(call.uid) for call in calls]
    answer = post(api, "create", call_ids=[*ids, ids[0]], webhook_url=kit.URL)
    fits("WebhooksSending", answer.json())
    assert answer.json()["data"]["call_ids"] == ids
    assert set(Delivery.objects.values_list("url", "state", "kind")) == {(kit.URL, "pending", "call")}
    assert AuditEntry.objects.get(action="webhook.created").subject == "2 calls"
    assert "already sent" in refused(post(api, "create", call_ids=ids, webhook_url=kit.URL), 400, "webhook_not_sent")
    Delivery.objects.filter(call=calls[1]).update(state="dead")
    assert send() == "create"
    assert Delivery.objects.get(call=calls[0]).state == "delivered"


def test_a_call_that_is_not_over_sends_nothing(api, account):
    over, live = ended(account, url=""), kit.call(account, url="", state=State.STARTED)
    answer = post(api, "create", call_ids=[str(over.uid), str(live.uid)], webhook_url=kit.URL)
    assert "not over" in refused(answer, 400, "webhook_not_sent") and not Delivery.objects.exists()


def test_results_are_sent_again_to_the_same_address(api, account):
    call = ended(account)
    hooks.record(call.pk)
    send(500)
    Delivery.objects.update(state="dead")
    answer = post(api, "resend", call_ids=[str(call.uid)])
    fits("WebhooksSending", answer.json())
    assert send() == "resend"
    assert Delivery.objects.get().state == "delivered"
    assert [m["send_type"] for m in api.get(f"{URL}/{call.uid}").json()["data"]["metadata"]] == ["auto", "resend"]
    assert "use create" in refused(post(api, "resend", call_ids=[str(ended(account).uid)]), 400, "webhook_not_sent")


@pytest.mark.parametrize("ids", [None, [], "x", ["a"] * 101])
def test_calls_must_be_named(api, ids):
    assert "call_ids must be" in refused(post(api, "resend", call_ids=ids), 400, "invalid_parameter")


@pytest.mark.parametrize("url", [None, "", "http://crm.example", "https://10.0.0.1/", "https://"])
def test_the_address_must_be_one_that_a_call_could_name(api, account, url):
    answer = post(api, "create", call_ids=[str(ended(account, url="").uid)], webhook_url=url)
    assert refused(answer, 400, "invalid_parameter").startswith("webhook_url must be")


def test_strangers_and_nobodys_calls_look_the_same(api, account, strangers_call):
    mine = str(ended(account).uid)
    for what, more in (("create", {"webhook_url": kit.URL}), ("resend", {})):
        for other in (str(strangers_call.uid), str(uuid.uuid4()), "x", 7):
            assert "There is no call" in refused(post(api, what, call_ids=[mine, other], **more), 404, "not_found")
    assert not Delivery.objects.exists()
