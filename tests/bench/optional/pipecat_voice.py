"""The conversation of `bench_voice` through Pipecat 1.14 and through our own loop, side by side, at 1 and 10 calls: a JSON line each.

Same callee, same wire in real time, same engines (Silero, Moonshine, Hibari of calls.speech) and same built-in agent; also the same limits
of voice activity, and 500 ms of silence that end a turn. What differs is the frame work between them. Ours also records events, watches
guard rails, tells partial transcripts, holds its breath for murmurs and lays a hiss behind the voice; the pipeline here does none of it.
Ours sends without a break, 60 ms ahead, so its first word waits for as much; Pipecat sends only when it speaks.

Pipecat is no part of Parley and its 400 MB are never installed with it. For this comparison, in an environment of its own:

    uv venv /tmp/pipecat && export VIRTUAL_ENV=/tmp/pipecat
    uv pip install pipecat-ai==1.14.0
    uv pip install --no-deps -r requirements/base.lock
    uv pip install --no-deps -r requirements/nodeps.lock
    /tmp/pipecat/bin/python -m tests.bench.optional.pipecat_voice

(The second step replaces some of Pipecat's pins, such as soxr 1.0, by ours; it runs with both.)
"""

import asyncio
import time
from collections.abc import AsyncGenerator

from loguru import logger
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams, VADState
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_processor import UserTurnProcessor
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from calls.agent.choose import make_agent
from calls.agent.ports import Brief, Line, Say, Turn
from calls.carriers.sound import Gone, PickedUp, Sound
from calls.carriers.voice.hearing import BEGIN_WINDOWS, BEGINS, CEASE_WINDOWS, CEASES, WINDOW_MS
from calls.speech import embedded
from calls.speech.ports import FRAME_BYTES, RATE, WINDOW_BYTES
from calls.speech.spoken import spoken
from tests.bench import bench_voice
from tests.bench.harness import report
from tests.calls.voice.wire import Wire

TURN_OVER = 0.5  # seconds from the last voice, as SessionConfig.interruption_threshold
CEASE = CEASE_WINDOWS * WINDOW_MS / 1000


class FromWire(BaseInputTransport):
    def __init__(self, params: TransportParams, wire: Wire, answered: asyncio.Event) -> None:
        super().__init__(params)
        self._wire, self._answered, self._reading = wire, answered, None

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        self._reading = self.create_task(self._read())
        await self.set_transport_ready(frame)

    async def _read(self) -> None:
        while not isinstance(event := await self._wire.next(), Gone):
            match event:
                case PickedUp():
                    self._answered.set()
                case Sound(pcm):
                    await self.push_audio_frame(InputAudioRawFrame(pcm, RATE, 1))

    async def _end(self) -> None:
        if self._reading is not None:
            await self.cancel_task(self._reading)
            self._reading = None

    async def stop(self, frame: EndFrame) -> None:
        await super().stop(frame)
        await self._end()

    async def cancel(self, frame: CancelFrame) -> None:
        await super().cancel(frame)
        await self._end()


class ToWire(BaseOutputTransport):
    """Frames of 20 ms, as far ahead of time as the wire's buffer takes."""

    def __init__(self, params: TransportParams, wire: Wire) -> None:
        super().__init__(params)
        self._wire, self._due = wire, 0.0

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._wire.clear()
            self._due = 0.0

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        self._wire.send(frame.audio.ljust(FRAME_BYTES, b"\0"))
        now = time.monotonic()
        self._due = max(self._due, now) + 0.02
        await asyncio.sleep(max(0.0, self._due - now - self._wire.lead_ms / 1000))
        return True


class Ear(VADAnalyzer):
    def __init__(self) -> None:
        params = VADParams(confidence=BEGINS, start_secs=BEGIN_WINDOWS * WINDOW_MS / 1000, stop_secs=CEASE, min_volume=0.0)
        super().__init__(sample_rate=RATE, params=params)
        self._vad = embedded.engines().vad()

    def num_frames_required(self) -> int:
        return WINDOW_BYTES // 2

    def voice_confidence(self, buffer: bytes) -> float:
        """Pipecat knows one limit; ours is lower for the end of speech than for its beginning."""
        chance = self._vad.probability(buffer)
        speaking = self._vad_state in (VADState.SPEAKING, VADState.STOPPING)
        return 1.0 if speaking and chance >= CEASES else chance


class Hearing(SegmentedSTTService):
    def __init__(self) -> None:
        # Our engine puts silence around by itself.
        super().__init__(sample_rate=RATE, trailing_silence_secs=0, settings=STTSettings(model="moonshine", language=None))

    @property
    def wants_wav_segments(self) -> bool:
        return False

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        text = await embedded.engines().stt.transcribe(audio, language="en")
        if text:
            yield TranscriptionFrame(text, "callee", "")


class Voice(TTSService):
    def __init__(self) -> None:
        settings = TTSSettings(model="hibari", voice="June", language=None)
        super().__init__(sample_rate=RATE, push_start_frame=True, push_stop_frames=True, settings=settings)

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        async for piece in embedded.engines().tts.speak(spoken(text, "en"), voice="", language="en"):
            yield TTSAudioRawFrame(piece, RATE, 1, context_id=context_id)


class Mind(FrameProcessor):
    """The built-in agent: a turn when the callee's is over; what it says goes on to the voice."""

    def __init__(self, answered: asyncio.Event) -> None:
        super().__init__()
        self._agent, self._answered = make_agent(Brief(bench_voice.TASK)), answered
        self._lines: list[Line] = []
        self._heard: list[str] = []
        self._thinking: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case StartFrame():
                self._thinking = self.create_task(self._open())
            case TranscriptionFrame():
                self._heard.append(frame.text)
            case InterruptionFrame() | CancelFrame():
                await self._stop()
            case UserStoppedSpeakingFrame() if self._heard:
                text, self._heard = " ".join(self._heard), []
                await self._stop()
                self._thinking = self.create_task(self._reply(Turn("heard", text, transcript=tuple(self._lines))))
                self._lines.append(Line("user", text))
        await self.push_frame(frame, direction)

    async def _open(self) -> None:
        await self._answered.wait()
        await self._reply(Turn("open"))

    async def _reply(self, turn: Turn) -> None:
        async for action in self._agent.reply(turn):
            if isinstance(action, Say):
                self._lines.append(Line("assistant", action.text))
                await self.push_frame(TTSSpeakFrame(action.text))

    async def _stop(self) -> None:
        thinking, self._thinking = self._thinking, None
        if thinking is not None and not thinking.done():
            await self.cancel_task(thinking)


async def one(lines: list[bytes], start: float) -> tuple[list[float], list[float]]:
    """As bench_voice.one, through Pipecat."""
    await asyncio.sleep(start)
    wire, answered = Wire(), asyncio.Event()
    params = TransportParams(audio_in_enabled=True, audio_out_enabled=True, audio_out_10ms_chunks=2)
    strategies = UserTurnStrategies(
        start=[VADUserTurnStartStrategy()], stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=TURN_OVER - CEASE)]
    )
    parts = [VADProcessor(vad_analyzer=Ear()), Hearing(), UserTurnProcessor(user_turn_strategies=strategies), Mind(answered), Voice()]
    worker = PipelineWorker(
        Pipeline([FromWire(params, wire, answered), *parts, ToWire(params, wire)]),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        cancel_on_idle_timeout=False,
        enable_rtvi=False,
        check_dangling_tasks=False,
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    wire.ring()
    wire.answer()
    callee = bench_voice.Callee(wire, lines)
    await callee.talk()
    wire.hang()
    await worker.cancel()
    await running
    return callee.replies, callee.silences


async def everything() -> None:
    lines = await bench_voice.prepare()
    for calls in (1, 10):
        ours = await bench_voice.run(calls, lines)
        report("voice", through="parley", **ours)
        theirs = await bench_voice.run(calls, lines, one)
        ratios = {f"{name}_to_ours": theirs[name] / ours[name] for name in ("reply_p50_ms", "cpu_share_per_call")}
        report("voice", through="pipecat", **theirs, **ratios)


if __name__ == "__main__":
    logger.remove()
    bench_voice.setup()
    asyncio.run(everything())
