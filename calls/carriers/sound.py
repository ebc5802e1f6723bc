"""The port to a line that carries sound. Framework-free. `calls.carriers.voice` makes a `Media` of it: it hears, speaks and records.

Sound is as in calls.speech.ports: 8 kHz, 16 bit, mono. The far end's arrives as it arrives; ours is sent one frame of 20 ms at a time, in
real time and at most `lead_ms` ahead of it, from the answer to the end of the call, so that a line needs no queue of its own to speak of.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from calls.carriers.base import Ended


@dataclass(frozen=True, slots=True)
class Rang:
    """The far end rings."""


@dataclass(frozen=True, slots=True)
class PickedUp:
    """The far end answered. Sound before it is ringing tones or an announcement: nobody listens to it."""


@dataclass(frozen=True, slots=True)
class Sound:
    pcm: bytes  # any even number of bytes


@dataclass(frozen=True, slots=True)
class Key:
    digit: str  # 0-9 * #


@dataclass(frozen=True, slots=True)
class Marked:
    """Everything sent before `mark(ref)` was heard by the far end, or dropped by `clear`."""

    ref: int


@dataclass(frozen=True, slots=True)
class Typed:
    """The far end types instead of speaking; "" with `final` False takes back what was begun."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The carrier's own detection of who answered."""

    who: Literal["human", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax", "unknown"]


@dataclass(frozen=True, slots=True)
class Gone:
    """The line is over; nothing follows. See calls.carriers.base.Ended."""

    cause: Literal["hangup", "busy", "no-answer", "failed", "rejected", "canceled", "transferred", "lost"]
    by: Literal["callee", "carrier", "us"] = "carrier"
    message: str = ""

    def at(self, ms: int) -> Ended:
        return Ended(self.cause, ms, self.by, self.message)


LineEvent = Rang | PickedUp | Sound | Key | Marked | Typed | Judged | Gone


class SoundLine(Protocol):
    """One line in progress. Every method may be called after the end and then does nothing."""

    lead_ms: int  # so far ahead of real time frames may come: covers a stalled process, and is what `clear` can still drop

    async def next(self) -> LineEvent:
        """Waits for what happens next. One reader at a time."""
        ...

    def send(self, frame: bytes) -> None:
        """Takes 20 ms of sound (FRAME_BYTES). Never blocks."""
        ...

    def mark(self, ref: int) -> None:
        """Asks for a `Marked(ref)` once what was sent until now was heard."""
        ...

    def clear(self) -> None:
        """Drops what was sent and not yet heard, as far as the line can; marks that are still open come at once."""
        ...

    async def press(self, digits: str) -> None:
        """Sends key tones: 0-9 * # and w for half a second. Returns when they are out."""
        ...

    async def transfer(self, number: str) -> None:
        """Hands the far end over; a `Gone` with cause "transferred" follows. Raises CarrierError when refused."""
        ...

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        """Raises CarrierError when it was not taken."""
        ...

    async def hangup(self) -> None:
        """Ends the line, or stops the dialling; a `Gone` by "us" follows."""
        ...
