"""The player as the Call page draws it: two lanes of sound, beneath each who spoke when, on the recording's clock. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from calls.models import Recording
from calls.strip import WIDTH, Block, Spoken, strip
from config.kit.times import length as clock

HALF = 17.5  # of a lane's height, which is 36
FAINTEST = 0.6  # half a stroke: silence is a line of dots
QUIET = 0.15  # a recording without a louder moment is drawn as quiet as it is


@dataclass(frozen=True, slots=True)
class Player:
    state: str  # Recording.state
    seconds: float = 0
    length: str = ""
    waves: tuple[str, str] = ("", "")  # paths, agent and callee, WIDTH wide and 36 high
    blocks: tuple[Block, ...] = ()  # who spoke when
    agent_s: int = 0
    person_s: int = 0
    deleted_at: datetime | None = None
    delete_after: datetime | None = None

    @property
    def ready(self) -> bool:
        return self.state == Recording.READY


def player(recording: Recording | None, spans: Sequence[Spoken], *, active: bool) -> Player | None:
    """None when there is no recording, or not yet."""
    if recording is None or (active and recording.state == Recording.WRITING):
        return None
    if recording.state != Recording.READY:
        return Player(recording.state, deleted_at=recording.deleted_at)
    told = strip(spans, recording.duration_ms)
    return Player(
        recording.state,
        round(recording.duration_ms / 1000, 2),
        clock(recording.duration_ms),
        _waves(recording.peaks),
        told.blocks if told else (),
        told.agent_s if told else 0,
        told.person_s if told else 0,
        delete_after=recording.delete_after,
    )


def _waves(peaks: Sequence[Sequence[float]]) -> tuple[str, str]:
    """Both lanes to one scale: who was quieter looks quieter."""
    full = max([QUIET, *(each for channel in peaks for each in channel)])
    agent, callee = [_wave(channel, full) for channel in (*peaks, (), ())][:2]
    return agent, callee


def _wave(channel: Sequence[float], full: float) -> str:
    step = WIDTH / max(len(channel), 1)
    strokes = []
    for place, loud in enumerate(channel):
        half = max(FAINTEST, HALF * min(loud / full, 1))
        strokes.append(f"M{(place + 0.5) * step:.1f} {18 - half:.1f}v{2 * half:.1f}")
    return "".join(strokes)
