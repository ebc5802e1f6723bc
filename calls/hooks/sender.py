"""Sends what is due: one thread with a loop of its own in a worker, many messages at once.

A task only wakes it, so that receivers which hang take no place in the worker's pool; and it looks by itself every second, should that
pool be busy with other work. Every receiver has its share of places: one that hangs for ten seconds at each message holds up nobody else.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.utils.timezone import now

from calls.hooks import bodies, claims, settling, signing
from calls.hooks.claims import Claimed
from calls.hooks.settling import Result
from config.kit import outbound, secrets
from config.kit.outbound import Answer

log = logging.getLogger(__name__)

PLACES, PER_ORIGIN = 64, 8
LOOK_SECONDS = 1.0
CALL_PAUSE = 5.0  # seconds between two times that everything which waits for an address is called
SECRETS_KEPT = 2.0  # seconds
MOST_REMEMBERED = 10_000  # addresses
SOON = 60.0  # seconds: for a try within that time the sender sets its own clock; the sweep finds the others
NOT_READABLE = "The webhook secret cannot be read: make a new one in Settings."
NOT_MADE = "What was to be sent could not be put together; the log says why."


class Sender:
    """Runs on one loop. Only `wake` and `stop` may be called from other threads."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[asyncio.Task[None], str] = {}  # with the origin that each sends to
        self._up: dict[tuple[int, str], bool] = {}  # (account, address): whether it took the last message
        self._called: dict[tuple[int, str], float] = {}  # when everything that waits for it was called
        self._signing: dict[int, tuple[float, tuple[str, ...]]] = {}  # account -> when they were read, and the secrets
        self._stopping = False
        self._database = ThreadPoolExecutor(1, thread_name_prefix="hooks")

    def wake(self) -> None:
        self._loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Until `stop`; what is being sent then is finished."""
        while not self._stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
            self._woken.clear()
            await self._start()
        await self._finish()

    async def run_until_idle(self) -> None:
        """Sends what is due now, and what follows it, and ends."""
        while await self._start() or self._lanes:
            if self._lanes:
                await asyncio.wait(self._lanes, return_when=asyncio.FIRST_COMPLETED)
        await self._finish()

    async def _start(self) -> int:
        """Takes what is due, as far as there are places; returns how many."""
        room = PLACES - len(self._lanes)
        if room <= 0 or self._stopping:
            return 0
        try:
            taken = await self._ask(claims.claim, room, now(), Counter(self._lanes.values()), PER_ORIGIN)
        except DatabaseError:
            log.exception("messages could not be taken; the next sweep tries again")
            return 0
        if taken:
            self._woken.set()  # there may be more, for others
        for claimed in taken:
            task = self._loop.create_task(self._lane(claimed))
            self._lanes[task] = claimed.origin
            task.add_done_callback(self._leave)
        return len(taken)

    def _leave(self, task: asyncio.Task[None]) -> None:
        del self._lanes[task]
        self._woken.set()  # a place is free
        if not task.cancelled() and (error := task.exception()):
            log.error("sending a message broke off; it is taken up again when its lease has run out", exc_info=error)

    async def _lane(self, first: Claimed) -> None:
        """Sends one message, and those behind it as long as they may go."""
        claimed: Claimed | None = first
        while claimed is not None:
            result = await self._send(claimed)
            settled = await self._ask(settling.settle, claimed, result, now(), follow=not self._stopping)
            if self._look(claimed, result):
                await self._ask(settling.call_waiting, claimed.account_id, claimed.url, now())
                self._woken.set()
            if settled.due_at and (wait := (settled.due_at - now()).total_seconds()) < SOON:
                self._loop.call_later(max(0.0, wait) + 0.01, self._woken.set)
            claimed = settled.following

    async def _send(self, claimed: Claimed) -> Result:
        at, began = now(), time.monotonic()
        try:
            body = claimed.body or await self._ask(bodies.kept, claimed.pk)
            signing_with = await self._secrets(claimed.account_id)
        except secrets.Unreadable:
            return Result(at, 0, error=NOT_READABLE)
        except DatabaseError:
            raise
        except Exception:
            log.exception("the body of message %s could not be made", claimed.uid)
            return Result(at, 0, error=NOT_MADE)
        headers = {"content-type": "application/json", **signing.headers(signing_with, claimed.uid, at, body)}
        try:
            answer = await outbound.fetch(
                "POST", claimed.url, headers=headers, body=body.encode(), seconds=settings.WEBHOOK_TIMEOUT, status_only=True
            )
        except outbound.Refused as refused:
            return Result(at, _ms(began), error=str(refused), final=True)
        except outbound.Failed as failed:
            return Result(at, _ms(began), error=str(failed))
        return result_of(answer, at)

    async def _secrets(self, account_id: int) -> tuple[str, ...]:
        """What signs the account's messages, read every other second."""
        read_at, found = self._signing.get(account_id, (0.0, ()))
        if time.monotonic() > read_at + SECRETS_KEPT:
            found = await self._ask(signing.good_secrets, account_id)
            self._signing[account_id] = (time.monotonic(), found)
        return found

    def _look(self, claimed: Claimed, result: Result) -> bool:
        """Remembers which addresses take messages; True when one does again, so that all that waits for it is to be called.

        Not more often than every few seconds: one that takes every other message would be asked without a pause.
        """
        address = (claimed.account_id, claimed.url)
        if not result.taken:
            self._up[address] = result.retry_after is not None  # then it is there, and said when it wants more
            return False
        came_back = not self._up.get(address, claimed.tries == 1)
        if came_back and time.monotonic() < self._called.get(address, -CALL_PAUSE) + CALL_PAUSE:
            return False
        if len(self._up) > MOST_REMEMBERED:
            self._up.clear()
            self._called.clear()
        self._up[address] = True
        if came_back:
            self._called[address] = time.monotonic()
        return came_back

    async def _ask[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._loop.run_in_executor(self._database, lambda: _in_thread(work, *args, **kwargs))

    async def _finish(self) -> None:
        if self._lanes:
            await asyncio.wait(self._lanes, timeout=settings.WEBHOOK_TIMEOUT + 1)
        with suppress(RuntimeError):
            await self._loop.run_in_executor(self._database, connections.close_all)
        self._database.shutdown(wait=False)


def result_of(answer: Answer, at: datetime) -> Result:
    """What an answer means. Only 2xx is taken; a redirect names another address, which somebody has to write down."""
    text = answer.text.replace("\x00", "")
    if answer.ok:
        return Result(at, answer.ms, answer.status, answer=text)
    words = f"The address answered {answer.status}"
    if 300 <= answer.status < 400:
        words = f"The address leads on to another one ({answer.status}): enter that one."
    asked = retry_after(answer.headers.get("retry-after", ""), at) if answer.status in (429, 503) else None
    return Result(at, answer.ms, answer.status, words, text, retry_after=asked)


def retry_after(text: str, at: datetime) -> float | None:
    """Seconds of a Retry-After header, a number or a date; None when it says nothing."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - at).total_seconds())
    except (ValueError, TypeError):
        return None


def _in_thread[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()
    return work(*args, **kwargs)


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


# The one of this process ----------------------------------------------------------------------------------------------------------
_sender: Sender | None = None
_thread: threading.Thread | None = None
_starting = threading.Lock()
_closing = False


def wake() -> None:
    """Has this process send what is due. Returns at once; the first time starts the thread."""
    global _thread
    with _starting:
        if _closing:
            return
        if _sender is not None and _thread is not None and _thread.is_alive():
            _sender.wake()
        elif _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=lambda: asyncio.run(_serve()), name="send-hooks", daemon=True)
            _thread.start()


def stop(within: float) -> None:
    """Takes nothing more and waits up to `within` seconds for what is being sent; the lease of the rest runs out."""
    global _closing
    _closing = True
    if _sender is not None and _thread is not None and _thread.is_alive():
        _sender.stop()
        _thread.join(within)


async def _serve() -> None:
    global _sender
    sender = Sender()
    sender.wake()
    _sender = sender
    await sender.run()
