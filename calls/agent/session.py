"""Ports of one live conversation. Framework-free. The loop is `calls.agent.conversation.run_session`.

Commands come in an `asyncio.Queue[Command]`: whoever puts one in calls `media.wake()` right after, so the session looks at it now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from calls.agent.ports import Manner, Note
from calls.agent.rails.shape import Trip

TYPING_SILENCE_MS = 45_000


class Recorder(Protocol):
    """Where a session writes. Each method commits before it returns. Raises `Gone` when this runner no longer holds the call."""

    async def ringing(self) -> None: ...

    async def answered(self) -> None: ...

    async def answered_by(self, who: Literal["human", "voicemail", "unknown"], why: str) -> None: ...

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
    ) -> int: ...

    async def latency(self, part: str, ms: int) -> None: ...

    async def note(self, note: Note) -> None: ...

    async def tripped(self, trip: Trip) -> None: ...

    async def transferred(self, number: str) -> None: ...


class Gone(Exception):
    """The lease was lost: hang up and write nothing more."""


@dataclass(frozen=True, slots=True)
class Command:
    """From staff to a live session."""

    kind: Literal["stop", "drain", "whisper", "take_over", "give_back", "type", "transfer"]
    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """The resolved parameters that steer the conversation itself. Times in ms."""

    call_id: str
    wait_for_greeting: bool = False
    interruption_threshold: int = 500
    block_interruptions: bool = False
    ignore_button_press: bool = False
    max_duration_ms: int = 30 * 60_000
    precall_dtmf_sequence: str = ""
    transfer_numbers: Mapping[str, str] = field(default_factory=dict)  # department -> number; "" is the default
    voicemail_action: Literal["hangup", "leave_message", "ignore"] = "hangup"
    voicemail_message: str = ""
    voicemail_sms: Mapping[str, str] | None = None
    voicemail_sensitive: bool = False
    ring_timeout_ms: int = 45_000
    silence_ms: int = 8_000  # nobody speaks for so long: the agent gets a turn of kind "silence"

    def by_typing(self) -> "SessionConfig":
        """The same call with somebody who types, and is not silent yet when a speaker would be."""
        return replace(self, silence_ms=TYPING_SILENCE_MS)

    def in_manner(self, manner: Manner) -> "SessionConfig":
        """The same call, listening as a step of a pathway wants it."""
        threshold = manner.interruption_threshold
        return replace(
            self,
            interruption_threshold=self.interruption_threshold if threshold is None else threshold,
            block_interruptions=self.block_interruptions if manner.block_interruptions is None else manner.block_interruptions,
        )


@dataclass(frozen=True, slots=True)
class SessionResult:
    """How it came out; the runner writes it in one `advance`."""

    status: Literal["completed", "failed", "busy", "no-answer", "canceled", "unknown"]
    answered_by: Literal["human", "voicemail", "unknown", "no-answer", ""]
    ended_by: Literal["ASSISTANT", "USER", ""]
    duration_ms: int = 0
    error: str = ""
