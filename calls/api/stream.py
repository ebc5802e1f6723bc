"""Server-sent events: asynchronous from the first byte to the last.

The rows are the truth. A hint of the channel layer only says "look now"; a look every few seconds finds what a lost hint would have told.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.http import StreamingHttpResponse

from calls import feed
from calls.api import queries, serialise
from calls.models import Call, Utterance
from calls.states import ENDED, State
from config.models import Account, ApiKey

log = logging.getLogger(__name__)

POLL_SECONDS = 3.0
LINE_HEARTBEAT_SECONDS = 15.0
ACTIVE_HEARTBEAT_SECONDS = 30.0
LINES_AT_ONCE = 500
REMEMBERED = 1000  # calls whose end was already told

type Wait = Callable[[float], Awaitable[Any]]


def response(frames: AsyncIterator[bytes]) -> StreamingHttpResponse:
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # the second one stops proxies from collecting frames
    return StreamingHttpResponse(frames, content_type="text/event-stream", headers=headers)


def frame(data: Any, frame_id: int | None = None) -> bytes:
    head = f"id: {frame_id}\n" if frame_id is not None else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


@asynccontextmanager
async def hints(group: str) -> AsyncIterator[Wait]:
    """Gives `wait(seconds)`: the next hint to the group, or None when none came. Without a channel layer it only waits."""
    layer = get_channel_layer()
    channel = ""
    receiving: asyncio.Task[Any] | None = None
    try:
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
    except Exception:
        log.warning("no hints for a stream: it looks every %s s", POLL_SECONDS, exc_info=True)
        channel = ""

    async def wait(seconds: float) -> Any:
        nonlocal receiving
        if not channel:
            await asyncio.sleep(seconds)
            return None
        # A cancelled receive would give up the subscription, so one receive outlives the waits that run out.
        receiving = receiving or asyncio.create_task(layer.receive(channel))
        done, _ = await asyncio.wait({receiving}, timeout=seconds)
        if not done:
            return None
        ready, receiving = receiving, None
        if ready.exception() is not None:
            log.warning("a hint was lost", exc_info=ready.exception())
            await asyncio.sleep(seconds)
            return None
        return ready.result()

    try:
        yield wait
    finally:
        if receiving is not None:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
        if channel:
            try:
                await layer.group_discard(group, channel)
            except Exception:
                log.warning("a stream could not leave its group; the layer forgets it by itself", exc_info=True)


# One call's transcript -------------------------------------------------------------------------------------------------
async def spoken_lines(call: Call, last: int, key: ApiKey) -> AsyncIterator[bytes]:
    """`initial` with the lines after `last`, `new` for each that follows, `update` when the newest was changed, `end` at the call's end."""
    async with hints(feed.call_group(call.uid)) as wait:
        lines, over = await database_sync_to_async(_spoken)(call.pk, last)
        newest = lines[-1] if lines else None
        yield frame({"type": "initial", "messages": [_message(line) for line in lines]}, newest.pk if newest else None)
        beat = time.monotonic()
        while not over:
            if len(lines) < LINES_AT_ONCE:
                await wait(POLL_SECONDS)
            if time.monotonic() - beat >= LINE_HEARTBEAT_SECONDS:
                beat = time.monotonic()
                if not await database_sync_to_async(_still_valid)(key):
                    return
                yield b": still here\n\n"
            lines, over = await database_sync_to_async(_spoken)(call.pk, newest.pk - 1 if newest else last)
            for line in lines:
                if newest is None or line.pk > newest.pk:
                    yield frame({"type": "new", **_message(line)}, line.pk)
                elif line.text != newest.text:
                    yield frame({"type": "update", "transcript_id": line.pk, "text": line.text})
                newest = line
        yield frame({"type": "end"})


def _spoken(call_pk: int, after: int) -> tuple[list[Utterance], bool]:
    """Lines after this one, and whether they are the last. The state is read first: what a finished call said is then complete."""
    state = Call.objects.values_list("state", flat=True).filter(pk=call_pk).first()
    lines = list(Utterance.objects.filter(call_id=call_pk, pk__gt=after).order_by("pk")[:LINES_AT_ONCE])
    return lines, (state is None or State(state) in ENDED) and len(lines) < LINES_AT_ONCE


def _message(line: Utterance) -> dict[str, Any]:
    return {"id": line.pk, "text": line.text, "role": line.speaker, "timestamp": serialise.iso(line.at)}


# All calls of the account that are not over ----------------------------------------------------------------------------
async def active_calls(account: Account, key: ApiKey) -> AsyncIterator[bytes]:
    """INITIAL_STATE, then an UPDATE for every call that moves on. Runs until the reader goes away or the key ends."""
    async with hints(feed.account_group(account.pk)) as wait:
        items = await database_sync_to_async(_active_items)(account)
        known = {item["call_id"]: item["status"] for item in items}
        told: dict[str, None] = {}
        yield frame({"type": "INITIAL_STATE", "data": items})
        beat = time.monotonic()
        while True:
            hint = await wait(POLL_SECONDS)
            for uid, status in await database_sync_to_async(_statuses)(account, [hint["call"]] if hint else None, list(known)):
                if known.get(uid) == status or uid in told:
                    continue
                known[uid] = status
                if status == "COMPLETE":
                    del known[uid]
                    told[uid] = None
                    if len(told) > REMEMBERED:
                        del told[next(iter(told))]
                yield frame({"type": "UPDATE", "data": {"call_id": uid, "status": status, "timestamp": str(_now_ms())}})
            if time.monotonic() - beat >= ACTIVE_HEARTBEAT_SECONDS:
                beat = time.monotonic()
                if not await database_sync_to_async(_still_valid)(key):
                    return
                yield frame({"type": "HEARTBEAT", "timestamp": _now_ms()})


def _active_items(account: Account) -> list[dict[str, Any]]:
    return [serialise.active_item(call, account.uid, account.country) for call in queries.active(account)]


def _statuses(account: Account, hinted: list[str] | None, known: list[str]) -> list[tuple[str, str]]:
    """Where the hinted calls stand; without a hint, all active ones and those known to have been active."""
    if hinted is not None:
        rows = queries.standing(account, [UUID(uid) for uid in hinted])
    else:
        active = queries.active(account)
        gone = set(known) - {str(call.uid) for call in active}
        rows = [*queries.standing(account, [UUID(uid) for uid in gone]), *active]
    return [(str(call.uid), serialise.active_status(call)) for call in rows]


def _still_valid(key: ApiKey) -> bool:
    return queries.key_is_valid(key)


def _now_ms() -> int:
    return int(time.time() * 1000)
