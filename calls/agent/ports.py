"""The port to whoever speaks for us. Framework-free. Built-in agent, model agent and the pathway walker stand behind it."""

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

    kind: Literal["open", "heard", "silence", "pressed", "moved"]  # moved: a guard rail sends the agent to the step `node_id`
    text: str = ""
    interrupted: bool = False  # the callee spoke over the agent: the end of its last line was not heard
    at_ms: int = 0
    transcript: Sequence[Line] = ()
    hints: Sequence[str] = ()  # whispered by staff
    node_id: str = ""


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
    number: str = ""  # a number of its own (a pathway's step); goes before the department


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
class SendSms:
    """A text message through the line's own carrier. `to` "" is the person on the call, `sender` "" the number of this call."""

    text: str
    to: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the session listens from now on; None is as the call was ordered."""

    interruption_threshold: int | None = None  # ms of silence that end a turn of the person
    block_interruptions: bool | None = None


Action = Say | EndCall | Transfer | PressDigits | Wait | Note | SendSms | Manner


@dataclass(frozen=True, slots=True)
class PathwayBrief:
    """The pathway that leads a call, or that a persona may go over to. `graph` is the public JSON (pathways.graph.load reads it)."""

    pathway_id: str
    name: str
    version: int
    graph: Mapping[str, Any]
    start_node_id: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """When a call led by a task goes over to a pathway: `prompt` says it in a sentence."""

    name: str
    prompt: str
    pathway: PathwayBrief


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
    pretend: bool = False  # a rehearsal: no web address is asked, steps answer from their sample
    pathway: PathwayBrief | None = None  # leads the call instead of the task
    routes: Sequence[Route] = ()
    others: Mapping[str, PathwayBrief] = field(default_factory=dict)  # pathways that a step of the graph may go over to, by id
    disclosures: Sequence[str] = ()  # what the opening says besides: ai, self, recording


class Agent(Protocol):
    @property
    def name(self) -> str:
        """As screens show it: "Built-in agent" or the model's name."""
        ...

    def reply(self, turn: Turn) -> AsyncIterator[Action]:
        """What to do now. Must end; a Say may be spoken while the rest is still being thought of."""
        ...


class Encoder(Protocol):
    """Sentences to vectors of equal length, L2-normalised, so that a dot product is the cosine."""

    def vectors(self, texts: Sequence[str]) -> Any: ...

    def similar(self, text: str, others: Sequence[str]) -> Any:
        """Cosines of `text` to each of `others`."""
        ...
