"""The Test button of a SIP line: asks the trunk something harmless and says in words what is wrong.

It speaks for itself, without the stack: it runs in the web process, tells more about names and certificates, and disturbs no call. A line
that registers asks for its bindings (a REGISTER without Contact, which changes nothing), any other sends OPTIONS.
"""

import asyncio
import socket
import ssl
from contextlib import aclosing, suppress

from calls.carriers.base import LineConfig
from calls.carriers.fields import Wrong
from calls.carriers.sip import words
from calls.carriers.sip.messages import Answer, Question, answer_of, challenge_of
from calls.carriers.sip.settings import Trunk, authorities, missing, parse
from calls.carriers.sip.wire import Wire, connect

WITHIN = 8.0  # seconds for everything
AGAIN = (0.5, 1.0, 2.0, 4.0)  # seconds until a question over UDP is sent again


class Fault(Exception):
    """What is wrong, in a sentence for staff."""


async def probe(config: LineConfig) -> tuple[bool, str]:
    """Whether calls can be expected to go out over this line, and a sentence about it. Never raises, and takes WITHIN at most."""
    if lacking := missing():
        return False, lacking
    try:
        trunk = parse(config.settings)
    except Wrong as wrong:
        return False, str(wrong)
    try:
        async with asyncio.timeout(WITHIN):
            return True, await _ask(trunk, config.secret)
    except TimeoutError:
        return False, f"{words.where(trunk)} did not answer within {WITHIN:.0f} s."
    except Fault as fault:
        return False, str(fault)


async def _ask(trunk: Trunk, secret: str) -> str:
    wire = await _connected(trunk, await _addresses(trunk))
    async with aclosing(wire):
        question = Question("REGISTER" if trunk.register else "OPTIONS", trunk, wire.local)
        answer = await _answer(wire, question, trunk)
        signed = False
        if answer.status in (401, 407):
            if not secret or not trunk.user:
                raise Fault(f"{words.where(trunk)} answers, and asks for a user name and a password.")
            challenge = challenge_of(answer)
            if challenge is None:
                raise Fault(f"{words.where(trunk)} asks to sign in by a way that is not known here.")
            signed = True
            answer = await _answer(wire, question.signed(challenge, secret), trunk)
        return _verdict(answer, trunk, signed=signed)


def _verdict(answer: Answer, trunk: Trunk, *, signed: bool) -> str:
    said, here = words.tidy(f"{answer.status} {answer.reason}"), words.where(trunk)
    if answer.status in (401, 403, 407) and (signed or trunk.register):
        raise Fault(f"{here} refused the user name or the password ({said}).")
    if answer.status == 404 and trunk.register:
        raise Fault(f"{here} does not know the user {trunk.user} or the domain {trunk.domain or trunk.host} ({said}).")
    if answer.status >= 500 and answer.status != 501:
        raise Fault(f"{here} answers, but cannot serve now ({said}).")
    if signed:
        return f"{here} answers and takes the user name and the password."
    if trunk.register and answer.status >= 300:
        raise Fault(f"{here} does not let the line register ({said}).")
    if trunk.user:
        return f"{here} answers. It did not ask for the password, which is checked when a call is placed."
    return f"{here} answers."


async def _addresses(trunk: Trunk) -> list[str]:
    """Of the host, those of IPv4 first."""
    kind = socket.SOCK_DGRAM if trunk.transport == "udp" else socket.SOCK_STREAM
    try:
        found = await asyncio.get_running_loop().getaddrinfo(trunk.host, trunk.usual_port, type=kind)
    except (OSError, UnicodeError) as error:
        raise Fault(f"The name {trunk.host} was not found. Check how it is written.") from error
    return [str(address[0]) for _, _, _, _, address in sorted(found, key=lambda one: one[0] != socket.AF_INET)]


async def _connected(trunk: Trunk, addresses: list[str]) -> Wire:
    here, context = words.where(trunk), _context(trunk) if trunk.transport == "tls" else None
    try:
        for other in addresses[:-1]:
            with suppress(OSError):
                return await connect(trunk, other, context)
        return await connect(trunk, addresses[-1], context)
    except ssl.SSLCertVerificationError as error:
        why = words.tidy(error.verify_message)
        raise Fault(
            f"The certificate of {here} is not trusted: {why}. Name its authority's file in the settings, if it is your own."
        ) from error
    except ssl.SSLError as error:
        raise Fault(f"{here} does not speak TLS as it should: {words.tidy(getattr(error, 'reason', '') or error.strerror)}.") from error
    except ConnectionRefusedError as error:
        raise Fault(f"Nobody answers at {here}: the connection was refused. Check host, port and transport.") from error
    except OSError as error:
        raise Fault(f"There is no way to {here}: {words.tidy(error.strerror or error)}.") from error


def _context(trunk: Trunk) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authorities(trunk.ca_file) or None)
    except FileNotFoundError as error:
        raise Fault(words.NO_CA_FILE.format(path=trunk.ca_file)) from error
    except OSError as error:
        raise Fault(f"The file of trusted certificates, {trunk.ca_file}, cannot be read as PEM.") from error
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # calls are not so strict either, and many an office's authority is not
    if not trunk.verify_tls:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _answer(wire: Wire, question: Question, trunk: Trunk) -> Answer:
    """The final answer to this question."""
    waits = iter(AGAIN) if trunk.transport == "udp" else iter(())
    deadline = 0.0
    loop = asyncio.get_running_loop()
    try:
        while True:
            if loop.time() >= deadline:
                await wire.send(question.text())
                deadline = loop.time() + next(waits, WITHIN)
            try:
                async with asyncio.timeout_at(deadline):
                    answer = answer_of(await wire.receive())
            except TimeoutError:
                continue
            if answer is not None and answer.call_id == question.call_id and answer.number == question.number and answer.status >= 200:
                return answer
    except ConnectionRefusedError as error:
        raise Fault(f"Nobody answers at {words.where(trunk)}. Check host, port and transport.") from error
    except (OSError, EOFError) as error:
        raise Fault(f"{words.where(trunk)} broke the connection off without an answer.") from error
