"""One whole call by sound: our engines, our agent, our loop; the callee is another voice on the other end of the wire."""

import asyncio

from calls.agent.choose import make_agent
from calls.agent.conversation import run_session
from calls.agent.ports import Brief
from calls.agent.session import SessionConfig
from calls.carriers.voice.how import How
from calls.carriers.voice.leg import VoiceLeg
from calls.speech import embedded
from tests.calls.fakes import MemoryRecorder
from tests.calls.voice.engines import quiet
from tests.calls.voice.wire import Wire

TASK = """You are Anna, calling for Acme Dental.
Goal: find out whether Tuesday works.
Ask: Does Tuesday at three work?"""


async def said(text: str) -> bytes:
    return b"".join([piece async for piece in embedded.engines().tts.speak(text, voice="Ryan", language="en")])


async def test_spoken_words_get_a_spoken_answer_and_both_are_written_down(tmp_path):
    embedded.warm()
    answers = [await said(text) for text in ("Yes, that still works for me.", "No, that is all. Goodbye.")]
    wire, recorder, path = Wire(), MemoryRecorder(), tmp_path / "call.wav"
    leg = VoiceLeg(wire, How("spoken", record_to=str(path)), embedded.engines(), embedded.engines())
    config = SessionConfig("spoken", silence_ms=20_000)
    agent = make_agent(Brief(TASK, "Hi, does Tuesday work for you?"))
    session = asyncio.create_task(run_session(config, leg, agent, recorder, asyncio.Queue()))
    wire.ring()
    wire.answer()
    async with asyncio.timeout(40):
        for number, answer in enumerate(answers, 1):
            while len([who for who, _ in recorder.lines if who == "assistant"]) < number:
                await wire.speak(quiet(100))
            await wire.speak(answer)
        while not session.done():
            await wire.speak(quiet(100))
    result = await session
    lines = recorder.lines
    assert (result.status, result.answered_by, result.ended_by) == ("completed", "human", "ASSISTANT")
    user = next(text for who, text in lines if who == "user")
    assert "works for me" in user.lower()
    assert [who for who, _ in lines][:3] == ["assistant", "user", "assistant"]
    reply = next(w for w in recorder.all if w.what == "assistant" and w.latency.get("stt"))
    assert {"hold", "stt", "agent", "tts", "total"} <= set(reply.latency)
    assert path.stat().st_size > 16_000 * 2 * 5
