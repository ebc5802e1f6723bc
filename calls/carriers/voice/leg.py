"""One leg on a line with sound: a `Media` over a `SoundLine`. Real time."""

import asyncio
import logging
import time
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

from calls.carriers import sound
from calls.carriers.base import Answered, Beep, Dial, Ended, Heard, Judged, MediaEvent, Pressed, Ringing
from calls.carriers.sound import Gone, Key, LineEvent, Marked, PickedUp, Rang, Sound, SoundLine, Typed
from calls.carriers.voice.hearing import Hearing
from calls.carriers.voice.how import How
from calls.carriers.voice.mouth import Mouth
from calls.carriers.voice.tape import SILENCE, Tape, meter
from calls.speech import services
from calls.speech.answering import Answering
from calls.speech.audio import mix
from calls.speech.background import Background
from calls.speech.noise import suppressor
from calls.speech.ports import FRAME_BYTES, FRAME_MS, Engines, SpeechToText, TextToSpeech

log = logging.getLogger(__name__)
STALL_MS = 300  # a process that stood still longer does not say the missed frames faster: it leaves them out
WRITE_MS = 1_000  # how often the recording goes to the disk
BEHIND_MS = 400  # the recording waits so long for sound that comes late
JUDGE_MS = 40_000  # who answered is of interest so long
CONFIRM_SECONDS = 5
FALLS = 0.9  # a meter's step in 20 ms of silence: frames that come unevenly do not make it flicker
CLOSE_SECONDS = 5  # for the disk to take the rest of a recording
NOT_SPOKEN = "Nothing could be spoken"
BROKEN = "The line broke off through an error of the server"

type Tap = Callable[[bytes, bytes], None]

_legs: dict[str, "VoiceLeg"] = {}


def live(call_id: str) -> "VoiceLeg | None":
    """The leg of a call of this process, while its line lives."""
    return _legs.get(call_id)


def check() -> None:
    """To be called before a line is dialled. Raises calls.speech.ports.Missing when this machine cannot hear or speak."""
    services.engines(())


def voice_leg(line: SoundLine, dial: Dial) -> "VoiceLeg":
    """The leg of a call that is being dialled over `line`. Raises calls.speech.ports.Missing when this machine cannot hear or speak."""
    builtin = services.engines(())
    chosen = services.engines(dial.speech) if dial.speech else builtin
    return VoiceLeg(line, How.of(dial), chosen, builtin)


class VoiceLeg:
    """See calls.carriers.base.Media for what each method promises. `spare` hears and speaks when `engines` fail."""

    def __init__(self, line: SoundLine, how: How, engines: Engines, spare: Engines, clock: Callable[[], float] = time.monotonic) -> None:
        self._line, self._how, self._clock = line, how, clock
        self._began, self._answered = clock(), False
        self._ready: deque[MediaEvent] = deque()
        self._signal = asyncio.Event()
        self._woken = False
        self._refs = count(1)
        self.ended: Ended | None = None
        self._broke = ""  # why we give the line up
        stts: Sequence[SpeechToText] = [engines.stt] if engines.stt is spare.stt else [engines.stt, spare.stt]
        voices: Sequence[TextToSpeech] = [engines.tts] if engines.tts is spare.tts else [engines.tts, spare.tts]
        self._mouth = Mouth(list(voices), how, lambda: self.now_ms, self._cannot_speak)
        self._hearing = Hearing(list(stts), engines.vad(), how, lambda: self.now_ms, self._happen)
        self._suppressor = suppressor() if how.clean else None
        self._background = Background(how.background, start_ms=zlib.crc32(how.call_id.encode()) % 16_000)
        self._answering = Answering()
        self._tape = Tape(how.record_to) if how.record_to else None
        self._writing: asyncio.Task[None] | None = None
        self._loose = bytearray()  # sound that does not fill a frame yet
        self._typing_since: int | None = None
        self._levels = (0.0, 0.0)
        self._taps: list[Tap] = []
        self._their_frame = SILENCE
        self._tasks = [asyncio.create_task(self._read(), name="line")]
        _legs[how.call_id] = self

    # time -------------------------------------------------------------------------------------------------------------
    @property
    def now_ms(self) -> int:
        return int((self._clock() - self._began) * 1000)

    def hold(self, on: bool) -> None:
        pass

    def wake(self) -> None:
        self._woken = True
        self._signal.set()

    async def next(self, until_ms: int | None = None) -> MediaEvent | None:
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._woken:
                self._woken = False
                return None
            now = self.now_ms
            if until_ms is not None and now >= until_ms:
                return None
            self._signal.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._signal.wait(), None if until_ms is None else (until_ms - now + 1) / 1000)

    def _happen(self, event: MediaEvent) -> None:
        self._ready.append(event)
        self._signal.set()

    # what the session does ----------------------------------------------------------------------------------------------
    async def say(self, text: str) -> int:
        ref = next(self._refs)
        if self.ended is None:
            self._mouth.say(ref, text)
        return ref

    async def flush(self) -> None:
        if self._mouth.on:
            self._cut_short()

    async def pause(self, on: bool) -> None:
        if not on:
            self._mouth.paused = False
        elif self._mouth.on:
            self._mouth.pause()
            self._silence_line()

    async def press(self, digits: str) -> None:
        if self.ended is None:
            await self._line.press(digits)

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        await self._line.sms(to, text, sender)

    async def transfer(self, number: str) -> None:
        if self.ended is None:
            await self._line.transfer(number)

    async def hangup(self) -> None:
        if self.ended is None:
            self._tasks.append(asyncio.create_task(self._insist(), name="insist"))
            await self._line.hangup()

    async def _insist(self) -> None:
        """A line that does not confirm its end is over all the same: nothing of it may go on in this process."""
        await asyncio.sleep(CONFIRM_SECONDS)
        await self._over(Gone("hangup", "us", "The line did not confirm that it ended"))

    # what others may look at ---------------------------------------------------------------------------------------------
    def levels(self) -> tuple[float, float]:
        """How loud we and they are now, 0 to 1, for meters."""
        return self._levels

    def tap(self, hears: Tap) -> Callable[[], None]:
        """Gives every 20 ms of our sound and theirs to `hears` until the returned function is called."""
        self._taps.append(hears)

        def untap() -> None:
            with suppress(ValueError):
                self._taps.remove(hears)

        return untap

    # the line -----------------------------------------------------------------------------------------------------------
    async def _read(self) -> None:
        while True:
            try:
                event = await self._line.next()
                if not isinstance(event, Gone):
                    self._take(event)
                    continue
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a line broke")
                await self._give_up(BROKEN)
                return
            await self._over(event)
            return

    def _take(self, event: LineEvent) -> None:
        match event:
            case Rang():
                self._happen(Ringing(self.now_ms))
            case PickedUp() if not self._answered:
                self._pick_up()
            case Sound(pcm) if self._answered:
                self._hear(pcm)
            case Key(digit) if self._answered:
                self._happen(Pressed(digit, self.now_ms))
            case Marked(ref):
                self._played(self._mouth.heard(ref))
            case Typed(text, final) if self._answered:
                self._typed(text, final)
            case sound.Judged(who):
                self._carrier_judges(who)

    def _pick_up(self) -> None:
        self._happen(Answered(self.now_ms))
        self._answered, self._began = True, self._clock()
        self._tasks.append(asyncio.create_task(self._speak(), name="speak to the line"))

    def _hear(self, pcm: bytes) -> None:
        self._loose.extend(pcm)
        now = self.now_ms
        while len(self._loose) >= FRAME_BYTES:
            raw = bytes(self._loose[:FRAME_BYTES])
            del self._loose[:FRAME_BYTES]
            clean = self._suppressor.clean(raw) if self._suppressor else raw
            self._hearing.feed(raw, clean)
            self._their_frame = clean
            if self._tape is not None:
                self._tape.theirs(now - len(self._loose) // (FRAME_BYTES // FRAME_MS), clean)
            if now < JUDGE_MS:
                self._judge(raw)

    def _judge(self, frame: bytes) -> None:
        for found in self._answering.feed(frame):
            match found.kind:
                case "human" | "machine":
                    self._happen(Judged(found.kind, self.now_ms, found.why))
                case "beep":
                    self._happen(Beep(self.now_ms))
                case _:
                    pass

    def _carrier_judges(self, who: str) -> None:
        if who == "human" or who.startswith("machine"):
            self._happen(Judged("human" if who == "human" else "machine", self.now_ms, f"The carrier says: {who}"))
        if who in ("machine_end_beep", "machine_end_silence"):
            self._happen(Beep(self.now_ms))

    def _typed(self, text: str, final: bool) -> None:
        now = self.now_ms
        start = now if self._typing_since is None else self._typing_since
        over = final or not text  # nothing is left of what was begun
        self._typing_since = None if over else start
        self._happen(Heard(text, start, now, over))

    # our sound ----------------------------------------------------------------------------------------------------------
    async def _speak(self) -> None:
        try:
            await self._pace()
        except Exception:
            log.exception("nothing more can be sent to a line")
            await self._give_up(BROKEN)

    async def _pace(self) -> None:
        """Hands the line a frame for every 20 ms, `lead_ms` ahead of time."""
        sent, written = 0, 0
        while self.ended is None:
            now = self.now_ms
            due = (now + self._line.lead_ms) // FRAME_MS
            if self._mouth.begins():
                # Our first sound does not wait behind the silence that was sent ahead of time.
                self._silence_line()
                sent = now // FRAME_MS
            elif due - sent > (self._line.lead_ms + STALL_MS) // FRAME_MS:
                sent = due - 1
            while sent < due:
                self._frame(sent * FRAME_MS)
                sent += 1
            self._played(self._mouth.overdue())
            if self._tape is not None and now - written >= WRITE_MS and (self._writing is None or self._writing.done()):
                written = now  # beside our speech: a disk that is slow makes nobody wait on the line
                self._writing = asyncio.create_task(self._write(self._tape, now - BEHIND_MS), name="write")
            await asyncio.sleep(max(0.001, (sent * FRAME_MS - self._line.lead_ms - self.now_ms + FRAME_MS) / 1000))

    async def _write(self, tape: Tape, until_ms: int) -> None:
        try:
            await tape.write(until_ms)
        except OSError:
            log.exception("the recording cannot be written; the call goes on without")
            self._tape = None

    def _frame(self, at_ms: int) -> None:
        spoken, out = self._mouth.frame(at_ms)
        frame = mix(spoken, self._background.next())
        self._line.send(frame)
        if out is not None:
            self._line.mark(out)
        if self._tape is not None:
            self._tape.ours(at_ms, frame)
        ours, theirs = self._levels
        self._levels = (max(meter(spoken), ours * FALLS), max(meter(self._their_frame), theirs * FALLS))
        for tap in tuple(self._taps):
            self._let_hear(tap, frame)
        self._their_frame = SILENCE

    def _let_hear(self, tap: Tap, frame: bytes) -> None:
        try:
            tap(frame, self._their_frame)
        except Exception:
            log.exception("somebody who listened in is let go")
            self._taps.remove(tap)

    def _played(self, events: Sequence[MediaEvent]) -> None:
        for event in events:
            self._happen(event)

    def _cut_short(self) -> None:
        played = self._mouth.cut()
        self._silence_line()
        self._played(played)

    def _silence_line(self) -> None:
        self._line.clear()
        if self._tape is not None:
            self._tape.unsaid(self.now_ms)

    def _cannot_speak(self, why: str) -> None:
        """Nothing is worse than a call that is silent: it ends, and staff read why."""
        if self.ended is None:
            self._tasks.append(asyncio.create_task(self._give_up(f"{NOT_SPOKEN}: {why}"), name="give up"))

    async def _give_up(self, why: str) -> None:
        self._broke = why
        try:
            await self._line.hangup()
        except Exception:
            log.exception("a broken line could not be hung up")
        await self._over(Gone("failed", "carrier", why))

    # the end ------------------------------------------------------------------------------------------------------------
    async def _over(self, gone: Gone) -> None:
        if self.ended is not None:
            return
        if self._broke:
            gone = Gone("failed", "carrier", self._broke)  # a line that is hung up only says that we did
        at = self.now_ms
        self.ended = gone.at(at)
        self._played(self._mouth.cut())
        if self._tape is not None:
            with suppress(OSError):  # TimeoutError is one
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._tape.close(at)
        await self._hearing.finish()
        self._happen(self.ended)
        _legs.pop(self._how.call_id, None)
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
