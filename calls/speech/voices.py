"""The voices by the names of the reference. All come from the one voice inside the package: pitch, throat and pace make the others."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Shape:
    """How a voice differs from the recorded one."""

    pitch: float = 1.0  # of the melody; a man's is about half of a woman's
    throat: float = 1.0  # where the resonances lie; the longer the throat, the lower
    pace: float = 1.0  # more is faster
    loudness_db: float = 0.0  # brings all voices to the same loudness


@dataclass(frozen=True, slots=True)
class Voice:
    id: str
    name: str
    description: str
    engine: str
    gender: Literal["female", "male"]
    shape: Shape = Shape()


ENGINE = "hibari"
VOICES = (
    Voice("june", "June", "A woman, clear and warm", ENGINE, "female"),
    Voice("nat", "Nat", "A younger woman, brighter", ENGINE, "female", Shape(pitch=1.12, throat=1.05, pace=1.04)),
    Voice("paige", "Paige", "A woman with a lower, calmer voice", ENGINE, "female", Shape(pitch=0.86, throat=0.95, pace=0.97)),
    Voice("josh", "Josh", "A man, relaxed", ENGINE, "male", Shape(pitch=0.54, throat=0.87, loudness_db=-5.5)),
    Voice("florian", "Florian", "A man with a lighter voice", ENGINE, "male", Shape(pitch=0.6, throat=0.9, pace=1.05, loudness_db=-6.0)),
    Voice("derek", "Derek", "A man with a deep voice, slower", ENGINE, "male", Shape(pitch=0.47, throat=0.84, pace=0.94, loudness_db=-4.0)),
)
DEFAULT = VOICES[0]
# Names that the reference's examples and newer documents use.
ALSO = {"maya": "june", "karen": "paige", "mason": "josh", "ryan": "florian"}
_BY_ID = {voice.id: voice for voice in VOICES}


def voice_of(name_or_id: str) -> Voice:
    """By name or id, any case; an unknown one is the default voice."""
    return known(name_or_id) or DEFAULT


def known(name_or_id: str) -> Voice | None:
    """By name or id, any case; None when there is no such voice."""
    wanted = name_or_id.strip().casefold()
    return _BY_ID.get(ALSO.get(wanted, wanted))
