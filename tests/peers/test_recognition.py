"""What gets through a SIP line, counted in words: 24 sentences of a telephone in the transcript, our sentences in its recording.

The telephone is Debian's baresip and its voice is festival's, not the agent's. Both directions, and both channels of our own recording.
"""

import asyncio
import wave
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calls.agent.conversation import run_session
from calls.agent.ports import Action, EndCall, Say, Turn, Wait
from calls.agent.session import SessionConfig
from calls.carriers.base import Dial, Heard, MediaEvent
from calls.carriers.sip.carrier import SipCarrier
from calls.carriers.voice.hearing import Hearing
from calls.carriers.voice.how import How
from calls.speech import embedded
from calls.speech.ports import FRAME_BYTES, FRAME_MS, RATE
from tests.calls.fakes import MemoryRecorder
from tests.calls.speech.kit import SENTENCES, error_rate
from tests.peers import festival
from tests.peers.kit import Baresip, Samples, pcm, samples, trunk, until

MOST = 0.15  # of the words may be wrong
CALLS = 6
PAUSE, PATIENCE_MS = 1.0, 3_000  # seconds between two sentences of the telephone; silence after which the agent speaks
OURS = (
    "Good afternoon, this is Anna from Lakeside Dental.",
    "I am calling about your appointment with Doctor Miller.",
    "It is on Tuesday, the fourth of March, at half past three.",
    "Could you tell me whether that time still works for you?",
    "If it does not, I can offer you Thursday morning instead.",
    "The visit will take about thirty minutes.",
    "Our office is at twelve Market Street, on the second floor.",
    "You can park behind the building free of charge.",
    "The cleaning costs eighty nine dollars, and your insurance pays half of it.",
    "I will send you a message with all of this.",
    "Is there anything else that I can help you with today?",
    "Thank you for your time, and have a wonderful day.",
)


class Listener:
    """Lets the telephone finish, then says its lines and ends the call."""

    name = "Listener"

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        if turn.kind != "silence":
            yield Wait()
            return
        for line in self._lines:
            yield Say(line)
        yield EndCall("said")


@dataclass(frozen=True, slots=True)
class Held:
    """A call that is over: what was said on each side, and what is left of it."""

    theirs: str
    ours: str
    transcript: str
    telephone: Samples  # what the telephone itself recorded
    recording: tuple[Samples, Samples]  # our own: agent, callee


def groups() -> list[list[int]]:
    """Four sentences a call. Who asks not to be called again says so last: the call ends by it."""
    last = next(n for n, sentence in enumerate(SENTENCES) if "remove me" in sentence)
    order = [n for n in range(len(SENTENCES)) if n != last] + [last]
    return [order[n::CALLS] for n in range(CALLS)]


def told(sentences: Sequence[Samples]) -> Samples:
    still = np.zeros(int(PAUSE * RATE))
    return np.concatenate([part for sentence in sentences for part in (still, sentence)] + [np.zeros(45 * RATE)])


async def words_in(sound: Samples) -> str:
    """What the built-in engines hear in a recording."""
    found: list[str] = []
    now = 0

    def tell(event: MediaEvent) -> None:
        if isinstance(event, Heard) and event.final:
            found.append(event.text)

    engines = embedded.engines()
    hearing = Hearing([engines.stt], engines.vad(), How("judge"), lambda: now, tell)
    data = pcm(sound)
    for at in range(0, len(data), FRAME_BYTES):
        now += FRAME_MS
        hearing.feed(data[at : at + FRAME_BYTES], data[at : at + FRAME_BYTES])
        if now % 200 == 0:
            await asyncio.sleep(0)
    await hearing.finish()
    return " ".join(found)


def channels(file: Path) -> tuple[Samples, Samples]:
    with wave.open(str(file)) as one:
        assert (one.getnchannels(), one.getframerate()) == (2, RATE)
        sound = samples(one.readframes(one.getnframes()))
    return sound[0::2], sound[1::2]


async def hold(number: int, phone: Baresip, theirs: Sequence[str], ours: Sequence[str], folder: Path) -> Held:
    record = folder / f"call-{number}.wav"
    media = await SipCarrier().dial(Dial(f"wer-{number}", "+15551234567", "+15550100", line=trunk(phone.port), record_to=str(record)))
    recorder = MemoryRecorder()
    config = SessionConfig(f"wer-{number}", wait_for_greeting=True, silence_ms=PATIENCE_MS, voicemail_action="ignore")
    async with asyncio.timeout(90):
        result = await run_session(config, media, Listener(ours), recorder, asyncio.Queue())
    assert (result.status, result.ended_by) == ("completed", "ASSISTANT")
    assert [text for who, text in recorder.lines if who == "assistant"] == list(ours)
    transcript = " ".join(text for who, text in recorder.lines if who == "user")
    await asyncio.to_thread(until, lambda: list(phone.records.glob("*-dec.wav")) and len(phone.heard()) > RATE, what="its recording")
    return Held(" ".join(theirs), " ".join(ours), transcript, phone.heard(), channels(record))


async def test_words_get_through_both_ways(peers, tmp_path, capsys):
    embedded.warm()
    voice = festival.speak(tmp_path, SENTENCES)
    calls = []
    for number, group in enumerate(groups()):
        phone = peers(Baresip, told([voice[n] for n in group]))
        calls.append(hold(number, phone, [SENTENCES[n] for n in group], OURS[number::CALLS], tmp_path))
    held = await asyncio.gather(*calls)
    found = {
        "theirs in the transcript": [(call.theirs, call.transcript) for call in held],
        "ours in the telephone's recording": [(call.ours, await words_in(call.telephone)) for call in held],
        "ours in the call's recording": [(call.ours, await words_in(call.recording[0])) for call in held],
        "theirs in the call's recording": [(call.theirs, await words_in(call.recording[1])) for call in held],
    }
    with capsys.disabled():
        print("\nwords wrong over SIP: " + ", ".join(f"{what} {error_rate(pairs):.1%}" for what, pairs in found.items()))
    for what, pairs in found.items():
        assert error_rate(pairs) <= MOST, "\n".join([what, *(f"{said}\n    {heard}" for said, heard in pairs)])
