"""Twilio's callbacks through the real views: signed, late, doubled, in any order."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from calls import lifecycle, lines
from calls.carriers.twilio import addresses
from calls.lifecycle import Event
from calls.models import Call, CallEvent, CarrierReport, Line
from calls.runner import reaper
from calls.states import ON_THE_LINE, State
from config.kit.secrets import seal
from tests import factories
from tests.doubles.twilio import Twilio

BASE = "https://calls.example.com"
AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
COLUMNS = ["state", "status", "answered_by", "call_ended_by", "duration_ms", "error_message", "ringing_at", "started_at", "ended_at"]
ANSWERED = [("initiated", 0), ("ringing", 1), ("in-progress", 5), ("completed", 65)]
BUSY = [("initiated", 0), ("ringing", 1), ("busy", 9)]


@pytest.fixture(autouse=True)
def _public(settings):
    settings.BASE_URL = BASE


@pytest.fixture
def twilio():
    return Twilio()  # only its signature


@pytest.fixture
def call(account, twilio) -> Call:
    row = Line(account=account, kind="twilio", name="Twilio", settings={"account_sid": twilio.sid}, secret=seal(twilio.token))
    return a_call(account, lines.save(row))


def a_call(account, line) -> Call:
    """Being dialled by a runner that vanished."""
    lease = now() - timedelta(seconds=1)
    return factories.call(account, carrier="twilio", line=line, state=State.DIALLING, lease_until=lease, dialling_at=AT)


def told(word: str, second: int) -> dict[str, str]:
    posted = {"CallSid": "CA1", "CallStatus": word, "Timestamp": format_datetime(AT + timedelta(seconds=second)), "SequenceNumber": "0"}
    return posted | ({"CallDuration": "60"} if word == "completed" else {})


def post(twilio: Twilio, call: Call, what: str, posted: dict[str, str], *, again: int | None = None, **headers: str):
    path = addresses.callback_path(str(call.uid), what, again)
    return Client().post(path, posted, headers=twilio.headers(BASE + path, posted) | headers)


def test_the_addresses_given_out_are_those_that_are_served(call):
    uid = str(call.uid)
    for what in ("status", "answerer", "handed-over", "picked-up"):
        assert addresses.callback_path(uid, what) == reverse(f"twilio-{what}", args=[uid])
    assert addresses.callback_path(uid, "next", 3) == reverse("twilio-next", args=[uid, 3])


@pytest.mark.parametrize("what", ["status", "answerer", "handed-over", "picked-up", "next"])
def test_what_twilio_did_not_sign_is_refused_and_changes_nothing(call, twilio, what):
    again = 0 if what == "next" else None
    path = addresses.callback_path(str(call.uid), what, again)
    posted = {**told("completed", 5), "AnsweredBy": "human", "DialCallStatus": "completed"}
    signatures = [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "nonsense"},
        {"X-Twilio-Signature": "n\u00f6"},
        {"X-Twilio-Signature": twilio.signature(BASE + path, posted, token="another")},
        {"X-Twilio-Signature": twilio.signature("http://testserver" + path, posted)},  # the Host header says nothing
        {"X-Twilio-Signature": twilio.signature(BASE + path, {**posted, "CallDuration": "1"})},
        twilio.headers(BASE + path, posted) | {"X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=HMAC_SHA256"},
        twilio.headers(BASE + path, posted) | {"X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=NONE"},
    ]
    for headers in signatures:
        assert Client().post(path, posted, headers=headers).status_code == 403, headers
    assert not CarrierReport.objects.exists() and not CallEvent.objects.exists()
    other = factories.call(call.account, carrier="simulated")
    assert post(twilio, other, what, posted, again=again).status_code == 404
    assert Client().get(path).status_code == 405


def test_a_shared_key_may_sign(call, twilio):
    twilio.algorithm = "HMAC_SHA256"
    assert post(twilio, call, "status", told("ringing", 1)).status_code == 204


def orders(callbacks: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Every order, and twenty with doubles."""
    chance = random.Random(4)
    doubled = [chance.sample(callbacks * 2, len(callbacks) * 2) for _ in range(20)]
    return [list(order) for order in itertools.permutations(callbacks)] + doubled


@pytest.mark.parametrize("callbacks", [ANSWERED, BUSY])
def test_the_same_row_comes_out_of_every_order_of_callbacks(call, twilio, callbacks):
    """The runner vanished; a reaper looks before, between or after them."""
    outcomes = set()
    for number, order in enumerate(orders(callbacks)):
        row = a_call(call.account, call.line)
        reaped_at = number % (len(order) + 1)
        for place, (word, second) in enumerate([*order, ("", 0)]):
            if place == reaped_at:
                reaper.reap()
            if word:
                assert post(twilio, row, "status", told(word, second)).status_code == 204
        reaper.reap()
        outcomes.add(Call.objects.filter(pk=row.pk).values_list(*COLUMNS, "carrier_ref").get())
        assert CarrierReport.objects.filter(call=row).count() == len(callbacks)
    assert len(outcomes) == 1
    state, status, *_, ended_at, ref = outcomes.pop()
    assert (state, status, ref) == (State.COMPLETE, callbacks[-1][0], "CA1")
    assert ended_at == AT + timedelta(seconds=callbacks[-1][1])


def test_a_failure_says_why(call, twilio):
    reaper.reap()
    post(twilio, call, "status", told("failed", 2) | {"SipResponseCode": "404", "ErrorCode": "32009"})
    call.refresh_from_db()
    assert (call.status, call.error_message) == ("failed", "Twilio could not place the call (SIP 404, error 32009).")


def test_what_is_next_is_the_socket_while_the_call_is_live_and_then_the_end(call, twilio):
    first = post(twilio, call, "next", {"CallSid": "CA1"}, again=0)
    tree = ElementTree.fromstring(first.content)
    assert [verb.tag for verb in tree] == ["Connect", "Redirect"]
    call_id, token = addresses.read_socket(tree[0][0].attrib["url"].partition(":8001")[2])
    assert call_id == str(call.uid) and addresses.admits(call_id, token)
    assert tree[0][0].attrib["url"].startswith("wss://calls.example.com:8001/twilio/")
    assert tree[1].text == f"{BASE}/calls/{call.uid}/twilio/next/1"
    again = ElementTree.fromstring(post(twilio, call, "next", {"CallSid": "CA1"}, again=3).content)
    assert [verb.tag for verb in again] == ["Pause", "Connect", "Redirect"], "not as fast as it can"
    assert b"<Hangup/>" in post(twilio, call, "next", {"CallSid": "CA1"}, again=20).content, "not for ever"
    lifecycle.advance(call.pk, ON_THE_LINE, State.COMPLETE, Event("call", "over"), status="completed")
    assert b"<Response><Hangup/></Response>" in post(twilio, call, "next", {"CallSid": "CA1"}, again=0).content


@pytest.mark.parametrize(("word", "back"), [("completed", False), ("busy", True), ("no-answer", True), ("failed", True)])
def test_the_call_comes_back_when_nobody_takes_it_over(call, twilio, word, back):
    answer = post(twilio, call, "handed-over", {"CallSid": "CA1", "DialCallStatus": word, "DialCallSid": "CA2"})
    assert (b"<Stream" in answer.content) is back and (b"<Hangup/>" in answer.content) is not back
    assert CarrierReport.objects.get().data == {"status": word}


def test_after_the_end_nothing_is_known_of_an_account_of_the_senders_own(account, twilio):
    """Its token is gone: nothing can be checked, so nothing is written, and Twilio is told that it is over."""
    call = factories.call(account, carrier="twilio", state=State.COMPLETE, status="completed", ended_at=now())
    assert post(twilio, call, "status", told("completed", 9)).status_code == 204
    assert b"<Hangup/>" in post(twilio, call, "next", {}, again=0).content
    assert not CarrierReport.objects.exists()
