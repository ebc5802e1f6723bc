"""The loop of one live conversation: hear, decide whose turn it is, ask the agent, speak, write down.

`run_session` waits in one place only, `Media.next`; every deadline is on the leg's clock, so the same code runs a real line in real time
and a simulated one in milliseconds. The agent thinks in a task of its own (`calls.agent.thinking`) and wakes the leg when it has something.
A line is written when it is known to be heard: the callee's when it is final, ours when `Played` says how much of it was out.
"""

import asyncio
from collections.abc import Iterable
from typing import Literal

from calls.agent import turns, voicemail
from calls.agent.ending import finished
from calls.agent.floor import Cause, Floor
from calls.agent.guarding import Withheld
from calls.agent.ports import Action, Agent, EndCall, Manner, Note, PressDigits, Say, SendSms, Transfer, Turn, Wait
from calls.agent.rails.shape import Trip
from calls.agent.ringing import HANGUP_MS, ring
from calls.agent.session import Command, Recorder, SessionConfig, SessionResult
from calls.agent.speech import Spoken
from calls.agent.thinking import Thought
from calls.agent.watch import RailWatch, Watch
from calls.carriers.base import Answered, Beep, Ended, Heard, Judged, Media, MediaEvent, Played, Pressed, Ringing, Voice
from calls.carriers.timing import tones_ms


async def run_session(
    config: SessionConfig, media: Media, agent: Agent, recorder: Recorder, commands: "asyncio.Queue[Command]", watch: Watch | None = None
) -> SessionResult:
    """Leads a dialled leg to its end and says how it came out. Whatever it raises, it has hung up: `Gone` when the lease was lost.

    `watch`: the guard rails of the call; without it an opt-out is still heard, by its words.
    """
    conversation = Conversation(config, media, agent, recorder, commands, watch or RailWatch())
    try:
        rung = await ring(media, recorder, commands, config.ring_timeout_ms)
        return await conversation.talk(rung) if isinstance(rung, Answered) else rung
    except BaseException:
        await media.hangup()
        raise
    finally:
        conversation.drop_thought()


class Conversation(Floor):
    # the conversation -------------------------------------------------------------------------------------------------
    async def talk(self, answered: Answered) -> SessionResult:
        if answered.typing:
            self._config = self._ordered = self._ordered.by_typing()
        await self._obey()  # what was asked while it rang: no keys for a call that is to end
        if self._config.precall_dtmf_sequence and self._hung_up_at is None:
            begun = self._media.now_ms
            await self._hands.press(self._config.precall_dtmf_sequence, "before the call")
            # A real line is done with them by now; one without sound takes the time it would take.
            await self._pass_time(begun + tones_ms(self._config.precall_dtmf_sequence) - self._media.now_ms)
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

    async def _due(self) -> None:
        """Does what its time has come for."""
        now = self._media.now_ms
        if self._ended is not None:
            return
        if self._hung_up_at is not None:
            if now >= self._hung_up_at + HANGUP_MS:
                self._ended = Ended("hangup", now, "us", "The line did not confirm that it ended")
        elif (over_at := self._pause.over_at) is not None and now >= over_at:
            await self._pause.end()
        elif now >= self._config.max_duration_ms:
            await self._note("max_duration", "The longest duration of this call is reached")
            await self._hang_up()
        elif not self._closing and now >= self._config.max_duration_ms - turns.CLOSING_MS:
            await self._note("max_duration", "The call is near its longest duration: closing")
            await self._close(turns.TIME_IS_UP, "max_duration")
        elif self._mailbox is not None:
            if (at := self._message_due()) is not None and now >= at:
                if self._mailbox.said:
                    await self._hang_up()
                    return
                self._mailbox.said = True
                await self._speech.say(Spoken(self._config.voicemail_message, why=("voicemail message",), message=True))
        elif self._watched and (trips := self._watch.due(now, self._speech.under_way)):
            await self._tripped(trips)
        else:
            for kind, at in self._turns_due().items():
                if at is not None and now >= at:
                    self._ask(kind)
                    break

    # the agent's turn -------------------------------------------------------------------------------------------------
    def _ask(self, kind: Cause | Literal["moved"], node_id: str = "") -> None:
        text, heard_end = "", None
        if kind == "heard":
            text, heard_end = self._ear.take(), self._ear.end_ms
            if not self._opened and self._answerer.who == "human":
                kind, text = "open", ""  # a greeting; the opening is still to be said
        elif kind == "pressed":
            text, self._digits = self._digits, ""
        self._greet_until = None
        turn = Turn(kind, text, self._interrupted, self._media.now_ms, tuple(self._speech.lines), tuple(self._hints), node_id)
        self._interrupted, self._hints = False, []
        self._think(Thought(turn, heard_end, self._ear.stt_ms if kind == "heard" else 0))

    async def _act(self) -> None:
        """Does what the agent decided, in its order. Ending, handing over and keys wait until its words are out."""
        thought = self._thought
        if thought is None or self._hung_up_at is not None:
            return
        if thought.done:
            self._let_go(thought)
        while thought.actions:
            action = thought.actions[0]
            if isinstance(action, Say) and not self._closing and not thought.leaving and self._ear.speaking(self._media.now_ms):
                return  # a sound of speech: its words will tell whether this is still to be said
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
            self._let_go(thought)  # it may have ended while its actions were done
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
                    spoken.answers(thought.turn.at_ms, thought.heard_end_ms, thought.stt_ms, thought.first_ms)
                thought.spoke = True
                self._opened = self._opened or spoken.opening
                await self._speech.say(spoken)
            case Withheld():
                await self._withheld(action, thought)
            case EndCall():
                for note in [a for a in thought.actions if isinstance(a, Note)]:
                    await self._guard.note(note)
                await self._hang_up()
            case Transfer(department=department, number=number):
                numbers = self._config.transfer_numbers
                await self._transfer(number or numbers.get(department) or numbers.get("", ""))
            case PressDigits(digits=digits, why=why):
                await self._hands.press(digits, "; ".join(why))
            case SendSms():
                await self._hands.sms(action)
            case Manner():
                self._config = self._ordered.in_manner(action)
            case Note():
                await self._guard.note(action)
            case Wait() | _:
                pass

    async def _transfer(self, number: str) -> None:
        if await self._hands.transfer(number, self._backlog, self._commands):
            self._transferring_to = number
            self._watch.off()
            self.drop_thought()

    # guard rails ------------------------------------------------------------------------------------------------------
    async def _tripped(self, found: Iterable[Trip | Note]) -> bool:
        """Records what tripped and does what the first of a call asks for; whether it did something."""
        trip = await self._guard.tripped(found, self._be_quiet)
        if trip is None:
            return False
        config, why = trip.action.get("config") or {}, f"guard rail: {trip.rail.name}"
        match trip.action["type"]:
            case "transfer":
                await self._close(trip.say, why, Transfer(number=str(config.get("phone_number") or "")), EndCall(why))
            case "move_to_node" if not self._manual:
                self._ear.take()
                self._ask("moved", str(config["node_id"]))
            case "end_call":
                await self._close(trip.say, why)
        return True

    async def _withheld(self, withheld: Withheld, thought: Thought) -> None:
        """The agent wanted to say what it must not. Where no rail acts (any more), a neutral sentence stands for it."""
        await self._note("withheld", f"Not spoken: {withheld.text}", "error", sentence=withheld.text)
        if self._watched and await self._tripped(withheld.trips):
            return
        if not thought.spoke:
            thought.spoke = True
            await self._speech.say(Spoken(self._watch.instead, why=("a guard rail withheld what was to be said",)))

    async def _hang_up(self) -> None:
        self.drop_thought()
        self._hung_up_at = self._media.now_ms
        await self._media.hangup()

    async def _close(self, sentence: str, why: str, *actions: Action) -> None:
        """Stops whatever is going on, says a last sentence and ends the call, unless `actions` say what follows it."""
        self._closing = True
        await self._be_quiet()
        self._mailbox, self._thought = None, Thought(Turn("silence"), done=True)
        self._thought.actions.extend((Say(sentence, (why,)), *(actions or (EndCall(why),))))

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
            case Voice(on=True, at_ms=at_ms):
                await self._on_voice(at_ms)
            case Judged(who=who):
                self._answerer.sounds(who)
            case Voice():
                self._ear.ceased(self._media.now_ms)
            case Ringing() | Answered():
                pass

    async def _on_voice(self, at_ms: int) -> None:
        """Somebody makes a sound of speech: we hold our breath until its words tell what it is."""
        self._ear.began(at_ms, self._media.now_ms)
        deaf = (
            self._config.block_interruptions or self._manual or self._closing or self._mailbox is not None or self._hung_up_at is not None
        )
        if self._speech.on and not deaf and not (self._thought is not None and self._thought.leaving):
            await self._pause.begin()

    async def _murmured(self, heard: Heard) -> None:
        """No interruption: we go on. The words are kept, and are the answer when we were at our last ones."""
        await self._pause.end()
        self._pause.keep(heard)
        self._ear.hear(heard, self._media.now_ms, keep=False)
        await self._speech.heard(heard.text, heard.start_ms, heard.end_ms, heard.machine, {"murmur": True})
        await self._answerer.words(heard.text, heard.machine, final=True, early=heard.end_ms < voicemail.EARLY_MS)

    async def _on_heard(self, heard: Heard) -> None:
        now = self._media.now_ms
        if self._pause.ends(heard):
            await self._murmured(heard)
            return
        if self._pause.waits(heard) or self._ear.wordless(heard):
            self._ear.hear(heard, now)
            return
        blocked = self._config.block_interruptions and self._speech.on
        if not blocked and self._mailbox is None and self._hung_up_at is None:
            await self._give_way()
        if not heard.final:
            self._ear.hear(heard, now)
            if await self._answerer.words(heard.text, heard.machine, final=False, early=now < voicemail.EARLY_MS):
                await self._on_voicemail()
            return
        over = self._config.block_interruptions and turns.ignored(heard, self._speech.on, self._speech.quiet_since_ms)
        self._ear.hear(heard, now, keep=not over and self._mailbox is None)
        self._quiet_at = max(self._quiet_at, heard.end_ms)
        seq = await self._speech.heard(heard.text, heard.start_ms, heard.end_ms, heard.machine, {"ignored": True} if over else None)
        if await self._answerer.words(heard.text, heard.machine, final=True, early=heard.end_ms < voicemail.EARLY_MS):
            await self._on_voicemail()
        if self._mailbox is not None:
            self._mailbox.greeting_end_ms = heard.end_ms
            self._ear.take()
        elif self._watched and not heard.machine:
            await self._watch_words(heard, seq, over)

    async def _watch_words(self, heard: Heard, seq: int | None, over: bool) -> None:
        found = await self._watch.theirs(heard.text, self._media.now_ms, seq)
        if over and any(isinstance(each, Note) and each.kind == "optout" for each in found):
            self._ear.hear(heard, self._media.now_ms)  # not to be called again is never spoken in vain
            await self._give_way()
        await self._tripped(found)

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
        self._pause.drop()
        for spoken, played in await self._speech.stop(self._backlog):
            await self._after_speech(spoken, played)

    async def _on_voicemail(self, greeting_end_ms: int | None = None) -> None:
        action = self._config.voicemail_action
        self._watch.off()
        if action == "ignore" or self._manual:
            why = "carrying on, as the call says" if action == "ignore" else "left to the person who took over"
            await self._note("voicemail", f"Voicemail reached: {why}")
            return
        await self._be_quiet()
        if action == "leave_message" and self._config.voicemail_message:
            await self._note("voicemail", "Voicemail reached: waiting for the beep to leave the message")
            self._mailbox = voicemail.Mailbox(self._media.now_ms, greeting_end_ms)
        else:
            await self._note("voicemail", "Voicemail reached: hanging up")
            await self._hang_up()

    async def _on_beep(self, at_ms: int) -> None:
        if await self._answerer.beep():
            await self._on_voicemail()
        if (box := self._mailbox) is not None:
            if box.said and box.beep_ms is None and self._speech.on:
                await self._note("voicemail", "The beep came late: the message is said once more")
                await self._be_quiet()
                box.said = False
            box.beep_ms = at_ms

    async def _after_speech(self, spoken: Spoken, played: Played) -> None:
        self._quiet_at = max(self._quiet_at, played.end_ms)
        self._watch.ours(played.text, played.start_ms, played.end_ms)
        if not self._speech.on and (answer := self._pause.answer(played.end_ms)) is not None:
            self._ear.hear(answer, self._media.now_ms)
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
            await self._hands.sms(SendSms(sms.get("message", ""), sms.get("to", ""), sms.get("from", "")))
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
                    was, self._manual, self._quiet_at = self._manual, False, max(self._quiet_at, self._media.now_ms)
                    if was and self._answerer.who == "voicemail" and not self._closing:
                        await self._on_voicemail(self._media.now_ms)
                case "transfer":
                    await self._be_quiet()
                    await self._transfer(command.text)

    async def _take_over(self) -> None:
        """A person speaks for us from now on; what the agent was about to say is dropped."""
        if not self._manual:
            self._manual, self._greet_until = True, None
            await self._be_quiet()
            self._mailbox, self._leaving = None, False
