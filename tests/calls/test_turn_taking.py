"""A conversation on a line with sound, in virtual time: what stops us, what does not, and what is told of the time it takes."""

import pytest

from calls.agent import turns
from calls.agent.pausing import NO_WORDS_MS
from calls.agent.ports import EndCall, Say
from calls.carriers.base import Beep, Heard, Judged, MediaEvent, Played, Voice
from calls.carriers.timing import speaking_ms
from tests.calls.fakes import ScriptedAgent, ScriptedMedia, converse

HELLO = "Hello, this is Anna, an automated assistant. Does Tuesday at three still work for you?"  # 5.2 s
BYE = (Say("Thank you. Goodbye."), EndCall("done"))
STT_MS = 80
MESSAGE = "Please call us back about your table."


def spoken(text: str, at: int, *, lasts: int | None = None, partial: str = "") -> list[tuple[int, MediaEvent]]:
    """As a line with sound reports it: voice after 150 ms, words while it grows, the whole 300 ms and the recognition after its end."""
    end = at + (speaking_ms(text) if lasts is None else lasts)
    events: list[tuple[int, MediaEvent]] = [(at + 150, Voice(True, at))]
    if partial:
        events.append((at + 650, Heard(partial, at, at + 600, False)))
    return [*events, (end + 300, Voice(False, end)), (end + 300 + STT_MS, Heard(text, at, end, True, stt_ms=STT_MS))]


def marks(call) -> list[str]:
    return [w.text for w in call.recorder.of("note") if w.text == "barge_in"]


@pytest.mark.parametrize("text", ["Mhm.", "uh-huh", "Yeah, yeah.", "Hello?", "Okay", "hmm"])
async def test_a_murmur_does_not_interrupt(text):
    media = ScriptedMedia(at=spoken(text, 1_000, lasts=300), replies=[])
    call = await converse(media, ScriptedAgent(HELLO, BYE), silence_ms=3_000)
    assert call.recorder.lines[0] == ("user", text)
    assert call.recorder.lines[1] == ("assistant", HELLO)  # to its last word
    assert [on for _, on in media.pauses] == [True, False]
    assert media.flushes == 0
    assert [t.kind for t in call.agent.turns] == ["open", "silence"]


async def test_words_stop_us_at_once_and_are_answered():
    media = ScriptedMedia(at=spoken("Wait, who is this?", 1_000, partial="Wait,"))
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert media.pauses == [(1_150, True)]
    assert media.flushes == 1
    heard = call.recorder.of("assistant")[0]
    assert HELLO.startswith(heard.text)
    assert len(heard.text) < len(HELLO)
    assert call.agent.turns[1].text == "Wait, who is this?"
    assert call.agent.turns[1].interrupted


async def test_a_sound_without_words_is_passed_over():
    media = ScriptedMedia(at=spoken("", 1_000, lasts=400))
    call = await converse(media, ScriptedAgent(HELLO, BYE), silence_ms=2_000)
    assert [who for who, _ in call.recorder.lines] == ["assistant", "assistant"]
    assert [on for _, on in media.pauses] == [True, False]
    assert [t.kind for t in call.agent.turns] == ["open", "silence"]


async def test_a_sound_that_does_not_end_does_not_silence_us():
    media = ScriptedMedia(at=[(1_000, Voice(True, 850))])
    call = await converse(media, ScriptedAgent(HELLO, BYE), silence_ms=2_000)
    assert media.pauses[:2] == [(1_000, True), (1_000 + NO_WORDS_MS, False)]
    assert call.recorder.lines[0] == ("assistant", HELLO)


async def test_a_murmur_in_our_last_words_is_the_answer():
    at = speaking_ms(HELLO) - 900
    media = ScriptedMedia(at=spoken("Yes.", at, lasts=300))
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert [(t.kind, t.text) for t in call.agent.turns] == [("open", ""), ("heard", "Yes.")]
    assert call.recorder.lines[1] == ("assistant", HELLO)


async def test_blocked_interruptions_pause_nothing():
    media = ScriptedMedia(at=spoken("Wait, who is this?", 1_000, partial="Wait,"))
    call = await converse(media, ScriptedAgent(HELLO, BYE), block_interruptions=True, silence_ms=2_000)
    assert media.pauses == []
    assert ("assistant", HELLO) in call.recorder.lines


async def test_a_reply_waits_while_they_go_on():
    # A second stretch begins before the threshold is over: both are one turn.
    media = ScriptedMedia(at=[*spoken("I was wondering", 7_000, lasts=900), *spoken("whether I can come later.", 8_220, lasts=1_500)])
    call = await converse(media, ScriptedAgent(HELLO, BYE), interruption_threshold=500)
    heard = [t.text for t in call.agent.turns if t.kind == "heard"]
    assert heard[-1] == "I was wondering whether I can come later."
    assert len([who for who, _ in call.recorder.lines if who == "assistant"]) == 2


async def test_the_parts_of_a_spoken_reply_are_told():
    media = ScriptedMedia(at=spoken("Yes, it does work.", 7_000))
    call = await converse(media, ScriptedAgent(HELLO, BYE), interruption_threshold=500)
    latency = call.recorder.of("assistant")[1].latency
    assert latency["stt"] == STT_MS
    assert latency["hold"] == 500
    assert {"agent", "total"} <= set(latency)
    assert "STT" in [w.text for w in call.recorder.of("latency")]


# machines ------------------------------------------------------------------------------------------------------------
async def test_a_greeting_that_looked_like_a_person_is_found_out_by_its_next_words():
    media = ScriptedMedia(
        at=[*spoken("Hi, this is Jo Miller.", 500), *spoken("Leave a message after the tone.", 3_000, partial="Leave a message")]
    )
    call = await converse(media, ScriptedAgent(HELLO, BYE), wait_for_greeting=True)
    assert call.result.answered_by == "voicemail"


async def test_a_beep_after_a_long_greeting_is_a_voicemail():
    media = ScriptedMedia(
        at=[(2_600, Judged("machine", 2_600)), *spoken("Hi, Jo here, too busy to talk right now.", 500), (5_000, Beep(5_000))]
    )
    call = await converse(media, ScriptedAgent(HELLO, BYE), wait_for_greeting=True)
    assert call.result.answered_by == "voicemail"


async def test_a_beep_into_a_talk_with_a_person_is_nothing():
    media = ScriptedMedia(at=[(1_300, Judged("human", 1_300)), *spoken("Hello, Jo Miller.", 300), (9_000, Beep(9_000))])
    call = await converse(media, ScriptedAgent(HELLO, BYE), wait_for_greeting=True, silence_ms=5_000)
    assert call.result.answered_by == "human"


@pytest.mark.parametrize(
    ("text", "murmur"),
    [("", True), ("Mm-hmm", True), ("yes", True), ("OK, right.", True), ("Yes, but not on Monday", False), ("No.", False), ("Stop", False)],
)
def test_what_a_murmur_is(text, murmur):
    assert turns.murmur(text) is murmur


async def test_words_that_are_known_late_do_not_let_us_speak_into_the_next_ones():
    first, second = spoken("I would like to", 6_000), spoken("book a table for ten people.", 8_000)
    late = Heard("I would like to", 6_000, 6_000 + speaking_ms("I would like to"), True, stt_ms=1_500)
    media = ScriptedMedia(at=[*first[:-1], (8_600, late), *second])
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert [t.text for t in call.agent.turns] == ["", "I would like to book a table for ten people."]


async def test_who_speaks_long_without_known_words_is_not_asked_whether_they_are_there():
    media = ScriptedMedia(at=spoken("A long story.", 6_000, lasts=22_000))
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert [(t.kind, t.text) for t in call.agent.turns] == [("open", ""), ("heard", "A long story.")]


async def test_the_message_is_not_spoken_into_a_greeting_that_goes_on():
    greeting = "Please leave a message after the beep."
    more = spoken("Or write to our office, the address is on our pages.", 4_000, lasts=9_000)
    media = ScriptedMedia(at=[*spoken(greeting, 500, lasts=2_000), *more, (13_600, Beep(13_600))])
    options = {"voicemail_action": "leave_message", "voicemail_message": "Please call us back."}
    await converse(media, ScriptedAgent(HELLO), **options)
    assert media.said[-1] == (13_900, "Please call us back.")


async def test_a_greeting_without_an_end_does_not_keep_the_message_for_ever():
    media = ScriptedMedia(at=[*spoken("Please leave a message after the beep.", 500, lasts=2_000), (4_000, Voice(True, 4_000))])
    options = {"voicemail_action": "leave_message", "voicemail_message": "Please call us back."}
    await converse(media, ScriptedAgent(HELLO), **options)
    at, said = media.said[-1]
    assert said == "Please call us back."
    assert at <= 35_000


async def test_a_message_is_said_once_more_after_a_beep_that_comes_late():
    beeps = [(8_000, Beep(8_000)), (10_000, Beep(10_000))]
    media = ScriptedMedia(at=[*spoken("Please leave a message after the beep.", 500, lasts=2_000), *beeps])
    message = "Please call us back about your table for tonight."
    call = await converse(media, ScriptedAgent(HELLO), voicemail_action="leave_message", voicemail_message=message)
    assert [at for at, text in media.said if text == message] == [6_500, 8_300]
    assert call.recorder.lines[-1] == ("assistant", message)
    assert call.recorder.of("note:voicemail")[-1].text == "Voicemail message left"


async def test_a_message_that_broke_off_does_not_hold_the_line():
    class Hoarse(ScriptedMedia):
        """The voice breaks off after the first words."""

        def _played(self, line):
            if line in self._playing and line[1] == MESSAGE:
                self._playing.remove(line)
                self._ready.append(Played(line[0], "Please call", line[2], line[3], False))
            else:
                super()._played(line)

    media = Hoarse(at=[*spoken("Please leave a message after the beep.", 500, lasts=2_000), (3_000, Beep(3_000))])
    call = await converse(media, ScriptedAgent(HELLO), voicemail_action="leave_message", voicemail_message=MESSAGE)
    assert call.recorder.lines[-1] == ("assistant", "Please call")
    assert call.result.ended_by == "ASSISTANT"
    assert call.result.duration_ms < 12_000


async def test_music_that_plays_on_and_on_does_not_silence_us_for_good():
    music = [event for at in range(6_000, 200_000, 25_000) for event in spoken("", at, lasts=24_500)]
    media = ScriptedMedia(at=music)
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert [t.kind for t in call.agent.turns] == ["open", "silence"]
    assert call.agent.turns[1].at_ms <= 50_000
