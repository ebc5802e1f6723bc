"""Where a conversation stands and whose turn it is: the state that the loop (`calls.agent.conversation`) acts on."""

import asyncio
from collections import deque
from typing import Literal

from calls.agent import turns, voicemail
from calls.agent.answerer import Answerer
from calls.agent.guarding import Guard, Guarded
from calls.agent.hands import Hands
from calls.agent.pausing import Pause
from calls.agent.ports import Agent, Note
from calls.agent.ringing import HANGUP_MS
from calls.agent.session import Command, Recorder, SessionConfig
from calls.agent.speech import Speech
from calls.agent.thinking import Thought
from calls.agent.watch import Watch
from calls.carriers.base import Ended, Media, MediaEvent

type Cause = Literal["open", "heard", "silence", "pressed"]


class Floor:
    def __init__(
        self, config: SessionConfig, media: Media, agent: Agent, recorder: Recorder, commands: "asyncio.Queue[Command]", watch: Watch
    ) -> None:
        self._config, self._media, self._recorder, self._commands = config, media, recorder, commands
        self._ordered = config  # as the call says; a step of a pathway may listen in a manner of its own
        self._agent = Guarded(agent, watch, lambda: media.now_ms)
        self._watch, self._guard = watch, Guard(watch, recorder)
        self._ear = turns.Ear()
        self._speech = Speech(media, recorder)
        self._hands = Hands(media, recorder, self._speech)
        self._pause = Pause(media)
        self._backlog: deque[MediaEvent] = deque()
        self._thought: Thought | None = None
        self._hints: list[str] = []
        self._digits, self._digit_at = "", 0
        self._mailbox: voicemail.Mailbox | None = None
        self._answerer = Answerer(recorder, config.voicemail_sensitive)
        self._opened = self._interrupted = self._manual = self._closing = self._leaving = False
        self._greet_until: int | None = None
        self._quiet_at = 0
        self._hung_up_at: int | None = None
        self._transferring_to = ""
        self._ended: Ended | None = None

    # time -------------------------------------------------------------------------------------------------------------
    async def _next(self, until_ms: int | None) -> MediaEvent | None:
        return self._backlog.popleft() if self._backlog else await self._media.next(until_ms)

    async def _pass_time(self, ms: int) -> None:
        """Lets time pass; what happens meanwhile is looked at afterwards. Ends early when the leg does."""
        until = self._media.now_ms + ms
        while self._media.now_ms < until:
            event = await self._media.next(until)
            if event is not None:
                self._backlog.append(event)
            if isinstance(event, Ended):
                return

    def _deadline(self) -> int | None:
        """When something is due although nothing is heard."""
        if self._hung_up_at is not None:
            return self._hung_up_at + HANGUP_MS
        end = self._config.max_duration_ms
        closing = None if self._closing else max(0, end - turns.CLOSING_MS)
        if self._mailbox is not None:
            return turns.soonest(end, closing, self._message_due(), self._ear.stale_at(self._media.now_ms))
        rails = self._watch.due_at(self._speech.under_way) if self._watched else None
        return turns.soonest(end, closing, rails, self._pause.over_at, self._ear.stale_at(self._media.now_ms), *self._turns_due().values())

    def _message_due(self) -> int | None:
        """When the message for the voicemail is due: never into a greeting that goes on, as long as that is bearable.

        One that was cut short although the line goes on is over: the call ends then.
        """
        if self._mailbox is None or self._speech.on:
            return None
        if (at := self._mailbox.speak_at) is None:
            return self._quiet_at + voicemail.CUT_MS
        goes_on = self._mailbox.beep_ms is None and self._ear.speaking(self._media.now_ms)
        return max(at, self._mailbox.found_ms + voicemail.NO_END_MS) if goes_on else at

    @property
    def _watched(self) -> bool:
        """Whether a guard rail may act: not on a voicemail, not while the first words may still be one's, nor when the call ends anyway."""
        if not self._answerer.who and self._ear.speaking(self._media.now_ms):
            return False
        return not (self._mailbox or self._closing or self._transferring_to or self._hung_up_at is not None or self._ended)

    def _turns_due(self) -> dict[Cause, int | None]:
        """The agent's next turn, by its cause, and when it is due. Empty while somebody speaks, thinks or has taken over."""
        now = self._media.now_ms
        if self._speech.on or self._thought or self._manual or self._transferring_to or self._ear.speaking(now):
            return {}
        due: dict[Cause, int | None] = {
            "heard": self._ear.over_at(self._config.interruption_threshold, now),
            "pressed": self._digit_at + (0 if self._digits.endswith("#") else turns.PRESS_MS) if self._digits else None,
            "open": self._greet_until if not self._ear.parts else None,
        }
        if not any(v is not None for v in due.values()):
            due["silence"] = self._quiet_at + self._config.silence_ms
        return due

    # thinking ---------------------------------------------------------------------------------------------------------
    def _think(self, thought: Thought) -> None:
        self.drop_thought()
        self._thought = thought
        thought.held = True
        self._media.hold(True)
        thought.start(self._agent, self._media.wake)

    def drop_thought(self) -> None:
        """Stops thinking and forgets what was not yet begun."""
        if self._thought is not None:
            self._thought.drop()
            self._let_go(self._thought)
            self._thought = None

    def _let_go(self, thought: Thought) -> None:
        if thought.held:
            thought.held = False
            self._media.hold(False)

    async def _note(self, kind: str, message: str, level: Literal["info", "error"] = "info", **data: object) -> None:
        await self._recorder.note(Note(kind, message, data, level))
