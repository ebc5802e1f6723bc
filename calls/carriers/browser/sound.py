"""The page as a line that carries sound: its microphone and its loudspeaker. See calls.carriers.sound for what each method promises."""

import asyncio

from calls.carriers.browser.page import Over, Page
from calls.carriers.browser.wire import FromPage, Pick, Press, Reached, Speak, Type
from calls.carriers.sound import Gone, Key, LineEvent, Marked, PickedUp, Sound, Typed
from calls.carriers.timing import tones_ms
from calls.speech.ports import FRAME_BYTES

WAITING = 250  # events nobody took yet, 5 s of sound: what comes then is too late to be answered
AFTER_LOSS = Sound(bytes(25 * FRAME_BYTES))  # half a second of silence: what was being said is over


class BrowserSound:
    """A `SoundLine`, and the page's `Side` of it."""

    lead_ms = 120

    def __init__(self, page: Page, over: Over) -> None:
        self._page, self._over = page, over
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._marks: list[int] = []  # not reached yet, in their order
        self._done = False

    # SoundLine --------------------------------------------------------------------------------------------------------
    async def next(self) -> LineEvent:
        return await self._events.get()

    def send(self, frame: bytes) -> None:
        if not self._done:
            self._page.tell(frame)

    def mark(self, ref: int) -> None:
        if self._done:
            return
        self._marks.append(ref)
        if self._page.here:
            self._page.tell({"type": "mark", "ref": ref})
        else:
            self._reach_all()

    def clear(self) -> None:
        if not self._done:
            self._page.tell({"type": "flush"})
            self._reach_all()

    async def press(self, digits: str) -> None:
        if not self._done:
            self._page.tell({"type": "tones", "digits": digits})
            await asyncio.sleep(tones_ms(digits) / 1000)

    async def transfer(self, number: str) -> None:
        self._end(Gone("transferred", "us"))

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        """Nobody's phone is reached in a rehearsal: the event that the session writes is all there is of it."""

    async def hangup(self) -> None:
        self._end(Gone("hangup", "us"))

    # Side -------------------------------------------------------------------------------------------------------------
    def pick_up(self) -> None:
        self._events.put_nowait(PickedUp())

    def receive(self, message: FromPage) -> None:
        match message:
            case Speak(pcm) if self._events.qsize() < WAITING:
                self._events.put_nowait(Sound(pcm))
            case Type(text, final):
                self._events.put_nowait(Typed(text, final))
            case Press(digit):
                self._events.put_nowait(Key(digit))
            case Reached(ref) if ref in self._marks:
                self._reach(self._marks.index(ref) + 1)
            case Pick("decline" | "hangup"):
                self._end(Gone("hangup", "callee"))

    def back(self) -> None:
        pass

    def away(self) -> None:
        self._reach_all()
        self._events.put_nowait(AFTER_LOSS)

    def gone(self) -> None:
        self._end(Gone("hangup", "callee", "The page was closed"))

    def _reach_all(self) -> None:
        self._reach(len(self._marks))

    def _reach(self, count: int) -> None:
        reached, self._marks = self._marks[:count], self._marks[count:]
        for ref in reached:
            self._events.put_nowait(Marked(ref))

    def _end(self, gone: Gone) -> None:
        if not self._done:
            self._done = True
            self._reach_all()
            self._events.put_nowait(gone)
            self._over(gone.cause, gone.by)
