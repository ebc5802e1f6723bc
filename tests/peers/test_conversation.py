"""A whole conversation over SIP: keys first, our agent speaks and listens, and the telephone's own recording says what it heard."""

import asyncio
import wave

import numpy as np

from calls.agent.choose import make_agent
from calls.agent.conversation import run_session
from calls.agent.ports import Brief
from calls.agent.session import SessionConfig
from calls.carriers.base import Dial
from calls.carriers.sip.carrier import SipCarrier
from calls.speech import embedded
from tests.calls.fakes import MemoryRecorder
from tests.peers.kit import Baresip, pcm, samples, trunk, until

TASK = """You are Anna, calling for Acme Dental.
Goal: find out whether Tuesday works.
Ask: Does Tuesday at three work?"""


async def spoken(text: str) -> bytes:
    return b"".join([piece async for piece in embedded.engines().tts.speak(text, voice="Ryan", language="en")])


async def test_a_conversation_with_a_telephone(peers, tmp_path):
    embedded.warm()
    still = np.zeros(8_000)
    yes, bye = samples(await spoken("Yes, that still works for me.")), samples(await spoken("No, that is all. Goodbye."))
    phone = peers(Baresip, np.concatenate([*[still] * 6, yes, *[still] * 6, bye, *[still] * 20]))
    record = tmp_path / "call.wav"
    dial = Dial("sip-call", "+15551234567", "+15550100", line=trunk(phone.port), record_to=str(record))
    media = await SipCarrier().dial(dial)
    recorder = MemoryRecorder()
    config = SessionConfig("sip-call", precall_dtmf_sequence="12w#", silence_ms=20_000)
    agent = make_agent(Brief(TASK, "Hi, does Tuesday work for you?"))
    async with asyncio.timeout(40):
        result = await run_session(config, media, agent, recorder, asyncio.Queue())
    assert (result.status, result.answered_by) == ("completed", "human")
    assert phone.keys() == "12#"
    theirs = " ".join(text for who, text in recorder.lines if who == "user").lower()
    assert "works for me" in theirs and "that is all" in theirs
    await asyncio.to_thread(until, lambda: list(phone.records.glob("*-dec.wav")))
    heard = await embedded.engines().stt.transcribe(pcm(phone.heard()[: 8_000 * 8]), language="en")
    assert "tuesday" in heard.lower()
    with wave.open(str(record)) as file:
        assert file.getnchannels() == 2 and file.getnframes() > 8_000 * 8
