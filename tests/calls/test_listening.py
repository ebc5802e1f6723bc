"""Listening in: who may, with which ticket, what is heard (a real client against the runner's media server), and the meters."""

import asyncio
import json
import struct
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.utils.timezone import now
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from calls import feed
from calls.carriers import listening, sockets
from calls.carriers.browser import tickets
from calls.models import BrowserTicket, Call
from calls.runner import levels
from calls.runner.media_server import media_server
from calls.states import State
from config.asgi import application
from config.models import AuditEntry
from tests import factories
from tests.calls import runner_kit
from tests.calls.test_live import signed_in as cookies

live = pytest.mark.django_db(transaction=True)


class Leg:
    """A line with sound, as far as listeners and meters see one."""

    def __init__(self) -> None:
        self.taps = []
        self.loud = (0.0, 0.0)

    def tap(self, hears):
        self.taps.append(hears)
        return lambda: self.taps.remove(hears)

    def levels(self):
        return self.loud

    def sound(self, ours: int, theirs: int) -> None:
        for hears in list(self.taps):
            hears(struct.pack("<h", ours) * 160, struct.pack("<h", theirs) * 160)


@pytest.fixture
def talking(account) -> Call:
    return factories.call(account, state=State.STARTED, started_at=now(), carrier="sip", callee_name="Elena Duarte")


@pytest.fixture
def legs(monkeypatch) -> dict[str, Leg]:
    found: dict[str, Leg] = {}
    monkeypatch.setattr(sockets, "_handlers", {})
    sockets.serve(listening.PREFIX, listening.handler(found.get))
    return found


# the page's side -----------------------------------------------------------------------------------------------------
def test_an_operator_gets_the_way_in_and_the_audit_log_says_so(signed_in, talking, settings):
    settings.MEDIA_PORT = 9
    answer = signed_in("operator").post(f"/calls/{talking.uid}/listen")
    told = answer.json()
    assert told["url"] == f"ws://testserver:9/listen/{talking.uid}" and "no-store" in answer["Cache-Control"]
    assert tickets.redeem(talking.uid, told["ticket"], "listen")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.user.name) == ("call.listened", "Elena Duarte", "Operator")
    assert told["ticket"] not in json.dumps(entry.detail)


@pytest.mark.parametrize("change", [{"state": State.RINGING}, {"state": State.COMPLETE}, {"carrier": "simulated"}])
def test_nothing_to_hear(signed_in, talking, change):
    Call.objects.update(**change)
    assert signed_in("operator").post(f"/calls/{talking.uid}/listen").status_code == 409
    assert not AuditEntry.objects.exists() and not BrowserTicket.objects.exists()


def test_a_viewer_does_not_listen_in(signed_in, talking):
    client = signed_in("viewer")
    assert client.post(f"/calls/{talking.uid}/listen").status_code == 403
    html = client.get(f"/calls/{talking.uid}").content.decode()
    assert "<listen-in" not in html and html.count("<meter") == 2
    assert "<listen-in" in signed_in("operator").get(f"/calls/{talking.uid}").content.decode()


def test_a_call_without_sound_has_no_meters(signed_in, account):
    call = factories.call(account, state=State.STARTED, started_at=now())
    assert "<meter" not in signed_in("operator").get(f"/calls/{call.uid}").content.decode()


# tickets -------------------------------------------------------------------------------------------------------------
def test_a_ticket_is_good_for_its_purpose_only(account):
    call = factories.call(account, state=State.STARTED, carrier="browser")
    for purpose, other in (("listen", "answer"), ("answer", "listen")):
        ticket = tickets.issue(call, purpose)
        assert not tickets.redeem(call.uid, ticket, other)
        assert tickets.redeem(call.uid, ticket, purpose)
        assert not tickets.redeem(call.uid, ticket, purpose), "once"


def test_nobody_listens_before_the_answer_or_after_the_end(talking):
    for state in (State.RINGING, State.COMPLETE):
        ticket = tickets.issue(talking, "listen")
        Call.objects.update(state=state)
        assert not tickets.redeem(talking.uid, ticket, "listen")


# the socket ----------------------------------------------------------------------------------------------------------
@sync_to_async
def ticket_of(call: Call) -> str:
    return tickets.issue(call, "listen")


async def closed_with(socket) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        await asyncio.wait_for(socket.recv(), 5)
    return closed.value.rcvd.code


@live
async def test_both_sides_are_heard_until_the_call_is_over(talking, legs, monkeypatch):
    monkeypatch.setattr(listening, "LOOK", 0.05)
    leg = legs[str(talking.uid)] = Leg()
    ticket = await ticket_of(talking)
    async with media_server("127.0.0.1", 0) as port, connect(f"ws://127.0.0.1:{port}/listen/{talking.uid}?ticket={ticket}") as socket:
        await runner_kit.until(lambda: leg.taps)
        for ours, theirs, heard in ((1_000, 200, 1_200), (30_000, 30_000, 32_767), (-30_000, -30_000, -32_768)):
            leg.sound(ours, theirs)
            assert await asyncio.wait_for(socket.recv(), 5) == struct.pack("<h", heard) * 160
        del legs[str(talking.uid)]
        assert await closed_with(socket) == 1000
        assert not leg.taps


@live
async def test_a_listener_who_leaves_is_let_go(talking, legs):
    leg = legs[str(talking.uid)] = Leg()
    async with media_server("127.0.0.1", 0) as port:
        async with connect(f"ws://127.0.0.1:{port}/listen/{talking.uid}?ticket={await ticket_of(talking)}"):
            await runner_kit.until(lambda: leg.taps)
        for _ in range(200):
            leg.sound(1, 1)
            await asyncio.sleep(0.01)
            if not leg.taps:
                break
        assert not leg.taps


@live
async def test_who_is_not_admitted(talking, legs):
    legs[str(talking.uid)] = Leg()
    other = await sync_to_async(factories.call)(talking.account, state=State.STARTED, carrier="sip")
    used, theirs, answering = await ticket_of(talking), await ticket_of(other), await sync_to_async(tickets.issue)(talking)
    assert await sync_to_async(tickets.redeem)(talking.uid, used, "listen")
    async with media_server("127.0.0.1", 0) as port:
        for path in (f"{talking.uid}?ticket={t}" for t in (used, theirs, answering, "", "invented")):
            async with connect(f"ws://127.0.0.1:{port}/listen/{path}") as socket:
                assert await closed_with(socket) == listening.NOT_ADMITTED
        async with connect(f"ws://127.0.0.1:{port}/listen/nothing?ticket={used}") as socket:
            assert await closed_with(socket) == listening.NOT_ADMITTED
        async with connect(f"ws://127.0.0.1:{port}/listen/{other.uid}?ticket={await ticket_of(other)}") as socket:
            assert await closed_with(socket) == listening.NO_SOUND


async def test_a_slow_reader_misses_sound_instead_of_hearing_it_late():
    class Slow:
        def __init__(self) -> None:
            self.got: list[bytes] = []

        async def send(self, frame: bytes) -> None:
            self.got.append(frame)

    leg, slow, lives = Leg(), Slow(), [True]
    sending = asyncio.create_task(listening._send(slow, leg, lambda: lives[0]))
    await asyncio.sleep(0)
    for n in range(100):
        leg.sound(n, 0)
    for _ in range(listening.UNSENT * 3):
        await asyncio.sleep(0)
    assert [struct.unpack("<h", frame[:2])[0] for frame in slow.got] == list(range(100 - listening.UNSENT, 100))
    lives[0] = False
    leg.sound(0, 0)
    await asyncio.wait_for(sending, 2)


def test_sides_of_unequal_length():
    assert listening.mixed(struct.pack("<hh", 5, 5), struct.pack("<h", 2)) == struct.pack("<hh", 7, 5)


# meters --------------------------------------------------------------------------------------------------------------
def test_a_look_counts_for_a_while():
    at = [0.0]
    watched = levels.Watched(lambda: at[0])
    assert not watched.now("a")
    watched.look("a")
    at[0] = levels.LOOKS_FOR - 1
    watched.look("b")
    assert watched.now("a") and watched.now("b")
    at[0] = levels.LOOKS_FOR + 1
    assert not watched.now("a") and watched.now("b")


async def told(channel: str, seconds: float = 0.2) -> list[tuple[int, int]]:
    got, layer = [], get_channel_layer()
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await layer.receive(channel)
                got.append((message["agent"], message["callee"]))
    except TimeoutError:
        return got


async def test_levels_are_told_to_those_who_look_and_only_when_they_change(monkeypatch):
    monkeypatch.setattr(levels, "EVERY", 0.01)
    leg, watched, uid, layer = Leg(), levels.Watched(), str(uuid4()), get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(feed.call_group(uid), channel)
    telling = asyncio.create_task(levels.tell(leg, uid, watched))
    leg.loud = (0.5, 0.25)
    assert await told(channel) == [], "nobody looks"
    watched.look(uid)
    assert await told(channel) == [(50, 25)]
    leg.loud = (1.7, -1.0)
    assert await told(channel) == [(100, 0)]
    telling.cancel()


async def test_a_leg_without_sound_tells_nothing():
    await asyncio.wait_for(levels.tell(object(), "x", levels.Watched()), 1)


@live
async def test_a_page_says_that_it_looks_and_gets_the_levels(talking, member):
    layer = get_channel_layer()
    runner = await layer.new_channel()
    await layer.group_add(feed.RUNNERS, runner)
    headers = await cookies((await sync_to_async(member)("viewer")).user)
    socket = WebsocketCommunicator(application, f"/ws/calls/{talking.uid}", headers=headers)
    await socket.connect()
    assert (await socket.receive_json_from())["type"] == "events"
    assert await asyncio.wait_for(layer.receive(runner), 2) == {"type": feed.WATCHED, "call": str(talking.uid)}
    await feed.levels(str(talking.uid), 40, 7)
    assert await socket.receive_json_from() == {"type": "levels", "agent": 40, "callee": 7}
    await socket.disconnect()


@live
async def test_the_runner_tells_how_loud_a_watched_call_is(account, tmp_path, monkeypatch):
    """The whole way: a page looks, the runner hears of it, its leg's levels reach the page's group."""
    monkeypatch.setattr(levels, "EVERY", 0.02)
    monkeypatch.setattr("calls.carriers.simulated.leg.SimulatedLeg.levels", lambda self: (0.3, 0.6), raising=False)
    call = await sync_to_async(factories.call)(account, state=State.QUEUED)
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(feed.call_group(call.uid), channel)
    engine = runner_kit.engine(tmp_path / "counts", speed=1, agent=lambda _brief: runner_kit.PatientAgent())
    async with runner_kit.running(engine):
        await runner_kit.until(lambda: Call.objects.get(pk=call.pk).state in (State.DIALLING, State.RINGING, State.STARTED))
        await feed.watching(call.uid)
        async with asyncio.timeout(10):
            while (message := await layer.receive(channel))["type"] != "call.levels":
                pass
    assert (message["agent"], message["callee"]) == (30, 60)
