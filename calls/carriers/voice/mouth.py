"""What we say on a line with sound: made into sound as soon as it is known, handed out frame by frame, cut where it was heard."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from calls.carriers.base import Played
from calls.carriers.timing import heard_of, speaking_ms
from calls.carriers.voice.how import How
from calls.carriers.voice.tape import SILENCE
from calls.speech import pronunciation
from calls.speech.ports import FRAME_BYTES, FRAME_MS, RATE, SpeechError, TextToSpeech
from calls.speech.spoken import spoken

log = logging.getLogger(__name__)
BYTES_PER_MS = RATE // 1000 * 2
LATE_MS = 2_000  # a line that does not confirm what it played: so long after the last frame it counts as heard


@dataclass(slots=True)
class Utterance:
    ref: int
    text: str
    asked_ms: int
    alone: bool  # nothing was being spoken when it was asked for
    sound: bytearray = field(default_factory=bytearray)
    whole: bool = False  # all of its sound is there
    broken: bool = False  # its voice failed: what is there is not all of it
    taken: int = 0  # bytes handed out
    start_ms: int | None = None  # when its first frame is heard
    end_ms: int = 0  # when its last frame so far is over
    sounded_ms: int | None = None  # when its first sound was there

    @property
    def out(self) -> bool:
        """Every frame of it was handed out."""
        return self.whole and self.taken >= len(self.sound)


class Mouth:
    """One per call. `failed` is called with words for staff when nothing can be spoken at all."""

    def __init__(self, voices: list[TextToSpeech], how: How, now: Callable[[], int], failed: Callable[[str], None]) -> None:
        self._voices, self._how, self._now, self._failed = voices, how, now, failed
        self._queue: deque[Utterance] = deque()  # not yet known to be heard, in their order
        self._work: set[asyncio.Task[None]] = set()
        self.paused = False

    @property
    def on(self) -> bool:
        return bool(self._queue)

    def say(self, ref: int, text: str) -> None:
        if not self._queue:
            self.paused = False  # what was held back was out by then
        said = Utterance(ref, text, self._now(), alone=not self._queue)
        self._queue.append(said)
        task = asyncio.create_task(self._make(said), name="speak")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _make(self, said: Utterance) -> None:
        for number, voice in enumerate(self._voices):
            try:
                text = spoken(pronunciation.apply(said.text, self._how.pronunciation), self._how.language)
                async for piece in voice.speak(text, voice=self._how.voice, language=self._how.language):
                    if said.sounded_ms is None:
                        said.sounded_ms = self._now()
                    said.sound.extend(piece)
                said.whole = True
                return
            except Exception as error:  # whatever it is, somebody waits on the line
                log.warning("%s did not speak: %s", voice.name, error, exc_info=not isinstance(error, SpeechError))
                why = str(error) if isinstance(error, SpeechError) else f"{voice.name} failed ({type(error).__name__})."
            if said.sound:
                said.whole = said.broken = True  # half of it is out: not once more from its beginning
                return
            if number == len(self._voices) - 1:
                self._failed(why)  # and nothing of it is ever said to be heard

    def begins(self) -> bool:
        """Whether the next frame is the first sound after a silence."""
        first = self._queue[0] if self._queue and not self.paused else None
        return first is not None and first.start_ms is None and (first.whole or len(first.sound) >= FRAME_BYTES)

    # frames -----------------------------------------------------------------------------------------------------------
    def frame(self, at_ms: int) -> tuple[bytes, int | None]:
        """What is heard from `at_ms` on for 20 ms, and the ref of an utterance that is out with it."""
        if self.paused:
            return SILENCE, None
        for said in self._queue:
            if said.out and said.start_ms is not None:
                continue
            piece = bytes(said.sound[said.taken : said.taken + FRAME_BYTES])
            if len(piece) < FRAME_BYTES and not said.whole:
                return SILENCE, None  # the rest is still being made
            if said.start_ms is None:
                said.start_ms = at_ms
            said.taken += len(piece)
            said.end_ms = at_ms + FRAME_MS
            return piece.ljust(FRAME_BYTES, b"\0"), said.ref if said.out else None
        return SILENCE, None

    def pause(self) -> None:
        """Holds back everything from now on, also the frames that the line drops: they are handed out again."""
        self.paused, now = True, self._now()
        for said in self._queue:
            if said.start_ms is None or said.end_ms <= now:
                continue
            if said.start_ms >= now:
                said.start_ms, said.taken = None, 0
            else:
                frames = (said.end_ms - now + FRAME_MS - 1) // FRAME_MS
                said.taken = max(0, -(-said.taken // FRAME_BYTES) - frames) * FRAME_BYTES
                said.end_ms -= frames * FRAME_MS

    # what was heard ---------------------------------------------------------------------------------------------------
    def heard(self, ref: int) -> list[Played]:
        """The line confirms that an utterance, and so all before it, is out."""
        done: list[Played] = []
        if any(s.ref == ref and s.out for s in self._queue):
            while self._queue and self._queue[0].out:
                said = self._queue.popleft()
                done.append(self._out(said))
                if said.ref == ref:
                    break
        return done

    def overdue(self) -> list[Played]:
        """Of a line that does not confirm."""
        late = [s.ref for s in self._queue if s.out and self._now() > s.end_ms + LATE_MS]
        return self.heard(late[-1]) if late else []

    def cut(self) -> list[Played]:
        """Stops everything: how much of each utterance was heard, by the clock."""
        for task in self._work:
            task.cancel()
        now, cut = self._now(), list(self._queue)
        self._queue.clear()
        self.paused = False
        return [self._cut(said, now) for said in cut]

    def _out(self, said: Utterance) -> Played:
        """Heard to its end, which is early when its voice broke off."""
        ms = len(said.sound) // BYTES_PER_MS
        text = heard_of(said.text, min(1, ms / speaking_ms(said.text))) if said.broken else said.text
        return self._played(said, text, complete=not said.broken)

    def _cut(self, said: Utterance, now: int) -> Played:
        if said.start_ms is None or said.start_ms >= now:
            return Played(said.ref, "", now, now, complete=not said.text)
        unheard = max(0, said.end_ms - now)
        ms = max(0, said.taken // BYTES_PER_MS - unheard)
        length = len(said.sound) // BYTES_PER_MS
        whole = length if said.whole and not said.broken else max(length, speaking_ms(said.text))
        text = heard_of(said.text, ms / whole if whole else 1)
        said.end_ms = min(said.end_ms, now)
        return self._played(said, text, complete=text == said.text)

    def _played(self, said: Utterance, text: str, *, complete: bool) -> Played:
        start = said.asked_ms if said.start_ms is None else said.start_ms
        made = said.sounded_ms - said.asked_ms if said.alone and said.sounded_ms is not None else 0
        return Played(said.ref, text, start, max(start, said.end_ms), complete, tts_ms=max(0, made))
