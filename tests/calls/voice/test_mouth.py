"""What we say on a line with sound: frames, pauses, and how much of it was heard."""

import asyncio

import pytest

from calls.carriers.voice.how import How
from calls.carriers.voice.mouth import LATE_MS, Mouth
from calls.speech.ports import SpeechError
from tests.calls.voice.engines import Voice, tone


class Desk:
    """A mouth and its clock; `run` lets time pass and frames go out."""

    def __init__(self, *voices: Voice, **how) -> None:
        self.now, self.failed, self.refs = 0, [], []
        self.mouth = Mouth(list(voices) or [Voice()], How("call", **how), lambda: self.now, self.failed.append)

    async def say(self, ref: int, text: str) -> None:
        self.mouth.say(ref, text)
        await asyncio.sleep(0.01)

    def run(self, ms: int) -> list[int]:
        """The moments at which there was sound."""
        loud = []
        for _ in range(0, ms, 20):
            frame, out = self.mouth.frame(self.now)
            if any(frame):
                loud.append(self.now)
            if out is not None:
                self.refs.append((out, self.now + 20))
            self.now += 20
        return loud


async def test_one_after_the_other_and_each_is_marked_with_its_last_frame():
    desk = Desk()
    await desk.say(1, "x" * 10)  # 100 ms
    await desk.say(2, "y" * 6)  # 60 ms
    assert desk.run(400) == list(range(0, 160, 20))
    assert desk.refs == [(1, 100), (2, 160)]
    first, second = desk.mouth.heard(1) + desk.mouth.heard(2)
    assert (first.start_ms, first.end_ms, first.complete) == (0, 100, True)
    assert (second.start_ms, second.end_ms) == (100, 160)
    assert not desk.mouth.on


async def test_a_later_mark_counts_for_those_before_it():
    desk = Desk()
    await desk.say(1, "x" * 10)
    await desk.say(2, "y" * 6)
    desk.run(400)
    assert [p.ref for p in desk.mouth.heard(2)] == [1, 2]
    assert desk.mouth.heard(2) == []


async def test_a_pause_holds_the_rest_back():
    desk = Desk()
    await desk.say(1, "x" * 20)
    desk.run(100)
    desk.mouth.paused = True
    assert desk.run(300) == []
    desk.mouth.paused = False
    assert desk.run(300) == list(range(400, 500, 20))


async def test_what_the_line_drops_at_a_pause_is_said_again():
    desk = Desk()
    await desk.say(1, "x" * 10)
    await desk.say(2, "y" * 6)
    desk.run(140)
    desk.now = 70  # the rest is still on its way
    desk.mouth.pause()
    assert desk.mouth.heard(1) == []  # its mark comes back because the line was cleared
    desk.now = 300
    assert desk.run(100) == []
    desk.mouth.paused = False
    assert len(desk.run(300)) == 2 + 3  # 40 ms of the first, the whole second
    assert [ref for ref, _ in desk.refs[-2:]] == [1, 2]
    assert [p.ref for p in desk.mouth.heard(2)] == [1, 2]


async def test_cut_says_what_was_heard_word_by_word():
    desk = Desk()
    text = "One two three four five six seven eight nine ten."  # 490 ms
    await desk.say(1, text)
    await desk.say(2, "And more.")
    desk.run(240)
    first, second = desk.mouth.cut()
    assert first.text == "One two three four five"[: len(first.text)]
    assert text.startswith(first.text)
    assert (first.complete, first.end_ms) == (False, 240)
    assert (second.text, second.complete) == ("", False)
    assert not desk.mouth.on
    assert desk.run(200) == []


async def test_frames_ahead_of_time_were_not_heard():
    desk = Desk()
    text = "One two three four five six seven eight nine ten."
    await desk.say(1, text)
    desk.run(240)
    desk.now = 140  # 100 ms of it are still on their way
    (cut,) = desk.mouth.cut()
    assert len(cut.text) <= len(text) * 140 // 490
    assert cut.end_ms == 140


async def test_a_line_that_confirms_nothing_is_believed_after_a_while():
    desk = Desk()
    await desk.say(1, "x" * 10)
    desk.run(200)
    assert desk.mouth.overdue() == []
    desk.now = 100 + LATE_MS + 1
    assert [p.ref for p in desk.mouth.overdue()] == [1]


async def test_the_time_of_synthesis_is_told_for_what_follows_silence():
    desk = Desk(Voice(delay=0.05))
    asyncio.get_running_loop().call_later(0.03, lambda: setattr(desk, "now", 60))
    desk.mouth.say(1, "x" * 10)
    await asyncio.sleep(0.08)
    desk.run(300)
    (played,) = desk.mouth.heard(1)
    assert played.tts_ms == 60
    assert played.text == "x" * 10


async def test_pronunciation_changes_what_is_spoken_not_what_is_written():
    voice = Voice()
    desk = Desk(voice, pronunciation=({"word": "Nguyen", "pronunciation": "win"},), voice="June", language="en-GB")
    await desk.say(1, "Hello Mr. Nguyen, at 3:30.")
    ((text, name, language),) = voice.asked
    assert "win" in text
    assert "Nguyen" not in text
    assert ":" not in text
    assert (name, language) == ("June", "en-GB")
    desk.run(1_000)
    assert desk.mouth.heard(1)[0].text == "Hello Mr. Nguyen, at 3:30."


async def test_the_spare_voice_speaks_when_the_first_fails():
    spare = Voice()
    desk = Desk(Voice(fails="no credit"), spare)
    await desk.say(1, "Good morning.")
    assert desk.run(200)
    assert desk.failed == []


async def test_when_nothing_can_speak_it_is_told():
    desk = Desk(Voice(fails="no credit"), Voice(fails="broken"))
    await desk.say(1, "Good morning.")
    assert desk.failed == ["broken"]


@pytest.mark.parametrize("text", ["Hi.", "x" * 400])
async def test_a_text_of_any_length_ends(text):
    desk = Desk()
    await desk.say(1, text)
    desk.run(10 * len(text) + 200)
    assert desk.mouth.heard(1)[0].complete


class HalfAVoice(Voice):
    """Breaks off after half of its sound."""

    async def speak(self, text, *, voice, language):
        yield tone(30 * len(text))
        raise SpeechError("broke off")


async def test_what_a_voice_did_not_say_is_not_written_as_said():
    desk = Desk(HalfAVoice(), Voice())
    text = "Your appointment is moved to Tuesday at three."
    await desk.say(1, text)
    desk.run(30 * len(text) + 200)
    (played,) = desk.mouth.heard(1)
    assert not played.complete
    assert text.startswith(played.text)
    assert 15 <= len(played.text) <= 25


async def test_what_nobody_could_speak_was_not_heard():
    desk = Desk(Voice(fails="no credit"))
    await desk.say(1, "Good morning.")
    desk.run(200)
    assert desk.mouth.heard(1) == []
    assert [p.text for p in desk.mouth.cut()] == [""]


async def test_a_voice_that_breaks_in_its_own_way_has_a_spare_too():
    class Broken(Voice):
        async def speak(self, text, *, voice, language):
            raise KeyError("model")
            yield b""

    desk = Desk(Broken(), Voice())
    await desk.say(1, "Good morning.")
    assert desk.run(200)
    alone = Desk(Broken())
    await alone.say(1, "Good morning.")
    assert alone.failed == ["test voice failed (KeyError)."]


async def test_a_pause_that_came_too_late_holds_back_nothing_that_is_said_later():
    desk = Desk()
    await desk.say(1, "x" * 10)
    desk.run(100)
    desk.mouth.pause()  # everything was heard, only not confirmed
    assert len(desk.mouth.heard(1)) == 1
    await desk.say(2, "y" * 6)
    assert desk.run(100)
