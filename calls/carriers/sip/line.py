"""One SIP call as a `SoundLine`."""

import asyncio
import logging
import re
from collections import deque
from contextlib import suppress

from baresip.call import Call, CallState
from baresip.errors import AudioNotActive, AudioRestarted, BaresipError, StaleHandleError, TransferFailed
from baresip.events import Event, StackEvent

from calls.carriers.base import CarrierError
from calls.carriers.sip import words
from calls.carriers.sip.runtime import Stack, address
from calls.carriers.sip.settings import Trunk
from calls.carriers.sound import Gone, Key, LineEvent, Marked, PickedUp, Rang, Sound
from calls.speech.ports import FRAME_MS

log = logging.getLogger(__name__)
MOST_READ = 32_000  # bytes at once: all that the stack keeps
DRAIN_FRAMES = 3  # so long, in beats, a flush may take; what is written meanwhile would be flushed too
PAUSE = 0.5  # seconds of a w
TRANSFER_WITHIN = 60.0  # seconds for the far end to say how the transfer went
CATCH_UP = 0.5  # seconds behind which beats are left out instead of made up for
DIGITS = frozenset("0123456789*#")


class SipLine:
    """See calls.carriers.sound.SoundLine. A beat every 20 ms moves sound, marks and time limits; what the stack says comes between."""

    lead_ms = 60

    def __init__(self, stack: Stack, call: Call, trunk: Trunk) -> None:
        self._stack, self._call, self._trunk = stack, call, trunk
        self._ready: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._dialled = self._last_sound = self._loop.time()
        self._rang = self._answered = self._over = self._held = self._heard_anything = self._transferring = False
        self._ending: Gone | None = None  # how it comes out when we end it
        self._passed = 0  # bytes given to the stack
        self._marks: deque[tuple[int, int]] = deque()  # ref, bytes that go before it
        self._waiting: deque[bytes] = deque()  # frames that came while a flush is under way
        self._draining = 0  # beats that the flush may still take
        self._beats = asyncio.create_task(self._beat_on(), name="sip line")
        stack.listen(call, self._take)

    async def next(self) -> LineEvent:
        return await self._ready.get()

    # what the stack says ---------------------------------------------------------------------------------------------------
    def _take(self, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_RINGING | Event.CALL_PROGRESS if not self._rang and not self._answered:
                self._rang = True
                self._ready.put_nowait(Rang())
            case Event.CALL_ESTABLISHED if not self._answered:
                self._arrived()  # what is left of ringing tones
                self._answered, self._last_sound = True, self._loop.time()
                self._ready.put_nowait(PickedUp())
            case Event.CALL_DTMF_START if event.text in DIGITS:
                self._ready.put_nowait(Key(event.text or ""))
            case Event.CALL_HOLD:
                self._held = True
            case Event.CALL_RESUME:
                self._held, self._last_sound = False, self._loop.time()
            case Event.CALL_CLOSED:
                self._read()
                self._end(self._gone(event.text or ""))

    def _gone(self, text: str) -> Gone:
        if text == words.TRANSFERRED_TEXT:
            return Gone("transferred", "us")
        if self._ending is not None:
            return self._ending
        if text == words.STACK_DIED or (self._answered and text == words.SILENT_TEXT):
            return Gone("lost", "carrier", words.STACK_DIED if text == words.STACK_DIED else words.gone_silent(self._trunk))
        if not self._answered:
            return words.unanswered(text, self._trunk)
        if text.startswith(words.HUNG_UP_TEXTS):
            # Many trunks close the call that they took over without a word about how the transfer went.
            return Gone("transferred", "us") if self._transferring else Gone("hangup", "callee")
        return Gone("lost", "carrier", f"The connection broke off: {words.tidy(text) or 'no reason was given'}.")

    def _end(self, gone: Gone) -> None:
        if self._over:
            return
        self._over = True
        self._beats.cancel()
        self._marks_come()
        self._stack.forget(self._call.handle)
        self._ready.put_nowait(gone)

    # the beat ----------------------------------------------------------------------------------------------------------------
    async def _beat_on(self) -> None:
        due = self._loop.time()
        while not self._over:
            try:
                self._beat()
            except Exception:
                log.exception("a SIP line broke")
                self._ending = Gone("lost", "carrier", words.BROKE)
                await self.hangup()
                return
            now = self._loop.time()
            due = max(due + FRAME_MS / 1000, now - CATCH_UP)
            await asyncio.sleep(max(0.0, due - now))

    def _beat(self) -> None:
        self._read()
        if self._draining:
            self._draining -= 1
        self._write_waiting()
        self._played()
        limit = self._limit()
        if limit is not None and self._ending is None:
            self._ending = limit
            self._hanging = asyncio.create_task(self.hangup(), name="sip line over its limit")

    def _limit(self) -> Gone | None:
        now, trunk = self._loop.time(), self._trunk
        if not self._answered:
            if now - self._dialled < trunk.ring_timeout:
                return None
            if self._rang:
                return Gone("no-answer", "carrier", f"Nobody answered within {trunk.ring_timeout} s.")
            return Gone("failed", "carrier", words.unreachable("timed out", trunk))
        if not trunk.media_timeout or self._held or now - self._last_sound < trunk.media_timeout:
            return None
        return Gone("lost", "carrier", words.gone_silent(trunk) if self._heard_anything else words.never_heard(trunk))

    # their sound ---------------------------------------------------------------------------------------------------------------
    def _read(self) -> None:
        """What arrived since the last beat. Before the answer it is ringing tones and announcements: thrown away."""
        pcm = self._arrived()
        if pcm and self._answered:
            self._last_sound, self._heard_anything = self._loop.time(), True
            self._ready.put_nowait(Sound(pcm))

    def _arrived(self) -> bytes:
        try:
            return self._call.audio.read(MOST_READ)
        except AudioRestarted:
            with suppress(BaresipError):
                return self._call.audio.read(MOST_READ)
        except AudioNotActive:
            pass
        return b""

    # our sound -----------------------------------------------------------------------------------------------------------------
    def send(self, frame: bytes) -> None:
        if self._over or not self._answered:
            return
        self._waiting.append(frame)
        self._write_waiting()

    def mark(self, ref: int) -> None:
        if self._over:
            self._ready.put_nowait(Marked(ref))
        else:
            self._marks.append((ref, self._passed + sum(map(len, self._waiting))))

    def clear(self) -> None:
        if self._over:
            return
        self._waiting.clear()
        with suppress(BaresipError):
            self._call.audio.flush_tx()
            self._draining = DRAIN_FRAMES
        self._marks_come()

    def _write_waiting(self) -> None:
        """Writes what waits, unless a flush is still to happen that would take it too."""
        if self._draining and self._unplayed():
            return
        self._draining = 0
        while self._waiting:
            frame = self._waiting.popleft()
            self._passed += len(frame)
            self._write(frame)

    def _write(self, frame: bytes) -> None:
        try:
            self._call.audio.write(frame)
        except AudioRestarted:  # a re-INVITE replaced the streams: the second try speaks to the new ones
            with suppress(BaresipError):
                self._call.audio.write(frame)
        except AudioNotActive:
            pass  # on hold

    def _unplayed(self) -> int:
        try:
            return self._call.audio.info().tx_buffered
        except BaresipError:
            return 0

    def _played(self) -> None:
        if not self._marks:
            return
        played = self._passed - self._unplayed()
        while self._marks and self._marks[0][1] <= played:
            self._ready.put_nowait(Marked(self._marks.popleft()[0]))

    def _marks_come(self) -> None:
        while self._marks:
            self._ready.put_nowait(Marked(self._marks.popleft()[0]))

    # commands --------------------------------------------------------------------------------------------------------------------
    async def press(self, digits: str) -> None:
        for part in re.findall(r"w|[0-9*#]+", digits):
            if self._over:
                return
            if part == "w":
                await asyncio.sleep(PAUSE)
                continue
            try:
                await self._call.send_dtmf(part)
            except StaleHandleError:
                return
            except BaresipError as error:
                raise CarrierError(f"The keys could not be sent: {words.tidy(error)}.") from error

    async def transfer(self, number: str) -> None:
        if self._over:
            return
        if not self._answered:
            raise CarrierError(words.NOT_ANSWERED_YET)
        to = address(number, self._trunk)
        self._transferring = True
        try:
            await self._call.transfer(to, timeout=TRANSFER_WITHIN)
        except (BaresipError, ValueError) as error:
            if self._call.state is CallState.CLOSED:
                return  # it went to its end meanwhile, and that was said
            said = f"{error.status} {error.reason}" if isinstance(error, TransferFailed) and error.status else str(error)
            raise CarrierError(f"The other side did not take the transfer: {words.tidy(said)}.") from error
        finally:
            self._transferring = False

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        raise CarrierError(words.NO_SMS)

    async def hangup(self) -> None:
        if self._over:
            return
        if self._ending is None:
            self._ending = Gone("hangup" if self._answered else "canceled", "us")
        try:
            await self._stack.hang_up(self._call)
        except StaleHandleError:
            pass  # it ended by itself, and its last event is on the way
        except BaresipError as error:
            self._end(Gone("lost", "carrier", f"The line could not be hung up: {words.tidy(error)}."))
