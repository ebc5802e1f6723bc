"""The loop of one live conversation: hear, decide whose turn it is, ask the agent, speak, write down.

`run_session` waits in one place only, `Media.next`; every deadline is on the leg's clock, so the same code runs a real line in real time
and a simulated one in milliseconds. The agent thinks in a task of its own (`calls.agent.thinking`) and wakes the leg when it has something.
A line is written when it is known to be heard: the callee's when it is final, ours when `Played` says how much of it was out.
"""

import asyncio
from collections import deque
from typing import Literal

from calls.agent import turns, voicemail
from calls.agent.answerer import Answerer
from calls.agent.ending import finished
from calls.agent.ports import Agent, EndCall, Manner, Note, PressDigits, Say, SendSms, Transfer, Turn, Wait
from calls.agent.ringing import HANGUP_MS, ring
from calls.agent.session import Command, Recorder, SessionConfig, SessionResult
from calls.agent.speech import Speech, Spoken
from calls.agent.thinking import Thought
from calls.carriers.base import Answered, Beep, CarrierError, Ended, Heard, Media, MediaEvent, Played, Pressed, Ringing
from calls.carriers.timing import tones_ms


async def run_session(
    config: SessionConfig, media: Media, agent: Agent, recorder: Recorder, commands: "asyncio.Queue[Command]"
) -> SessionResult:
    """Leads a dialled leg to its end and says how it came out. Whatever it raises, it has hung up: `Gone` when the lease was lost."""
    conversation = Conversation(config, media, agent, recorder, commands)
    try:
        return await ring(media, recorder, commands, config.ring_timeout_ms) or await conversation.talk()
    except BaseException:
        await media.hangup()
        raise
    finally:
        conversation.drop_thought()


class Conversation:
    def __init__(self, config: SessionConfig, media: Media, agent: Agent, recorder: Recorder, commands: "asyncio.Queue[Command]") -> None:
        self._config, self._media, self._agent, self._recorder, self._commands = config, media, agent, recorder, commands
        self._ordered = config  # as the call says; a step of a pathway may listen in a manner of its own
        self._ear = turns.Ear()
        self._speech = Speech(media, recorder)
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

    # the conversation -------------------------------------------------------------------------------------------------
    async def talk(self) -> SessionResult:
        if self._config.precall_dtmf_sequence:
            await self._press(self._config.precall_dtmf_sequence, "before the call")
            await self._pass_time(tones_ms(self._config.precall_dtmf_sequence))
        self._quiet_at = self._media.now_ms
        if self._config.wait_for_greeting:
            self._greet_until = self._media.now_ms + turns.GREETING_MS
        else:
            self._ask("open")
        while self._ended is None:
            await self._obey()
            await self._act()
            if (event := await self._next(self._deadline())) is not None:
                await self._on(event)
            await self._due()
        return finished(self._ended, self._answerer.who, self._hung_up_at is not None)

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
            return turns.soonest(end, closing, None if self._speech.on else self._mailbox.speak_at)
        return turns.soonest(end, closing, self._ear.stale_at(self._media.now_ms), *self._turns_due().values())

    def _turns_due(self) -> dict[Literal["open", "heard", "silence", "pressed"], int | None]:
        """The agent's next turn, by its cause, and when it is due. Empty while somebody speaks, thinks or has taken over."""
        now = self._media.now_ms
        if self._speech.on or self._thought or self._manual or self._transferring_to or self._ear.speaking(now):
            return {}
        due: dict[Literal["open", "heard", "silence", "pressed"], int | None] = {
            "heard": self._ear.over_at(self._config.interruption_threshold, now),
            "pressed": self._digit_at + (0 if self._digits.endswith("#") else turns.PRESS_MS) if self._digits else None,
            "open": self._greet_until if not self._ear.parts else None,
        }
        if not any(v is not None for v in due.values()):
            due["silence"] = self._quiet_at + self._config.silence_ms
        return due

    async def _due(self) -> None:
        """Does what its time has come for."""
        now = self._media.now_ms
        if self._ended is not None:
            return
        if self._hung_up_at is not None:
            if now >= self._hung_up_at + HANGUP_MS:
                self._ended = Ended("hangup", now, "us", "The line did not confirm that it ended")
        elif now >= self._config.max_duration_ms:
            await self._note("max_duration", "The longest duration of this call is reached")
            await self._hang_up()
        elif not self._closing and now >= self._config.max_duration_ms - turns.CLOSING_MS:
            await self._note("max_duration", "The call is near its longest duration: closing")
            await self._close(turns.TIME_IS_UP, "max_duration")
        elif self._mailbox is not None:
            if (at := self._mailbox.speak_at) is not None and now >= at and not self._speech.on:
                self._mailbox.said = True
                await self._speech.say(Spoken(self._config.voicemail_message, why=("voicemail message",), message=True))
        else:
            for kind, at in self._turns_due().items():
                if at is not None and now >= at:
                    self._ask(kind)
                    break

    # the agent's turn -------------------------------------------------------------------------------------------------
    def _ask(self, kind: Literal["open", "heard", "silence", "pressed"]) -> None:
        text, heard_end = "", None
        if kind == "heard":
            text, heard_end = self._ear.take(), self._ear.end_ms
            if not self._opened and self._answerer.who == "human":
                kind, text = "open", ""  # a greeting; the opening is still to be said
        elif kind == "pressed":
            text, self._digits = self._digits, ""
        self._greet_until = None
        turn = Turn(kind, text, self._interrupted, self._media.now_ms, tuple(self._speech.lines), tuple(self._hints))
        self._interrupted, self._hints = False, []
        self._think(Thought(turn, heard_end))

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

    async def _act(self) -> None:
        """Does what the agent decided, in its order. Ending, handing over and keys wait until its words are out."""
        thought = self._thought
        if thought is None or self._hung_up_at is not None:
            return
        if thought.done:
            self._let_go(thought)
        while thought.actions:
            action = thought.actions[0]
            if isinstance(action, EndCall | Transfer | PressDigits) and self._speech.on:
                return
            if isinstance(action, EndCall) and not self._closing:
                if self._ear.speaking(self._media.now_ms):
                    return  # it speaks into our goodbye: hear it out
                if self._ear.parts and not turns.farewell(self._ear.text):
                    self.drop_thought()
                    self._leaving = True
                    self._ask("heard")
                    return
            thought.actions.popleft()
            await self._do(action, thought)
            if self._thought is not thought or self._hung_up_at is not None:
                return
        if thought.done:
            self._thought = None
            self._quiet_at = max(self._quiet_at, self._media.now_ms)
            if thought.error:
                await self._note("agent_failed", f"The agent failed: {thought.error}", level="error")
                await self._close(turns.OUR_FAULT, "agent_failed")
            elif self._leaving and not thought.spoke:
                await self._hang_up()
            self._leaving = False

    async def _do(self, action: object, thought: Thought) -> None:
        match action:
            case Say(text=text, why=why) if text.strip():
                spoken = Spoken(text.strip(), tuple(why), opening=thought.turn.kind == "open" and not self._opened)
                if not thought.spoke and thought.first_ms is not None:
                    await self._recorder.latency("LLM", thought.first_ms)
                    spoken.latency, spoken.heard_end_ms = {"agent": thought.first_ms}, thought.heard_end_ms
                    if thought.heard_end_ms is not None:
                        spoken.latency["hold"] = max(0, thought.turn.at_ms - thought.heard_end_ms)
                thought.spoke = True
                self._opened = self._opened or spoken.opening
                await self._speech.say(spoken)
            case EndCall():
                for note in [a for a in thought.actions if isinstance(a, Note)]:
                    await self._recorder.note(note)
                await self._hang_up()
            case Transfer(department=department, number=number):
                numbers = self._config.transfer_numbers
                await self._transfer(number or numbers.get(department) or numbers.get("", ""))
            case PressDigits(digits=digits, why=why):
                await self._press(digits, "; ".join(why))
            case SendSms():
                await self._sms(action)
            case Manner():
                self._config = self._ordered.in_manner(action)
            case Note():
                await self._recorder.note(action)
            case Wait() | _:
                pass

    async def _press(self, digits: str, why: str) -> None:
        await self._media.press(digits)
        await self._speech.did(f"Pressed {digits}", f"Pressed keys: {digits}", tones_ms(digits), why)

    async def _sms(self, sms: SendSms) -> None:
        data = {"to": sms.to, "from": sms.sender, "message": sms.text}
        try:
            await self._media.sms(sms.to, sms.text, sms.sender)
        except CarrierError as error:
            await self._recorder.note(Note("sms_failed", f"The SMS was not sent: {error}", data, "error"))
        else:
            await self._recorder.note(Note("sms", f"SMS to {sms.to or 'the person on the call'}: {sms.text}", data))

    async def _transfer(self, number: str) -> None:
        if not number:
            await self._note("transfer_failed", "No number to hand over to is set for this call", level="error")
            await self._speech.say(Spoken(turns.NO_TRANSFER, why=("no transfer number",)))
            return
        try:
            await self._media.transfer(number)
        except CarrierError as error:
            await self._note("transfer_failed", f"Handing over to {number} failed: {error}", level="error")
            await self._speech.say(Spoken(turns.NO_TRANSFER, why=("the carrier refused the transfer",)))
            return
        self._transferring_to = number
        self.drop_thought()

    async def _hang_up(self) -> None:
        self.drop_thought()
        self._hung_up_at = self._media.now_ms
        await self._media.hangup()

    async def _close(self, sentence: str, why: str) -> None:
        """Stops whatever is going on, says a last sentence and ends the call."""
        self._closing = True
        await self._be_quiet()
        self._mailbox, self._thought = None, Thought(Turn("silence"), done=True)
        self._thought.actions.extend((Say(sentence, (why,)), EndCall(why)))

    # what is heard ----------------------------------------------------------------------------------------------------
    async def _on(self, event: MediaEvent) -> None:
        match event:
            case Heard():
                await self._on_heard(event)
            case Played():
                if (spoken := await self._speech.played(event)) is not None:
                    await self._after_speech(spoken, event)
            case Pressed(digit=digit, at_ms=at_ms):
                await self._on_pressed(digit, at_ms)
            case Beep(at_ms=at_ms):
                await self._on_beep(at_ms)
            case Ended():
                await self._on_ended(event)
            case Ringing() | Answered():
                pass

    async def _on_heard(self, heard: Heard) -> None:
        now = self._media.now_ms
        blocked = self._config.block_interruptions and self._speech.on
        if not blocked and self._mailbox is None and self._hung_up_at is None:
            await self._give_way()
        if not heard.final:
            self._ear.hear(heard, now)
            if await self._answerer.words(heard.text, heard.machine, final=False):
                await self._on_voicemail()
            return
        over = self._config.block_interruptions and turns.ignored(heard, self._speech.on, self._speech.quiet_since_ms)
        self._ear.hear(heard, now, keep=not over and self._mailbox is None)
        self._quiet_at = max(self._quiet_at, heard.end_ms)
        await self._speech.heard(heard.text, heard.start_ms, heard.end_ms, heard.machine, {"ignored": True} if over else None)
        if await self._answerer.words(heard.text, heard.machine, final=True):
            await self._on_voicemail()
        if self._mailbox is not None:
            self._mailbox.greeting_end_ms = heard.end_ms
            self._ear.take()

    async def _give_way(self) -> None:
        """The callee speaks: stop speaking or thinking, unless we are saying goodbye or a person types for us."""
        thought = self._thought
        if self._manual or self._closing or (thought is not None and thought.leaving):
            return
        if self._speech.on:
            await self._be_quiet()
            self._interrupted = True
            await self._note("barge_in", "Interrupted by the callee", at_ms=self._media.now_ms)
        elif thought is not None:
            if not thought.spoke:
                self._ear.give_back([thought.turn.text] if thought.turn.kind == "heard" else [])
                self._hints[:0] = thought.turn.hints
            self._interrupted = self._interrupted or thought.turn.interrupted or thought.spoke or thought.turn.kind != "open"
            self.drop_thought()

    async def _be_quiet(self) -> None:
        self.drop_thought()
        for spoken, played in await self._speech.stop(self._backlog):
            await self._after_speech(spoken, played)

    async def _on_voicemail(self) -> None:
        action = self._config.voicemail_action
        if action == "ignore":
            await self._note("voicemail", "Voicemail reached: carrying on, as the call says")
            return
        await self._be_quiet()
        if action == "leave_message" and self._config.voicemail_message:
            await self._note("voicemail", "Voicemail reached: waiting for the beep to leave the message")
            self._mailbox = voicemail.Mailbox(self._media.now_ms)
        else:
            await self._note("voicemail", "Voicemail reached: hanging up")
            await self._hang_up()

    async def _on_beep(self, at_ms: int) -> None:
        if await self._answerer.beep():
            await self._on_voicemail()
        if self._mailbox is not None:
            self._mailbox.beep_ms = at_ms

    async def _after_speech(self, spoken: Spoken, played: Played) -> None:
        self._quiet_at = max(self._quiet_at, played.end_ms)
        if spoken.opening and not played.text.strip():
            self._opened = False
        if spoken.message and self._hung_up_at is None:
            await self._message_left(played.complete)

    async def _message_left(self, complete: bool) -> None:
        if not complete:
            await self._note("voicemail", "The voicemail message was cut short", level="error")
            return
        await self._note("voicemail", "Voicemail message left")
        if sms := self._config.voicemail_sms:
            await self._sms(SendSms(sms.get("message", ""), sms.get("to", ""), sms.get("from", "")))
        await self._hang_up()

    async def _on_pressed(self, digit: str, at_ms: int) -> None:
        if self._config.ignore_button_press:
            await self._note("key_ignored", f"Key {digit} pressed, ignored as the call says")
            return
        await self._note("key", f"Key {digit} pressed")
        if not self._config.block_interruptions and self._mailbox is None:
            await self._give_way()
        self._digits, self._digit_at = self._digits + digit, at_ms
        self._quiet_at = max(self._quiet_at, at_ms)

    async def _on_ended(self, ended: Ended) -> None:
        """The leg is over. Words that were still being spoken are kept."""
        if (half := self._ear.partial) is not None:
            await self._speech.heard(half.text, half.start_ms, half.end_ms, half.machine)
        if ended.cause == "transferred":
            await self._speech.did(f"Handed over to {self._transferring_to}", f"Transferring call to {self._transferring_to}")
            await self._recorder.transferred(self._transferring_to)
        self._ended = ended

    # what staff want --------------------------------------------------------------------------------------------------
    async def _obey(self) -> None:
        while not self._commands.empty() and self._hung_up_at is None:
            command = self._commands.get_nowait()
            match command.kind:
                case "stop":
                    await self._note("stopped", f"Stopped by {command.by or 'staff'}")
                    await self._hang_up()
                case "drain":
                    await self._note("drained", "The runner is shutting down: closing the call")
                    await self._close(turns.GOING_DOWN, "drain")
                case "whisper":
                    self._hints.append(command.text)
                case "take_over":
                    await self._take_over()
                case "type":
                    await self._take_over()
                    await self._speech.say(Spoken(command.text, why=(f"typed by {command.by or 'staff'}",), by=command.by or "staff"))
                case "give_back":
                    self._manual, self._quiet_at = False, max(self._quiet_at, self._media.now_ms)
                case "transfer":
                    await self._be_quiet()
                    await self._transfer(command.text)

    async def _take_over(self) -> None:
        """A person speaks for us from now on; what the agent was about to say is dropped."""
        if not self._manual:
            self._manual, self._greet_until = True, None
            await self._be_quiet()

    # the end ----------------------------------------------------------------------------------------------------------
    async def _note(self, kind: str, message: str, level: Literal["info", "error"] = "info", **data: object) -> None:
        await self._recorder.note(Note(kind, message, data, level))
