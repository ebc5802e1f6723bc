"""What open pages receive: rendered once per call and seq in this process, however many pages are open.

Renderings are kept by what they were made from (call, from seq, to seq, look), never by time, so a page can never be given an older one.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from channels.db import database_sync_to_async
from django.template.loader import render_to_string
from django.utils import timezone

from calls import queries
from calls.cited import cited
from calls.contexts import detail, list_row
from calls.models import Call
from calls.walked import walked
from config.models import Account, Member, Role

KEPT = 256  # renderings
NEWEST_SECONDS = 2.0  # how long the answer to "which seq is the newest?" serves the slow polls of all pages


PARTS = (
    "head",
    "notices",
    "outcome",
    "player",
    "strip",
    "route",
    "cited",
    "facts",
)  # templates calls/_<part>.html into the elements #call-<part>


class EventsMessage(TypedDict):
    """To a Call page: what follows `after`, up to `seq`, and the parts of the page as they are now."""

    type: Literal["events"]
    state: str  # a key of config.kit.words.STATES
    taken: bool  # a person speaks in the agent's place
    after: int
    seq: int
    lines: str
    log: str
    parts: dict[str, str]


class RowMessage(TypedDict):
    """To a list of calls: how this call's row looks now."""

    type: Literal["row"]
    call: str
    live: bool
    html: str


class ReadyMessage(TypedDict):
    """To a list of calls: from now on every change is told. What happened before it, the page must ask for."""

    type: Literal["ready"]


class LevelsMessage(TypedDict):
    """To a Call page, at most five times a second while it changes: how loud both sides are, 0 to 100."""

    type: Literal["levels"]
    agent: int
    callee: int


class BeatMessage(TypedDict):
    """To every page, with each slow poll: the line is not dead."""

    type: Literal["beat"]


BEAT = json.dumps(BeatMessage(type="beat"))
READY = json.dumps(ReadyMessage(type="ready"))


@dataclass(frozen=True, slots=True)
class Look:
    """What makes one reader's page differ from another's."""

    operator: bool
    editor: bool
    zone: str

    @classmethod
    def of(cls, member: Member) -> "Look":
        return cls(member.may(Role.OPERATOR), member.may(Role.EDITOR), member.user.timezone or member.account.timezone)


class Shared[T]:
    """Runs a piece of work once for all that ask for the same key, and keeps the newest results. A failure is not kept."""

    def __init__(self, size: int = KEPT) -> None:
        self._size = size
        self._tasks: OrderedDict[object, asyncio.Task[T]] = OrderedDict()

    async def get(self, key: object, make: Callable[[], Awaitable[T]]) -> T:
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.ensure_future(make())
            self._tasks[key] = task
            while len(self._tasks) > self._size:
                self._tasks.popitem(last=False)
        try:
            # Whoever started the work may leave before it is done: the others still want it.
            return await asyncio.shield(task)
        except BaseException:
            if task.done() and self._tasks.get(key) is task:
                del self._tasks[key]
            raise


_events: Shared[tuple[int, str]] = Shared()
_rows: Shared[str] = Shared()
_newest: Shared[int] = Shared()


async def events(uid: UUID, after: int, upto: int, look: Look) -> tuple[int, str]:
    """The message with what follows `after`, at least up to `upto` unless that is more than a message carries; its last seq, its text."""
    return await _events.get((uid, after, upto, look), lambda: database_sync_to_async(_render_events)(uid, after, look))


async def row(account: Account, uid: str, seq: int, look: Look) -> str:
    """The message with this call's row as of `seq` or later."""
    return await _rows.get((account.pk, uid, seq, look), lambda: database_sync_to_async(_render_row)(account, uid, look))


async def newest(uid: UUID) -> int:
    """The newest seq of a call, at most NEWEST_SECONDS old."""

    async def read() -> int:
        return await Call.objects.values_list("last_seq", flat=True).aget(uid=uid)

    return await _newest.get((uid, int(time.monotonic() / NEWEST_SECONDS)), read)


def _render_events(uid: UUID, after: int, look: Look) -> tuple[int, str]:
    call = Call.objects.select_related("account", "persona", "pathway", "created_by", "api_key", "retry_of").get(uid=uid)
    found = queries.events_after(call.pk, after)
    seq = found[-1].seq if found else after
    said = [u for u in queries.utterances_after(call.pk, after) if u.seq <= seq]
    with timezone.override(ZoneInfo(look.zone)):
        page = detail(
            call,
            found,
            said,
            queries.spans(call.pk),
            queries.marks(call.pk),
            operator=look.operator,
            editor=look.editor,
            route=walked(call),
            recording=queries.recording(call.pk),
            cited=cited(call),
        )
        context = {"page": page}
        message = EventsMessage(
            type="events",
            state=page.shown.key,
            taken=bool(page.taken_by),
            after=after,
            seq=seq,
            lines=render_to_string("calls/_lines.html", context),
            log=render_to_string("calls/_log.html", context),
            parts={part: render_to_string(f"calls/_{part}.html", context) for part in PARTS},
        )
    return seq, json.dumps(message)


def _render_row(account: Account, uid: str, look: Look) -> str:
    call = queries.row(account, uid)
    with timezone.override(ZoneInfo(look.zone)):
        shown = list_row(call) if call else None
        html = render_to_string("calls/_row.html", {"row": shown}) if shown else ""
    return json.dumps(RowMessage(type="row", call=uid, live=bool(shown and shown.live), html=html))
