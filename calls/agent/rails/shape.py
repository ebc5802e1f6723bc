"""A guard rail that watches a call, and what it reports. Times in ms from the answer, on the call's own clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from calls.agent.rails.custom import Rail
from calls.agent.rails.disclosure import Fact

REQUIRED: dict[str, Fact] = {
    "tcpa:ai_disclosure": "ai",
    "tcpa:self_introduction": "self",
    "tcpa:recording_disclosure": "recording",
}
OPT_OUT, CUSTOM = "tcpa:opt_out", "custom"
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Watched:
    """One rail as it was frozen with the call (calls.rails)."""

    type: str
    name: str
    actions: tuple[Mapping[str, Any], ...]
    id: str = ""  # uid of the library's rail; "" for one that stood in the request
    end_ms: int = 0  # of a required disclosure
    custom: Rail | None = None
    pathway: str = ""  # uid of another pathway than the call began with: it watches from when the call goes over to that one
    from_ms: int = 0  # when that was

    @property
    def fact(self) -> Fact | None:
        return REQUIRED.get(self.type)

    def same(self, other: "Watched") -> bool:
        """Whether both watch for the same thing."""
        return self.type == other.type and self._about == other._about

    @property
    def _about(self) -> str:
        return self.custom.prompt.strip().lower() if self.custom else ""


@dataclass(frozen=True, slots=True)
class Trip:
    """A rail tripped. Only the first of a call acts."""

    rail: Watched
    at_ms: int
    why: str
    quote: str = ""
    speaker: Literal["", "assistant", "user"] = ""
    line_seq: int | None = None
    spoken: bool = True  # False: withheld before it was said
    action: Mapping[str, Any] = field(default_factory=dict)
    acted: bool = False
    say: str = ""  # the sentence said when it acts


def watched(stored: Iterable[Mapping[str, Any]]) -> list[Watched]:
    """From `Call.rails`."""
    return [_one(rail) for rail in stored]


def _one(rail: Mapping[str, Any]) -> Watched:
    kind = str(rail["type"])
    custom = None
    if kind == CUSTOM:
        custom = Rail(str(rail.get("prompt") or ""), tuple(rail.get("examples") or ()), tuple(rail.get("near_misses") or ()))
    seconds = (rail.get("config") or {}).get("end_seconds") or END_SECONDS
    return Watched(
        type=kind,
        name=str(rail.get("name") or kind),
        actions=tuple(rail.get("actions") or ()),
        id=str(rail.get("id") or ""),
        end_ms=round(float(seconds) * 1000) if kind in REQUIRED else 0,
        custom=custom,
        pathway=str(rail.get("pathway_id") or ""),
    )
