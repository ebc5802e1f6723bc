"""Tells the lines of this process what Twilio's callbacks said: the web wrote them as rows, possibly in another process."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from calls import feed
from calls.models import CarrierReport

log = logging.getLogger(__name__)
LOOK = 0.25  # seconds between two looks when no nudge comes


@dataclass(frozen=True, slots=True)
class Report:
    kind: str
    data: Mapping[str, str]


type Hears = Callable[[Report], None]


@dataclass(slots=True)
class _Follower:
    hears: Hears
    seen: set[int] = field(default_factory=set)  # rows; not "the newest": commits may become visible in another order


class Watch:
    """One per process: one query for all lines, and only while there are any."""

    def __init__(self) -> None:
        self._followers: dict[str, _Follower] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._soon = asyncio.Event()

    def follow(self, call_id: str, hears: Hears) -> None:
        self._followers[call_id] = _Follower(hears)
        if all(task.done() for task in self._tasks):
            self._soon = asyncio.Event()
            self._tasks = [asyncio.create_task(self._looks(), name="carrier reports"), asyncio.create_task(self._nudges(), name="nudges")]

    def leave(self, call_id: str) -> None:
        self._followers.pop(call_id, None)
        if not self._followers:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _looks(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._soon.wait()
            except TimeoutError:
                pass
            self._soon.clear()
            try:
                found = await database_sync_to_async(_rows)(list(self._followers))
            except Exception:
                log.exception("what the carrier reports could not be read")
                continue
            for pk, call_id, report in found:
                self._tell(pk, call_id, report)

    def _tell(self, pk: int, call_id: str, report: Report) -> None:
        follower = self._followers.get(call_id)
        if follower is None or pk in follower.seen:
            return
        follower.seen.add(pk)
        try:
            follower.hears(report)
        except Exception:
            log.exception("a report about call %s was not understood", call_id)

    async def _nudges(self) -> None:
        layer = get_channel_layer()
        while layer is not None:
            try:
                channel = await layer.new_channel()
                await layer.group_add(feed.RUNNERS, channel)
                while True:
                    await layer.receive(channel)
                    self._soon.set()
            except Exception:
                log.warning("no nudges; looking every %s s", LOOK, exc_info=True)
                await asyncio.sleep(5)


def _rows(call_ids: list[str]) -> list[tuple[int, str, Report]]:
    rows = CarrierReport.objects.filter(call__uid__in=call_ids).order_by("pk").values_list("pk", "call__uid", "kind", "data")
    return [(pk, str(uid), Report(kind, data)) for pk, uid, kind, data in rows]
