"""The runner's own port: by path to its handler, and not from pages of other sites."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from calls.carriers import sockets
from calls.runner.media_server import media_server


@pytest.fixture
def echo(monkeypatch):
    monkeypatch.setattr(sockets, "_handlers", {})

    async def handler(connection):
        async for message in connection:
            await connection.send(f"{connection.request.path} {message}")

    sockets.serve("/echo/", handler)


@pytest.mark.parametrize("origin", [None, "http://localhost:8000", "http://127.0.0.1:8000"])
async def test_a_connection_reaches_the_handler_of_its_path(echo, origin):
    async with media_server("127.0.0.1", 0) as port, connect(f"ws://127.0.0.1:{port}/echo/1?ticket=x", origin=origin) as socket:
        await socket.send("hello")
        assert await socket.recv() == "/echo/1?ticket=x hello"


ELSEWHERE = "https://evil.example"


@pytest.mark.parametrize(
    ("path", "origin", "status"), [("/nothing", None, 404), ("/", None, 404), ("/echo/1", ELSEWHERE, 403), ("/echo/1", "null", 403)]
)
async def test_others_are_refused(echo, path, origin, status):
    async with media_server("127.0.0.1", 0) as port:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{port}{path}", origin=origin):
                pass
        assert refused.value.response.status_code == status


async def test_a_handler_that_fails_closes_its_connection_only(echo):
    async def fails(connection):
        raise LookupError("broken")

    sockets.serve("/fails/", fails)
    async with media_server("127.0.0.1", 0) as port:
        async with connect(f"ws://127.0.0.1:{port}/fails/") as socket:
            await socket.wait_closed()
        async with connect(f"ws://127.0.0.1:{port}/echo/") as socket:
            await socket.send("still here")
            assert await socket.recv() == "/echo/ still here"


def test_the_longest_prefix_wins_and_a_prefix_has_slashes(echo):
    async def other(connection):
        pass

    sockets.serve("/echo/deep/", other)
    assert sockets.handler_of("/echo/deep/1") is other
    assert sockets.handler_of("/echo/1") is not other
    with pytest.raises(ValueError, match="slash"):
        sockets.serve("/echo", other)
