"""The SIP stack of this process: started with the first call, given back when the runner ends.

The stack (baresip) lives on a thread of its own and there is one per process. What it knows only as a whole - ports for sound, network
interface, which certificates are trusted - comes from the line that starts it; a line with other wishes gets a stack of its own once the
last call of the present one is over. Commands are awaited, sound is read and written without waiting, events come to the loop.
"""

import asyncio
import logging
import os
import re
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path

from baresip import Account, Config, Runtime, UserAgent
from baresip._native import lib
from baresip.call import Call
from baresip.errors import BaresipError, RegistrationError
from baresip.events import Event, StackEvent

from calls.carriers import leaving
from calls.carriers.base import CarrierError, LineConfig
from calls.carriers.sip import words
from calls.carriers.sip.settings import Trunk, authorities

log = logging.getLogger(__name__)
REGISTER_EVERY = 600  # seconds
REGISTER_WITHIN = 8.0  # seconds
REGISTERED = "registered"  # no number is written so
MOST_UNCLAIMED = 200  # events of calls that nobody asked for
MOST_ANSWERING = 10_000  # calls
ANSWERS = frozenset({Event.CALL_RINGING, Event.CALL_PROGRESS, Event.CALL_ESTABLISHED, Event.CALL_CLOSED})
ANSWER_WITHIN = 1.0  # seconds for the far end to say anything, before a call is hung up without waiting for it
MEDIA_ENCRYPTION = {"off": (), "optional": ("mediaenc=srtp",), "required": ("mediaenc=srtp-mand",)}

type Heard = Callable[[StackEvent], None]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a line needs of the stack as a whole. `tls` None: it does not matter."""

    interface: str
    rtp_ports: tuple[int, int]
    tls: tuple[bool, str] | None

    @classmethod
    def of(cls, trunk: Trunk) -> "Needs":
        return cls(trunk.interface, trunk.rtp_ports, (trunk.verify_tls, trunk.ca_file) if trunk.transport == "tls" else None)

    def met_by(self, other: "Needs") -> bool:
        same = (self.interface, self.rtp_ports) == (other.interface, other.rtp_ports)
        return same and (self.tls is None or self.tls == other.tls)


@dataclass(slots=True)
class Known:
    """An agent of the stack; `written` is the account it was made for, password and all."""

    written: str = field(repr=False)
    agent: UserAgent
    registered: bool = False


class Stack:
    """One running stack. `users` counts the lines that hold it."""

    def __init__(self, needs: Needs) -> None:
        self.needs = Needs(needs.interface, needs.rtp_ports, needs.tls or (True, ""))
        self.users = 0
        self.dead = False
        self._runtime = Runtime()
        self._known: dict[tuple[str, str], Known] = {}  # by line and caller
        self._locks: dict[str, asyncio.Lock] = {}  # by line
        self._hears: dict[int, Heard] = {}
        self._unclaimed: dict[int, list[StackEvent]] = {}
        self._answering: dict[int, None] = {}  # calls of which the far end has said anything, the newest last

    async def start(self) -> None:
        """Raises CarrierError."""
        text = config_text(self.needs)
        self._runtime.subscribe(self._take)  # before any dial: an answer may be faster than the return of `dial`
        self._runtime.on_dead = self._died
        interface = self.needs.interface or None
        if not log.isEnabledFor(logging.DEBUG):
            logging.getLogger("baresip").setLevel(logging.WARNING)
        try:
            config = Config(net_interface=interface, max_concurrent_calls=None, extra_config_text=text)
            # Without a context: what the stack says later is not said by the call that happened to start it.
            await asyncio.get_running_loop().create_task(self._runtime.start(config), context=Context())
        except (BaresipError, ValueError) as error:
            raise CarrierError(words.NO_STACK.format(why=words.tidy(error)), permanent=False) from error

    async def close(self) -> None:
        if not self.dead:
            await self._runtime.close()

    # events -------------------------------------------------------------------------------------------------------------
    def _take(self, event: StackEvent) -> None:
        if not event.call:
            return
        if event.event in ANSWERS:
            self._answering[event.call] = None
            while len(self._answering) > MOST_ANSWERING:
                del self._answering[next(iter(self._answering))]
        hears = self._hears.get(event.call)
        if hears is not None:
            hears(event)
            return
        self._unclaimed.setdefault(event.call, []).append(event)
        while len(self._unclaimed) > MOST_UNCLAIMED:
            del self._unclaimed[next(iter(self._unclaimed))]

    def listen(self, call: Call, hears: Heard) -> None:
        """Gives `hears` the events of this call: first those that came before `dial` returned, which the package's own object missed too
        and would refuse a transfer for."""
        self._hears[call.handle] = hears
        for event in self._unclaimed.pop(call.handle, []):
            call._on_stack_event(event)
            hears(event)

    async def hang_up(self, call: Call) -> None:
        """Ends a call, or stops its dialling. Raises BaresipError.

        Before the far end has said anything of the call there is nothing to cancel (RFC 3261, 9.1): the stack would forget it without a
        word, and the telephone would ring for no one. So its first answer is waited for.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + ANSWER_WITHIN
        while call.handle not in self._answering and not self.dead and loop.time() < until:  # noqa: ASYNC110  a stack that dies sets nothing
            await asyncio.sleep(0.02)
        await call.hangup()

    def forget(self, handle: int) -> None:
        self._hears.pop(handle, None)
        self.users -= 1

    def _died(self) -> None:
        """Ends its calls and asks this runner to stop in good order: it would claim calls and fail them all, and a stack cannot be
        started again in the same process. Whoever started the runner starts another."""
        log.critical("the SIP stack of this process broke down: the runner stops")
        self.dead = True
        for handle, hears in tuple(self._hears.items()):
            hears(StackEvent(Event.CALL_CLOSED, call=handle, text=words.STACK_DIED))
        os.kill(os.getpid(), signal.SIGTERM)

    # dialling -----------------------------------------------------------------------------------------------------------
    async def dial(self, config: LineConfig, trunk: Trunk, number: str, caller_id: str) -> Call:
        """The call as soon as its INVITE is on the way. Raises CarrierError."""
        caller = as_written(caller_id, trunk) or trunk.user or "anonymous"
        try:
            async with self._locks.setdefault(config.uid, asyncio.Lock()):
                await self._sign_on(config, trunk)
                agent = (await self._agent(config, account_of(trunk, caller, config.secret), caller)).agent
            return await self._invite(agent, address(number, trunk), {"P-Asserted-Identity": f"<sip:{caller}@{trunk.home}>"})
        except RegistrationError as error:
            raise CarrierError(words.not_registered(trunk, error.status, error.reason or str(error)), permanent=False) from error
        except (BaresipError, ValueError) as error:
            raise CarrierError(words.NOT_DIALLED.format(why=words.tidy(error)), permanent=False) from error

    async def _sign_on(self, config: LineConfig, trunk: Trunk) -> None:
        """Registers the line as its settings say, once; the stack renews it. What registers is another agent than those that dial."""
        if not trunk.register:
            await self._sign_off(self._known.pop((config.uid, REGISTERED), None))
            return
        known = await self._agent(config, account_of(trunk, trunk.user, config.secret, register=True), REGISTERED)
        if known.registered:
            return
        try:
            await known.agent.register(timeout=REGISTER_WITHIN)
            known.registered = True
        except RegistrationError:
            await self._sign_off(known)  # else the stack goes on trying by itself, and trunks lock out who errs often
            raise

    async def _sign_off(self, known: "Known | None") -> None:
        if known is not None:
            known.registered = False
            with suppress(BaresipError):
                await self._runtime.cmd(lib.BP_CMD_UA_UNREGISTER, args=str(known.agent.handle))

    async def _agent(self, config: LineConfig, account: Account, name: str) -> "Known":
        """The stack's agent under this name of the line, made anew when the line's settings are others by now."""
        written = account.aor()
        known = self._known.get((config.uid, name))
        if known is None or known.written != written:
            if name == REGISTERED:
                await self._sign_off(known)
            agent = await UserAgent.create(self._runtime, account)
            agent.on_incoming(self._refuse)
            known = self._known[config.uid, name] = Known(written, agent)
        return known

    async def _invite(self, agent: UserAgent, uri: str, headers: dict[str, str]) -> Call:
        """A call that was placed is hung up when nobody waits for it any more: a telephone would ring for no one."""
        placing = asyncio.ensure_future(agent.dial(uri, headers))
        try:
            return await asyncio.shield(placing)
        except asyncio.CancelledError:
            placing.add_done_callback(
                lambda placed: None if placed.cancelled() or placed.exception() else _aside(self._let_go(placed.result()))
            )
            raise

    async def _let_go(self, call: Call) -> None:
        with suppress(BaresipError):
            await self.hang_up(call)

    def _refuse(self, call: Call) -> None:
        """Nobody is called here: what comes in is told that we are busy."""
        _aside(_reject(call))


_asides: set[asyncio.Task[None]] = set()
_stack: Stack | None = None
_lock = asyncio.Lock()


def _aside(work: Coroutine[None, None, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _asides.add(task)
    task.add_done_callback(_asides.discard)


async def _reject(call: Call) -> None:
    try:
        await call.reject()
    except BaresipError as error:
        log.info("a call that came in went by itself: %s", error)


async def take(trunk: Trunk) -> Stack:
    """The stack for a line of `trunk`, counted as used: `forget` or `release` gives it back. Raises CarrierError."""
    global _stack
    needs = Needs.of(trunk)
    async with _lock:
        if _stack is not None and _stack.dead:
            raise CarrierError(words.STACK_DIED, permanent=False)
        if _stack is not None and not needs.met_by(_stack.needs):
            if _stack.users:
                raise CarrierError(words.OTHER_STACK, permanent=False)
            await _stack.close()
            _stack = None
        if _stack is None:
            starting = Stack(needs)
            await starting.start()
            _stack = starting
            leaving.on_leaving(stop)
        _stack.users += 1
        return _stack


def release(stack: Stack) -> None:
    """Gives back what `take` gave, when no call came of it."""
    stack.users -= 1


def in_use() -> int:
    """How many lines hold the stack now."""
    return _stack.users if _stack else 0


async def stop() -> None:
    """Ends the stack of this process; what is registered signs off."""
    global _stack
    async with _lock:
        stack, _stack = _stack, None
        if stack is not None:
            await stack.close()


# What is written for the stack --------------------------------------------------------------------------------------------
def config_text(needs: Needs) -> str:
    """What `Config` has no field for. The stack ignores what it does not know: tests/peers shows that each line has its effect."""
    low, high = needs.rtp_ports
    verify, ca_file = needs.tls or (True, "")
    lines = [f"rtp_ports {low}-{high}", "audio_jitter_buffer_type adaptive", "audio_jitter_buffer_ms 20-160", "dns_getaddrinfo yes"]
    lines.append(f"sip_verify_server {'yes' if verify else 'no'}")
    if verify and ca_file and not Path(ca_file).is_file():
        raise CarrierError(words.NO_CA_FILE.format(path=ca_file))
    if verify and (trusted := authorities(ca_file)):
        lines.append(f"sip_cafile {trusted}")
    return "\n".join(lines) + "\n"


def account_of(trunk: Trunk, user: str, secret: str, *, register: bool = False) -> Account:
    """Raises ValueError for a value that the stack would misread."""
    proxy = f"sip:{trunk.at};transport={trunk.transport}" if trunk.domain else None
    return Account(
        user,
        trunk.home,
        secret,
        registrar=proxy,
        reg_interval=REGISTER_EVERY if register else 0,
        transport=trunk.transport,
        audio_codecs=trunk.codecs,
        dtmf_mode="auto",
        auth_user=trunk.auth_user or trunk.user or None,
        extra_params=MEDIA_ENCRYPTION[trunk.srtp],
    )


def as_written(number: str, trunk: Trunk) -> str:
    """Only what dials: a number reaches a SIP address, so nothing else may."""
    digits = re.sub(r"[^0-9*]", "", number)
    return f"+{digits}" if digits and trunk.numbers == "plus" and number.startswith("+") else digits


def address(number: str, trunk: Trunk) -> str:
    """The SIP address of a telephone number. Raises CarrierError when there is no number in it."""
    user = as_written(number, trunk)
    if not user:
        raise CarrierError(words.NO_NUMBER)
    return f"sip:{user}@{trunk.home};transport={trunk.transport}"
