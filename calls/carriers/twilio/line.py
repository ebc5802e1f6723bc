"""One Twilio call as a `SoundLine`. Its socket comes and goes (keys and handing over take Twilio away from it); the line stays.

What happens on it is told by the socket and by Twilio's reports, and both are believed: whichever comes first. Reports that are lost are
made up for by asking Twilio now and then while there is no sound.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol

from calls.carriers import leaving, sound
from calls.carriers.base import CarrierError
from calls.carriers.sound import Gone, Judged, LineEvent, Marked, PickedUp, Rang, Sound
from calls.carriers.timing import tones_ms
from calls.carriers.twilio import addresses, callbacks, twiml, wire
from calls.carriers.twilio.client import NOT_LIVE, Api, Refused
from calls.carriers.twilio.watch import Report

log = logging.getLogger(__name__)
LEAD_MS = 200
SOCKET_WITHIN = 10.0  # seconds from the answer, or from a break, to a (new) socket
ASK_EVERY = 15.0  # seconds: Twilio is asked how the call is, while nothing is heard of it
TRIES, TRY_AGAIN = 3, 0.5  # hanging up
LAST_WITHIN = 4.0  # seconds for that when the runner ends
HANGUP_WITHIN = 1.5  # seconds to wait for it; after that it goes on by itself
HANDED_OVER_WITHIN = twiml.RING_SECONDS + 15.0
BACK_WITHIN = 10.0
NO_SOCKET = (
    "The call was answered, but Twilio could not reach this server's media socket at {url}. Check MEDIA_URL and the proxy before it."
)
LOST = "The sound broke off, and Twilio did not come back."
NOT_REACHED = {"busy": "The line is busy.", "no-answer": "Nobody answered.", "failed": "The number could not be reached."}
WHO = {
    "human": Judged("human"),
    "machine_start": Judged("machine_start"),
    "machine_end_beep": Judged("machine_end_beep"),
    "machine_end_silence": Judged("machine_end_silence"),
    "machine_end_other": Judged("machine_end_other"),
    "fax": Judged("fax"),
    "unknown": Judged("unknown"),
}

_hanging_up: set[asyncio.Task[None]] = set()


async def finish_hanging_up() -> None:
    """Calls that a runner lets go of last are ended at Twilio too before it ends itself."""
    if _hanging_up:
        await asyncio.wait(_hanging_up, timeout=LAST_WITHIN)


class Stream(Protocol):
    """A socket that Twilio joined."""

    def send(self, message: str) -> None: ...

    def close(self) -> None: ...


class TwilioLine:
    """See calls.carriers.sound.SoundLine. `joined`, `received` and `left` are the socket's side, `reported` that of the callbacks."""

    lead_ms = LEAD_MS

    def __init__(self, call_id: str, to: str, caller_id: str, api: Api, *, over: Callable[[], None], keyed: str = "") -> None:
        self.ref = ""  # the call's SID, once Twilio took it
        self._call_id, self._to, self._caller_id, self._api, self._told_over = call_id, to, caller_id, api, over
        self._keyed = keyed  # keys that Twilio itself presses at the answer
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._stream: Stream | None = None
        self._stream_sid = ""
        self._used: set[str] = set()  # tokens
        self._marks: dict[str, int] = {}
        self._names = count(1)
        self._rang = self._answered = self._away = self._hanging_up = False
        self._gone: Gone | None = None
        self._back = asyncio.Event()
        self._handing_over: asyncio.Future[str] | None = None
        self._silent_since: float | None = None  # answered, or broken off, and no socket since
        self._asked = time.monotonic()
        self._minding = asyncio.create_task(self._mind(), name=f"mind {call_id}")

    # the session --------------------------------------------------------------------------------------------------------
    async def next(self) -> LineEvent:
        return await self._events.get()

    def send(self, frame: bytes) -> None:
        if self._stream is not None and self._stream_sid:
            self._stream.send(wire.media(self._stream_sid, frame))

    def mark(self, ref: int) -> None:
        if self._is_over():
            return
        if self._stream is None or not self._stream_sid:
            self._events.put_nowait(Marked(ref))
            return
        name = str(next(self._names))
        self._marks[name] = ref
        self._stream.send(wire.mark(self._stream_sid, name))

    def clear(self) -> None:
        if self._stream is not None and self._stream_sid:
            self._stream.send(wire.clear(self._stream_sid))
        self._drop_marks()

    async def press(self, digits: str) -> None:
        if self._is_over():
            return
        if digits == self._keyed:
            self._keyed = ""
            return
        markup = twiml.talk(addresses.socket(self._call_id), addresses.callback(self._call_id, "next", 0), keys=digits)
        try:
            await self._send_elsewhere(markup)
            await self._wait_back(tones_ms(digits) / 1000 + BACK_WITHIN)
        except CarrierError as error:
            log.warning("keys were not pressed: %s", error)

    async def transfer(self, number: str) -> None:
        if self._is_over():
            return
        markup = twiml.hand_over(
            number,
            caller_id=self._caller_id,
            then=addresses.callback(self._call_id, "handed-over"),
            picked_up=addresses.callback(self._call_id, "picked-up"),
        )
        self._handing_over = asyncio.get_running_loop().create_future()
        try:
            await self._send_elsewhere(markup)
            async with asyncio.timeout(HANDED_OVER_WITHIN):
                came_out = await self._handing_over
        except TimeoutError:
            came_out = "answered"  # Twilio took it and says nothing against it
        finally:
            self._handing_over = None
        if came_out in ("answered", "completed"):
            self._end(Gone("transferred", "us"))
            return
        await self._wait_back(BACK_WITHIN)
        if not self._is_over():
            raise CarrierError(NOT_REACHED.get(came_out, NOT_REACHED["failed"]), permanent=False)

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        await asyncio.to_thread(self._api.sms, to=to or self._to, text=text, sender=sender or self._caller_id)

    async def hangup(self) -> None:
        if self._is_over():
            return
        self._hanging_up = True
        task = asyncio.create_task(self._hang_up(self.ref, self._answered), name=f"hang up {self._call_id}")
        _hanging_up.add(task)
        leaving.on_leaving(finish_hanging_up)
        task.add_done_callback(_hanging_up.discard)
        try:
            await asyncio.wait({task}, timeout=HANGUP_WITHIN)
        finally:
            self._end(Gone("hangup" if self._answered else "canceled", "us"))

    async def _hang_up(self, sid: str, answered: bool) -> None:
        """What it does not bring about, our leaving the socket does: the web tells Twilio then that the call is over."""
        for attempt in range(TRIES):
            try:
                if not answered and await asyncio.to_thread(self._api.update, sid, status="canceled") != "in-progress":
                    return
                await asyncio.to_thread(self._api.update, sid, status="completed")
                return
            except Refused as refused:
                if refused.code == NOT_LIVE:
                    return
                log.warning("Twilio did not hang up: %s", refused)
            except CarrierError as error:
                log.warning("Twilio did not hang up: %s", error)
            await asyncio.sleep(TRY_AGAIN * (attempt + 1))

    async def _send_elsewhere(self, markup: str) -> None:
        """Gives Twilio other markup: it leaves the socket. Raises CarrierError, and everything is as before."""
        self._away = True
        self._back.clear()
        try:
            await asyncio.to_thread(self._api.update, self.ref, twiml=markup)
        except CarrierError:
            self._away = False
            raise

    async def _wait_back(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._back.wait()
        except TimeoutError:
            log.warning("Twilio did not come back to the media socket in time")
        self._away = False
        if self._stream is None and not self._is_over():
            self._silent_since = time.monotonic()

    # the socket ---------------------------------------------------------------------------------------------------------
    def use(self, token: str) -> bool:
        """Uses a token up; False: it was used before, or the call is over."""
        if token in self._used or self._is_over():
            return False
        self._used.add(token)
        return True

    def joined(self, stream: Stream) -> None:
        """Twilio is there, for the first time or again; a socket before it is let go."""
        old, self._stream, self._stream_sid = self._stream, stream, ""
        if old is not None:
            old.close()

    def received(self, stream: Stream, message: wire.FromTwilio) -> None:
        if stream is not self._stream or self._is_over():
            return
        match message:
            case wire.Start(sid):
                self._started(sid)
            case wire.Media(pcm) if self._stream_sid:
                self._events.put_nowait(Sound(pcm))
            case wire.Key(digit):
                self._events.put_nowait(sound.Key(digit))
            case wire.Mark(name):
                if (ref := self._marks.pop(name, None)) is not None:
                    self._events.put_nowait(Marked(ref))
            case wire.Stop():
                self._lose_stream()
                if not self._away:
                    self._end(Gone("hangup", "callee"))

    def left(self, stream: Stream) -> None:
        """The socket is gone."""
        if stream is self._stream:
            self._lose_stream()
            if not self._away and not self._is_over():
                log.warning("the media socket broke off")
                self._silent_since = time.monotonic()

    def _started(self, sid: str) -> None:
        self._stream_sid, self._silent_since, self._away = sid, None, False
        self._pick_up()
        self._back.set()

    def _lose_stream(self) -> None:
        self._stream, self._stream_sid = None, ""
        self._asked = time.monotonic()
        self._drop_marks()

    def _drop_marks(self) -> None:
        """What was not heard never will be: whoever waits for these need not."""
        dropped, self._marks = self._marks, {}
        for ref in dropped.values():
            self._events.put_nowait(Marked(ref))

    # reports ------------------------------------------------------------------------------------------------------------
    def reported(self, report: Report) -> None:
        if self._is_over():
            return
        match report.kind:
            case "answerer":
                self._judged(report.data.get("AnsweredBy", ""))
            case "picked-up":
                self._handed_over("answered")
            case "handed-over":
                self._handed_over(report.data.get("status", ""))
            case word:
                self._status(word, callbacks.why_failed(report.data))

    def _status(self, word: str, why: str = "") -> None:
        match word:
            case "ringing":
                self._ring()
            case "in-progress":
                if not self._answered and self._silent_since is None:
                    self._silent_since = time.monotonic()  # it is picked up for us when its sound is there
            case "completed":
                self._pick_up()
                self._end(Gone("hangup", "callee"))
            case "busy" | "no-answer" | "failed" | "canceled" as cause:
                self._end(Gone(cause, "carrier", why if cause == "failed" else ""))

    def _judged(self, who: str) -> None:
        if (judgement := WHO.get(who)) is not None:
            self._events.put_nowait(judgement)

    def _handed_over(self, came_out: str) -> None:
        if self._handing_over is not None and not self._handing_over.done():
            self._handing_over.set_result(came_out)

    # facts, each told once ------------------------------------------------------------------------------------------------
    def _ring(self) -> None:
        if not self._rang:
            self._rang = True
            self._events.put_nowait(Rang())

    def _pick_up(self) -> None:
        if not self._answered:
            self._ring()
            self._answered = True
            self._events.put_nowait(PickedUp())

    def _is_over(self) -> bool:
        return self._gone is not None

    def _end(self, gone: Gone) -> None:
        if self._is_over():
            return
        ours = self._hanging_up and gone.cause in ("hangup", "canceled")  # Twilio is quicker to say that it is over
        self._gone = gone = Gone(gone.cause, "us") if ours else gone
        stream = self._stream
        self._lose_stream()
        if stream is not None:
            stream.close()
        self._handed_over("gone")
        self._back.set()
        self._minding.cancel()
        self._events.put_nowait(gone)
        self._told_over()

    def drop(self) -> None:
        """The call was not taken: nothing will happen on this line."""
        self._end(Gone("failed"))

    # minding ------------------------------------------------------------------------------------------------------------
    async def _mind(self) -> None:
        """Looks after a call of which nothing is heard."""
        while True:
            await asyncio.sleep(0.5)
            now = time.monotonic()
            if self._stream_sid or not self.ref:
                continue
            if self._silent_since is not None and now - self._silent_since >= SOCKET_WITHIN and not self._away:
                await self._give_up()
            elif now - self._asked >= ASK_EVERY:
                self._asked = now
                await self._ask()

    async def _ask(self) -> None:
        try:
            seen = await asyncio.to_thread(self._api.fetch, self.ref)
        except CarrierError as error:
            log.warning("Twilio was asked how the call is: %s", error)
        else:
            if not self._stream_sid:
                self._status(seen.status)

    async def _give_up(self) -> None:
        """No sound: the call may be over, else it is ended."""
        await self._ask()
        if self._is_over() or self._stream_sid:
            return
        await self._hang_up(self.ref, answered=True)
        lost = Gone("lost", "carrier", LOST) if self._answered else Gone("failed", "carrier", NO_SOCKET.format(url=addresses.media_base()))
        self._end(lost)
