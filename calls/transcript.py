"""The conversation as the Call page shows it: spoken lines in two lanes, and small lines for what else happened, in one order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calls.models import Call, CallEvent, Utterance
from calls.strip import SLOW_MS
from config.kit.times import length as clock

PARTS = {"hold": "Waiting for the end of their turn", "hear": "Hearing", "agent": "Thinking", "look_up": "Looking up", "voice": "Voice"}

# Kinds of events that are no line of their own: they are spoken lines, or are told elsewhere on the page.
_NOT_LINES = frozenset({"utterance", "latency", "why", "queue", "lease", "setting", "outcome", "delivery"})
_ICONS = {
    "state": "phone",
    "answered_by": "user-round",
    "intent": "audio-lines",
    "answer": "book-open",
    "question": "circle-help",
    "note_for_staff": "clipboard-list",
    "fallback": "circle-alert",
    "optout": "ban",
    "callback": "calendar-clock",
    "transfer": "phone-forwarded",
    "whisper": "message-square-text",
    "take_over": "keyboard",
    "give_back": "keyboard",
    "stop": "square",
    "beep": "audio-lines",
    "pressed": "hash",
    "tool": "wrench",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody spoke."""

    seq: int
    lane: Literal["agent", "caller"]
    who: str
    at: str  # m:ss on the call's clock
    text: str
    seconds: str = ""  # from their last word to the agent's first, "0.8"
    slow: bool = False
    parts: tuple[tuple[str, int], ...] = ()  # of that time: name, ms
    why: tuple[str, ...] = ()
    spoken: bool = True


@dataclass(frozen=True, slots=True)
class Small:
    """Something happened between the lines."""

    seq: int
    at: str  # m:ss; "" when the event does not say where on the call it was
    icon: str
    text: str
    kind: str = ""
    by: str = ""
    spoken: bool = False


Item = Line | Small


def agent_name(call: Call) -> str:
    return call.persona.name if call.persona else "Agent"


def person_name(call: Call) -> str:
    return call.callee_name.split()[0] if call.callee_name else "Person"


def items(call: Call, events: Iterable[CallEvent], utterances: Iterable[Utterance]) -> list[Item]:
    """Both in the order of their seq. `utterances` are those of the same stretch as `events`."""
    spoken = {u.seq: u for u in utterances}
    made = (_line(call, spoken[e.seq]) if e.seq in spoken else _small(e) for e in events)
    return [item for item in made if item is not None]


def _line(call: Call, said: Utterance) -> Item:
    at = clock(said.start_ms)
    if said.speaker == "agent-action":
        return Small(said.seq, at, "audio-lines", said.text, kind="action")
    if said.speaker == "assistant":
        latency: Mapping[str, Any] = said.latency or {}
        total = latency.get("total")
        return Line(
            said.seq,
            "agent",
            agent_name(call),
            at,
            said.text,
            seconds=f"{total / 1000:.1f}" if isinstance(total, int) else "",
            slow=isinstance(total, int) and total > SLOW_MS,
            parts=tuple((PARTS.get(name, name), ms) for name, ms in latency.items() if name != "total" and ms),
            why=tuple(said.why or ()),
        )
    return Line(said.seq, "caller", "A machine" if said.speaker == "robot" else person_name(call), at, said.text)


def _small(event: CallEvent) -> Small | None:
    if event.kind in _NOT_LINES or event.category in ("queue", "latency", "webhook"):
        return None
    at_ms = event.data.get("at_ms")
    return Small(
        event.seq,
        clock(at_ms) if isinstance(at_ms, int) and at_ms >= 0 else "",
        "circle-alert" if event.level == "error" else _ICONS.get(event.kind, "info"),
        str(event.data.get("text") or event.message) if event.kind in ("whisper", "take_over") else event.message,
        kind=event.kind,
        by=str(event.data.get("by", "")),
    )
