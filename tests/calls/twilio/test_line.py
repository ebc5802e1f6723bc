"""A Twilio call as a line with sound, against the double; callbacks go through the real views."""

import asyncio
import time

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils.timezone import now

from calls.carriers.base import CarrierError, Dial
from calls.carriers.leaving import leave_all
from calls.carriers.sound import Gone, Judged, Key, Marked, PickedUp, Rang, Sound
from calls.carriers.twilio import addresses, carrier
from calls.carriers.twilio.carrier import place
from calls.models import Call
from calls.states import State
from tests.calls.twilio.kit import CALLEE, COLLEAGUE, config_of, dial, switchboard
from tests.doubles.phone import Phone
from tests.doubles.twilio import Twilio

pytestmark = pytest.mark.django_db(transaction=True)
FRAME_MS = 20


def tone(ms: int) -> bytes:
    return (np.sin(np.arange(ms * 8) * 0.5) * 8_000).astype("<i2").tobytes()


def speak(line, ms: int) -> None:
    sound = tone(ms)
    for start in range(0, len(sound), 320):
        line.send(sound[start : start + 320])


@pytest.fixture
def twilio(live_server):
    with Twilio() as double:
        yield double


@pytest.fixture
async def here(settings, live_server):
    async with switchboard(settings, live_server):
        yield
    await sync_to_async(connections.close_all)()


async def test_it_rings_is_answered_and_sound_goes_both_ways(account, twilio, here):
    async def callee(phone: Phone) -> None:
        await phone.until_spoken_to()
        await phone.say(tone(400))
        phone.press("5#")
        await phone.over.wait()

    twilio.callees[CALLEE] = callee
    there = await dial(account, twilio)
    assert there.placed.status in ("queued", "ringing")  # on a busy machine it may ring by now
    assert there.placed.one("MachineDetection") == "DetectMessageEnd"
    await there.until(Rang)
    await there.until(PickedUp)
    speak(there.line, 300)
    began = time.monotonic()
    there.line.mark(7)
    assert await there.until(Marked) == Marked(7)
    assert 0.2 < time.monotonic() - began < 0.6
    heard, keys = bytearray(), ""
    async with asyncio.timeout(5):
        while keys != "5#":
            match await there.line.next():
                case Sound(pcm):
                    heard.extend(pcm)
                case Key(digit):
                    keys += digit
    assert np.abs(np.frombuffer(bytes(heard), "<i2")).max() > 7_000
    await there.line.hangup()
    assert (await there.events())[-1] == Gone("hangup", "us")
    assert np.abs(np.frombuffer(there.placed.phone.sound(), "<i2")).max() > 7_000
    await until(lambda: there.placed.status == "completed")
    assert carrier.line_of(str(there.call.uid)) is None
    row = await Call.objects.aget(pk=there.call.pk)
    assert row.carrier_ref == there.placed.sid


async def test_what_was_not_heard_yet_is_dropped_within_a_frame(account, twilio, here):
    there = await dial(account, twilio)
    await there.until(PickedUp)
    speak(there.line, 4_000)
    there.line.mark(1)
    await asyncio.sleep(0.5)
    began = time.monotonic()
    there.line.clear()
    assert await there.until(Marked) == Marked(1)
    assert time.monotonic() - began < 0.1
    await asyncio.sleep(0.3)
    heard = there.placed.phone.heard
    assert heard[-1].at - began < 0.1, "silence within a tenth of a second"
    assert there.placed.phone.dropped > 20_000
    await there.line.hangup()


async def test_the_callee_hangs_up(account, twilio, here):
    async def callee(phone: Phone) -> None:
        await phone.wait(0.6)

    twilio.callees[CALLEE] = callee
    there = await dial(account, twilio)
    assert await there.events() == [Rang(), PickedUp(), Judged("human"), Gone("hangup", "callee")]


@pytest.mark.parametrize("word", ["busy", "no-answer", "failed"])
async def test_nobody_answers(account, twilio, here, word):
    twilio.behaves[CALLEE] = word
    there = await dial(account, twilio)
    rang, gone = await there.events()
    assert rang == Rang()
    assert gone == Gone(word, "carrier", "Twilio could not place the call (SIP 404)." if word == "failed" else "")


async def test_hanging_up_before_the_answer_stops_the_ringing(account, twilio, here):
    twilio.ring_seconds = 5
    there = await dial(account, twilio)
    await there.until(Rang)
    await there.line.hangup()
    assert (await there.events())[-1] == Gone("canceled", "us")
    await until(lambda: there.placed.status == "canceled")


async def test_keys_are_pressed_and_the_conversation_goes_on(account, twilio, here):
    there = await dial(account, twilio)
    await there.until(PickedUp)
    await there.line.press("1w2")
    assert there.placed.phone.tones == ["1", "2"] and len(there.placed.sockets) == 2
    assert len(set(there.placed.sockets)) == 2, "every socket has a token of its own"
    speak(there.line, 200)
    there.line.mark(3)
    assert await there.until(Marked) == Marked(3)
    await there.line.hangup()


async def test_keys_before_the_conversation_are_pressed_by_twilio_itself(account, twilio, here):
    there = await dial(account, twilio, precall_dtmf_sequence="ww9")
    await there.until(PickedUp)
    await there.line.press("ww9")
    assert there.placed.phone.tones == ["9"] and len(there.placed.sockets) == 1
    assert there.placed.one("SendDigits") == "ww9" and "MachineDetection" not in there.placed.asked
    await there.line.hangup()


async def test_handing_over(account, twilio, here):
    there = await dial(account, twilio)
    await there.until(PickedUp)
    await there.line.transfer(COLLEAGUE)
    assert (await there.events())[-1] == Gone("transferred", "us")
    assert (there.placed.dials[0]["to"], there.placed.dials[0]["from"]) == (COLLEAGUE, twilio.numbers[0])


async def test_a_colleague_who_does_not_answer_gives_the_call_back(account, twilio, here):
    twilio.behaves[COLLEAGUE] = "no-answer"
    there = await dial(account, twilio)
    await there.until(PickedUp)
    with pytest.raises(CarrierError, match="Nobody answered"):
        await there.line.transfer(COLLEAGUE)
    assert len(there.placed.sockets) == 2
    there.line.mark(4)
    assert await there.until(Marked) == Marked(4)
    await there.line.hangup()


async def test_a_socket_that_breaks_off_comes_back(account, twilio, here):
    there = await dial(account, twilio)
    await there.until(PickedUp)
    line, _ = carrier.line_of(str(there.call.uid))
    line._stream.close()
    await until(lambda: len(there.placed.sockets) == 2)
    await until(lambda: bool(line._stream_sid))
    there.line.mark(5)
    assert await there.until(Marked) == Marked(5)
    await there.line.hangup()


async def test_a_runner_that_ends_waits_until_twilio_has_hung_up(account, twilio, here):
    there = await dial(account, twilio)
    await there.until(PickedUp)
    twilio.refuse = (503, 20503, "Service unavailable")
    await there.line.hangup()
    assert (await there.events())[-1] == Gone("hangup", "us")
    twilio.refuse = None
    await leave_all()
    assert there.placed.canceled.is_set()


async def test_what_cannot_be_hung_up_by_request_ends_by_its_own_markup(account, twilio, here):
    there = await dial(account, twilio)
    await there.until(PickedUp)
    twilio.refuse = (503, 20503, "Service unavailable")
    await Call.objects.filter(pk=there.call.pk).aupdate(state=State.COMPLETE, ended_at=now())
    await there.line.hangup()
    await until(lambda: there.placed.status == "completed")
    assert not there.placed.canceled.is_set()


async def test_a_call_whose_callbacks_are_all_lost_still_comes_to_its_end(account, twilio, here, monkeypatch):
    monkeypatch.setattr("calls.carriers.twilio.line.ASK_EVERY", 0.3)
    twilio.drop_callbacks = True
    twilio.behaves[CALLEE] = "busy"
    there = await dial(account, twilio)
    assert (await there.events())[-1] == Gone("busy", "carrier")


async def test_a_socket_that_cannot_be_reached_ends_the_call_and_says_why(account, twilio, here, settings, monkeypatch):
    monkeypatch.setattr("calls.carriers.twilio.line.SOCKET_WITHIN", 0.5)
    settings.MEDIA_URL_PUBLIC = "ws://127.0.0.1:9"
    there = await dial(account, twilio)
    gone = (await there.events())[-1]
    assert (gone.cause, gone.by) == ("failed", "carrier") and "ws://127.0.0.1:9" in gone.message
    await until(lambda: there.placed.status == "completed")


async def test_a_text_message(account, twilio, here):
    there = await dial(account, twilio)
    await there.line.sms("", "See you on Tuesday")
    assert twilio.messages == [{"To": CALLEE, "From": twilio.numbers[0], "Body": "See you on Tuesday"}]
    with pytest.raises(CarrierError, match="not a valid, SMS-capable"):
        await there.line.sms(COLLEAGUE, "Hi", "+15550100000")
    await there.line.hangup()


async def test_one_call_a_second_is_queued_by_twilio(account, twilio, here):
    twilio._pause = 1.0
    first, second = await dial(account, twilio), await dial(account, twilio, COLLEAGUE)
    began = time.monotonic()
    await first.until(PickedUp)
    await second.until(PickedUp)
    assert 0.8 < time.monotonic() - began < 3
    for there in (first, second):
        await there.line.hangup()


@pytest.mark.parametrize(
    ("refuse", "words", "permanent"),
    [
        ((401, 20003, "Authenticate"), "Twilio refused the account SID or the auth token.", True),
        ((429, 20429, "Too Many Requests"), "Twilio takes no more requests just now.", False),
        ((400, 21215, "Geo"), "Calls to this country are switched off", True),
        ((400, 13224, "Invalid phone"), r"Twilio refused: Invalid phone \(error 13224\)", True),
    ],
)
async def test_refusals_are_said_in_words(account, twilio, here, refuse, words, permanent):
    twilio.refuse = refuse
    with pytest.raises(CarrierError, match=words) as refused:
        await place(Dial("7d9fb3ab-6a29-4d2f-9a0a-7b1a53a1f7b2", CALLEE, twilio.numbers[0], line=config_of(twilio)))
    assert (refused.value.status, refused.value.permanent) == ("failed", permanent)
    assert carrier.line_of("7d9fb3ab-6a29-4d2f-9a0a-7b1a53a1f7b2") is None


async def test_twilio_away_is_a_failure_and_no_answer_is_unknown(account, twilio, here, monkeypatch):
    monkeypatch.setattr("calls.carriers.twilio.client.SECONDS", 0.3)
    config = config_of(twilio)
    config.settings["base_url"] = "http://127.0.0.1:9"
    with pytest.raises(CarrierError, match="could not be reached") as away:
        await place(Dial("call", CALLEE, twilio.numbers[0], line=config))
    assert away.value.status == "failed"
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(3), "127.0.0.1", 0)
    config.settings["base_url"] = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    with pytest.raises(CarrierError, match="did not say") as unknown:
        await place(Dial("call", CALLEE, twilio.numbers[0], line=config))
    assert unknown.value.status == "unknown"
    silent.close()


async def test_only_twilio_joins_a_call_and_each_token_once(account, twilio, here):
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    there = await dial(account, twilio)
    await there.until(PickedUp)
    fresh = addresses.socket(str(there.call.uid))
    other = addresses.socket("7d9fb3ab-6a29-4d2f-9a0a-7b1a53a1f7b2")
    used = there.placed.sockets[0]
    tampered = fresh[:-1] + ("A" if fresh[-1] != "A" else "B")

    async def closed_with(url: str, signature: str) -> int:
        async with connect(url, additional_headers={"X-Twilio-Signature": signature}) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            return socket.close_code

    assert await closed_with(fresh, twilio.signature(fresh, {}, token="another")) == 4401
    assert await closed_with(fresh, "") == 4401
    assert await closed_with(used, twilio.signature(used, {})) == 4401
    assert await closed_with(tampered, twilio.signature(tampered, {})) == 4401
    assert await closed_with(other, twilio.signature(other, {})) == 4404
    await there.line.hangup()


async def test_signed_with_a_shared_key(account, twilio, here):
    twilio.algorithm = "HMAC_SHA256"
    there = await dial(account, twilio)
    await there.until(PickedUp)
    await there.line.hangup()
    assert {status for _, _, status in twilio.answers} == {204}


async def until(fits, within: float = 5.0) -> None:
    async with asyncio.timeout(within):
        while True:
            if fits():
                return
            await asyncio.sleep(0.02)
