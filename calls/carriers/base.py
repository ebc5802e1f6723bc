"""The port to a line. Framework-free.

A carrier dials; what it returns is one leg, the `Media`. A leg has its own clock: `now_ms` counts milliseconds since the far end answered
(since dialling, before that). All waiting of a session goes through `Media.next`, with a deadline on that clock. A real line waits in real
time; the simulated one jumps when SIM_SPEED is 0, so a ten-minute call is tested in milliseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from calls.speech.ports import SpeechConfig


class CarrierError(Exception):
    """The carrier did not take the call. `status` is how the call came out; `permanent` is False when another try could help."""

    def __init__(self, message: str, *, status: str = "failed", permanent: bool = True) -> None:
        super().__init__(message)
        self.status = status
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class LineConfig:
    """A line as its carrier needs it; which keys `settings` has is said in calls.carriers.<kind>.settings."""

    uid: str
    kind: str
    name: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Dial:
    """What a carrier needs to place one call."""

    call_id: str  # uuid, used as the carrier's idempotency key where it has one
    to: str  # E.164
    caller_id: str = ""
    options: Mapping[str, object] = field(default_factory=dict)  # resolved parameters of the call
    variables: Mapping[str, object] = field(default_factory=dict)
    line: LineConfig | None = None  # None: a carrier without lines (simulated, browser)
    record_to: str = ""  # path of the WAV file to write; "" when the call is not recorded
    speech: Sequence[SpeechConfig] = ()  # services that hear and speak; what is missing is done by the built-in ones


# What a leg reports --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ringing:
    at_ms: int


@dataclass(frozen=True, slots=True)
class Answered:
    at_ms: int
    typing: bool = False  # by somebody who types instead of speaking, which takes longer


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of the far end. `final` False: still speaking, `text` is what is known so far."""

    text: str
    start_ms: int
    end_ms: int
    final: bool = True
    machine: bool = False  # the scenario or detector says that a machine speaks (greeting, menu)
    stt_ms: int = 0  # what recognition took after the last sound


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody began (`on`) or ceased to make sounds of speech; the words follow as `Heard`. Lines without sound never say so."""

    on: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Detection by sound (or the carrier's own) says who answered: a short greeting and silence, or a long one."""

    who: Literal["human", "machine"]
    at_ms: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Beep:
    at_ms: int


@dataclass(frozen=True, slots=True)
class Pressed:
    digit: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Played:
    """An utterance given to `say` is over: `text` is what was really heard of it (cut short after `flush`)."""

    ref: int
    text: str
    start_ms: int
    end_ms: int
    complete: bool
    tts_ms: int = 0  # from `say` to its first sound, when nothing was spoken before it


@dataclass(frozen=True, slots=True)
class Ended:
    """The leg is over. `by` says whose doing it was; `cause` maps to the call's status when it was never answered."""

    cause: Literal["hangup", "busy", "no-answer", "failed", "rejected", "canceled", "transferred", "lost"]
    at_ms: int
    by: Literal["callee", "carrier", "us"] = "carrier"
    message: str = ""


MediaEvent = Ringing | Answered | Voice | Heard | Judged | Beep | Pressed | Played | Ended


class Media(Protocol):
    """One leg in progress. Every method may be called after the leg ended and then does nothing."""

    @property
    def now_ms(self) -> int: ...

    async def next(self, until_ms: int | None = None) -> MediaEvent | None:
        """The next event; None when the leg's clock reached `until_ms` first (or `wake` was called)."""
        ...

    def wake(self) -> None:
        """Makes a waiting `next` return None now: somebody gave the session a command."""
        ...

    def hold(self, on: bool) -> None:
        """While on, somebody thinks in real time: a clock that jumps stands still. A real line does nothing."""
        ...

    async def say(self, text: str) -> int:
        """Starts to speak after what is still being spoken; returns a ref. A `Played` with that ref always follows."""
        ...

    async def flush(self) -> None:
        """Stops speaking at once; what was not yet heard is dropped (the `Played` events say what was)."""
        ...

    async def pause(self, on: bool) -> None:
        """Holds back what is being spoken, or goes on with it: a sound may become an interruption or a mere "mhm". No-op without sound."""
        ...

    async def press(self, digits: str) -> None:
        """Sends key tones: 0-9 * # and w for half a second."""
        ...

    async def sms(self, to: str, text: str, sender: str = "") -> None:
        """Sends a text message; `to` "" is the far end, `sender` "" the number of this call. Raises CarrierError when it was not taken."""
        ...

    async def transfer(self, number: str) -> None:
        """Hands the far end over to `number`; an `Ended` with cause "transferred" follows. Raises CarrierError when refused."""
        ...

    async def hangup(self) -> None:
        """Ends the leg; an `Ended` by "us" follows."""
        ...


class Carrier(Protocol):
    kind: str
    can_precall_dtmf: bool

    async def dial(self, dial: Dial) -> Media:
        """Places the call and returns its leg as soon as the carrier took it. Raises CarrierError when it did not."""
        ...
