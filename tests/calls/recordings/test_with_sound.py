"""A leg with sound, from its answer to the ready recording, with somebody who listens in and a page with meters."""

import asyncio

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from websockets.asyncio.client import connect

from calls import feed
from calls.carriers import sockets
from calls.carriers.base import Answered
from calls.carriers.browser import tickets
from calls.carriers.voice import live
from calls.carriers.voice.how import How
from calls.carriers.voice.leg import VoiceLeg
from calls.models import Call, Recording
from calls.recordings import rows
from calls.recordings.files import path_of
from calls.runner import brief, levels
from calls.runner.engine import ENGINE
from calls.runner.media_server import media_server
from calls.states import State
from tests.calls import runner_kit
from tests.calls.voice.engines import Ear, engines, quiet, tone
from tests.calls.voice.wire import Wire

pytestmark = pytest.mark.django_db(transaction=True)


async def loudest(path, channel: int) -> list[int]:
    sound = np.frombuffer(path.read_bytes()[44:], "<i2").reshape(-1, 2)[:, channel].astype(int)
    return [int(np.abs(sound[at : at + 800]).max()) for at in range(0, len(sound), 800)]


async def test_what_is_said_is_heard_by_listeners_shown_by_meters_and_kept(ended):
    assert ENGINE and sockets.handler_of("/listen/x"), "the runner serves listeners"
    await Call.objects.filter(pk=ended.pk).aupdate(state=State.STARTED, ended_at=None)
    path, uid, layer = brief.record_to(ended), str(ended.uid), get_channel_layer()
    await sync_to_async(rows.begin)(ended.pk, path)
    wire, made = Wire(), engines(Ear("Hello."))
    leg = VoiceLeg(wire, How(uid, background="none", record_to=path), made, made)
    wire.answer()
    while not isinstance(await leg.next(), Answered):
        pass
    assert live(uid) is leg

    channel, watched = await layer.new_channel(), levels.Watched()
    await layer.group_add(feed.call_group(uid), channel)
    watched.look(uid)
    telling = asyncio.create_task(levels.tell(leg, uid, watched))
    ticket = await sync_to_async(tickets.issue)(ended, "listen")
    async with media_server("127.0.0.1", 0) as port, connect(f"ws://127.0.0.1:{port}/listen/{uid}?ticket={ticket}") as listener:
        heard = np.frombuffer(await asyncio.wait_for(listener.recv(), 5), "<i2")
        assert len(heard) == 160
        await leg.say("x" * 100)  # a second of tone
        await wire.speak(quiet(300))
        await wire.speak(tone(600, 16_000) + quiet(200))
        frames = [np.frombuffer(await asyncio.wait_for(listener.recv(), 5), "<i2") for _ in range(25)]
        assert max(int(np.abs(frame.astype(int)).max()) for frame in frames) > 5_000
        wire.hang()
        with pytest.raises(Exception, match="1000"):
            while True:
                await asyncio.wait_for(listener.recv(), 5)
    telling.cancel()
    told = []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            while True:
                told.append(await layer.receive(channel))
    assert max(each["agent"] for each in told) > 50 and max(each["callee"] for each in told) > 50

    await runner_kit.until(lambda: leg.ended is not None and live(uid) is None)
    await Call.objects.filter(pk=ended.pk).aupdate(state=State.COMPLETE, ended_at=ended.ended_at)
    assert await sync_to_async(rows.settle)(ended.pk)
    row = await Recording.objects.aget()
    agent, callee = await loudest(path_of(row), 0), await loudest(path_of(row), 1)
    assert row.state == "ready" and row.duration_ms >= 1_000
    assert max(agent) > 5_000 and max(callee) > 12_000 and max(row.peaks[0]) < 0.4 < max(row.peaks[1])
    assert agent.index(max(agent)) < callee.index(max(callee)), "the agent began"
