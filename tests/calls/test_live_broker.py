"""The live sockets over a real broker: redis-py closes idle connections after 5 s unless the channel layer says otherwise."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async

from calls.models import Call
from calls.states import State
from config import settings as declared
from config.supervisor import valkey
from tests import factories
from tests.calls.test_live import opened, said, signed_in

SOCKETS, IDLE_SECONDS = 20, 6  # longer than the 5 s after which redis-py gives up by default


@pytest.fixture
def broker(tmp_path: Path, settings) -> Iterator[None]:
    """Valkey on a socket of its own, and the channel layer that the settings declare for one."""
    binary = valkey.binary()
    assert binary, "a Valkey or Redis server must be there: the suite proves what the product runs on"
    command, url, ready = valkey.command(binary, tmp_path)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if ready():
                break
            time.sleep(0.05)
        settings.CHANNEL_LAYERS = declared.channel_layers(url)
        yield
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.django_db(transaction=True)
async def test_idle_sockets_stay_open_and_all_hear_the_next_line(broker, account, member):
    call: Call = await sync_to_async(factories.call)(account, state=State.STARTED)
    headers = await signed_in((await sync_to_async(member)("viewer")).user)
    sockets = [opened(f"/ws/calls/{call.uid}", headers) for _ in range(SOCKETS)]
    for socket in sockets:
        assert (await socket.connect(timeout=10))[0]
        await socket.receive_json_from(timeout=10)
    await asyncio.sleep(IDLE_SECONDS)
    await said(call, "After the silence.")
    for socket in sockets:
        while (message := await socket.receive_json_from(timeout=5))["type"] != "events":
            pass
        assert "After the silence." in message["lines"]
    for socket in sockets:
        await socket.disconnect()
