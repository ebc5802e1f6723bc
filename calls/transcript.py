"""The conversation as the Call page shows it: spoken lines in two lanes, and small lines for what else happened, in one order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calls.models import Call, CallEvent, Utterance
from calls.strip import SLOW_MS
from config.kit.times import length as clock

# Of the time from their last word to the agent's first: key in Utterance.latency -> name, fill of its bar
PARTS = {
    "hold": ("Waiting for the end of their turn", "f5"),
    "hear": ("Hearing", "f3"),
    "stt": ("Hearing", "f3"),
    "look_up": ("Looking up", "f4"),
    "agent": ("Thinking", "f1"),
    "voice": ("Voice", "f2"),
    "tts": ("Voice", "f2"),
    "first_audio": ("To the line", "f6"),
}
BAR = 480  # width of the drawing

# Kinds that are no small line of their own: they are spoken lines, or repeat what one says, or have their own place on the page.
_ELSEWHERE = frozenset(
    {"utterance", "latency", "why", "question", "finished", "outcome", "outcome_failed", "report", "handled", "node", "recording"}
)
# A note of its own follows these intents, or the answer shows what was meant.
_INTENTS = {
    "robot": "Asked whether it is a robot",
    "who": "Asked who is calling",
    "why": "Asked what the call is about",
    "source": "Asked where the number is from",
    "repeat": "Asked to hear it again",
    "hold": "Asked to wait a moment",
}
# In the log every intent has its words, also those that the lines leave out.
_SAID = {
    **_INTENTS,
    "emergency": "Told of an emergency",
    "optout": "Asked not to be called again",
    "human": "Wants to speak with a person",
    "wrong": "Says it is the wrong number",
    "absent": "Is not the person who was called",
    "later": "Wants to be called later",
    "busy": "Has no time now",
    "angry": "Is angry",
    "notinterested": "Is not interested",
    "bye": "Said goodbye",
    "thanks": "Said thank you",
    "greeting": "Greeted back",
    "back": "Asked something back",
    "filler": "Needs a moment",
}
_WHO = {"human": "A person answered", "voicemail": "A machine answered", "unknown": "Could not tell who answered"}
_ICONS = {
    "state": "phone",
    "answered_by": "user-round",
    "answer": "clipboard-list",
    "fact": "book-open",
    "knowledge": "book-open",
    "note_for_staff": "clipboard-list",
    "fallback": "shield-check",
    "missing_facts": "circle-alert",
    "avoided": "shield-check",
    "optout": "ban",
    "guard_rail": "shield-check",
    "withheld": "shield-check",
    "second_opinion": "shield-check",
    "callback": "calendar-clock",
    "later": "calendar-clock",
    "transfer": "phone-forwarded",
    "transfer_failed": "phone-forwarded",
    "human": "user-round",
    "whisper": "message-square-text",
    "take_over": "keyboard",
    "give_back": "keyboard",
    "stop": "square",
    "stopped": "square",
    "voicemail": "st-voicemail",
    "retry": "repeat",
    "key": "hash",
    "menu": "hash",
    "tool": "wrench",
    "max_duration": "clock",
    "silence": "clock",
    "decision": "route",
    "variable": "clipboard-list",
    "pathway": "route",
    "webhook": "globe",
    "sms": "send",
    "sms_failed": "send",
    "loop": "repeat",
    "moved": "shield-check",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the time that an answer took, and its place in the bar."""

    name: str
    ms: int
    fill: str
    x: float
    width: float

    @property
    def seconds(self) -> str:
        return f"{self.ms / 1000:.2f}"


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
    parts: tuple[Part, ...] = ()  # of that time
    why: tuple[str, ...] = ()
    spoken: bool = True
    start_ms: int = 0
    end_ms: int = 0

    @property
    def start(self) -> str:
        """Seconds on the call's clock, for an address."""
        return f"{self.start_ms / 1000:.2f}"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A way on that a decision looked at."""

    label: str
    score: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Small:
    """Something happened between the lines."""

    seq: int
    at: str  # m:ss; "" when the event does not say where on the call it was
    icon: str
    text: str
    kind: str = ""
    by: str = ""
    why: str = ""  # of a decision
    weighed: tuple[Weighed, ...] = ()  # the ways that it looked at, the nearest first
    spoken: bool = False


Item = Line | Small


def agent_name(call: Call) -> str:
    """The persona's name, else the name that the task gives the agent."""
    if call.persona:
        return call.persona.name
    named = (call.reading or {}).get("agent") or ""
    return str(named.get("text", "") if isinstance(named, Mapping) else named) or "Agent"


def person_name(call: Call) -> str:
    return call.callee_name.split()[0] if call.callee_name else "Person"


def items(call: Call, events: Iterable[CallEvent], utterances: Iterable[Utterance]) -> list[Item]:
    """Both in the order of their seq. `utterances` are those of the same stretch as `events`."""
    spoken = {u.seq: u for u in utterances}
    made = (_line(call, spoken[e.seq]) if e.seq in spoken else _small(e) for e in events)
    return [item for item in made if item is not None]


def lines(call: Call, utterances: Iterable[Utterance]) -> list[Item]:
    """What was said alone, and what was done on the line without words."""
    return [_line(call, said) for said in utterances]


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
            parts=_parts(latency),
            why=tuple(said.why or ()),
            start_ms=said.start_ms,
            end_ms=said.end_ms,
        )
    who = "A machine" if said.speaker == "robot" else person_name(call)
    return Line(said.seq, "caller", who, at, said.text, start_ms=said.start_ms, end_ms=said.end_ms)


def _parts(latency: Mapping[str, Any]) -> tuple[Part, ...]:
    """In the order in which they happen, drawn side by side. Recognition is done while the end of the turn is waited for."""
    known = {name: ms for name, ms in latency.items() if name != "total" and isinstance(ms, int)}
    if "hold" in known:
        known["hold"] -= known.get("stt", 0)
    order = [*PARTS, *(name for name in known if name not in PARTS)]
    given = [(name, known[name]) for name in order if known.get(name, 0) > 0]
    whole, before, made = sum(ms for _, ms in given), 0, []
    for name, ms in given:
        words, fill = PARTS.get(name, (name, "f6"))
        made.append(Part(words, ms, fill, round(BAR * before / whole, 1), round(BAR * ms / whole, 1)))
        before += ms
    return tuple(made)


def log_words(event: CallEvent) -> str:
    """What the log says of an event: its message, or words for what the agent noted with a name of its own."""
    if event.kind != "intent":
        return event.message
    name = str(event.data.get("intent", "")) or event.message
    return _SAID.get(name, name.replace("_", " ").capitalize())


def _small(event: CallEvent) -> Small | None:
    if event.kind in _ELSEWHERE or event.category in ("queue", "latency", "webhook"):
        return None
    kind, text, by = event.kind, event.message, ""
    if kind == "command":
        kind, by = str(event.data.get("command", "")), str(event.data.get("by", ""))
        if kind == "type":
            return None  # the line itself follows
        if kind == "whisper":
            text = str(event.data.get("text", ""))
    elif kind == "intent":
        text = _INTENTS.get(str(event.data.get("intent", "")), "")
    elif kind == "answer":
        text = f"Noted: {text}"
    elif kind == "answered_by":
        text = _WHO.get(str(event.data.get("answered_by", "")), text)
    elif kind == "decision":
        text = _decided(event)
    if not text:
        return None
    at_ms = event.data.get("at_ms")
    return Small(
        event.seq,
        clock(at_ms) if isinstance(at_ms, int) and at_ms >= 0 else "",
        "circle-alert" if event.level == "error" and kind not in _ICONS else _ICONS.get(kind, "audio-lines"),
        text,
        kind=kind,
        by=by,
        why=str(event.data.get("why") or "") if kind == "decision" else "",
        weighed=_weighed(event.data) if kind == "decision" else (),
    )


def _decided(event: CallEvent) -> str:
    """A decision in words; "" for one that a standing rule answered: its own line follows."""
    return "" if event.data.get("why") == "a standing rule answers" else event.message


def _weighed(data: Mapping[str, Any]) -> tuple[Weighed, ...]:
    found = data.get("candidates")
    return tuple(
        Weighed(str(c.get("label") or "otherwise"), f"{c['score']:.2f}", bool(c.get("id")) and c.get("id") == data.get("chosen_edge"))
        for c in (found if isinstance(found, list) else [])
        if isinstance(c, Mapping) and isinstance(c.get("score"), int | float)
    )
