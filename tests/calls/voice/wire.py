"""The other side of a line with sound: plays a callee in real time, confirms what it played, remembers what came."""

import asyncio
import time

from calls.carriers.sound import Gone, Key, LineEvent, Marked, PickedUp, Rang, Sound
from calls.speech.ports import FRAME_BYTES, FRAME_MS

START = object()


class Wire:
    """`lead_ms` of sound lie in its buffer, as on a real line; `clear` drops them."""

    lead_ms = 60

    def __init__(self) -> None:
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._buffer: list[bytes | int] = []
        self.heard: list[tuple[int, bytes]] = []  # ms since the answer, frame
        self.pressed: list[str] = []
        self.transferred_to = ""
        self.messages: list[tuple[str, str, str]] = []
        self.clears = 0
        self.over = False
        self._answered = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    # its own side -------------------------------------------------------------------------------------------------------
    def tell(self, event: LineEvent) -> None:
        self._events.put_nowait(event)

    def ring(self) -> None:
        self.tell(Rang())

    def answer(self) -> None:
        self._answered = time.monotonic()
        self.tell(PickedUp())
        self._tasks.append(asyncio.create_task(self._play()))

    async def speak(self, pcm: bytes) -> None:
        """The callee's sound, in real time."""
        began = time.monotonic()
        for number, at in enumerate(range(0, len(pcm), FRAME_BYTES)):
            self.tell(Sound(pcm[at : at + FRAME_BYTES]))
            await asyncio.sleep(max(0, began + (number + 1) * FRAME_MS / 1000 - time.monotonic()))

    def press_key(self, digit: str) -> None:
        self.tell(Key(digit))

    def hang(self) -> None:
        self.end(Gone("hangup", "callee"))

    def end(self, gone: Gone) -> None:
        if not self.over:
            self.over = True
            for task in self._tasks:
                task.cancel()
            self.tell(gone)

    @property
    def ms(self) -> int:
        return int((time.monotonic() - self._answered) * 1000)

    async def _play(self) -> None:
        """Hears a frame each 20 ms; a mark that lies between frames is told when it is reached."""
        due = time.monotonic() + FRAME_MS / 1000
        while True:
            await asyncio.sleep(max(0, due - time.monotonic()))
            due += FRAME_MS / 1000
            while self._buffer and isinstance(self._buffer[0], int):
                self.tell(Marked(self._buffer.pop(0)))  # type: ignore[arg-type]
            if self._buffer:
                self.heard.append((self.ms, self._buffer.pop(0)))  # type: ignore[arg-type]

    # SoundLine ----------------------------------------------------------------------------------------------------------
    async def next(self) -> LineEvent:
        return await self._events.get()

    def send(self, frame: bytes) -> None:
        assert len(frame) == FRAME_BYTES
        if not self.over:
            self._buffer.append(frame)

    def mark(self, ref: int) -> None:
        self._buffer.append(ref)

    def clear(self) -> None:
        self.clears += 1
        for item in self._buffer:
            if isinstance(item, int):
                self.tell(Marked(item))
        self._buffer.clear()

    async def press(self, digits: str) -> None:
        self.pressed.append(digits)

    async def transfer(self, number: str) -> None:
        self.transferred_to = number
        self.end(Gone("transferred", "us"))

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        self.messages.append((to, text, sender))

    async def hangup(self) -> None:
        self.end(Gone("hangup" if self._answered else "canceled", "us"))
