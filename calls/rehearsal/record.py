"""Where a rehearsed conversation is written: lists in memory, since there is no call. Same port as the recorder of a real call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from calls.agent.ports import Note
from calls.agent.rails.shape import Trip


@dataclass(frozen=True, slots=True)
class Line:
    speaker: str
    text: str
    node_id: str = ""  # the step that said it, or that heard it


@dataclass(slots=True)
class Record:
    """A `Recorder` (calls.agent.session)."""

    lines: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)  # lines and notes in their order, as JSON
    who: str = ""
    transferred_to: str = ""
    _steps: list[tuple[str, str]] = field(default_factory=list)  # (id, text) of the steps entered
    _at: int = 0  # the step that spoke last

    async def ringing(self) -> None: ...

    async def answered(self) -> None: ...

    async def latency(self, part: str, ms: int) -> None: ...

    async def answered_by(self, who: Literal["human", "voicemail", "unknown"], why: str) -> None:
        self.who = who

    async def transferred(self, number: str) -> None:
        self.transferred_to = number

    async def note(self, note: Note) -> None:
        if note.kind == "sms":
            note = Note("sms", f"Not sent in a rehearsal. {note.message}", {**note.data, "sent": False})
        self.notes.append(note)
        self.logs.append({"kind": note.kind, "message": note.message, "data": dict(note.data), "level": note.level})
        if note.kind == "node":
            self._steps.append((str(note.data.get("node_id") or ""), str(note.data.get("text") or "")))

    async def tripped(self, trip: Trip) -> None:
        data = {"name": trip.rail.name, "quote": trip.quote, "why": trip.why, "action": dict(trip.action), "acted": trip.acted}
        await self.note(Note("guard_rail", f"Guard rail tripped: {trip.rail.name}", data, "error"))

    async def line(
        self,
        speaker: Literal["user", "assistant", "robot", "agent-action"],
        text: str,
        start_ms: int,
        end_ms: int,
        *,
        message: str = "",
        latency: Mapping[str, int] | None = None,
        why: Sequence[str] = (),
        data: Mapping[str, Any] | None = None,
    ) -> int:
        if speaker == "assistant":
            self._find(text)
        step = self._steps[self._at][0] if self._steps else ""
        self.lines.append(Line(speaker, text, step))
        self.logs.append({"kind": "line", "speaker": speaker, "text": text, "node_id": step})
        return len(self.lines)

    def _find(self, said: str) -> None:
        """Which step said it: several may be entered before the first of them is heard."""
        last = len(self._steps) - 1
        self._at = next((i for i in range(self._at, last + 1) if said in self._steps[i][1]), max(last, 0))

    @property
    def route(self) -> list[str]:
        return [step for step, _ in self._steps]

    def of(self, kind: str) -> list[Note]:
        return [note for note in self.notes if note.kind == kind]
