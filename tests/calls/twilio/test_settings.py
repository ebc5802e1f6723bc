"""What a line is set up with, the Test button, and what is sent to Twilio."""

from xml.etree import ElementTree

import pytest

from calls.carriers.base import Dial, LineConfig
from calls.carriers.twilio import addresses, twiml, wire
from calls.carriers.twilio.carrier import create_params
from calls.carriers.twilio.probe import probe
from calls.carriers.twilio.settings import FIELDS, check, check_secret
from tests.doubles.twilio import Twilio

SID = "AC" + "0" * 32


def test_what_was_written_is_checked():
    assert check({"account_sid": f" {SID} "}) == ({"account_sid": SID, "base_url": "https://api.twilio.com"}, {})
    assert check({})[1] == {"account_sid": "This is needed."}
    assert "not an account SID" in check({"account_sid": "me"})[1]["account_sid"]
    assert check({"account_sid": SID, "colour": "red"})[1] == {"colour": "There is no setting of this name."}
    assert check({"account_sid": SID, "base_url": "https://space.signalwire.com/api/laml/"})[0]["base_url"].endswith("/api/laml")
    for wrong in ("api.twilio.com", "ftp://x", "https://", "https://u:p@x", "https://x?y", "http://[", "https://x:99999"):
        assert "base_url" in check({"account_sid": SID, "base_url": wrong})[1], wrong
    assert check_secret("0123456789abcdef") == "" and check_secret("") and check_secret("two words")
    assert [field.name for field in FIELDS] == ["account_sid", "base_url"]


@pytest.fixture
def twilio(settings):
    settings.ALLOW_HTTP_WEBHOOKS = True
    with Twilio() as double:
        yield double


def config(twilio: Twilio, **more) -> LineConfig:
    return LineConfig("", "twilio", "", {"account_sid": twilio.sid, "base_url": twilio.url, **more}, twilio.token)


async def test_the_test_button_says_in_words_how_it_is(twilio, settings):
    assert await probe(config(twilio)) == (True, "The account is active. Its numbers: +13035550100.")
    twilio.numbers = []
    assert "owns no number" in (await probe(config(twilio)))[1]
    twilio.status = "suspended"
    assert await probe(config(twilio)) == (False, "The Twilio account is suspended: it takes no calls.")
    twilio.token = "another"
    wrong = LineConfig("", "twilio", "", {"account_sid": twilio.sid, "base_url": twilio.url}, "old")
    assert await probe(wrong) == (False, "Twilio refused the account SID or the auth token.")
    ok, said = await probe(config(twilio, base_url="http://127.0.0.1:9"))
    assert not ok and said.startswith("Twilio could not be reached.")
    settings.ALLOW_HTTP_WEBHOOKS = False
    assert "https" in (await probe(config(twilio)))[1]


@pytest.mark.parametrize(
    ("base", "media", "told"),
    [
        ("https://calls.example.com", "wss://calls.example.com/media", ""),
        ("https://calls.example.com", "", ""),
        ("http://127.0.0.1:8000", "", "BASE_URL"),
        ("http://calls.example.com", "", "BASE_URL"),
        ("https://office", "", "BASE_URL"),
        ("https://calls.example.com", "ws://10.0.0.1:8001", "MEDIA_URL"),
    ],
)
def test_an_address_that_twilio_cannot_reach_is_named(settings, base, media, told):
    settings.BASE_URL, settings.MEDIA_URL_PUBLIC = base, media
    assert (told in addresses.reachable_from_outside()) and bool(addresses.reachable_from_outside()) is bool(told)


def test_what_is_asked_of_twilio(settings):
    settings.BASE_URL, settings.MEDIA_URL_PUBLIC = "https://calls.example.com", "wss://calls.example.com/media"
    uid = "7d9fb3ab-6a29-4d2f-9a0a-7b1a53a1f7b2"
    params = create_params(Dial(uid, "+17205550142", "+13035550100", options={"max_duration": 2}))
    assert params["time_limit"] == 180 and params["async_amd"] == "true"
    assert params["status_callback"] == f"https://calls.example.com/calls/{uid}/twilio/status"
    assert params["status_callback_event"] == ["initiated", "ringing", "answered", "completed"]
    assert ElementTree.fromstring(params["twiml"])[0][0].attrib["url"].startswith(f"wss://calls.example.com/media/twilio/{uid}/")
    keyed = create_params(Dial(uid, "+17205550142", options={"precall_dtmf_sequence": "w" * 32}))
    assert keyed["send_digits"] == "w" * 32 and "machine_detection" not in keyed
    assert "send_digits" not in create_params(Dial(uid, "+17205550142", options={"precall_dtmf_sequence": "w" * 33}))


def test_markup_is_escaped_and_bounded():
    tree = ElementTree.fromstring(twiml.talk('wss://x/"><Hangup/>', "https://x/?a=1&b=<2>", keys="1w2#"))
    assert [verb.tag for verb in tree] == ["Play", "Connect", "Redirect"]
    assert tree[1][0].attrib["url"] == 'wss://x/"><Hangup/>' and tree[2].text == "https://x/?a=1&b=<2>"
    handed = ElementTree.fromstring(twiml.hand_over("+1<2>", caller_id='"', then="https://x/&", picked_up="https://y/&"))
    assert handed[0].attrib["callerId"] == '"' and handed[0][0].text == "+1<2>"
    with pytest.raises(ValueError, match="4000"):
        twiml.talk("x" * 4_000, "y")


@pytest.mark.parametrize(
    "raw",
    ["", "[]", "{}", "nonsense", b"\xff", '{"event": "media"}', '{"event": "media", "media": {"payload": "***"}}', '{"event": "mark"}',
     '{"event": "dtmf", "dtmf": {"digit": "12"}}', '{"event": "start", "start": {}}', '{"event": "connected"}', "null", '"stop"'],
)  # fmt: skip
def test_a_message_that_is_none_does_nothing(raw):
    assert wire.read(raw) is None
