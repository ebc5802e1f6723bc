"""Settings → Results sent: address, secret, test, what was not accepted."""

import json
import socket
from datetime import timedelta

import pytest
from django.utils.timezone import now
from standardwebhooks.webhooks import Webhook

from calls.models import Delivery, WebhookSecret
from config.kit.secrets import unseal
from config.models import Account, AuditEntry
from tests import factories
from tests.calls.hooks.deliveries import HOSTILE, refused
from tests.doubles.receiver import Receiver

PAGE = "/settings/results"
LEDGER = "https://ledger.example/results"


@pytest.fixture
def admin(signed_in):
    return signed_in("admin")


@pytest.fixture
def local(settings):
    settings.ALLOW_HTTP_WEBHOOKS = True


def actions(account: Account) -> list[str]:
    return list(AuditEntry.objects.filter(account=account).order_by("pk").values_list("action", flat=True))


def make_secret(client) -> str:
    answer = client.post(f"{PAGE}/secret")
    assert "no-store" in answer.headers["Cache-Control"]
    secret = answer.context["made"]
    assert secret in answer.content.decode()
    return secret


def test_an_office_that_sends_nothing_reads_what_it_is_good_for(admin):
    page = admin.get(PAGE).content.decode()
    for words in ("No address set", "Make a secret", "Nothing was sent in the last seven days", 'href="/docs/webhooks"'):
        assert words in page
    assert "Not accepted" not in page


def test_the_address_and_the_switch_are_kept(admin, account):
    assert admin.post(PAGE, {"url": LEDGER, "waits": "on"}).status_code == 303
    account.refresh_from_db()
    assert (account.webhook_url, account.webhook_waits) == (LEDGER, True)
    admin.post(PAGE, {"url": LEDGER, "waits": "on"})
    admin.post(PAGE, {"url": ""})
    account.refresh_from_db()
    assert (account.webhook_url, account.webhook_waits) == ("", False)
    assert actions(account) == ["webhook.address", "webhook.address"], "what changed nothing is not written down"
    assert LEDGER in admin.get("/settings/audit").content.decode()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://ledger.example/", "webhook must be a string that starts with https://."),
        ("ledger.example", "webhook must be a string that starts with https://."),
        ("https://10.0.0.1/", "Webhook must be a valid URI"),
        ("https://localhost/", "Webhook must be a valid URI"),
        ("https://anna:secret@ledger.example/", "A name or password in the address is not allowed"),
        ("https://ledger.example/ two", "Webhook must be a valid URI"),
    ],
)
@pytest.mark.parametrize("deed", [{}, {"try": "1"}])
def test_an_address_that_may_not_be_is_refused_beside_its_field(admin, account, url, why, deed):
    answer = admin.post(PAGE, {"url": url, **deed})
    assert answer.status_code == 422
    assert why in answer.content.decode() and 'id="id_url_error"' in answer.content.decode()
    account.refresh_from_db()
    assert account.webhook_url == "" and actions(account) == []


def test_a_secret_is_shown_once_and_the_one_before_signs_on(admin, account):
    first = make_secret(admin)
    assert first not in admin.get(PAGE).content.decode()
    assert unseal(WebhookSecret.objects.get().sealed) == first
    second = make_secret(admin)
    page = admin.get(PAGE).content.decode()
    assert first not in page and second not in page
    assert page.count("<code>whsec_") == 2 and "until " in page
    assert WebhookSecret.objects.get(retires_at__isnull=False).retires_at - now() > timedelta(hours=23)
    assert admin.post(f"{PAGE}/secret/old/remove").status_code == 303
    assert unseal(WebhookSecret.objects.get().sealed) == second
    assert second not in str(AuditEntry.objects.values()) and first not in str(AuditEntry.objects.values())


def test_a_test_is_signed_as_results_are(admin, account, local):
    secret = make_secret(admin)
    with Receiver(text="thanks") as far:
        answer = admin.post(PAGE, {"url": far.url, "try": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "accepted it (200)." in page and "It was signed." in page and "thanks" in page
    (got,) = far.got
    message = Webhook(secret).verify(got.body, got.headers)
    assert (message["event_type"], message["user_id"]) == ("test", str(account.uid))
    account.refresh_from_db()
    assert account.webhook_url == "", "a test saves nothing"
    assert actions(account)[-1] == "webhook.tested"
    assert not Delivery.objects.exists()


def test_a_test_that_fails_says_why(admin, account, local):
    with Receiver(404, text=HOSTILE + "x" * 600) as far:
        page = admin.post(PAGE, {"url": far.url, "try": "1"}).content.decode()
    assert "did not accept it." in page and "It answers “it knows no such address” (404)." in page
    assert HOSTILE not in page and "&lt;img src=x" in page and "x" * 501 not in page
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        page = admin.post(PAGE, {"url": f"http://127.0.0.1:{nobody.getsockname()[1]}/", "try": "1"}).content.decode()
    assert "could not be reached" in page and 'role="alert"' in page


def test_a_test_goes_into_no_inner_network(admin, account, settings):
    page = admin.post(PAGE, {"url": "https://127.0.0.1.nip.io.invalid/", "try": "1"}).content.decode()
    assert "did not accept it." in page and "is not known" in page


def test_what_was_not_accepted_stands_there_with_each_try(admin, account):
    call = factories.call(account, callee_name="Elena Duarte")
    refused(account, call=call)
    theirs = refused(factories.account("Strangers Ltd"), url="https://theirs.example/")
    page = admin.get(PAGE).content.decode()
    assert "The result of the call with" in page and "Elena Duarte" in page
    assert page.count('class="code answer"') == 3
    assert f"/calls/{call.uid}/deliveries/{Delivery.objects.get(call=call).uid}/again" in page
    assert "theirs.example" not in page and str(theirs.uid) not in page


def test_the_number_of_queries_does_not_grow(admin, account, django_assert_num_queries):
    for _ in range(2):
        for _ in range(4):
            refused(account)
        with django_assert_num_queries(10):  # session, user, member; count, rows, tries; secrets; open, accepted, newest tries
            admin.get(PAGE)


def test_the_answer_of_json_is_as_it_was_sent(admin, account):
    row = refused(account)
    Delivery.objects.filter(pk=row.pk).update(body=json.dumps({"text": HOSTILE}))
    answer = admin.get(f"/calls/{row.call.uid}/deliveries/{row.uid}")
    assert json.loads(answer.content) == {"text": HOSTILE}
    assert answer.headers["Content-Type"].startswith("text/plain") and answer.headers["X-Content-Type-Options"] == "nosniff"
