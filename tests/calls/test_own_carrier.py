"""A Twilio account of the sender's own: from the page to the key, from the key to the call, and out of the row again."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls import lifecycle, own_carrier, prices, requests
from calls.lifecycle import Event
from calls.models import Call, CallingRules, Number
from calls.own_carrier import BAD_KEY, NO_CONNECTION, NO_NUMBERS, NOT_TAKEN, OwnAccount
from calls.runner import lines, retry
from calls.states import ON_THE_LINE, State
from config.kit.secrets import seal
from config.models import Account, AuditEntry
from tests import factories
from tests.doubles.twilio import Twilio

CALLEE = "+17205550142"
BODY = {"phone_number": CALLEE, "task": "Say hello."}


@pytest.fixture
def twilio(settings):
    settings.ALLOW_HTTP_WEBHOOKS = True
    with Twilio() as double:
        yield double


def own(twilio: Twilio, **changed: str) -> OwnAccount:
    return OwnAccount(**{"account_sid": twilio.sid, "auth_token": twilio.token, "base_url": twilio.url, **changed})


def refused(account, key: str, **body) -> tuple[int, str]:
    with pytest.raises(requests.Refused) as error:
        requests.send(account, {**BODY, **body}, encrypted_key=key)
    return error.value.status, error.value.body["message"]


def test_a_call_goes_out_over_the_account_of_the_key(account, twilio):
    key = own_carrier.make_key(account, own(twilio))
    assert twilio.token not in key and twilio.sid not in key
    call = requests.send(account, BODY, encrypted_key=key)
    call.refresh_from_db()
    assert (call.carrier, call.line, call.from_number) == ("twilio", None, twilio.numbers[0])
    assert twilio.token not in json.dumps([call.own_carrier, call.request, call.config])
    config = lines.of_call(call)
    assert (config.settings["account_sid"], config.settings["base_url"], config.secret) == (twilio.sid, twilio.url, twilio.token)


def test_the_number_must_be_one_of_that_account(account, twilio):
    key = own_carrier.make_key(account, own(twilio))
    twilio.numbers = ["+13035550100", "+13035550111"]
    assert requests.send(account, {**BODY, "from": "+13035550111"}, encrypted_key=key).from_number == "+13035550111"
    Number.objects.create(account=account, number="+13035550122")  # ours, not theirs
    assert refused(account, key, **{"phone_number": "+17205550143", "from": "+13035550122"}) == (
        400,
        "Invalid 'from' - must be a phone number string with 10 or 12 digits.",
    )
    twilio.numbers = []
    assert refused(account, key, phone_number="+17205550144") == (500, NO_NUMBERS)


def test_a_strategy_for_the_offices_own_numbers_is_ignored_and_said_so(account, twilio):
    call = requests.send(account, {**BODY, "dialing_strategy": {"type": "local"}}, encrypted_key=own_carrier.make_key(account, own(twilio)))
    assert call.from_number == twilio.numbers[0] and any("dialing_strategy is ignored" in note for note in call.notes)


def test_what_is_no_key_of_this_office_is_refused(account, twilio):
    other = factories.account("Strangers Ltd")
    theirs = own_carrier.make_key(other, own(twilio))
    assert refused(account, theirs) == (500, BAD_KEY)
    forged = json.dumps({"for": "webhook", "account": str(account.uid), "account_sid": "a", "auth_token": "b", "base_url": "c"})
    for wrong in ("nonsense", seal("nonsense"), seal("[]"), seal(forged), own_carrier.make_key(account, own(twilio))[:-2]):
        assert refused(account, wrong) == (500, BAD_KEY)
    assert not Call.objects.exists()


def test_what_is_wrong_with_the_account_is_said_as_the_reference_does(account, twilio, settings):
    away = own_carrier.make_key(account, own(twilio, base_url="http://127.0.0.1:9"))
    assert refused(account, away) == (500, NO_CONNECTION)
    old = own_carrier.make_key(account, own(twilio, auth_token="an-old-token"))
    assert refused(account, old) == (500, NOT_TAKEN)
    key = own_carrier.make_key(account, own(twilio))
    twilio.status = "suspended"
    assert refused(account, key) == (500, NOT_TAKEN)
    settings.ALLOW_HTTP_WEBHOOKS = False
    assert refused(account, key) == (500, NO_CONNECTION), "an address inside is never asked"


def test_twilio_is_asked_last_of_all(account, twilio):
    CallingRules.objects.filter(account=account).update(blocked_phrases=["say hello"])
    key = own_carrier.make_key(account, own(twilio, base_url="http://127.0.0.1:9"))
    with pytest.raises(requests.Refused) as error:
        requests.send(Account.objects.get(pk=account.pk), BODY, encrypted_key=key)
    assert error.value.status == 418


@pytest.mark.django_db(transaction=True)
def test_the_token_is_out_of_the_row_once_the_call_is_over_and_its_retry_has_its_own(account, twilio):
    call = requests.send(account, BODY, encrypted_key=own_carrier.make_key(account, own(twilio)))
    Call.objects.filter(pk=call.pk).update(state=State.STARTED, config={**call.config, "retry": {"wait": 60}})
    made = retry.after_voicemail(call.pk)
    lifecycle.advance(call.pk, ON_THE_LINE, State.COMPLETE, Event("call", "over"), status="completed")
    call.refresh_from_db()
    made.refresh_from_db()
    assert call.own_carrier == "" and lines.of_call(made).secret == twilio.token


@pytest.mark.django_db(transaction=True)
def test_a_lost_call_keeps_its_token_for_an_hour_of_late_reports(account, twilio):
    call = requests.send(account, BODY, encrypted_key=own_carrier.make_key(account, own(twilio)))
    Call.objects.filter(pk=call.pk).update(state=State.STARTED)
    lifecycle.advance(call.pk, ON_THE_LINE, State.CALL_ERROR, Event("call", "lost"), status="unknown")
    prices.tidy()
    call.refresh_from_db()
    assert call.own_carrier
    Call.objects.filter(pk=call.pk).update(ended_at=now() - timedelta(minutes=61))
    prices.tidy()
    call.refresh_from_db()
    assert call.own_carrier == ""


def test_the_page_shows_the_key_once_and_keeps_nothing(account, twilio, signed_in):
    client, path = signed_in("admin"), reverse("settings-own-key")
    answer = client.post(path, {"account_sid": twilio.sid, "auth_token": twilio.token, "base_url": twilio.url})
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    key = re.search(r'id="the-key">([^<]+)<', answer.content.decode())[1]
    assert own_carrier.read_key(account, key) == own(twilio)
    assert key not in client.get(path).content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("own_carrier.key_made", twilio.sid) and twilio.token not in json.dumps(entry.detail)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"account_sid": "me"}, "This is not an account SID"),
        ({"auth_token": "two words"}, "An auth token is letters and digits"),
        ({"auth_token": "another-token"}, "Twilio refused the account SID or the auth token."),
        ({"auth_token": ""}, "This field is required."),
        ({"base_url": "nowhere"}, "Write the address of a server"),
    ],
)
def test_the_page_says_what_is_wrong(account, twilio, signed_in, changed, told):
    body = {"account_sid": twilio.sid, "auth_token": twilio.token, "base_url": twilio.url, **changed}
    answer = signed_in("admin").post(reverse("settings-own-key"), body)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert "the-key" not in answer.content.decode() and twilio.token not in answer.content.decode()
