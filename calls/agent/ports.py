"""The port to whoever speaks for us. Framework-free. Built-in agent, model agent and (later) the pathway walker stand behind it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript so far."""

    speaker: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """It is the agent's turn. `text` is what the callee said since its last turn ("" for the opening and for silence)."""

    kind: Literal["open", "heard", "silence", "pressed"]
    text: str = ""
    interrupted: bool = False  # the callee spoke over the agent: the end of its last line was not heard
    at_ms: int = 0
    transcript: Sequence[Line] = ()
    hints: Sequence[str] = ()  # whispered by staff


# What an agent may do, in the order it yields them -------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Say:
    text: str  # one or a few sentences, ready to speak
    why: Sequence[str] = ()  # which rule, sentence or score made it


@dataclass(frozen=True, slots=True)
class EndCall:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    department: str = ""  # a key of transfer_list; "" is the default number


@dataclass(frozen=True, slots=True)
class PressDigits:
    digits: str
    why: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Say nothing and listen on."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the record: becomes an event. kind: intent, answer, question, note_for_staff, fallback, optout, callback …"""

    kind: str
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)
    level: Literal["info", "error"] = "info"


@dataclass(frozen=True, slots=True)
class UseTool:
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MoveTo:
    node_id: str


Action = Say | EndCall | Transfer | PressDigits | Wait | Note | UseTool | MoveTo


@dataclass(frozen=True, slots=True)
class Brief:
    """What an agent is told before the call: resolved parameters, variables filled where the parameter says so."""

    task: str
    first_sentence: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    knowledge: str = ""  # text of the attached knowledge bases
    plan: Mapping[str, Any] | None = None  # a reading corrected by staff; None: read the task
    can_transfer: bool = False
    departments: Sequence[str] = ()
    language: str = "babel-en"
    timezone: str = ""  # IANA name of the callee's zone, for times to call back; "" is UTC
    model: str = "base"
    temperature: float = 0.7
    summary_prompt: str = ""


class Agent(Protocol):
    name: str  # as screens show it: "Built-in agent" or the model's name

    def reply(self, turn: Turn) -> AsyncIterator[Action]:
        """What to do now. Must end; a Say may be spoken while the rest is still being thought of."""
        ...


class Encoder(Protocol):
    """Sentences to vectors of equal length, L2-normalised, so that a dot product is the cosine."""

    def vectors(self, texts: Sequence[str]) -> Any: ...

    def similar(self, text: str, others: Sequence[str]) -> Any:
        """Cosines of `text` to each of `others`."""
        ...
