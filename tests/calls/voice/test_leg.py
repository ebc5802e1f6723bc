"""The leg of a line with sound, in real time: what the session is told, and what the far end hears."""

import asyncio
import time
import wave

import numpy as np
import pytest

from calls.carriers.base import Answered, Ended, Heard, Played, Pressed, Ringing, Voice
from calls.carriers.sound import Gone, Judged, Sound, Typed
from calls.carriers.voice import VoiceLeg, live
from calls.carriers.voice.how import How
from calls.carriers.voice.leg import BROKEN
from tests.calls.voice.engines import Ear, engines, quiet, tone
from tests.calls.voice.engines import Voice as Speaker
from tests.calls.voice.wire import Wire


def leg_on(wire: Wire, *, ear: Ear | None = None, voice: Speaker | None = None, spare=None, **how) -> VoiceLeg:
    chosen = engines(ear, voice)
    return VoiceLeg(wire, How("call", background="none", **how), chosen, spare or chosen)


async def until(leg: VoiceLeg, kind: type, seconds: float = 5):
    async with asyncio.timeout(seconds):
        while True:
            event = await leg.next()
            if isinstance(event, kind):
                return event


async def answered(wire: Wire, **more) -> VoiceLeg:
    leg = leg_on(wire, **more)
    wire.ring()
    wire.answer()
    assert isinstance(await leg.next(), Ringing)
    assert isinstance(await leg.next(), Answered)
    return leg


def loud(wire: Wire) -> list[int]:
    return [ms for ms, frame in wire.heard if np.abs(np.frombuffer(frame, "<i2").astype(int)).max() > 1_000]


async def test_what_we_say_is_heard_and_confirmed():
    wire = Wire()
    leg = await answered(wire)
    ref = await leg.say("Good morning to you.")  # 200 ms
    played = await until(leg, Played)
    assert (played.ref, played.text, played.complete) == (ref, "Good morning to you.", True)
    assert 150 <= played.end_ms - played.start_ms <= 220
    assert len(loud(wire)) == 10
    await leg.hangup()
    assert await until(leg, Ended) == Ended("hangup", leg.ended.at_ms, "us", "")


async def test_ringing_tones_are_nobody_s_words_and_time_begins_with_the_answer():
    wire = Wire()
    leg = leg_on(wire, ear=Ear("Ring ring"))
    wire.tell(Sound(tone(900)))
    await asyncio.sleep(0.05)
    wire.answer()
    await until(leg, Answered)
    assert leg.now_ms < 40
    assert await leg.next(60) is None
    await leg.hangup()


async def test_flush_is_silence_at_once_and_tells_what_was_heard():
    wire = Wire()
    leg = await answered(wire)
    text = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."
    await leg.say(text)
    await asyncio.sleep(0.4)
    at = wire.ms
    await leg.flush()
    played = await until(leg, Played)
    await asyncio.sleep(0.15)
    assert max(loud(wire)) <= at + 60
    assert wire.clears == 2  # the silence before our first sound, and now
    assert not played.complete
    assert text.startswith(played.text)
    assert 10 <= len(played.text) <= 45
    await leg.hangup()


async def test_pause_and_go_on():
    wire = Wire()
    leg = await answered(wire)
    await leg.say("x" * 40)
    await asyncio.sleep(0.2)
    await leg.pause(True)
    at = wire.ms
    await asyncio.sleep(0.3)
    assert max(loud(wire)) <= at + 60
    await leg.pause(False)
    played = await until(leg, Played)
    assert played.complete
    assert 17 <= len(loud(wire)) <= 23  # next to nothing is missing or said twice
    assert played.end_ms - played.start_ms >= 650
    await leg.hangup()


async def test_words_keys_and_typing_reach_the_session():
    wire = Wire()
    leg = await answered(wire, ear=Ear("Yes, please."))
    await wire.speak(tone(600) + quiet(500))
    assert (await until(leg, Voice)).on
    heard = await until(leg, Heard)
    while not heard.final:
        heard = await until(leg, Heard)
    assert heard.text == "Yes, please."
    assert heard.stt_ms >= 0
    wire.press_key("5")
    assert (await until(leg, Pressed)).digit == "5"
    wire.tell(Typed("No", False))
    wire.tell(Typed("No thanks", True))
    assert [(h.text, h.final) for h in (await until(leg, Heard), await until(leg, Heard))] == [("No", False), ("No thanks", True)]
    await leg.hangup()


async def test_the_carrier_s_own_judgement_is_passed_on():
    wire = Wire()
    leg = await answered(wire)
    wire.tell(Judged("machine_end_beep"))
    kinds = [type(await leg.next(leg.now_ms + 200)).__name__ for _ in range(2)]
    assert kinds == ["Judged", "Beep"]
    await leg.hangup()


@pytest.mark.parametrize(
    ("gone", "cause"), [(Gone("busy"), "busy"), (Gone("no-answer"), "no-answer"), (Gone("failed", message="404"), "failed")]
)
async def test_a_line_that_is_not_answered(gone, cause):
    wire = Wire()
    leg = leg_on(wire)
    wire.end(gone)
    ended = await until(leg, Ended)
    assert (ended.cause, ended.message) == (cause, gone.message)
    await leg.say("Hello?")
    await leg.flush()
    await leg.hangup()  # after the end nothing happens


async def test_hanging_up_in_the_middle_keeps_both_sides_words():
    wire = Wire()
    leg = await answered(wire, ear=Ear("I have to go"))
    await leg.say("One two three four five six seven eight nine ten eleven twelve.")
    await wire.speak(tone(400))
    wire.hang()
    seen = []
    async with asyncio.timeout(3):
        while not isinstance(event := await leg.next(), Ended):
            seen.append(event)
    assert [e.text for e in seen if isinstance(e, Heard) and e.final] == ["I have to go"]
    assert any(isinstance(e, Played) and e.text.startswith("One") and not e.complete for e in seen)
    assert live("call") is None


async def test_keys_transfer_and_messages_go_to_the_line():
    wire = Wire()
    leg = await answered(wire)
    await leg.press("1w#")
    await leg.sms("", "See you", "+12025550111")
    await leg.transfer("+12025550199")
    assert (await until(leg, Ended)).cause == "transferred"
    assert (wire.pressed, wire.transferred_to, wire.messages) == (["1w#"], "+12025550199", [("", "See you", "+12025550111")])


async def test_the_recording_has_both_sides_in_their_places(tmp_path):
    wire, path = Wire(), tmp_path / "call.wav"
    leg = await answered(wire, record_to=str(path))
    await leg.say("x" * 30)
    await until(leg, Played)
    begun = leg.now_ms
    await wire.speak(tone(300))
    await leg.hangup()
    await until(leg, Ended)
    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    ours, theirs = (np.flatnonzero(np.abs(channel.astype(int)) > 1_000) // 8 for channel in sound.T)
    assert abs((ours.max() - ours.min()) - 300) <= 20
    assert abs(theirs.min() - begun) <= 60
    assert theirs.min() > ours.max()
    assert abs(len(sound) // 8 - leg.ended.at_ms) <= 20


async def test_nothing_can_speak_the_call_ends_with_words():
    wire = Wire()
    leg = await answered(wire, voice=Speaker(fails="The key was refused."))
    await leg.say("Hello.")
    ended = await until(leg, Ended)
    assert ended.cause == "failed"
    assert "The key was refused." in ended.message


async def test_a_disk_that_is_full_ends_no_call(tmp_path):
    wire = Wire()
    (tmp_path / "file").write_text("no folder")
    leg = await answered(wire, record_to=str(tmp_path / "file" / "call.wav"))
    await asyncio.sleep(1.6)
    await leg.say("Still here.")
    assert (await until(leg, Played)).complete
    await leg.hangup()
    assert (await until(leg, Ended)).by == "us"


async def test_an_error_in_a_line_ends_the_call_with_words():
    wire = Wire()
    leg = await answered(wire)
    wire.tell(Sound(None))  # type: ignore[arg-type]
    ended = await until(leg, Ended)
    assert (ended.cause, ended.message) == ("failed", BROKEN)
    assert wire.over


async def test_a_line_that_confirms_nothing_is_over_all_the_same(monkeypatch):
    monkeypatch.setattr("calls.carriers.voice.leg.CONFIRM_SECONDS", 0.1)
    wire = Wire()
    leg = await answered(wire)
    wire.over = True  # it swallows the hang-up
    await leg.hangup()
    assert (await until(leg, Ended)).message == "The line did not confirm that it ended"
    await asyncio.sleep(0.05)
    assert all(task.done() for task in leg._tasks)


async def test_levels_and_taps():
    wire = Wire()
    leg = await answered(wire)
    heard: list[tuple[bytes, bytes]] = []
    untap = leg.tap(lambda ours, theirs: heard.append((ours, theirs)))
    assert live("call") is leg
    await leg.say("x" * 30)
    await wire.speak(tone(300))
    assert min(leg.levels()) > 0.3
    await wire.speak(quiet(1_000))
    assert max(leg.levels()) < 0.1
    assert any(any(ours) for ours, _ in heard)
    assert any(any(theirs) for _, theirs in heard)
    untap()
    count = len(heard)
    await asyncio.sleep(0.1)
    assert len(heard) == count
    await leg.hangup()


async def test_our_first_sound_does_not_wait_behind_the_silence_sent_ahead():
    wire = Wire()
    wire.lead_ms = 400
    leg = await answered(wire)
    await asyncio.sleep(0.5)
    at = wire.ms
    await leg.say("Good morning to you.")
    played = await until(leg, Played)
    assert min(loud(wire)) - at < 200
    assert played.start_ms - at < 200
    assert len(loud(wire)) == 10
    await leg.hangup()


async def test_a_stalled_process_does_not_speak_faster_afterwards():
    wire = Wire()
    leg = await answered(wire)
    await asyncio.sleep(0.1)
    time.sleep(0.8)  # noqa: ASYNC251 the whole process stands still
    await asyncio.sleep(0.3)
    assert len(wire.heard) <= (wire.ms + wire.lead_ms) // 20
    assert len(wire._buffer) <= (wire.lead_ms + 40) // 20 + 2
    await leg.hangup()


async def test_a_line_that_ends_while_it_is_given_up_does_not_hide_why():
    class Slow(Wire):
        async def hangup(self):
            await super().hangup()  # its end is told at once
            await asyncio.sleep(0.1)

    wire = Slow()
    leg = await answered(wire, voice=Speaker(fails="The key was refused."))
    await leg.say("Hello.")
    ended = await until(leg, Ended)
    assert ended.cause == "failed"
    assert "The key was refused." in ended.message


async def test_a_slow_disk_makes_nobody_wait(tmp_path, monkeypatch):
    def slow(self, block, samples):
        time.sleep(1.5)

    monkeypatch.setattr("calls.carriers.voice.tape.Tape._append", slow)
    monkeypatch.setattr("calls.carriers.voice.leg.CLOSE_SECONDS", 0.1)
    wire = Wire()
    leg = await answered(wire, record_to=str(tmp_path / "call.wav"))
    await asyncio.sleep(1)
    await leg.say("x" * 100)  # a second
    assert (await until(leg, Played)).complete
    gaps = [after - before for (before, _), (after, _) in zip(wire.heard, wire.heard[1:], strict=False)]
    assert max(gaps) < 300
    await leg.hangup()
    assert (await until(leg, Ended, 1)).by == "us"
