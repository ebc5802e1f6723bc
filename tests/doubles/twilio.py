"""A double of Twilio: its REST API, its markup, its signed callbacks and its media streams, on a port of this machine.

It runs in a thread of its own, so tests that wait, and products in other processes, can both use it:

    with Twilio() as twilio:
        twilio.callees["+17205550142"] = somebody      # an async function that gets a `Phone`; others answer and say nothing
        twilio.behaves["+17205550143"] = "busy"         # busy, no-answer, failed

`scramble` delivers the status callbacks doubled and in random order; `drop_callbacks` delivers none; `calls_per_second` queues as Twilio
does; `price_after` is when the price of a call is known. Signatures are computed here, not by the library that checks them.
"""

import asyncio
import base64
import hashlib
import hmac
import random
import re
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType
from typing import Any
from xml.etree import ElementTree

from aiohttp import ClientError, ClientSession, web

from tests.doubles.phone import Phone, Stream

type Callee = Callable[[Phone], Awaitable[None]]

SIP_CODES = {"busy": "486", "no-answer": "487", "failed": "404", "canceled": "487"}
LIVE = ("queued", "ringing", "in-progress")
DELAYS = 0.4  # seconds within which scrambled callbacks arrive


def new_sid(kind: str) -> str:
    return kind + secrets.token_hex(16)


async def silent(phone: Phone) -> None:
    """A callee who answers and says nothing until the other side hangs up."""
    await phone.over.wait()


@dataclass
class Placed:
    """One call as Twilio holds it."""

    sid: str
    to: str
    caller: str
    asked: dict[str, list[str]]
    status: str = "queued"
    duration: str | None = None
    price: str | None = None
    answered_by: str | None = None
    phone: Phone = field(default_factory=Phone)
    sockets: list[str] = field(default_factory=list)  # addresses of the media sockets that were joined
    dials: list[dict[str, str]] = field(default_factory=list)  # whom it was handed over to
    failures: list[str] = field(default_factory=list)  # sockets that were refused or closed at once, and why
    began: float = 0.0
    markup: asyncio.Queue[str] = field(default_factory=asyncio.Queue)  # of updates
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    canceled: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = -1

    def one(self, name: str) -> str:
        return (self.asked.get(name) or [""])[0]

    def shown(self, account: str) -> dict[str, Any]:
        own = {"sid": self.sid, "to": self.to, "from": self.caller, "status": self.status, "duration": self.duration, "price": self.price}
        return {**own, "price_unit": "USD", "answered_by": self.answered_by, "direction": "outbound-api", "account_sid": account}


class Twilio:
    """See the module. `url` is the address of the API."""

    def __init__(self, *, calls_per_second: float = 0, price_after: float = 0.2) -> None:
        self.sid, self.token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
        self.status, self.numbers = "active", ["+13035550100"]
        self.callees: dict[str, Callee] = {}
        self.behaves: dict[str, str] = {}
        self.machines: dict[str, str] = {}  # number -> AnsweredBy
        self.ring_seconds, self.detect_seconds, self.price_after = 0.2, 0.4, price_after
        self.scramble = self.drop_callbacks = False
        self.algorithm = "HMAC_SHA1"
        self.calls: dict[str, Placed] = {}
        self.messages: list[dict[str, str]] = []
        self.answers: list[tuple[str, dict[str, str], int]] = []  # path, what was posted, status of the answer
        self.refuse: tuple[int, int, str] | None = None  # HTTP status, error number, text: of every request
        self._pause = 1 / calls_per_second if calls_per_second else 0.0
        self._next_start = 0.0
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._posts: set[asyncio.Task[str]] = set()  # under way; they outlive whoever made them
        self.url = ""

    # its thread -----------------------------------------------------------------------------------------------------------
    def __enter__(self) -> "Twilio":
        self._thread = threading.Thread(target=self._loop.run_forever, name="twilio double", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        application = web.Application()
        account = "/2010-04-01/Accounts/{account}"
        application.add_routes(
            [
                web.get(account + ".json", self._account),
                web.post(account + "/Calls.json", self._create),
                web.get(account + "/Calls/{sid}.json", self._one),
                web.post(account + "/Calls/{sid}.json", self._one),
                web.post(account + "/Messages.json", self._sms),
                web.get(account + "/{list:IncomingPhoneNumbers|OutgoingCallerIds}.json", self._numbers),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._http = ClientSession()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._posts:  # a view that still writes would stand in the way of whoever empties the database
            await asyncio.wait(self._posts, timeout=5)
        await self._http.close()
        await self._runner.cleanup()

    def _spawn(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # REST -----------------------------------------------------------------------------------------------------------------
    def _refused(self, request: web.Request) -> web.Response | None:
        if self.refuse is not None:
            return error(*self.refuse)
        right = "Basic " + base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != right or request.match_info["account"] != self.sid:
            return error(401, 20003, "Authenticate")
        return None

    async def _account(self, request: web.Request) -> web.Response:
        return self._refused(request) or web.json_response({"sid": self.sid, "status": self.status, "friendly_name": "Double"})

    async def _numbers(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        kind = {"IncomingPhoneNumbers": "incoming_phone_numbers", "OutgoingCallerIds": "outgoing_caller_ids"}[request.match_info["list"]]
        wanted = request.query.get("PhoneNumber")
        found = [n for n in self.numbers if wanted in (None, n)] if kind == "incoming_phone_numbers" else []
        rows = [{"sid": new_sid("PN"), "phone_number": number, "account_sid": self.sid} for number in found]
        return web.json_response({kind: rows, "page": 0, "page_size": 50, "next_page_uri": None, "uri": request.path_qs})

    async def _create(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        posted = await request.post()
        asked = {name: [str(value) for value in posted.getall(name)] for name in posted}
        to, caller = asked.get("To", [""])[0], asked.get("From", [""])[0]
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            return error(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
        if caller not in self.numbers:
            return error(400, 21210, f"The source phone number provided, {caller}, is not yet verified for your account.")
        if len(asked.get("Twiml", [""])[0]) > 4000 or not asked.get("Twiml"):
            return error(400, 21205, "Url parameter is required")
        call = Placed(new_sid("CA"), to, caller, asked)
        self.calls[call.sid] = call
        self._spawn(self._live(call))
        return web.json_response(call.shown(self.sid), status=201)

    async def _one(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        call = self.calls.get(request.match_info["sid"])
        if call is None:
            return error(404, 20404, "The requested resource was not found")
        if request.method == "POST":
            posted = await request.post()
            if call.status not in LIVE:
                return error(400, 21220, "Call is not in-progress. Cannot redirect.")
            if posted.get("Status") == "completed" or (posted.get("Status") == "canceled" and call.status != "in-progress"):
                call.canceled.set()
                call.phone.over.set()
            elif posted.get("Twiml"):
                call.markup.put_nowait(str(posted["Twiml"]))
                call.changed.set()
        return web.json_response(call.shown(self.sid))

    async def _sms(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        posted = {name: str(value) for name, value in (await request.post()).items()}
        if posted.get("From") not in self.numbers:
            return error(400, 21606, "The From phone number is not a valid, SMS-capable inbound phone number.")
        self.messages.append(posted)
        return web.json_response({"sid": new_sid("SM"), "status": "queued", "to": posted["To"], "body": posted["Body"]}, status=201)

    # callbacks ------------------------------------------------------------------------------------------------------------
    def signature(self, url: str, posted: dict[str, str], token: str = "") -> str:
        whole = url + "".join(name + posted[name] for name in sorted(posted))
        how = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}[self.algorithm]
        return base64.b64encode(hmac.new((token or self.token).encode(), whole.encode(), how).digest()).decode()

    def headers(self, url: str, posted: dict[str, str]) -> dict[str, str]:
        shared = {"X-Twilio-Webhooks-Signature-Settings": f"key=webhooks_sharedkey_1,algorithm={self.algorithm}"}
        settings = shared if self.algorithm != "HMAC_SHA1" else {}
        return {"X-Twilio-Signature": self.signature(url, posted), "User-Agent": "TwilioProxy/1.1", **settings}

    async def _post(self, call: Placed, url: str, **more: str) -> str:
        """Posts as Twilio does; the body of the answer, "" when it was none."""
        if not url:
            return ""
        posted = {"CallSid": call.sid, "AccountSid": self.sid, "To": call.to, "From": call.caller, "CallStatus": call.status, **more}
        posted |= {"Direction": "outbound-api", "ApiVersion": "2010-04-01"}
        sending = self._loop.create_task(self._send(url, posted))
        self._posts.add(sending)
        sending.add_done_callback(self._posts.discard)
        return await asyncio.shield(sending)

    async def _send(self, url: str, posted: dict[str, str]) -> str:
        try:
            async with self._http.post(url, data=posted, headers=self.headers(url, posted)) as answer:
                self.answers.append((answer.url.path, posted, answer.status))
                return await answer.text() if answer.status == 200 else ""
        except (ClientError, TimeoutError):
            self.answers.append((url, posted, 0))
            return ""

    async def _status(self, call: Placed, status: str, event: str, **more: str) -> None:
        call.status = status if status != "initiated" else "queued"
        call.count += 1
        if event not in call.asked.get("StatusCallbackEvent", ["completed"]) or self.drop_callbacks:
            return
        told = {"CallStatus": status, "SequenceNumber": str(call.count), "Timestamp": formatdate(usegmt=True), **more}
        if not self.scramble:
            await self._post(call, call.one("StatusCallback"), **told)
            return
        for _ in range(2):
            self._spawn(self._later(random.uniform(0, DELAYS), call, told))

    async def _later(self, seconds: float, call: Placed, told: dict[str, str]) -> None:
        await asyncio.sleep(seconds)
        await self._post(call, call.one("StatusCallback"), **told)

    # the life of a call ---------------------------------------------------------------------------------------------------
    async def _live(self, call: Placed) -> None:
        start = max(time.monotonic(), self._next_start)
        self._next_start = start + self._pause
        await asyncio.sleep(start - time.monotonic())
        await self._status(call, "initiated", "initiated")
        await self._status(call, "ringing", "ringing")
        with suppress(TimeoutError):
            await asyncio.wait_for(call.canceled.wait(), self.ring_seconds)
        end = "canceled" if call.canceled.is_set() else self.behaves.get(call.to, "")
        if end:
            call.duration = "0"
            await self._status(call, end, "completed", CallDuration="0", SipResponseCode=SIP_CODES[end])
            return
        call.began = time.monotonic()
        await self._status(call, "in-progress", "answered")
        callee = self._spawn(self._callee(call))
        detection = self._spawn(self._detect(call))
        call.phone.tones.extend(call.one("SendDigits").replace("w", ""))
        await self._follow(call, call.one("Twiml"))
        call.phone.over.set()
        detection.cancel()
        callee.cancel()
        call.duration = str(max(1, round(time.monotonic() - call.began)))
        await self._status(call, "completed", "completed", CallDuration=call.duration)
        await asyncio.sleep(self.price_after)
        call.price = "-0.01300"

    async def _callee(self, call: Placed) -> None:
        await self.callees.get(call.to, silent)(call.phone)
        call.phone.over.set()

    async def _detect(self, call: Placed) -> None:
        if not call.one("MachineDetection") or call.one("AsyncAmd") != "true" or call.one("SendDigits"):
            return
        await asyncio.sleep(self.detect_seconds)
        call.answered_by = self.machines.get(call.to, "human")
        await self._post(call, call.one("AsyncAmdStatusCallback"), AnsweredBy=call.answered_by, MachineDetectionDuration="400")

    async def _follow(self, call: Placed, markup: str) -> None:
        """Does what the markup says, verb by verb, until the call is over."""
        while markup and not call.phone.over.is_set():
            next_markup = ""
            for verb in ElementTree.fromstring(markup):
                url = await self._verb(call, verb)
                if call.phone.over.is_set() or url is None:
                    return
                if not call.markup.empty():
                    next_markup = call.markup.get_nowait()
                    call.changed.clear()
                    break
                if url:
                    next_markup = await self._post(call, url, **self._dialled(call, verb))
                    break
            markup = next_markup

    def _dialled(self, call: Placed, verb: ElementTree.Element) -> dict[str, str]:
        return {"DialCallStatus": call.dials[-1]["status"], "DialCallSid": call.dials[-1]["sid"]} if verb.tag == "Dial" else {}

    async def _verb(self, call: Placed, verb: ElementTree.Element) -> str | None:
        """Where to ask for more markup; "" to go on with the next verb, None to hang up."""
        match verb.tag:
            case "Connect":
                await self._connect(call, verb[0].attrib["url"])
            case "Play":
                call.phone.tones.extend(verb.attrib["digits"].replace("w", ""))
                await asyncio.sleep(0.2 * len(verb.attrib["digits"]))
            case "Pause":
                await call.phone.wait(float(verb.attrib.get("length", "1")))
            case "Redirect":
                return (verb.text or "").strip()
            case "Dial":
                await self._dial(call, verb)
                return verb.attrib.get("action", "")
            case "Hangup":
                return None
            case other:
                raise AssertionError(f"unknown verb {other}")
        return ""

    async def _dial(self, call: Placed, verb: ElementTree.Element) -> None:
        number = verb.find("Number")
        assert number is not None and number.text
        dialled = {"sid": new_sid("CA"), "to": number.text, "from": verb.attrib.get("callerId", ""), "status": "completed"}
        call.dials.append(dialled)
        await call.phone.wait(self.ring_seconds)
        if (refusal := self.behaves.get(number.text)) is not None:
            dialled["status"] = refusal
            return
        await self._post(
            call, number.attrib.get("statusCallback", ""), CallSid=dialled["sid"], ParentCallSid=call.sid, CallStatus="in-progress"
        )
        await call.phone.wait(0.5)

    async def _connect(self, call: Placed, url: str) -> None:
        call.sockets.append(url)
        ids = {"accountSid": self.sid, "callSid": call.sid, "streamSid": new_sid("MZ")}
        try:
            async with self._http.ws_connect(url, headers=self.headers(url, {})) as socket:
                stream = Stream(socket, call.phone, ids)
                running = [asyncio.ensure_future(work) for work in (stream.run(), call.phone.over.wait(), call.changed.wait())]
                try:
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    if not running[0].done():
                        await stream.stop()
                    elif socket.close_code != 1000:
                        call.failures.append(f"closed with {socket.close_code}")
                finally:
                    for each in running:
                        each.cancel()
                    await asyncio.gather(*running, return_exceptions=True)
        except (ClientError, OSError) as failure:
            call.failures.append(f"{type(failure).__name__}: {failure}")


def error(status: int, code: int, message: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response({"code": code, "message": message, "more_info": more, "status": status}, status=status)
