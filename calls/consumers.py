"""Live sockets of the pages. They carry what the database says; rules and rendering stand elsewhere."""

import asyncio
import contextlib
import json
import random
from importlib import import_module
from urllib.parse import parse_qs
from uuid import UUID

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from calls import feed, live
from calls.access import socket_member, visible_calls
from calls.runner.brief import WITH_SOUND
from config.models import Member

NOT_SIGNED_IN, NOT_FOUND = 4401, 4404


class Feed(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket of a signed-in member: checked when it opens and every LOGIN_SECONDS after that. Nothing that it sends is listened to."""

    POLL_SECONDS = 10.0  # a hint may be lost; a line may not
    LOGIN_SECONDS = 60.0

    member: Member
    group: str
    _upkeep: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        # Accepted before it is refused: a browser cannot see why a handshake failed, but it can read a close code.
        await self.accept()
        member = await self._who()
        if member is None:
            await self.close(NOT_SIGNED_IN)
            return
        self.member = member
        if not await self.open():
            await self.close(NOT_FOUND)
            return
        self._upkeep = asyncio.ensure_future(self._keep())

    async def open(self) -> bool:
        """Joins the group and sends what the page does not have yet; False when there is nothing here for this member."""
        raise NotImplementedError

    async def poll(self) -> None:
        """Called every POLL_SECONDS."""

    async def disconnect(self, code: int) -> None:
        if self._upkeep:
            self._upkeep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._upkeep
        if group := getattr(self, "group", ""):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pages only listen."""

    async def _who(self) -> Member | None:
        # A session of its own: the one in the scope was read when the socket opened and would not see a sign-out.
        store = import_module(settings.SESSION_ENGINE).SessionStore
        session = store(self.scope["session"].session_key)
        user = await get_user({"session": session})
        member: Member | None = await database_sync_to_async(socket_member)(user, session)
        return member

    async def _keep(self) -> None:
        waited = 0.0
        while True:
            pause = self.POLL_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 (not a secret: it spreads the polls)
            await asyncio.sleep(pause)
            waited += pause
            if waited >= self.LOGIN_SECONDS:
                waited = 0.0
                member = await self._who()
                if member is None or member.account_id != self.member.account_id:
                    await self.close(NOT_SIGNED_IN)
                    return
                self.member = member
            await self.send(text_data=live.BEAT)
            await self.poll()


class CallFeed(Feed):
    """One call: first everything after `?after=`, then each new event once, in order."""

    uid: UUID
    sent: int
    sounds: bool  # somebody can be heard on it

    async def open(self) -> bool:
        self.uid = self.scope["url_route"]["kwargs"]["uid"]
        self._turn = asyncio.Lock()
        calls = visible_calls(self.member.account)
        if not await calls.filter(uid=self.uid).aexists():
            return False
        self.group = feed.call_group(self.uid)
        await self.channel_layer.group_add(self.group, self.channel_name)
        # Read after joining: what is committed between the two is found here or hinted at, never missed.
        newest, carrier = await calls.values_list("last_seq", "carrier").aget(uid=self.uid)
        self.sounds = carrier in WITH_SOUND
        self.sent = min(_after(self.scope["query_string"]), newest)
        await self._catch_up(newest, even_if_empty=True)
        await self._look()
        return True

    async def call_event(self, hint: feed.EventHint) -> None:
        await self._catch_up(hint["seq"])

    async def call_levels(self, hint: feed.LevelsHint) -> None:
        await self.send(text_data=json.dumps(live.LevelsMessage(type="levels", agent=hint["agent"], callee=hint["callee"])))

    async def poll(self) -> None:
        await self._catch_up(await live.newest(self.uid))
        await self._look()

    async def _look(self) -> None:
        """Tells the runner that somebody watches, so that it tells how loud the call is."""
        if self.sounds:
            await feed.watching(self.uid)

    async def _catch_up(self, newest: int, *, even_if_empty: bool = False) -> None:
        async with self._turn:
            while self.sent < newest or even_if_empty:
                even_if_empty = False
                seq, text = await live.events(self.uid, self.sent, newest, live.Look.of(self.member))
                await self.send(text_data=text)
                if seq == self.sent:
                    break
                self.sent = seq


class CallsFeed(Feed):
    """All calls of the account: the row of each call that changed. A page that was away asks for its list again."""

    async def open(self) -> bool:
        self.group = feed.account_group(self.member.account_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send(text_data=live.READY)
        return True

    async def call_changed(self, hint: feed.CallHint) -> None:
        await self.send(text_data=await live.row(self.member.account, hint["call"], hint["seq"], live.Look.of(self.member)))


def _after(query: bytes) -> int:
    """The seq that the page holds; 0 when it does not say."""
    try:
        return max(0, int(parse_qs(query.decode("ascii", "replace")[:200])["after"][0][:10]))
    except (KeyError, ValueError):
        return 0
