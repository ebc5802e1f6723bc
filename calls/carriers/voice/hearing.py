"""What the far end says on a line with sound: when it speaks, and the words of it.

Voice activity cuts the sound into stretches; each is recognised as a whole when it is over, and while it grows, for the live transcript.
Every stretch ends in one final `Heard`, with "" when there were no words in it, in the order of the stretches.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from calls.carriers.base import Heard, MediaEvent, Voice
from calls.carriers.voice.how import How
from calls.speech.ports import RATE, WINDOW_BYTES, SpeechError, SpeechToText, VoiceActivity

log = logging.getLogger(__name__)
WINDOW_MS = WINDOW_BYTES // 2 * 1000 // RATE
BYTES_PER_MS = RATE // 1000 * 2
BEGINS, CEASES = 0.5, 0.35  # probability of voice
BEGIN_WINDOWS, BEGIN_OF = 4, 5  # 128 ms of voice within 160 ms are speech
CEASE_WINDOWS = 9  # 288 ms without voice: the stretch is over
BEFORE_MS = 350  # kept from before the first voice: soft first sounds
AFTER_MS = 200
PARTIAL_MS = 500
LONG_MS, LONGEST_MS = 15_000, 25_000  # recognition takes longer with length: cut at the first gap, at last anywhere
FAINTEST = 80.0  # root mean square of 32768: fainter sound holds no words, and recognition would make some up
LAST_WORDS = 2.0  # seconds for recognition after the end of the line


@dataclass(slots=True)
class Stretch:
    start_ms: int
    sound: bytearray
    end_ms: int = 0  # of its last voice
    voiced: int = 0  # bytes of `sound` up to its last voice
    told_ms: int = 0  # when the last partial was begun
    partial: "asyncio.Task[None] | None" = None
    half: str = ""  # its words so far
    over: bool = False


@dataclass(slots=True)
class _Window:
    windows: deque[bool] = field(default_factory=lambda: deque(maxlen=BEGIN_OF))
    quiet: int = 0


class Hearing:
    """One per call. `tell` gets the events."""

    def __init__(
        self, stts: list[SpeechToText], vad: VoiceActivity, how: How, now: Callable[[], int], tell: Callable[[MediaEvent], None]
    ) -> None:
        self._stts, self._vad, self._how, self._now, self._tell = stts, vad, how, now, tell
        self._raw, self._clean = bytearray(), bytearray()
        self._before: deque[bytes] = deque(maxlen=BEFORE_MS // WINDOW_MS + BEGIN_OF)
        self._state = _Window()
        self._stretch: Stretch | None = None
        self._last: asyncio.Task[None] | None = None  # recognition of the stretch before

    def feed(self, raw: bytes, clean: bytes) -> None:
        """The next sound; `clean` is for voice activity, `raw` for recognition, both equally long."""
        self._raw.extend(raw)
        self._clean.extend(clean)
        while len(self._clean) >= WINDOW_BYTES:
            window, sound = bytes(self._clean[:WINDOW_BYTES]), bytes(self._raw[:WINDOW_BYTES])
            del self._clean[:WINDOW_BYTES], self._raw[:WINDOW_BYTES]
            self._window(self._vad.probability(window), sound, self._now() - len(self._raw) // BYTES_PER_MS)

    def _window(self, voice: float, sound: bytes, end_ms: int) -> None:
        if self._stretch is None:
            self._before.append(sound)
            self._state.windows.append(voice >= BEGINS)
            if sum(self._state.windows) >= BEGIN_WINDOWS:
                self._begin(end_ms)
            return
        stretch = self._stretch
        stretch.sound.extend(sound)
        self._state.quiet = 0 if voice >= CEASES else self._state.quiet + 1
        if not self._state.quiet:
            stretch.end_ms, stretch.voiced = end_ms, len(stretch.sound)
        length = end_ms - stretch.start_ms
        if self._state.quiet >= CEASE_WINDOWS or (length >= LONG_MS and self._state.quiet) or length >= LONGEST_MS:
            self._end()
        elif self._now() - stretch.told_ms >= PARTIAL_MS and (stretch.partial is None or stretch.partial.done()):
            stretch.told_ms = self._now()
            stretch.partial = asyncio.create_task(self._half(stretch), name="hear on")

    def _begin(self, end_ms: int) -> None:
        start = max(0, end_ms - len(self._state.windows) * WINDOW_MS)
        sound = bytearray(b"".join(self._before))
        self._stretch = Stretch(start, sound, end_ms, len(sound), self._now())
        self._state.windows.clear()
        self._state.quiet = 0
        self._before.clear()
        self._tell(Voice(True, start))

    def _end(self) -> None:
        stretch, self._stretch = self._stretch, None
        if stretch is None:
            return
        stretch.over = True
        if stretch.partial is not None:
            stretch.partial.cancel()
        self._tell(Voice(False, stretch.end_ms))
        self._last = asyncio.create_task(self._whole(stretch, self._last), name="hear")

    async def caught_up(self) -> None:
        """Until everything that was said and is over has its words: for sound that comes faster than it is heard."""
        if self._last is not None:
            await asyncio.wait({self._last})

    async def finish(self, seconds: float = LAST_WORDS) -> None:
        """The line is over: what is still being said counts, as far as it was heard within `seconds`."""
        self._end()
        if self._last is not None:
            await asyncio.wait({self._last}, timeout=seconds)
            self._last.cancel()

    # words ------------------------------------------------------------------------------------------------------------
    async def _half(self, stretch: Stretch) -> None:
        text = await self._words(bytes(stretch.sound), final=False)
        if text and not stretch.over:
            stretch.half = text
            self._tell(Heard(text, stretch.start_ms, self._now(), final=False))

    async def _whole(self, stretch: Stretch, before: "asyncio.Task[None] | None") -> None:
        began = self._now()
        text: str | None = stretch.half  # kept when recognition fails or comes too late
        try:
            sound = bytes(stretch.sound[: stretch.voiced + AFTER_MS * BYTES_PER_MS])
            text = await self._words(sound, final=True) if loud_enough(sound) else ""
            text = stretch.half if text is None else text
            if before is not None:
                await asyncio.wait({before})
        finally:
            self._tell(Heard(text or "", stretch.start_ms, stretch.end_ms, final=True, stt_ms=self._now() - began))

    async def _words(self, sound: bytes, *, final: bool) -> str | None:
        """None when nobody could recognise them."""
        for stt in self._stts:
            try:
                return await stt.transcribe(sound, language=self._how.language, keywords=self._how.keywords, final=final)
            except Exception as error:  # whatever it is, the next one may hear
                log.warning("%s did not hear: %s", stt.name, error, exc_info=not isinstance(error, SpeechError))
        return None


def loud_enough(sound: bytes) -> bool:
    samples = np.frombuffer(sound, "<i2").astype(np.float32)
    return bool(len(samples)) and float(np.sqrt(np.mean(samples * samples))) >= FAINTEST
