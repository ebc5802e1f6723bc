"""The live sockets: who gets in, that nothing is lost or doubled, and that a rendering is made once."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from calls import consumers, feed, lifecycle, live
from calls.contexts import outcome_words
from calls.lifecycle import Event
from calls.states import State
from config.asgi import application
from config.models import Member, User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
HOST = [(b"host", b"testserver"), (b"origin", b"http://testserver")]


@sync_to_async
def signed_in(user: User) -> list[tuple[bytes, bytes]]:
    client = Client()
    client.force_login(user)
    return [*HOST, (b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode())]


def opened(path: str, headers=None) -> WebsocketCommunicator:
    return WebsocketCommunicator(application, path, headers=headers or HOST)


async def said(call, text: str, speaker: str = "assistant") -> int:
    return await sync_to_async(lifecycle.say)(call.pk, speaker, text, 0, 900)


async def refused_with(path: str, headers=None) -> int:
    socket = opened(path, headers)
    assert (await socket.connect())[0], "a refused handshake cannot be told from a broken network"
    closed = await socket.receive_output()
    assert closed["type"] == "websocket.close"
    await socket.disconnect()
    return closed["code"]


@pytest.fixture
def place(account, member):
    return factories.call(account, state=State.STARTED), member("viewer").user


@pytest.fixture
def started(place):
    return place[0]


@pytest.fixture
async def headers(place):
    return await signed_in(place[1])


async def test_nobody_signed_in(started):
    assert await refused_with(f"/ws/calls/{started.uid}") == consumers.NOT_SIGNED_IN
    assert await refused_with("/ws/calls") == consumers.NOT_SIGNED_IN


async def test_a_stranger_and_an_unknown_call(started, stranger, headers):
    theirs = await signed_in(stranger)
    assert await refused_with(f"/ws/calls/{started.uid}", theirs) == consumers.NOT_FOUND
    assert await refused_with("/ws/calls/7d2f9f2e-6f0e-4c0e-9a38-0d3c39b3a7aa", headers) == consumers.NOT_FOUND


async def test_somebody_without_an_account(place):
    call, user = place
    headers = await signed_in(user)
    await Member.objects.all().adelete()
    assert await refused_with(f"/ws/calls/{call.uid}", headers) == consumers.NOT_SIGNED_IN


async def test_a_page_of_another_site_gets_no_socket(started, headers):
    elsewhere = [(name, b"https://elsewhere.example" if name == b"origin" else value) for name, value in headers]
    connected, _ = await opened(f"/ws/calls/{started.uid}", elsewhere).connect()
    assert not connected


@pytest.mark.parametrize("role", ["viewer", "operator", "editor", "admin"])
async def test_every_role_may_watch(started, member, role):
    user = (await sync_to_async(member)(role)).user
    socket = opened(f"/ws/calls/{started.uid}", await signed_in(user))
    assert (await socket.connect())[0]
    assert (await socket.receive_json_from())["type"] == "events"
    await socket.disconnect()


async def test_what_was_said_before_comes_first_then_each_line_once(started, headers):
    for n in range(3):
        await said(started, f"Line {n}.")
    socket = opened(f"/ws/calls/{started.uid}?after=1", headers)
    await socket.connect()
    first = await socket.receive_json_from()
    assert (first["after"], first["seq"]) == (1, 3)
    assert "Line 0." not in first["lines"] and "Line 1." in first["lines"] and "Line 2." in first["lines"]
    seq = await said(started, "Line <3>.")
    then = await socket.receive_json_from()
    assert (then["after"], then["seq"]) == (3, seq)
    assert "Line &lt;3&gt;." in then["lines"] and "Line 2." not in then["lines"]
    await feed_again(started, seq)
    assert await socket.receive_nothing(0.1)
    await socket.disconnect()


async def feed_again(call, seq: int) -> None:
    await sync_to_async(feed.publish)(call.uid, call.account_id, seq)


async def test_a_lost_hint_is_made_good_by_the_next_and_by_the_poll(started, headers, monkeypatch):
    monkeypatch.setattr(consumers.CallFeed, "POLL_SECONDS", 0.3)
    monkeypatch.setattr(live, "NEWEST_SECONDS", 0.01)
    socket = opened(f"/ws/calls/{started.uid}?after=0", headers)
    await socket.connect()
    await socket.receive_json_from()
    with monkeypatch.context() as deaf:
        deaf.setattr(feed, "_send", lambda group, message: None)
        await said(started, "Nobody hinted at this.")
    while (message := await socket.receive_json_from(timeout=3))["type"] != "events":
        pass
    assert "Nobody hinted at this." in message["lines"]
    await socket.disconnect()


async def test_a_seq_that_does_not_exist_is_not_believed(started, headers):
    await said(started, "One.")
    for after in ("999999", "-5", "x", "9" * 400):
        socket = opened(f"/ws/calls/{started.uid}?after={after}", headers)
        await socket.connect()
        await socket.receive_json_from()
        await said(started, f"After {after[:5]}.")
        assert f"After {after[:5]}." in (await socket.receive_json_from())["lines"]
        await socket.disconnect()


async def test_parts_of_the_page_follow_the_state(started, headers):
    socket = opened(f"/ws/calls/{started.uid}?after=0", headers)
    await socket.connect()
    assert (await socket.receive_json_from())["state"] == "talking"
    await sync_to_async(lifecycle.advance)(
        started.pk, State.STARTED, State.COMPLETE, Event("queue", "Call ended"), status="completed", duration_ms=61_000
    )
    seen = await socket.receive_json_from(timeout=20)
    while seen["state"] != "done":
        assert seen["state"] == "writing"
        seen = await socket.receive_json_from(timeout=20)
    call = await type(started).objects.aget(pk=started.pk)
    assert outcome_words(call.disposition_tag) in seen["parts"]["outcome"] and "1:01" in seen["parts"]["facts"]
    await socket.disconnect()


async def test_a_sign_out_closes_the_socket(started, headers, monkeypatch):
    monkeypatch.setattr(consumers.Feed, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(consumers.Feed, "LOGIN_SECONDS", 0.1)
    for path in (f"/ws/calls/{started.uid}", "/ws/calls"):
        socket = opened(path, headers)
        await socket.connect()
        from django.contrib.sessions.models import Session

        sessions = [s async for s in Session.objects.all()]
        await Session.objects.all().adelete()
        for _ in range(20):
            message = await socket.receive_output(timeout=3)
            if message["type"] == "websocket.close":
                break
        assert message.get("code") == consumers.NOT_SIGNED_IN
        await socket.disconnect()
        await Session.objects.abulk_create(sessions)


async def test_many_sockets_cost_one_rendering(started, headers, monkeypatch):
    made = []
    real = live._render_events

    def counting(*args):
        made.append(args)
        return real(*args)

    monkeypatch.setattr(live, "_render_events", counting)
    sockets = [opened(f"/ws/calls/{started.uid}?after=0", headers) for _ in range(10)]
    for socket in sockets:
        await socket.connect(timeout=5)
        await socket.receive_json_from(timeout=5)
    before = len(made)
    await said(started, "Once for all.")
    for socket in sockets:
        assert "Once for all." in (await socket.receive_json_from(timeout=5))["lines"]
    assert len(made) == before + 1
    for socket in sockets:
        await socket.disconnect()


async def test_what_a_page_sends_is_ignored(started, headers):
    socket = opened(f"/ws/calls/{started.uid}", headers)
    await socket.connect()
    await socket.receive_json_from()
    await socket.send_to(text_data="{not json")
    await socket.send_to(bytes_data=b"\x00")
    await said(started, "Still here.")
    assert "Still here." in (await socket.receive_json_from())["lines"]
    await socket.disconnect()


async def test_the_list_gets_the_row_of_the_call_that_changed(started, headers):
    socket = opened("/ws/calls", headers)
    await socket.connect()
    assert await socket.receive_json_from() == {"type": "ready"}
    await sync_to_async(lifecycle.advance)(
        started.pk, State.STARTED, State.COMPLETE, Event("queue", "Call ended"), status="busy", error_message="x"
    )
    row = await socket.receive_json_from()
    assert (row["type"], row["call"], row["live"]) == ("row", str(started.uid), False)
    assert "Busy" in row["html"] and row["html"].startswith("<tr")
    await socket.disconnect()


async def test_the_list_hears_nothing_of_other_accounts(started, stranger):
    socket = opened("/ws/calls", await signed_in(stranger))
    await socket.connect()
    await socket.receive_json_from()
    await sync_to_async(lifecycle.advance)(started.pk, State.STARTED, State.COMPLETE, Event("queue", "Call ended"), status="busy")
    assert await socket.receive_nothing(0.1)
    await socket.disconnect()


async def test_shared_work_survives_the_one_who_started_it_and_forgets_failures():
    shared: live.Shared[int] = live.Shared(size=2)
    gate, runs = asyncio.Event(), []

    async def work() -> int:
        runs.append(1)
        await gate.wait()
        return 7

    first, second = (asyncio.ensure_future(shared.get("k", work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert await second == 7 and len(runs) == 1

    async def fails() -> int:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            await shared.get("bad", fails)
