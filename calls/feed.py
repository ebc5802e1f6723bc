"""The live feed: hints that something was committed. The only sender to the channel layer.

A hint carries no content (but for levels, which nobody keeps): readers fetch what comes after the seq they hold, so a lost, doubled or
late hint does no harm.
"""

import asyncio
import contextlib
import logging
from typing import Literal, TypedDict
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)


class EventHint(TypedDict):
    """To the group of one call: there are events up to `seq`."""

    type: Literal["call.event"]
    call: str
    seq: int


class CallHint(TypedDict):
    """To the group of the account: this call changed its state or outcome."""

    type: Literal["call.changed"]
    call: str
    state: str
    seq: int


class LevelsHint(TypedDict):
    """To the group of one call: how loud both sides are, 0 to 100. The one hint with content: there is no row of it."""

    type: Literal["call.levels"]
    agent: int
    callee: int


NUDGE: Literal["runner.look"] = "runner.look"
WATCHED: Literal["runner.watched"] = "runner.watched"
RUNNERS = "runners"


def call_group(uid: UUID | str) -> str:
    return f"call.{str(uid).replace('-', '')}"


def account_group(account_id: int) -> str:
    return f"account.{account_id}"


def publish(call_uid: UUID, account_id: int, seq: int, state: str | None = None) -> None:
    """Hint the readers of a call (and of its account when the state changed). Failures are logged, never raised."""
    _send(call_group(call_uid), EventHint(type="call.event", call=str(call_uid), seq=seq))
    if state is not None:
        _send(account_group(account_id), CallHint(type="call.changed", call=str(call_uid), state=state, seq=seq))


def accepted(call_uid: UUID, account_id: int, seq: int, state: str) -> None:
    """A new call waits: tells the readers of the account and the runners in one trip. Nobody can read the call itself yet."""
    hint = CallHint(type="call.changed", call=str(call_uid), state=state, seq=seq)
    _send(account_group(account_id), hint, (RUNNERS, {"type": NUDGE}))


def nudge() -> None:
    """Ask the runners to look for due calls or stop requests now instead of at their next sweep."""
    _send(RUNNERS, {"type": NUDGE})


async def watching(call_uid: UUID) -> None:
    """Somebody looks at this call now: its runner tells how loud it is (calls.runner.levels)."""
    await _deliver(((RUNNERS, {"type": WATCHED, "call": str(call_uid)}),))


async def levels(call_uid: str, agent: int, callee: int) -> None:
    """How loud both sides are, to those who look. On the loop of the caller. One that is lost is not worth a line in the log."""
    if layer := get_channel_layer():
        with contextlib.suppress(Exception):
            await layer.group_send(call_group(call_uid), LevelsHint(type="call.levels", agent=agent, callee=callee))


_loop: asyncio.AbstractEventLoop | None = None


def use_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Send hints on this loop, without waiting, from whatever thread commits. The runner says so: its writer threads have no loop,
    and a loop (with a connection to the broker) made for each hint costs more than the transaction it tells of."""
    global _loop
    _loop = loop


def _send(group: str, message: object, *more: tuple[str, object]) -> None:
    """One hint, and others that travel along: each trip to the loop has its price."""
    hints = ((group, message), *more)
    if _loop is not None and _loop.is_running():
        asyncio.run_coroutine_threadsafe(_deliver(hints), _loop)
    else:
        async_to_sync(_deliver)(hints)


async def _deliver(hints: tuple[tuple[str, object], ...]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    for group, message in hints:
        try:
            await layer.group_send(group, message)
        except Exception:
            log.warning("hint to %s was lost; readers will find the row by themselves", group, exc_info=True)
