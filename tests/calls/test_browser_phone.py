"""The carrier that rings on a page: its leg, its tickets, its socket (a real client against the runner's media server) and its view."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils.timezone import now
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from calls.agent.conversation import run_session
from calls.agent.ports import EndCall, Say
from calls.agent.session import Command, SessionConfig
from calls.carriers import registry
from calls.carriers.base import Answered, Dial, Ended, Heard, Played, Pressed, Ringing
from calls.carriers.browser import leg as leg_module
from calls.carriers.browser import socket, tickets, wire
from calls.carriers.browser.leg import BrowserLeg
from calls.carriers.browser.wire import Pick, Press, Reached, Shown, Speak, Type
from calls.models import BrowserTicket
from calls.runner.media_server import media_server
from calls.states import State
from tests import factories
from tests.calls.fakes import MemoryRecorder, ScriptedAgent

TO = "+12025550123"
live = pytest.mark.django_db(transaction=True)


# the leg -------------------------------------------------------------------------------------------------------------
class Page:
    def __init__(self) -> None:
        self.got: list[dict] = []

    def __call__(self, message) -> None:
        self.got.append(dict(message))

    def of(self, kind: str) -> list[dict]:
        return [m for m in self.got if m["type"] == kind]


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def leg(page) -> BrowserLeg:
    made = BrowserLeg(Dial("c", TO))
    made.attach(page)
    return made


@pytest.fixture
async def answered(leg) -> BrowserLeg:
    leg.receive(Pick("answer"))
    assert [type(await leg.next()) for _ in range(2)] == [Ringing, Answered]
    return leg


async def test_it_rings_and_is_answered(leg, page):
    assert isinstance(await leg.next(), Ringing)
    assert page.got == [{"type": "state", "phase": "ringing", "to": TO, "sound": True, "lacks": ""}]
    leg.receive(Type("Hello?", True))  # nobody hears who has not answered
    leg.receive(Pick("answer"))
    leg.receive(Pick("answer", True))  # too late for the microphone
    answered = await leg.next()
    assert isinstance(answered, Answered) and answered.typing and leg.now_ms < 50
    assert await leg.next(1) is None
    assert [(m["phase"], m["sound"]) for m in page.of("state")] == [("ringing", True), ("live", False)]


async def test_it_is_declined(leg):
    leg.receive(Pick("decline"))
    await leg.next()
    ended = await leg.next()
    assert isinstance(ended, Ended) and (ended.cause, ended.by) == ("rejected", "callee")


async def test_an_utterance_was_heard_when_the_page_has_shown_it(answered, page):
    first, second = await answered.say("Hello there."), await answered.say("How are you?")
    assert [m["text"] for m in page.of("say")] == ["Hello there.", "How are you?"]
    answered.receive(Shown(first, 5))
    assert await answered.next(answered.now_ms + 5) is None
    answered.receive(Shown(first, 12))
    done = await answered.next()
    assert (done.ref, done.text, done.complete) == (first, "Hello there.", True)
    answered.receive(Shown(second, 4_000_000))
    assert (await answered.next()).complete
    answered.receive(Shown(second, 3))
    answered.receive(Shown(99, 3))
    assert await answered.next(answered.now_ms + 1) is None


async def test_flush_keeps_the_words_that_were_shown(answered, page):
    ref = await answered.say("One two three four.")
    await answered.say("Never begun.")
    answered.receive(Shown(ref, 9))
    await answered.flush()
    played = [await answered.next(), await answered.next()]
    assert [(p.text, p.complete) for p in played] == [("One two", False), ("", False)]
    assert len(page.of("flush")) == 1
    await answered.flush()
    assert len(page.of("flush")) == 1


async def test_typing_is_speaking(answered):
    answered.receive(Type("Yes", False))
    answered.receive(Type("Yes, it does.", True))
    half, whole = await answered.next(), await answered.next()
    assert not half.final and whole == Heard("Yes, it does.", half.start_ms, whole.end_ms, True)
    answered.receive(Type("No", False))
    answered.receive(Type("", False))
    await answered.next()
    assert (await answered.next()).final, "a line that was taken back is over"
    answered.receive(Press("5"))
    assert isinstance(await answered.next(), Pressed)


async def test_a_page_that_comes_back_gets_what_it_missed(answered, page):
    ref = await answered.say("Hello there.")
    answered.receive(Shown(ref, 5))
    answered.detach(page)
    await answered.say("Still here?")
    again = Page()
    answered.attach(again)
    assert again.got[0] == {"type": "state", "phase": "live", "to": TO, "sound": False, "lacks": ""}
    assert [(m["text"], m["from"]) for m in again.of("say")] == [("Hello there.", 5), ("Still here?", 0)]
    answered.detach(page)  # late news of the old socket
    assert await answered.next(answered.now_ms + 5) is None


async def test_a_page_that_stays_away_has_hung_up(answered, page, monkeypatch):
    monkeypatch.setattr(leg_module, "AWAY_MS", 30)
    answered.detach(page)
    ended = await answered.next()
    assert (ended.cause, ended.by) == ("hangup", "callee")


async def test_a_second_page_takes_the_call(answered, page):
    answered.attach(Page())
    assert page.got[-1] == {"type": "elsewhere"}


async def test_after_the_end_nothing_does_anything(answered, page):
    ref = await answered.say("One two three.")
    answered.receive(Shown(ref, 5))
    answered.receive(Pick("hangup"))
    events = [await answered.next(), await answered.next()]
    assert isinstance(events[0], Played) and events[0].text == "One"
    assert (events[1].cause, events[1].by) == ("hangup", "callee")
    assert page.of("ended") == [{"type": "ended", "cause": "hangup", "by": "callee"}]
    answered.receive(Type("Hello?", True))
    for _ in range(2):
        await answered.say("x")
        await answered.flush()
        await answered.hangup()
        await answered.transfer("+15005550100")
    assert await answered.next(answered.now_ms + 5) is None


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "nonsense",
        "[]",
        "7",
        '{"type": "shout"}',
        '{"type": "type", "text": 5, "final": true}',
        '{"type": "type", "text": "x"}',
        '{"type": "press", "digit": "55"}',
        '{"type": "press", "digit": "x"}',
        '{"type": "heard", "ref": 1, "chars": -1}',
        '{"type": "heard", "ref": "1", "chars": 1}',
        '{"type": "played"}',
        b"",
        b"odd",
        bytes(wire.LONGEST_SOUND + 2),
    ],
)
def test_what_the_page_may_not_send_is_nothing(raw):
    assert wire.read(raw) is None


def test_what_the_page_sends_is_bounded():
    assert wire.read('{"type": "answer"}') == wire.read('{"type": "answer", "sound": "yes"}') == Pick("answer")
    assert wire.read('{"type": "answer", "sound": true}') == Pick("answer", True)
    assert wire.read('{"type": "played", "ref": 7}') == Reached(7)
    assert wire.read(bytes(320)) == Speak(bytes(320))
    assert wire.read(json.dumps({"type": "type", "text": "  a \n b ", "final": True})) == Type("a b", True)
    long = wire.read(json.dumps({"type": "type", "text": "x" * 10_000, "final": True}))
    assert isinstance(long, Type) and len(long.text) == wire.LONGEST_LINE


# the socket ----------------------------------------------------------------------------------------------------------
@asynccontextmanager
async def phone(port: int, uid, ticket: str = "", **options):
    async with connect(f"ws://127.0.0.1:{port}/browser/{uid}?ticket={ticket}", **options) as opened:
        yield opened


async def told(opened, kind: str) -> dict:
    while (message := json.loads(await asyncio.wait_for(opened.recv(), 5)))["type"] != kind:
        pass
    return message


async def closed_with(port: int, uid, ticket: str = "") -> int:
    async with phone(port, uid, ticket) as opened:
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(opened.recv(), 5)
        return opened.close_code


@sync_to_async
def browser_call(account, **fields):
    return factories.call(account, **{"to_number": TO, "carrier": "browser", "state": State.DIALLING, **fields})


new_ticket = sync_to_async(tickets.issue)


@live
async def test_a_whole_call_on_the_page(account):
    call = await browser_call(account)
    media = await registry.get("browser").dial(Dial(str(call.uid), TO))
    recorder = MemoryRecorder()
    agent = ScriptedAgent("Hello, does Tuesday work?", (Say("Thank you. Goodbye."), EndCall()))
    session = asyncio.create_task(run_session(SessionConfig("c"), media, agent, recorder, asyncio.Queue[Command]()))
    async with media_server("127.0.0.1", 0) as port:
        async with phone(port, call.uid, await new_ticket(call)) as page:
            assert (await told(page, "state"))["phase"] == "ringing"
            await page.send('{"type": "answer"}')
            say = await told(page, "say")
            await page.send(json.dumps({"type": "heard", "ref": say["ref"], "chars": 8}))
        # the line is lost in mid-sentence; a new ticket brings it back
        async with phone(port, call.uid, await new_ticket(call)) as page:
            assert (await told(page, "state"))["phase"] == "live"
            say = await told(page, "say")
            assert say["from"] == 8
            await page.send(json.dumps({"type": "heard", "ref": say["ref"], "chars": len(say["text"])}))
            await page.send(json.dumps({"type": "type", "text": "Yes, it does.", "final": True}))
            say = await told(page, "say")
            await page.send(json.dumps({"type": "heard", "ref": say["ref"], "chars": len(say["text"])}))
            assert (await told(page, "ended"))["by"] == "us"
            await page.wait_closed()
            assert page.close_code == 1000
    result = await asyncio.wait_for(session, 5)
    assert (result.status, result.answered_by, result.ended_by) == ("completed", "human", "ASSISTANT")
    assert recorder.lines == [("assistant", "Hello, does Tuesday work?"), ("user", "Yes, it does."), ("assistant", "Thank you. Goodbye.")]


@live
async def test_hanging_up_on_the_page_ends_the_call(account):
    call = await browser_call(account)
    media = await registry.get("browser").dial(Dial(str(call.uid), TO))
    session = asyncio.create_task(
        run_session(SessionConfig("c"), media, ScriptedAgent("Hello."), MemoryRecorder(), asyncio.Queue[Command]())
    )
    async with media_server("127.0.0.1", 0) as port, phone(port, call.uid, await new_ticket(call)) as page:
        await page.send('{"type": "answer"}')
        await told(page, "say")
        await page.send('{"type": "hangup"}')
        result = await asyncio.wait_for(session, 5)
    assert (result.status, result.ended_by) == ("completed", "USER")


@live
async def test_who_is_not_admitted(account):
    call, other, over = await browser_call(account), await browser_call(account), await browser_call(account, state=State.COMPLETE)
    plain = await browser_call(account, carrier="simulated")
    await registry.get("browser").dial(Dial(str(call.uid), TO))
    used, late, foreign = await new_ticket(call), await new_ticket(call), await new_ticket(other)
    await BrowserTicket.objects.filter(digest=tickets._digest(late)).aupdate(expires_at=now() - timedelta(seconds=1))
    async with media_server("127.0.0.1", 0) as port:
        async with phone(port, call.uid, used) as page:
            await told(page, "state")
            for ticket in ("", "guess", used, late, foreign):
                assert await closed_with(port, call.uid, ticket) == 4401
        assert await closed_with(port, over.uid, await new_ticket(over)) == 4401
        assert await closed_with(port, plain.uid, await new_ticket(plain)) == 4401
        assert await closed_with(port, "nonsense", "x") == 4404
        with pytest.raises(InvalidStatus):
            async with phone(port, call.uid, await new_ticket(call), origin="https://evil.example"):
                pass


@live
async def test_the_page_may_be_there_before_the_dial(account, monkeypatch):
    call = await browser_call(account, state=State.QUEUED)
    async with media_server("127.0.0.1", 0) as port:
        async with phone(port, call.uid, await new_ticket(call)) as page:
            assert json.loads(await page.recv()) == {"type": "wait"}
            await registry.get("browser").dial(Dial(str(call.uid), TO))
            assert (await told(page, "state"))["phase"] == "ringing"
        monkeypatch.setattr(socket, "DIALLED_WITHIN", 0.05)
        late = await browser_call(account, state=State.QUEUED)
        assert await closed_with(port, late.uid, await new_ticket(late)) == 4408


@live
async def test_the_second_page_takes_over(account):
    call = await browser_call(account)
    await registry.get("browser").dial(Dial(str(call.uid), TO))
    async with media_server("127.0.0.1", 0) as port, phone(port, call.uid, await new_ticket(call)) as first:
        await told(first, "state")
        async with phone(port, call.uid, await new_ticket(call)) as second:
            await told(second, "state")
            await asyncio.wait_for(first.wait_closed(), 5)
            assert first.close_code == 4409


def test_a_ticket_is_kept_as_a_digest_and_used_once(account):
    call = factories.call(account, carrier="browser", state=State.QUEUED)
    ticket = tickets.issue(call)
    assert ticket not in str(BrowserTicket.objects.values().get())
    assert tickets.redeem(call.uid, ticket)
    assert not tickets.redeem(call.uid, ticket)


# the view ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def ringing(account):
    return factories.call(account, carrier="browser", state=State.RINGING)


def test_an_operator_gets_the_way_to_the_runner(signed_in, ringing, settings):
    answer = signed_in("operator").post(f"/calls/{ringing.uid}/phone", HTTP_HOST="localhost:8000")
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    told = answer.json()
    assert told["url"] == f"ws://localhost:{settings.MEDIA_PORT}/browser/{ringing.uid}"
    assert tickets.redeem(ringing.uid, told["ticket"])


def test_behind_a_proxy_the_address_is_the_one_set(signed_in, ringing, settings):
    settings.MEDIA_URL_PUBLIC = "wss://media.example.com/"
    told = signed_in("operator").post(f"/calls/{ringing.uid}/phone").json()
    assert told["url"] == f"wss://media.example.com/browser/{ringing.uid}"


@pytest.mark.parametrize("host", ["[::1]:8000", "[::1]", "127.0.0.1"])
def test_the_host_may_be_written_in_any_way(signed_in, ringing, settings, host):
    told = signed_in("operator").post(f"/calls/{ringing.uid}/phone", HTTP_HOST=host).json()
    bare = host.removesuffix(":8000")
    assert told["url"].startswith(f"ws://{bare}:{settings.MEDIA_PORT}/browser/")


def test_who_may_not_answer(client, signed_in, stranger, account, ringing):
    address = f"/calls/{ringing.uid}/phone"
    assert client.post(address).status_code == 302
    assert signed_in("viewer").post(address).status_code == 403
    assert signed_in("operator").get(address).status_code == 405
    assert signed_in("operator").post("/calls/no-uuid/phone").status_code == 404
    client.force_login(stranger)
    assert client.post(address).status_code == 404
    assert not BrowserTicket.objects.exists()


@pytest.mark.parametrize("fields", [{"carrier": "simulated"}, {"state": State.COMPLETE}])
def test_where_there_is_nothing_to_answer(signed_in, account, fields):
    call = factories.call(account, **{"carrier": "browser", "state": State.RINGING, **fields})
    assert signed_in("operator").post(f"/calls/{call.uid}/phone").status_code == 409


def test_the_call_page_has_the_phone_for_those_who_may_answer(signed_in, ringing, account):
    shown = signed_in("operator").get(f"/calls/{ringing.uid}").content.decode()
    assert f'data-open="/calls/{ringing.uid}/phone"' in shown and "browser-phone.js" in shown
    assert "<listen-in" not in shown, "nobody listens in on themselves"
    assert "<browser-phone" not in signed_in("viewer").get(f"/calls/{ringing.uid}").content.decode()
    other = factories.call(account, state=State.RINGING)
    assert "<browser-phone" not in signed_in("operator").get(f"/calls/{other.uid}").content.decode()
