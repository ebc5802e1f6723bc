"""Streams over the real application: rows are written while a reader listens."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.utils.timezone import now

from calls import feed, lifecycle
from calls.api import stream
from calls.lifecycle import Event
from calls.models import Call, Utterance
from calls.states import State
from config.models import ApiKey
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ENDED = Event("call", "Call ended", kind="state")


class Reader:
    """Reads frames one by one; `raw` keeps what came over the wire."""

    def __init__(self, response) -> None:
        self.chunks = aiter(response.streaming_content)
        self.raw: list[str] = []

    async def next(self, seconds: float = 5) -> dict:
        while True:
            text = (await asyncio.wait_for(anext(self.chunks), seconds)).decode()
            self.raw.append(text)
            assert text.endswith("\n\n")
            data = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
            if data:
                return json.loads("\n".join(data))

    async def closed(self) -> bool:
        try:
            await asyncio.wait_for(anext(self.chunks), 5)
        except StopAsyncIteration:
            return True
        return False


@asynccontextmanager
async def reading(get, path: str, **headers):
    response = await get(path, **headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    reader = Reader(response)
    try:
        yield reader
    finally:
        await reader.chunks.aclose()


@pytest.fixture
def call(account) -> Call:
    call = factories.call(account, state=State.STARTED)
    lifecycle.say(call.pk, "assistant", "Hello.", 0, 800)
    return call


say = database_sync_to_async(lifecycle.say)
advance = database_sync_to_async(lifecycle.advance)


async def test_lines_arrive_as_they_are_spoken_and_the_end_is_told(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 60.0)  # by hints alone
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        first = await reader.next()
        assert first["type"] == "initial"
        assert [(m["text"], m["role"]) for m in first["messages"]] == [("Hello.", "assistant")]
        await say(call.pk, "user", "Hi, who is this?", 900, 1500)
        line = await reader.next()
        assert (line["type"], line["text"], line["role"]) == ("new", "Hi, who is this?", "user")
        assert line["timestamp"].endswith("Z") and line["id"] > first["messages"][0]["id"]
        await say(call.pk, "assistant", "Anna.", 1600, 1900)
        await advance(call.pk, State.STARTED, State.COMPLETE, ENDED)
        assert (await reader.next())["text"] == "Anna."
        assert await reader.next() == {"type": "end"}
        assert await reader.closed()


async def test_a_lost_hint_loses_no_line(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.05)
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        await reader.next()
        await Utterance.objects.acreate(call=call, seq=9, speaker="user", text="Unannounced", start_ms=0, end_ms=1)
        assert (await reader.next())["text"] == "Unannounced"
        await Call.objects.filter(pk=call.pk).aupdate(state=State.CALL_ERROR)
        assert await reader.next() == {"type": "end"}


async def test_doubled_hints_double_no_line(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 60.0)
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        await reader.next()
        await say(call.pk, "user", "Once", 0, 1)
        for _ in range(3):
            await get_channel_layer().group_send(feed.call_group(call.uid), {"type": "call.event", "call": str(call.uid), "seq": 1})
        await advance(call.pk, State.STARTED, State.COMPLETE, ENDED)
        assert (await reader.next())["text"] == "Once"
        assert await reader.next() == {"type": "end"}


async def test_the_newest_line_may_be_corrected(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.05)
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        line = (await reader.next())["messages"][0]
        await Utterance.objects.filter(pk=line["id"]).aupdate(text="Hel–")
        assert await reader.next() == {"type": "update", "transcript_id": line["id"], "text": "Hel–"}


@pytest.mark.parametrize("header", [True, False])
async def test_a_reader_that_comes_back_gets_only_what_it_missed(async_get, call, header):
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        await reader.next()
        last = reader.raw[0].split("\n")[0].removeprefix("id: ")
    await say(call.pk, "user", "While you were away", 0, 1)
    await advance(call.pk, State.STARTED, State.COMPLETE, ENDED)
    path, headers = f"/v1/calls/{call.uid}/transcript/stream", {}
    if header:
        headers = {"Last-Event-ID": last}
    else:
        path += f"?lastId={last}"
    async with reading(async_get, path, **headers) as reader:
        assert [m["text"] for m in (await reader.next())["messages"]] == ["While you were away"]
        assert await reader.next() == {"type": "end"}
        assert await reader.closed()


async def test_a_long_transcript_comes_whole(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "LINES_AT_ONCE", 3)
    for n in range(7):
        await say(call.pk, "user", f"line {n}", 0, 1)
    await advance(call.pk, State.STARTED, State.COMPLETE, ENDED)
    texts = []
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        texts += [m["text"] for m in (await reader.next())["messages"]]
        while (frame := await reader.next())["type"] != "end":
            texts.append(frame["text"])
    assert texts == ["Hello.", *(f"line {n}" for n in range(7))]


async def test_without_a_channel_layer_it_still_runs(async_get, call, monkeypatch, settings):
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1"]}}
    }
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.05)
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        await reader.next()
        await say(call.pk, "user", "Still here", 0, 1)
        assert (await reader.next())["text"] == "Still here"


async def test_a_reader_that_leaves_is_forgotten_by_the_layer(async_get, call):
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        await reader.next()
        assert get_channel_layer().groups.get(feed.call_group(call.uid))
        waiting = asyncio.create_task(reader.next())
        await asyncio.sleep(0.01)
        waiting.cancel()  # what the server does when the connection is cut
        await asyncio.gather(waiting, return_exceptions=True)
        assert not get_channel_layer().groups.get(feed.call_group(call.uid))


async def test_heartbeat_and_a_revoked_key(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(stream, "LINE_HEARTBEAT_SECONDS", 0.05)
    async with reading(async_get, f"/v1/calls/{call.uid}/transcript/stream") as reader:
        await reader.next()
        assert await asyncio.wait_for(anext(reader.chunks), 5) == b": still here\n\n"
        await ApiKey.objects.aupdate(revoked_at=now())
        rest = [chunk async for chunk in reader.chunks]
        assert b"end" not in b"".join(rest), "the call is not over: only the key is"


async def test_bad_last_id(async_get, call):
    for last in ("x", "-1", "9" * 20):
        response = await async_get(f"/v1/calls/{call.uid}/transcript/stream?lastId={last}")
        assert response.status_code == 400


# All active calls ------------------------------------------------------------------------------------------------------
async def test_active_stream_follows_calls(async_get, account, call, strangers_call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 60.0)
    async with reading(async_get, "/v1/calls/active/stream") as reader:
        first = await reader.next()
        assert first["type"] == "INITIAL_STATE"
        assert [(c["call_id"], c["status"]) for c in first["data"]] == [(str(call.uid), "IN_PROGRESS")]
        fresh = await database_sync_to_async(factories.call)(account)
        queued = Event("queue", "Queued", kind="state")
        await advance(fresh.pk, State.NEW, State.QUEUED, queued)
        update = await reader.next()
        assert update["type"] == "UPDATE"
        assert (update["data"]["call_id"], update["data"]["status"]) == (str(fresh.uid), "QUEUED")
        assert update["data"]["timestamp"].isdecimal()
        await advance(fresh.pk, State.QUEUED, State.ALLOCATED, queued)
        assert (await reader.next())["data"]["status"] == "IN_PROGRESS"
        await advance(strangers_call.pk, State.NEW, State.QUEUED, queued)
        await database_sync_to_async(lifecycle.record)(call.pk, Event("call", "x"), transferred_at=now(), transferred_to="+14155550100")
        update = await reader.next()
        assert (update["data"]["call_id"], update["data"]["status"]) == (str(call.uid), "TRANSFERRED")
        await advance(call.pk, State.STARTED, State.COMPLETE, ENDED)
        assert (await reader.next())["data"]["status"] == "COMPLETE"
        await database_sync_to_async(lifecycle.record)(call.pk, Event("call", "outcome"), outcome_at=now())
        await advance(fresh.pk, State.ALLOCATED, State.DIALLING, queued)  # still in progress: nothing to tell
        await advance(fresh.pk, State.DIALLING, State.COMPLETE, ENDED)
        update = await reader.next()
        assert (update["data"]["call_id"], update["data"]["status"]) == (str(fresh.uid), "COMPLETE"), "the first end is told once"


async def test_active_stream_finds_what_no_hint_told(async_get, account, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.05)
    async with reading(async_get, "/v1/calls/active/stream") as reader:
        await reader.next()
        await Call.objects.filter(pk=call.pk).aupdate(state=State.COMPLETE)
        update = await reader.next()
        assert (update["data"]["call_id"], update["data"]["status"]) == (str(call.uid), "COMPLETE")
        fresh = await database_sync_to_async(factories.call)(account)
        assert (await reader.next())["data"]["call_id"] == str(fresh.uid)


async def test_active_heartbeat_and_an_expired_key(async_get, call, monkeypatch):
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(stream, "ACTIVE_HEARTBEAT_SECONDS", 0.05)
    async with reading(async_get, "/v1/calls/active/stream") as reader:
        await reader.next()
        beat = await reader.next()
        assert beat["type"] == "HEARTBEAT" and isinstance(beat["timestamp"], int)
        await ApiKey.objects.aupdate(expires_at=now() - timedelta(seconds=1))
        async for _ in reader.chunks:
            pass
