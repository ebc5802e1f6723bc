"""What is said on a call, by either side, and the transcript of it. A line is written when it is known to be heard."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from calls.agent.ports import Line
from calls.agent.session import Recorder
from calls.carriers.base import Media, MediaEvent, Played
from calls.carriers.timing import speaking_ms

PARTS = {"stt": "STT", "tts": "TTS", "total": "first audio"}  # of a spoken reply, as the events name them; the agent's own part is "LLM"
SETTLE_MS = 500  # so long a flushed leg may take to say what was heard


@dataclass(slots=True)
class Spoken:
    """Something given to `say` and not yet known to be heard."""

    text: str
    why: tuple[str, ...] = ()
    latency: dict[str, int] = field(default_factory=dict)
    heard_end_ms: int | None = None  # end of the words it answers
    opening: bool = False
    message: bool = False  # the voicemail message
    by: str = ""  # a person typed it
    begins_ms: int = 0  # when it will be heard, by the length of what is before it

    def answers(self, decided_ms: int, heard_end_ms: int | None, stt_ms: int, agent_ms: int) -> None:
        """This is the first sentence of a reply: the parts of the time until it, as far as they are known before it is heard."""
        self.heard_end_ms = heard_end_ms
        if heard_end_ms is not None:
            self.latency["hold"] = max(0, decided_ms - heard_end_ms)
        if stt_ms:
            self.latency["stt"] = stt_ms
        self.latency["agent"] = agent_ms


class Speech:
    """Our voice on a leg, and the lines so far."""

    def __init__(self, media: Media, recorder: Recorder) -> None:
        self._media, self._recorder = media, recorder
        self._speaking: dict[int, Spoken] = {}
        self.lines: list[Line] = []
        self.quiet_since_ms = 0  # end of our last words

    @property
    def on(self) -> bool:
        """We are speaking."""
        return bool(self._speaking)

    @property
    def under_way(self) -> list[tuple[str, int]]:
        """What was given to the line and is not yet known to be heard, each with the moment at which it began or will begin, as a guess."""
        return [(spoken.text, spoken.begins_ms) for spoken in self._speaking.values()]

    async def say(self, spoken: Spoken) -> None:
        before = [s.begins_ms + speaking_ms(s.text) for s in self._speaking.values()]
        spoken.begins_ms = max(self._media.now_ms, *before, 0)
        self._speaking[await self._media.say(spoken.text)] = spoken

    async def played(self, played: Played) -> Spoken | None:
        """Writes down what was heard of an utterance and returns it; None for one that is not ours."""
        spoken = self._speaking.pop(played.ref, None)
        self.quiet_since_ms = max(self.quiet_since_ms, played.end_ms)
        if spoken is not None and played.text.strip():
            await self._write(spoken, played)
        return spoken

    async def stop(self, others: deque[MediaEvent]) -> list[tuple[Spoken, Played]]:
        """Stops at once and writes down what was heard; events of other kinds that came meanwhile are added to `others`."""
        stopped: list[tuple[Spoken, Played]] = []
        if not self._speaking:
            return stopped
        await self._media.flush()
        until = self._media.now_ms + SETTLE_MS
        while self._speaking and self._media.now_ms < until:
            event = await self._media.next(until)
            if isinstance(event, Played):
                if (spoken := await self.played(event)) is not None:
                    stopped.append((spoken, event))
            elif event is not None:
                others.append(event)
        return stopped

    async def _write(self, spoken: Spoken, played: Played) -> None:
        latency = dict(spoken.latency)
        if latency and played.tts_ms:
            latency["tts"] = played.tts_ms
        if spoken.heard_end_ms is not None:
            latency["total"] = max(0, played.start_ms - spoken.heard_end_ms)
        for part, name in PARTS.items():
            if part in latency and (part != "total" or played.tts_ms):
                await self._recorder.latency(name, latency[part])
        data: dict[str, object] = {} if played.complete else {"cut": True}
        if spoken.by:
            data["by"] = spoken.by
        self.lines.append(Line("assistant", played.text))
        await self._recorder.line(
            "assistant",
            played.text,
            played.start_ms,
            played.end_ms,
            message=f"Sending first sentence: {played.text}" if spoken.opening else "",
            latency=latency or None,
            why=spoken.why,
            data=data or None,
        )

    async def heard(self, text: str, start_ms: int, end_ms: int, machine: bool, data: Mapping[str, object] | None = None) -> int | None:
        """Writes down a line of the far end; its seq, None when there were no words."""
        if not text.strip():
            return None
        self.lines.append(Line("user", text))
        return await self._recorder.line("robot" if machine else "user", text, start_ms, end_ms, data=data)

    async def did(self, text: str, message: str, lasted_ms: int = 0, why: str = "") -> None:
        """Writes down something we did on the line without words."""
        now = self._media.now_ms
        await self._recorder.line("agent-action", text, now, now + lasted_ms, message=message, why=(why,) if why else ())
