"""Calls over a SIP line to sipp and to Debian's baresip: sound both ways, keys, ends of every kind, transfer."""

import asyncio
import re
import time

import pytest

from calls.carriers.base import CarrierError
from calls.carriers.sip import runtime
from calls.carriers.sip.line import SipLine
from calls.carriers.sip.placing import place
from calls.carriers.sip.settings import parse
from calls.carriers.sound import Gone, Key, PickedUp, Rang
from tests.peers import scenario
from tests.peers.kit import Baresip, Ear, Sipp, likeness, pcm, samples, speak, speechlike, trunk, until

NUMBER, CALLER = "+15551234567", "+15550100"


async def call(config, number=NUMBER, caller=CALLER):
    line = await place(config, parse(config.settings), number, caller)
    return line, Ear(line)


async def test_what_is_said_comes_back_from_an_echo(peers):
    echo = peers(Sipp)
    line, ear = await call(trunk(echo.port))
    await ear.answered()
    ours = speechlike(2, 1)
    await speak(line, pcm(ours) + bytes(320 * 20))
    assert likeness(ours, samples(ear.sound)) >= 0.99
    await line.hangup()
    assert await ear.over() == Gone("hangup", "us")
    assert ear.events[:2] == [Rang(), PickedUp()]
    until(lambda: "BYE sip:" in echo.heard())
    invite = echo.heard().split("INVITE ")[1]
    assert f"sip:{NUMBER}@" in invite.split("\n")[0]
    assert f"From: <sip:{CALLER}@" in invite
    assert f"P-Asserted-Identity: <sip:{CALLER}@127.0.0.1" in invite


async def test_sound_both_ways_with_a_telephone(peers):
    theirs, ours = speechlike(8, 2), speechlike(2.5, 3)
    phone = peers(Baresip, theirs)
    line, ear = await call(trunk(phone.port, codecs="pcma"))
    await ear.answered()
    await speak(line, pcm(ours) + bytes(320 * 40))
    await line.hangup()
    await ear.over()
    assert likeness(theirs[: 3 * 8_000], samples(ear.sound)) >= 0.99
    await asyncio.to_thread(until, lambda: len(phone.heard()) > len(ours))
    assert likeness(ours, phone.heard()) >= 0.99


async def test_keys_both_ways(peers):
    phone = peers(Baresip, speechlike(8, 4))
    line, ear = await call(trunk(phone.port))
    await ear.answered()
    began = time.monotonic()
    await line.press("12w#")
    assert time.monotonic() - began > 0.5
    await asyncio.to_thread(until, lambda: phone.keys() == "12#")
    await asyncio.to_thread(phone.press, "5")
    await asyncio.to_thread(phone.press, "9")
    await ear.until(lambda: [e.digit for e in ear.events if isinstance(e, Key)] == ["5", "9"])
    await line.hangup()


async def test_a_trunk_without_key_events_gets_keys_by_info(peers):
    peer = peers(Sipp, scenario.keys_by_info())
    line, ear = await call(trunk(peer.port))
    await ear.answered()
    await line.press("7")
    until(lambda: "Signal=7" in peer.heard())
    await line.hangup()
    await ear.over()


async def test_marks_come_when_their_sound_was_sent_and_at_once_when_it_is_dropped(peers):
    echo = peers(Sipp)
    line, ear = await call(trunk(echo.port))
    await ear.answered()
    loop, frame, when = asyncio.get_running_loop(), pcm(speechlike(0.02, 5)), {}
    began = loop.time()
    for _ in range(10):
        line.send(frame)
    line.mark(1)
    await ear.until(lambda: ear.marks == [1])
    when[1] = loop.time() - began
    assert 0.12 <= when[1] <= 0.5
    for _ in range(25):
        line.send(frame)
    line.mark(2)
    line.clear()
    began = loop.time()
    await ear.until(lambda: ear.marks == [1, 2])
    assert loop.time() - began < 0.05
    await line.hangup()


async def test_what_is_said_right_after_an_interruption_is_heard_whole_and_the_dropped_part_is_not(peers):
    echo = peers(Sipp)
    line, ear = await call(trunk(echo.port))
    await ear.answered()
    dropped, said = speechlike(1, 6), speechlike(1, 7)
    for at in range(0, 16_000, 320):
        line.send(pcm(dropped)[at : at + 320])
    await asyncio.sleep(0.1)
    line.clear()
    await speak(line, pcm(said) + bytes(320 * 20))
    heard = samples(ear.sound)
    assert likeness(said, heard) >= 0.99
    assert likeness(dropped, heard) < 0.9
    await line.hangup()


@pytest.mark.parametrize(
    ("status", "cause", "says"),
    [
        ("486 Busy Here", "busy", "busy"),
        ("600 Busy Everywhere", "busy", "busy"),
        ("603 Decline", "busy", "declined"),
        ("408 Request Timeout", "no-answer", "408"),
        ("480 Temporarily Unavailable", "no-answer", "480"),
        ("404 Not Found", "failed", "number does not exist"),
        ("484 Address Incomplete", "failed", "incomplete"),
        ("403 Forbidden", "failed", "user name, password"),
        ("488 Not Acceptable Here", "failed", "codecs and SRTP"),
        ("503 Service Unavailable", "failed", "later"),
    ],
)
async def test_refusals(peers, status, cause, says):
    peer = peers(Sipp, scenario.refusing(status))
    _line, ear = await call(trunk(peer.port))
    gone = await ear.over()
    assert gone.cause == cause and says in gone.message, gone
    assert PickedUp() not in ear.events
    until(lambda: "ACK sip:" in peer.heard())


async def test_nobody_answers_and_the_ringing_is_called_off(peers):
    peer = peers(Sipp, scenario.ringing())
    _line, ear = await call(trunk(peer.port, ring_timeout=5))
    gone = await ear.over()
    assert gone == Gone("no-answer", "carrier", "Nobody answered within 5 s.")
    until(lambda: "CANCEL sip:" in peer.heard())


async def test_calling_off_while_it_rings(peers):
    peer = peers(Sipp, scenario.ringing())
    line, ear = await call(trunk(peer.port))
    await ear.until(lambda: Rang() in ear.events)
    await line.hangup()
    assert await ear.over() == Gone("canceled", "us")
    until(lambda: "487 Request Terminated" in peer.heard() and peer.heard().rstrip().count("ACK sip:") == 1)


async def test_the_far_end_hangs_up(peers):
    peer = peers(Sipp, scenario.hanging_up(300))
    line, ear = await call(trunk(peer.port))
    assert await ear.over() == Gone("hangup", "callee")
    await line.hangup()
    await line.press("1")
    line.send(bytes(320))
    line.clear()
    await line.transfer("+15550199")


async def test_sound_before_the_answer_is_not_heard(peers, tmp_path):
    tone = 8_000 * (speechlike(1, 8) > 0) - 4_000.0
    (tmp_path / "tone.ulaw").write_bytes(bytes(0x20 if s > 0 else 0xA0 for s in tone))
    peer = peers(Sipp, scenario.early_media("tone.ulaw", 1_500))
    line, ear = await call(trunk(peer.port))
    await ear.answered()
    await asyncio.sleep(0.3)
    assert ear.events == [Rang(), PickedUp()]
    assert len(ear.sound) < 16_000 * 0.5
    await line.hangup()


async def test_transfer(peers):
    peer = peers(Sipp, scenario.transferring("200 OK"))
    line, ear = await call(trunk(peer.port))
    await ear.answered()
    await line.transfer("+1 555 0199")
    assert await ear.over() == Gone("transferred", "us")
    assert "Refer-To: <sip:+15550199@" in peer.heard().replace("Refer-To: sip:", "Refer-To: <sip:")


async def test_a_trunk_that_hangs_up_after_it_took_the_transfer(peers):
    peer = peers(Sipp, scenario.transferring("bye"))
    line, ear = await call(trunk(peer.port))
    await ear.answered()
    await line.transfer("+15550199")
    assert await ear.over() == Gone("transferred", "us")


@pytest.mark.parametrize(("outcome", "says"), [("refuse", "603"), ("486 Busy Here", "486")])
async def test_a_transfer_that_fails_leaves_the_call_up(peers, outcome, says):
    peer = peers(Sipp, scenario.transferring(outcome))
    line, ear = await call(trunk(peer.port))
    await ear.answered()
    with pytest.raises(CarrierError, match=says):
        await line.transfer("+15550199")
    assert ear.gone is None
    await line.hangup()
    assert await ear.over() == Gone("hangup", "us")


async def test_hold_and_resume_by_the_far_end(peers):
    peer = peers(Sipp, scenario.holding(500, 2_600))
    line, ear = await call(trunk(peer.port, media_timeout=2))
    await ear.answered()
    await asyncio.sleep(3.4)
    assert ear.gone is None, "a held line is silent, not gone"
    until(lambda: peer.heard().count("ACK sip:") == 3)
    ours, before = speechlike(2, 10), len(ear.sound)
    await speak(line, pcm(ours) + bytes(320 * 20))
    assert likeness(ours, samples(ear.sound[before:])) >= 0.99
    await line.hangup()
    assert await ear.over() == Gone("hangup", "us")


async def test_a_peer_that_dies_is_noticed_within_the_media_timeout(peers):
    echo = peers(Sipp)
    line, ear = await call(trunk(echo.port, media_timeout=4))
    await ear.answered()
    await speak(line, bytes(320 * 20))
    echo.kill()
    began = time.monotonic()
    gone = await ear.over(6)
    assert gone.cause == "lost" and "No sound arrived for 4 s" in gone.message
    assert 3 < time.monotonic() - began < 5


async def test_nobody_at_the_other_end(peers):
    _line, ear = await call(trunk(9, transport="tcp"))
    gone = await ear.over()
    assert gone.cause == "failed" and "Nobody answers at 127.0.0.1:9 over TCP" in gone.message
    _line, ear = await call(trunk(5060, host="no-such-host.invalid"))
    gone = await ear.over()
    assert gone.cause == "failed" and "no-such-host.invalid was not found" in gone.message


async def test_twenty_calls_at_once_lose_no_event(peers):
    echo = peers(Sipp)
    config = trunk(echo.port)
    calls = await asyncio.gather(*(call(config, caller=f"+1555010{n % 3}") for n in range(20)))
    await asyncio.gather(*(ear.answered(15) for _, ear in calls))
    await asyncio.gather(*(line.hangup() for line, _ in calls))
    assert {await ear.over() for _, ear in calls} == {Gone("hangup", "us")}
    assert runtime.in_use() == 0


async def test_a_dial_that_is_given_up_rings_for_no_one(peers):
    echo = peers(Sipp)
    config = trunk(echo.port)
    line, ear = await call(config)
    for turns in range(8):  # at every point of the way to the INVITE
        dialling = asyncio.create_task(place(config, parse(config.settings), NUMBER, CALLER))
        for _ in range(turns):
            await asyncio.sleep(0)
        if turns % 2:
            time.sleep(0.01)  # noqa: ASYNC251  the stack's thread places it before the loop can look
        dialling.cancel()
        found = (await asyncio.gather(dialling, return_exceptions=True))[0]
        if isinstance(found, SipLine):
            await found.hangup()
    await line.hangup()
    await ear.over()
    await asyncio.sleep(0.5)
    placed = set(re.findall(r"^INVITE .*?^Call-ID: (\S+)", echo.heard(), re.MULTILINE | re.DOTALL))
    ended = set(re.findall(r"^(?:BYE|CANCEL) .*?^Call-ID: (\S+)", echo.heard(), re.MULTILINE | re.DOTALL))
    assert len(placed) > 1 and placed == ended
    assert runtime.in_use() == 0


async def test_a_line_with_other_wishes_waits_until_the_stack_is_free(peers):
    echo = peers(Sipp)
    line, ear = await call(trunk(echo.port))
    await ear.answered()
    other = trunk(echo.port, rtp_ports="21000-21099")
    with pytest.raises(CarrierError, match="Another SIP line is in use"):
        await call(other)
    await line.hangup()
    await ear.over()
    line, ear = await call(other)
    await ear.answered()
    media = [part.split()[1] for part in echo.heard().split("INVITE sip:")[-1].split("m=audio")[1:2]]
    ports = [int(part.split()[0]) for part in echo.heard().split("m=audio ")[1:] if not part.split()[0].startswith("0")]
    assert any(21_000 <= port <= 21_099 for port in ports), (media, ports)
    await line.hangup()
