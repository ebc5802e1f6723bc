"""Calls through Kamailio: digest, registration, TLS, SRTP, and the Test button's sentences."""

import asyncio
import dataclasses
import socket

import pytest

from calls.carriers.base import CarrierError
from calls.carriers.sip.placing import place
from calls.carriers.sip.probe import probe
from calls.carriers.sip.settings import parse
from calls.carriers.sound import Gone
from tests.peers.kit import Baresip, Ear, free_port, likeness, pcm, samples, speak, speechlike, trunk, until
from tests.peers.pbx import DOMAIN, SECRET, USER, Kamailio

NUMBER, CALLER = "+15551234567", "+15550100"


def line_to(pbx, *, tls=False, secret=SECRET, **more):
    given = {"domain": DOMAIN, "user": USER, **more}
    if tls:
        given = {"transport": "tls", "ca_file": str(pbx.ca_file), **given}
    return dataclasses.replace(trunk(pbx.tls_port if tls else pbx.port, **given), secret=secret)


async def call(config):
    line = await place(config, parse(config.settings), NUMBER, CALLER)
    return line, Ear(line)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_signs_in_as_the_account_and_shows_the_callers_number(peers, transport):
    phone = peers(Baresip, speechlike(6, 1))
    pbx = peers(Kamailio, phone.port)
    line, ear = await call(line_to(pbx, transport=transport))
    await ear.answered()
    await line.hangup()
    assert await ear.over() == Gone("hangup", "us")
    assert f"INVITE au={USER} from=sip:{CALLER}@{DOMAIN} to=sip:{NUMBER}@" in pbx.said()
    assert f"pai=<sip:{CALLER}@{DOMAIN}> proto={transport}" in pbx.said()
    until(lambda: "IN DIALOG BYE" in pbx.said())


async def test_everything_encrypted(peers):
    theirs, ours = speechlike(8, 2), speechlike(2, 3)
    phone = peers(Baresip, theirs, srtp=True)
    pbx = peers(Kamailio, phone.port)
    line, ear = await call(line_to(pbx, tls=True, srtp="required", register=True))
    await ear.answered()
    await speak(line, pcm(ours) + bytes(320 * 40))
    await line.hangup()
    await ear.over()
    assert "proto=tls" in pbx.said() and "REGISTER sip:acct@pbx.test au=acct" in pbx.said()
    assert likeness(theirs[: 2 * 8_000], samples(ear.sound)) >= 0.99
    await asyncio.to_thread(until, lambda: len(phone.heard()) > len(ours))
    assert likeness(ours, phone.heard()) >= 0.99


async def test_a_certificate_that_is_not_trusted_ends_the_call(peers):
    pbx = peers(Kamailio)
    _line, ear = await call(line_to(pbx, tls=True, ca_file=""))
    gone = await ear.over()
    assert gone.cause == "failed" and "certificate is not trusted" in gone.message
    assert "INVITE" not in pbx.said()


async def test_a_certificate_for_another_name_ends_the_call(peers):
    pbx = peers(Kamailio)
    _line, ear = await call(line_to(pbx, tls=True, host="localhost"))
    gone = await ear.over()
    assert gone.cause == "failed" and "certificate is not trusted or not for this name" in gone.message
    assert "INVITE" not in pbx.said()


async def test_a_wrong_password(peers):
    pbx = peers(Kamailio)
    _line, ear = await call(line_to(pbx, secret="guessed"))
    gone = await ear.over()
    assert gone.cause == "failed" and "Check user name, password" in gone.message


async def test_a_registration_that_is_refused_is_said_before_the_call_and_not_repeated(peers):
    pbx = peers(Kamailio)
    with pytest.raises(CarrierError, match="refused to register the line \\(401 .*Check user name and password"):
        await call(line_to(pbx, register=True, secret="guessed"))
    with pytest.raises(CarrierError, match="refused to register"):
        await call(line_to(pbx, register=True, secret="guessed again"))


async def test_the_test_button(peers, tmp_path):
    pbx = peers(Kamailio)
    (tmp_path / "not.pem").write_text("nothing")
    shut = free_port()
    for config, ok, says in (
        (line_to(pbx, register=True), True, "takes the user name and the password"),
        (line_to(pbx, tls=True, register=True), True, "over TLS answers and takes"),
        (line_to(pbx, transport="tcp"), True, "did not ask for the password"),
        (line_to(pbx, register=True, secret="guessed"), False, "refused the user name or the password (401"),
        (line_to(pbx, register=True, secret=""), False, "asks for a user name and a password"),
        (line_to(pbx, tls=True, ca_file=""), False, "is not trusted"),
        (line_to(pbx, tls=True, ca_file="", verify_tls=False), True, "answers"),
        (line_to(pbx, tls=True, host="localhost"), False, "is not trusted: Hostname mismatch"),
        (line_to(pbx, tls=True, ca_file=str(tmp_path / "no.pem")), False, "is not on this server"),
        (line_to(pbx, tls=True, ca_file=str(tmp_path / "not.pem")), False, "cannot be read as PEM"),
        (trunk(pbx.port, transport="tls"), False, "does not speak TLS as it should: it says nothing"),
        (line_to(pbx, host="no-such-host.invalid"), False, "The name no-such-host.invalid was not found"),
        (trunk(shut, transport="tcp"), False, f"Nobody answers at 127.0.0.1:{shut} over TCP: the connection was refused"),
        (trunk(shut), False, f"Nobody answers at 127.0.0.1:{shut} over UDP"),
    ):
        good, said = await probe(config)
        assert good is ok and says in said, (config.settings, said)


async def test_the_test_button_and_a_machine_that_says_nothing(monkeypatch):
    monkeypatch.setattr("calls.carriers.sip.probe.WITHIN", 1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        ok, says = await probe(trunk(silent.getsockname()[1]))
        asked = [silent.recv(2_000) for _ in range(2)]
    assert not ok and "did not answer within 1 s" in says
    assert asked[0] == asked[1], "a question over UDP is sent again as it was"
