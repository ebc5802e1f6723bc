"""Who answered, by sound alone: a short greeting and then silence is a person, a long one a machine, and a steady tone its beep.

`Answering` listens from the answer on, `Progress` to the network's tones before it. Both take the far end's sound as it comes and tell what
they found once. 1.5 ms of processor for a second of sound. On real lines sound is right about 9 times of 10; the words
(calls.agent.voicemail) and a later beep correct it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calls.speech.ports import FRAME_BYTES, FRAME_MS, RATE

HUMAN_SILENCE_MS = 1_000  # after a greeting; a machine pauses for less between its sentences
MACHINE_MS, MACHINE_SPAN_MS = 2_400, 3_400  # of speech without such a silence, and with the pauses in it
NOBODY_MS = 5_000  # without a sound
OVER_MS = 2_000  # of silence after a machine's greeting: no beep comes
BEEP_MS, BEEP_HZ = (120, 3_000), (350, 2_500)
STEADY_HZ = 40  # a beep's pitch moves less
SILENT_AFTER_MS = 60
CNG_HZ, CNG_MS, CNG_GAP_MS = 1_100, (400, 600), (2_500, 3_600)  # a fax that calls; one that answers sends CED
CED_HZ, CED_MS = 2_100, 1_000

Kind = Literal["silence", "tone", "pair", "voice"]
TONES = ("tone", "pair")


WHY = {
    "human": "A short greeting and then silence",
    "machine": "A long greeting without a pause",
    "beep": "A steady tone and then silence",
    "over": "The greeting ended and no beep came",
    "fax": "The tone of a fax machine",
    "unknown": "Nobody said anything",
}


@dataclass(frozen=True, slots=True)
class Found:
    """`known_ms`: how much sound was heard when it became known; `ended_ms`: where the greeting or the tone ended, 0 when it goes on.

    human, machine and unknown (nobody said anything) come once, whichever is first; a beep may follow each, and says that it was a machine.
    over: the machine's greeting ended and no beep came.
    """

    kind: Literal["human", "machine", "beep", "over", "fax", "unknown"]
    known_ms: int
    ended_ms: int = 0

    @property
    def why(self) -> str:
        """For the call's page."""
        return WHY[self.kind]


@dataclass(frozen=True, slots=True)
class Segment:
    """Sound of one kind. `hz` and `spread`: pitch of a tone, and how much it moved."""

    kind: Kind
    ms: int
    hz: float = 0.0
    spread: float = 0.0


class Frames:
    """Cuts sound into frames, and frames into segments. A segment ends after two frames of another kind."""

    def __init__(self) -> None:
        self._rest = b""
        self._before: NDArray[np.float64] = np.zeros(FRAME)
        self._floor: float | None = None
        self._other: Kind = "silence"
        self._others = 0
        self._pitches: list[float] = []
        self.kind: Kind = "silence"
        self.ms = 0  # of the segment that goes on
        self.heard_ms = 0

    @property
    def pitch(self) -> float:
        """Of the tone that goes on."""
        return float(np.median(np.abs(self._pitches))) if self._pitches else 0.0

    def frames(self, pcm: bytes) -> list[bytes]:
        self._rest += pcm
        whole = len(self._rest) // FRAME_BYTES * FRAME_BYTES
        found, self._rest = self._rest[:whole], self._rest[whole:]
        return [found[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]

    def take(self, frame: bytes) -> Segment | None:
        """The segment that is known to be over."""
        self.heard_ms += FRAME_MS
        kind, hz = self._kind(np.frombuffer(frame, "<i2").astype(np.float64))
        ended = None
        if _same(kind, self.kind):
            self.ms += FRAME_MS
            self._others = 0
        else:
            self._others = self._others + 1 if _same(kind, self._other) else 1
            self._other = kind
            if self._others == 2:
                ended = self._ended()
                self.kind, self.ms, self._others = kind, 2 * FRAME_MS, 0
        if kind in TONES:
            self._pitches.append(hz if kind == "tone" else -hz)  # below 0: one of two tones
        elif self.kind not in TONES:
            self._pitches.clear()
        return ended

    def _ended(self) -> Segment:
        pitches, self._pitches = self._pitches, []
        if self.kind not in TONES or not pitches:
            return Segment(self.kind, self.ms)
        pairs = sum(hz < 0 for hz in pitches) * 2 > len(pitches)
        low, middle, high = np.percentile(np.abs(pitches), (10, 50, 90))
        return Segment("pair" if pairs else "tone", self.ms, float(middle), float(high - low))

    def _kind(self, sound: NDArray[np.float64]) -> tuple[Kind, float]:
        both, self._before = np.concatenate([self._before, sound]), sound
        loud = float(np.sqrt(np.mean(sound**2))) + 1
        # The line's own noise: known at once when it falls, slowly when it rises.
        self._floor = loud if self._floor is None else min(loud, self._floor * FLOOR_RISES)
        if loud < max(SOFTEST, ABOVE_FLOOR * self._floor):
            return "silence", 0.0
        power = np.square(np.abs(np.fft.rfft(both * _WINDOW, FFT)))
        power[:LOWEST] = 0
        total = float(power.sum()) + 1e-9
        first, share = _line(power)
        if share / total > PURE:
            return "tone", float(_HZ[first])
        second = _line(power)[1]
        two = (share + second) / total > PURE and second / total > SECOND
        return ("pair", float(_HZ[first])) if two else ("voice", 0.0)


FRAME = FRAME_BYTES // 2
FFT, BAND, LOWEST = 1024, 9, 20  # lines of 8 Hz: a tone holds those within 70 Hz of it; below 150 Hz is hum
PURE, SECOND = 0.85, 0.2
SOFTEST, ABOVE_FLOOR, FLOOR_RISES = 150.0, 2.2, 1.006  # 16-bit amplitude; factor; per frame: 2.6 dB a second
_WINDOW = np.hanning(2 * FRAME)
_HZ = np.fft.rfftfreq(FFT, 1 / RATE)


def _line(power: NDArray[np.float64]) -> tuple[int, float]:
    """The strongest tone: where, and its power, which is taken out."""
    at = int(power.argmax())
    band = slice(max(0, at - BAND), at + BAND + 1)
    share = float(power[band].sum())
    power[band] = 0
    return at, share


def _same(one: Kind, other: Kind) -> bool:
    return one == other or (one in TONES and other in TONES)


class Answering:
    """One call's, from the answer on."""

    def __init__(self) -> None:
        self._frames = Frames()
        self._verdict = ""
        self._first_ms = self._speech_ms = self._quiet_ms = 0
        self._spoke = self._beeped = self._over = False
        self._tone: Segment | None = None
        self._tone_end_ms = 0
        self._cng_ms = 0

    def feed(self, pcm: bytes) -> list[Found]:
        signs: list[Found] = []
        for frame in self._frames.frames(pcm):
            ended = self._frames.take(frame)
            if ended is not None:
                signs += self._segment(ended)
            signs += self._now()
        return signs

    def _segment(self, ended: Segment) -> list[Found]:
        end_ms = self._frames.heard_ms - self._frames.ms
        if ended.kind == "voice":
            self._tone = None
        if ended.kind != "tone" or ended.spread >= STEADY_HZ:
            return []
        if _near(ended.hz, CNG_HZ) and CNG_MS[0] <= ended.ms <= CNG_MS[1]:
            gap, self._cng_ms = end_ms - ended.ms - self._cng_ms, end_ms
            if end_ms != gap + ended.ms and CNG_GAP_MS[0] <= gap <= CNG_GAP_MS[1]:
                return self._decide("fax", end_ms)
        if BEEP_MS[0] <= ended.ms <= BEEP_MS[1] and BEEP_HZ[0] <= ended.hz <= BEEP_HZ[1] and not self._beeped:
            self._tone, self._tone_end_ms = ended, end_ms
        return []

    def _now(self) -> list[Found]:
        frames, signs = self._frames, []
        silent = frames.kind == "silence"
        if frames.kind == "voice" and not self._spoke:
            self._spoke, self._first_ms = True, frames.heard_ms - frames.ms
        self._quiet_ms = self._quiet_ms + FRAME_MS if silent else 0
        if self._spoke and not silent:  # a long vowel of a deep voice counts as a tone
            self._speech_ms += FRAME_MS
        if self._tone is not None and silent and frames.ms >= SILENT_AFTER_MS:
            self._tone, self._beeped, self._verdict = None, True, self._verdict or "beep"
            signs.append(Found("beep", frames.heard_ms, self._tone_end_ms))
        if frames.kind == "tone" and frames.ms >= CED_MS and _near(frames.pitch, CED_HZ):
            return signs + self._decide("fax", 0)
        span_ms = frames.heard_ms - self._quiet_ms - self._first_ms if self._spoke else 0
        if self._speech_ms >= MACHINE_MS or span_ms >= MACHINE_SPAN_MS:
            signs += self._decide("machine", 0)
        elif self._spoke and silent and self._quiet_ms >= HUMAN_SILENCE_MS:
            signs += self._decide("human", frames.heard_ms - self._quiet_ms)
        elif not self._spoke and frames.heard_ms >= NOBODY_MS:
            signs += self._decide("unknown", 0)
        if self._verdict == "machine" and silent and self._quiet_ms >= OVER_MS and not self._beeped and not self._over:
            self._over = True
            signs.append(Found("over", frames.heard_ms, frames.heard_ms - self._quiet_ms))
        return signs

    def _decide(self, what: Literal["human", "machine", "fax", "unknown"], ended_ms: int) -> list[Found]:
        if self._verdict and (what != "fax" or self._verdict == "fax"):
            return []
        self._verdict = what
        return [Found(what, self._frames.heard_ms, ended_ms)]


def _near(hz: float, wanted: int) -> bool:
    return abs(hz - wanted) <= 25


Tone = Literal["ringback", "busy", "reorder"]


class Progress:
    """The network's tones before the answer: American, European and British ones."""

    def __init__(self) -> None:
        self._frames = Frames()
        self._heard: list[Segment] = []
        self._told = False

    def feed(self, pcm: bytes) -> Tone | None:
        """What the tones say, once."""
        for frame in self._frames.frames(pcm):
            ended = self._frames.take(frame)
            if ended is not None and not self._told:
                found = self._pattern(ended)
                if found:
                    self._told = True
                    return found
        return None

    def _pattern(self, ended: Segment) -> Tone | None:
        if ended.kind == "voice":
            if ended.ms >= 200:  # an announcement: what was before it is no pattern
                self._heard = []
            return None
        self._heard.append(ended)
        on = [s.ms for s in self._heard if s.kind != "silence"]
        off = [s.ms for n, s in enumerate(self._heard) if s.kind == "silence" and n]
        if len(on) < 2 or not off:
            return None
        if max(off) >= 1_500:
            return "ringback"
        if 380 <= on[-1] <= 620 and 340 <= off[-1] <= 620:
            return "busy"
        if len(on) >= 3 and 160 <= on[-1] <= 340 and 140 <= off[-1] <= 340:
            return "reorder"
        return None
