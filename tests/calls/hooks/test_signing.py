"""Both schemes, checked with the other side's own tools: the Standard Webhooks library, and what naive receivers do."""

import hashlib
import hmac
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now
from standardwebhooks import Webhook, WebhookVerificationError

from calls.hooks import js, signing
from calls.models import WebhookSecret
from config.models import AuditEntry

BODY = js.dumps({"call_id": "x", "price": 1.0, "name": "Zoë", "metadata": {"b": 1, "2": 1e-05}})


@pytest.fixture
def secret(account) -> str:
    return signing.new_secret(account, None)


def sent(account, body=BODY, at=None):
    return signing.headers(signing.good_secrets(account.pk), uuid4(), at or now(), body)


def test_a_secret_is_sealed_and_its_making_is_in_the_audit_log(account, member, secret):
    row = WebhookSecret.objects.get()
    assert secret.startswith("whsec_") and secret not in row.sealed and row.hint == secret[:10]
    entry = AuditEntry.objects.get(action="webhook.secret")
    assert secret not in json.dumps([entry.subject, entry.detail])


def test_the_library_and_a_naive_receiver_both_accept(account, secret):
    headers = sent(account)
    assert Webhook(secret).verify(BODY, headers)["name"] == "Zoë"
    naive = hmac.new(secret.encode(), js.dumps(json.loads(BODY)).encode(), hashlib.sha256).hexdigest()
    assert headers["x-webhook-signature"] == naive
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + " ", headers)


def test_two_secrets_sign_for_a_day_and_then_one(account, secret):
    second = signing.new_secret(account, None)
    headers = sent(account)
    assert len(headers["webhook-signature"].split()) == 2
    Webhook(secret).verify(BODY, headers)
    Webhook(second).verify(BODY, headers)
    assert headers["x-webhook-signature"] == hmac.new(second.encode(), BODY.encode(), hashlib.sha256).hexdigest()
    WebhookSecret.objects.exclude(retires_at=None).update(retires_at=now() - timedelta(seconds=1))
    assert signing.good_secrets(account.pk) == (second,)


def test_a_third_secret_ends_the_first(account, secret):
    second, third = signing.new_secret(account, None), signing.new_secret(account, None)
    assert signing.good_secrets(account.pk) == (third, second)


def test_the_old_secret_is_switched_off_at_once(account, secret):
    second = signing.new_secret(account, None)
    assert signing.remove_old(account, None)
    assert signing.good_secrets(account.pk) == (second,)
    assert not signing.remove_old(account, None)


def test_without_a_secret_nothing_is_signed(account):
    assert set(sent(account)) == {"webhook-id", "webhook-timestamp"}


def test_the_check_says_which_scheme_fits(account, secret):
    headers = sent(account)
    assert signing.check(secret, headers, BODY).scheme == "standard"
    bare = {"X-Webhook-Signature": headers["x-webhook-signature"]}
    verdict = signing.check(secret, bare, BODY.encode())
    assert (verdict.ok, verdict.scheme) == (True, "bare")


def test_the_check_says_what_is_wrong(account, secret):
    headers = sent(account, at=now() - timedelta(minutes=20))
    old = signing.check(secret, headers, BODY)
    assert not old.ok and "20 minutes old" in old.words
    assert "does not fit" in signing.check(secret, sent(account), BODY + "\n").words
    assert "no signature" in signing.check(secret, {}, BODY).words
    assert "no secret of ours" in signing.check("hello", headers, BODY).words
    other = signing.new_secret(account, None)
    signing.remove_old(account, None)
    assert not signing.check(other, headers, BODY).ok
    lacking = {name: value for name, value in headers.items() if name == "webhook-signature"}
    assert "webhook-id is missing" in signing.check(secret, lacking, BODY).words
