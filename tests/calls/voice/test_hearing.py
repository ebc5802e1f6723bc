"""From sound to words: where a stretch of speech begins and ends, what is recognised, and in which order it is told."""

import asyncio

from calls.carriers.base import Heard, Voice
from calls.carriers.voice.hearing import AFTER_MS, BEFORE_MS, LONGEST_MS, Hearing
from calls.carriers.voice.how import How
from calls.speech.ports import SpeechError
from tests.calls.voice.engines import Ear, Loudness, quiet, tone


class Room:
    def __init__(self, *ears: Ear, **how) -> None:
        self.now, self.told = 0, []
        self.hearing = Hearing(list(ears), Loudness(), How("call", **how), lambda: self.now, self._tell)

    def _tell(self, event) -> None:
        self.told.append((self.now, event))

    async def play(self, sound: bytes, *, clean: bytes | None = None) -> None:
        for at in range(0, len(sound), 320):
            self.now += 20
            self.hearing.feed(sound[at : at + 320], (sound if clean is None else clean)[at : at + 320])
            if at % 3_200 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0.01)

    @property
    def words(self) -> list[str]:
        return [e.text for _, e in self.told if isinstance(e, Heard) and e.final]


async def test_a_sentence_is_told_with_its_times():
    ear = Ear("Yes, it does.")
    room = Room(ear, language="en-US", keywords=("Acme",))
    await room.play(quiet(1_000) + tone(1_200) + quiet(1_000))
    (begun, on), *_, (ceased, off), (_, heard) = room.told
    assert on.on
    assert abs(on.at_ms - 1_000) <= 64
    assert begun - 1_000 <= 220  # a pause follows at once: barge-in to silence within 250 ms
    assert off == Voice(False, off.at_ms)
    assert abs(off.at_ms - 2_200) <= 40
    assert ceased - 2_200 <= 340
    assert (heard.text, heard.final, heard.start_ms, heard.end_ms) == ("Yes, it does.", True, on.at_ms, off.at_ms)
    length, final, language, keywords = ear.asked[-1]
    assert (final, language, keywords) == (True, "en-US", ("Acme",))
    assert BEFORE_MS / 2 <= length - 1_200 <= BEFORE_MS + AFTER_MS + 100  # its soft beginning and end are there


async def test_partials_come_while_it_grows():
    room = Room(Ear("I would like to come"))
    await room.play(quiet(500) + tone(2_500) + quiet(500))
    halves = [e for _, e in room.told if isinstance(e, Heard) and not e.final]
    assert 3 <= len(halves) <= 5
    assert {h.text for h in halves} == {"I would like to come"}


async def test_a_click_is_no_speech_and_a_breath_is_no_end():
    ear = Ear("One", "Two")
    room = Room(ear)
    await room.play(quiet(500) + tone(60) + quiet(800))
    assert room.told == []
    await room.play(tone(600) + quiet(200) + tone(600) + quiet(600))
    assert room.words == ["One"]


async def test_every_stretch_ends_in_one_final_line_in_order():
    slow_first = Ear("First", "Second", delay=0.02)
    room = Room(slow_first)
    await room.play(tone(600) + quiet(400) + tone(300) + quiet(500))
    await asyncio.sleep(0.1)
    assert room.words == ["First", "Second"]


async def test_faint_sound_holds_no_words():
    class Eager(Loudness):
        def probability(self, window: bytes) -> float:
            return 1.0 if any(window) else 0.0

    ear = Ear("Thank you.")
    room = Room(ear)
    room.hearing = Hearing([ear], Eager(), How("call"), lambda: room.now, room._tell)
    await room.play(tone(800, level=60) + quiet(600))
    assert room.words == [""]
    assert not any(final for _, final, _, _ in ear.asked)


async def test_recognition_hears_the_unfiltered_sound():
    ear = Ear("Yes")
    room = Room(ear)
    await room.play(tone(900) + quiet(600), clean=quiet(1_500))
    assert room.told == []  # voice activity hears the filtered one
    await room.play(tone(900) + quiet(600), clean=tone(900, level=2_000) + quiet(600))
    assert room.words == ["Yes"]


async def test_somebody_who_does_not_stop_is_heard_in_pieces():
    room = Room(Ear("a", "b", "c"))
    await room.play(tone(LONGEST_MS + 3_000) + quiet(600))
    assert room.words == ["a", "b"]


async def test_the_spare_ear_hears_when_the_first_fails():
    room = Room(Ear(fails="no credit"), Ear("Yes"))
    await room.play(tone(800) + quiet(600))
    assert room.words == ["Yes"]


async def test_the_end_of_the_line_keeps_what_was_being_said():
    room = Room(Ear("I was just"))
    await room.play(tone(900))
    await room.hearing.finish()
    assert room.words == ["I was just"]


async def test_what_was_understood_so_far_is_kept_when_the_whole_cannot_be_recognised():
    class Tired(Ear):
        async def transcribe(self, pcm, *, language, keywords=(), final=True):
            if final:
                raise SpeechError("over quota")
            return "I want to cancel"

    room = Room(Tired())
    await room.play(tone(1_500) + quiet(600))
    assert room.words == ["I want to cancel"]


async def test_words_that_come_too_late_at_the_end_are_kept_as_far_as_they_were_known(monkeypatch):
    class Slow(Ear):
        async def transcribe(self, pcm, *, language, keywords=(), final=True):
            await asyncio.sleep(60 if final else 0)
            return "Never call me again"

    monkeypatch.setattr("calls.carriers.voice.hearing.LAST_WORDS", 0.05)
    room = Room(Slow())
    await room.play(tone(1_500))
    await room.hearing.finish()
    await asyncio.sleep(0)
    assert room.words == ["Never call me again"]


async def test_an_ear_that_breaks_in_its_own_way_has_a_spare_too():
    class Broken(Ear):
        async def transcribe(self, pcm, *, language, keywords=(), final=True):
            raise KeyError("model")

    room = Room(Broken(), Ear("Yes"))
    await room.play(tone(800) + quiet(600))
    assert room.words == ["Yes"]
