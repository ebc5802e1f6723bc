"""One call that rings on a page. What the runner holds from the dial to the end, whether its person speaks or types."""

import asyncio
from collections.abc import Callable

from calls.carriers.base import Dial, Media, MediaEvent, Played, Ringing
from calls.carriers.browser.page import Page, Send, Side
from calls.carriers.browser.sound import BrowserSound
from calls.carriers.browser.typed import TypedLeg
from calls.carriers.browser.wire import FromPage, Pick
from calls.carriers.timing import speaking_ms
from calls.carriers.voice import voice_leg

AWAY_MS = 10_000  # so long the page may be gone during a call before that counts as hanging up


class BrowserLeg:
    """A `Media`; `attach`, `detach` and `receive` are the page's side of it.

    It rings as a leg of words. When the page answers with sound, a leg that hears and speaks takes its place; either does what the
    session asks. `lacks`: why this machine cannot hear and speak, "" when it can. `over` is called at the end.
    """

    def __init__(self, dial: Dial, lacks: str = "", over: Callable[[], None] = lambda: None) -> None:
        self._dial, self._lacks, self._over_told = dial, lacks, over
        self._page = Page()
        self._typed = TypedLeg(self._page, self._over)
        self._media: Media = self._typed
        self._side: Side = self._typed
        self._rang = self._answered = self._done = self._sounds = False
        self._captions: dict[int, str] = {}  # what is being spoken, for a page that comes back
        self._leaving: asyncio.TimerHandle | None = None

    # Media ------------------------------------------------------------------------------------------------------------
    @property
    def now_ms(self) -> int:
        return self._media.now_ms

    def hold(self, on: bool) -> None:
        self._media.hold(on)

    def wake(self) -> None:
        self._media.wake()

    async def next(self, until_ms: int | None = None) -> MediaEvent | None:
        if not self._rang:
            self._rang = True
            return Ringing(0)
        while True:
            media = self._media
            event = await media.next(until_ms)
            if event is None and media is not self._media:
                continue  # answered with sound meanwhile
            if isinstance(event, Played) and self._captions.pop(event.ref, None) is not None:
                self._page.tell({"type": "said", "ref": event.ref, "text": event.text})
            return event

    async def say(self, text: str) -> int:
        ref = await self._media.say(text)
        if self._sounds and not self._done:
            self._captions[ref] = text
            self._tell_caption(ref, text)
        return ref

    async def flush(self) -> None:
        await self._media.flush()

    async def pause(self, on: bool) -> None:
        await self._media.pause(on)

    async def press(self, digits: str) -> None:
        await self._media.press(digits)

    async def transfer(self, number: str) -> None:
        await self._media.transfer(number)

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        await self._media.sms(to, text, sender)

    async def hangup(self) -> None:
        await self._media.hangup()

    # the page ---------------------------------------------------------------------------------------------------------
    def attach(self, send: Send) -> None:
        """A page is there, for the first time or again; the one before it is let go."""
        self._stay()
        self._page.attach(send)
        self._tell_state()
        self._side.back()
        for ref, text in self._captions.items():
            self._tell_caption(ref, text)

    def detach(self, send: Send) -> None:
        """Its socket is gone; nothing changes when another page has the call by now."""
        if self._page.detach(send) and self._answered and not self._done:
            self._side.away()
            self._leaving = asyncio.get_running_loop().call_later(AWAY_MS / 1000, lambda: self._side.gone())

    def receive(self, message: FromPage) -> None:
        if self._done:
            return
        match message:
            case Pick("answer", sound):
                if not self._answered:
                    self._answer(sound and not self._lacks)
            case _:
                self._side.receive(message)

    def _answer(self, sound: bool) -> None:
        if sound:
            line = BrowserSound(self._page, self._over)
            self._media, self._side, self._sounds = voice_leg(line, self._dial), line, True
            self._typed.wake()  # whoever waits on it goes on waiting on the other
            line.pick_up()
        else:
            self._typed.pick_up()
        self._answered = True
        self._tell_state()

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _over(self, cause: str, by: str) -> None:
        self._done = True
        self._stay()
        self._page.tell({"type": "ended", "cause": cause, "by": by})
        self._over_told()

    def _tell_state(self) -> None:
        phase, sound = ("live", self._sounds) if self._answered else ("ringing", not self._lacks)
        self._page.tell({"type": "state", "phase": phase, "to": self._dial.to, "sound": sound, "lacks": self._lacks})

    def _tell_caption(self, ref: int, text: str) -> None:
        self._page.tell({"type": "say", "ref": ref, "text": text, "ms": speaking_ms(text), "from": 0})
