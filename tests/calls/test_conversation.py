"""The conversation loop on scripted lines, in virtual time: every parameter that steers it, and what staff may do."""

import asyncio
import time

import pytest

from calls.agent import turns
from calls.agent.conversation import run_session
from calls.agent.ports import EndCall, Note, PressDigits, Say, SendSms, Transfer, Wait
from calls.agent.session import TYPING_SILENCE_MS, Command, Gone, SessionConfig
from calls.carriers.base import Answered, Beep, CarrierError, Ended, Heard, Pressed, Ringing
from calls.carriers.timing import speaking_ms
from tests.calls.fakes import MemoryRecorder, ScriptedAgent, ScriptedMedia, converse, heard

HELLO = "Hello, this is Anna, an automated assistant. Does Tuesday still work for you?"
BYE = (Say("Thank you. Goodbye."), EndCall("done"))
GREETING = "You've reached Jo Miller. Leave a message after the beep."


async def test_a_whole_call_is_written_down_in_order():
    call = await converse(ScriptedMedia(replies=["Yes, it does."]), ScriptedAgent(HELLO, BYE))
    assert call.recorder.lines == [("assistant", HELLO), ("user", "Yes, it does."), ("assistant", "Thank you. Goodbye.")]
    assert (call.result.status, call.result.answered_by, call.result.ended_by) == ("completed", "human", "ASSISTANT")
    assert [w.what for w in call.recorder.all[:2]] == ["ringing", "answered"]
    assert call.recorder.of("assistant")[0].message == f"Sending first sentence: {HELLO}"
    assert call.recorder.of("assistant")[1].message == ""
    assert [(t.kind, t.text) for t in call.agent.turns] == [("open", ""), ("heard", "Yes, it does.")]
    assert [line.text for line in call.agent.turns[1].transcript] == [HELLO, "Yes, it does."]
    assert call.result.duration_ms == call.recorder.of("assistant")[1].end_ms


async def test_the_latency_of_a_turn_is_recorded_in_its_parts():
    call = await converse(ScriptedMedia(replies=["Yes."]), ScriptedAgent(HELLO, BYE), interruption_threshold=700)
    latency = call.recorder.of("assistant")[1].latency
    assert latency["hold"] == 700
    assert latency["total"] >= 700
    assert 0 <= latency["agent"] < 1000
    assert [w.text for w in call.recorder.of("latency")] == ["LLM", "LLM"]


@pytest.mark.parametrize("threshold", [0, 300, 2_000])
async def test_interruption_threshold_is_the_silence_that_ends_a_turn(threshold):
    call = await converse(ScriptedMedia(replies=["Yes, it does."]), ScriptedAgent(HELLO, BYE), interruption_threshold=threshold)
    said, answer = call.recorder.of("user")[0], call.recorder.of("assistant")[1]
    assert answer.start_ms - said.end_ms == threshold


@pytest.mark.parametrize(("threshold", "texts"), [(1_000, ["Well, Tuesday is good."]), (100, ["Well,", "Tuesday is good."])])
async def test_a_pause_shorter_than_the_threshold_does_not_end_the_turn(threshold, texts):
    # 300 ms between the two halves; a patient agent hears them as one answer, both lines are kept
    first_end = 10_000 + speaking_ms("Well,")
    media = ScriptedMedia(at=[*heard("Well,", 10_000), *heard("Tuesday is good.", first_end + 300)])
    call = await converse(media, ScriptedAgent(HELLO, "Good.", "Fine.", BYE), interruption_threshold=threshold, silence_ms=60_000)
    assert [t.text for t in call.agent.turns if t.kind == "heard"] == texts
    assert [t for w, t in call.recorder.lines if w == "user"] == ["Well,", "Tuesday is good."]


# greeting ------------------------------------------------------------------------------------------------------------
async def test_wait_for_greeting_is_silent_until_the_callee_speaks():
    media = ScriptedMedia(at=heard("Hello?", 3_000))
    call = await converse(media, ScriptedAgent(HELLO, BYE), wait_for_greeting=True)
    assert call.recorder.lines[:2] == [("user", "Hello?"), ("assistant", HELLO)]
    assert call.agent.turns[0].kind == "open"
    assert media.said[0][0] == 3_000 + speaking_ms("Hello?") + 500


async def test_wait_for_greeting_gives_up_after_eight_seconds():
    media = ScriptedMedia()
    await converse(media, ScriptedAgent(HELLO, BYE), wait_for_greeting=True)
    assert media.said[0] == (8_000, HELLO)


async def test_without_it_the_agent_speaks_at_once():
    media = ScriptedMedia(at=heard("Hello?", 60_000))
    await converse(media, ScriptedAgent(HELLO, BYE))
    assert media.said[0] == (0, HELLO)


async def test_an_opening_that_nobody_heard_is_said_again():
    # the callee speaks in the very moment of the answer
    media = ScriptedMedia(at=[(0, Heard("Hello?", 0, 0, False)), (400, Heard("Hello?", 0, 400))])
    call = await converse(media, ScriptedAgent(HELLO, HELLO, BYE))
    assert call.recorder.lines[:2] == [("user", "Hello?"), ("assistant", HELLO)]
    assert [t.kind for t in call.agent.turns[:2]] == ["open", "open"]


# speaking over each other --------------------------------------------------------------------------------------------
async def test_barge_in_keeps_only_what_was_heard():
    media = ScriptedMedia(at=heard("Wait, who is this?", 1_000))
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    (what, said), (_, over) = call.recorder.lines[:2]
    assert what == "assistant" and HELLO.startswith(said) and 0 < len(said) < len(HELLO) / 2
    assert over == "Wait, who is this?"
    assert call.recorder.of("assistant")[0].data == {"cut": True}
    assert media.flushes == 1
    assert [w.text for w in call.recorder.of("note:barge_in")] == ["Interrupted by the callee"]
    assert call.agent.turns[1].interrupted
    assert [line.text for line in call.agent.turns[1].transcript] == [said, over]
    assert not call.agent.turns[0].interrupted


async def test_sentences_that_were_not_begun_are_forgotten():
    media = ScriptedMedia(at=heard("Stop.", 500))
    call = await converse(media, ScriptedAgent([Say("One two three four five."), Say("Never heard.")], BYE))
    assert "Never heard." not in [text for _, text in call.recorder.lines]
    assert [t.kind for t in call.agent.turns] == ["open", "heard"]


async def test_a_final_line_without_a_partial_one_comes_after_what_it_cut_short():
    media = ScriptedMedia(at=[(2_000, Heard("No.", 1_500, 2_000))])
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert [what for what, _ in call.recorder.lines[:2]] == ["assistant", "user"]


async def test_block_interruptions_neither_stops_nor_answers():
    media = ScriptedMedia(at=heard("Hold on.", 1_000), replies=["Yes."])
    call = await converse(media, ScriptedAgent(HELLO, BYE), block_interruptions=True)
    assert media.flushes == 0 and not call.recorder.of("note:barge_in")
    assert ("assistant", HELLO) in call.recorder.lines
    assert [t.text for t in call.agent.turns if t.kind == "heard"] == ["Yes."]
    assert call.recorder.of("user")[0].data == {"ignored": True}  # said, so it is kept


async def test_with_block_interruptions_an_answer_may_begin_in_the_last_words():
    end = speaking_ms(HELLO)
    media = ScriptedMedia(at=heard("Yes, it does.", end - 400))
    call = await converse(media, ScriptedAgent(HELLO, BYE), block_interruptions=True)
    assert [t.text for t in call.agent.turns if t.kind == "heard"] == ["Yes, it does."]


async def test_who_goes_on_while_the_agent_thinks_is_heard_out():
    media = ScriptedMedia(at=[*heard("Yes,", 6_000), *heard("but not at three.", 7_500)])

    class Slow(ScriptedAgent):
        async def reply(self, turn):
            if turn.kind == "heard" and turn.text == "Yes,":
                # thinks long enough for the callee to go on
                self.turns.append(turn)
                media.hold(False)
                await asyncio.Event().wait()
            async for action in super().reply(turn):
                yield action

    call = await converse(media, Slow(HELLO, BYE))
    assert [t.text for t in call.agent.turns] == ["", "Yes,", "Yes, but not at three."]
    assert call.agent.turns[2].interrupted


async def test_words_into_the_goodbye_are_heard_out_before_the_call_ends():
    goodbye = "Thank you very much for your time. Goodbye."
    bye = (Say(goodbye), EndCall())
    first = speaking_ms(HELLO) + 700 + speaking_ms("Yes.") + 500
    media = ScriptedMedia(replies=["Yes."], at=heard("Wait, one more question.", first + 1_000))
    call = await converse(media, ScriptedAgent(HELLO, bye, "Go on.", BYE))
    assert ("assistant", goodbye) in call.recorder.lines and media.flushes == 0
    assert [t.text for t in call.agent.turns if t.kind == "heard"] == ["Yes.", "Wait, one more question."]


async def test_a_farewell_into_the_goodbye_just_ends_it():
    first = speaking_ms(HELLO) + 700 + speaking_ms("Yes.") + 500
    media = ScriptedMedia(replies=["Yes."], at=heard("Okay, bye bye!", first + 500))
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert call.recorder.lines[-1][0] == "assistant" or call.recorder.lines[-1] == ("user", "Okay, bye bye!")
    assert ("user", "Okay, bye bye!") in call.recorder.lines
    assert len(call.agent.turns) == 2 and call.result.ended_by == "ASSISTANT"


async def test_an_agent_that_has_nothing_to_add_after_its_goodbye_hangs_up():
    first = speaking_ms(HELLO) + 700 + speaking_ms("Yes.") + 500
    media = ScriptedMedia(replies=["Yes."], at=heard("Tell them the bell is broken.", first + 500))
    call = await converse(media, ScriptedAgent(HELLO, BYE, [Note("message", "The bell is broken")]))
    assert call.recorder.of("note:message") and call.result.ended_by == "ASSISTANT"
    assert len(call.agent.turns) == 3


# silence, keys, duration ---------------------------------------------------------------------------------------------
async def test_silence_gives_the_agent_a_turn():
    media = ScriptedMedia()
    call = await converse(media, ScriptedAgent(HELLO, "Can you hear me?", BYE), silence_ms=5_000)
    assert [t.kind for t in call.agent.turns] == ["open", "silence", "silence"]
    assert media.said[1][0] == speaking_ms(HELLO) + 5_000
    assert call.result.answered_by == "unknown"


async def test_an_agent_that_waits_is_asked_again_after_the_same_silence():
    media = ScriptedMedia()
    call = await converse(media, ScriptedAgent(HELLO, Wait(), BYE), silence_ms=5_000)
    assert [t.at_ms for t in call.agent.turns] == [0, speaking_ms(HELLO) + 5_000, speaking_ms(HELLO) + 10_000]


async def test_who_answers_by_typing_is_given_time():
    media = ScriptedMedia(before=[(0, Ringing(0)), (1_000, Answered(1_000, typing=True))])
    await converse(media, ScriptedAgent(HELLO, "Are you there?", BYE), silence_ms=5_000)
    assert media.said[1][0] == speaking_ms(HELLO) + TYPING_SILENCE_MS


async def test_keys_pressed_together_are_one_turn():
    at = 8_000
    media = ScriptedMedia(at=[(at, Pressed("4", at)), (at + 400, Pressed("2", at + 400))])
    call = await converse(media, ScriptedAgent(HELLO, BYE), silence_ms=60_000)
    assert [(t.kind, t.text) for t in call.agent.turns][1] == ("pressed", "42")
    assert len(call.recorder.of("note:key")) == 2


async def test_a_hash_ends_the_keys_and_a_key_stops_the_agent():
    media = ScriptedMedia(at=[(1_000, Pressed("#", 1_000))])
    call = await converse(media, ScriptedAgent(HELLO, BYE))
    assert media.flushes == 1 and call.agent.turns[1].text == "#" and call.agent.turns[1].at_ms == 1_000


async def test_ignore_button_press_acts_on_no_key():
    media = ScriptedMedia(at=[(1_000, Pressed("5", 1_000))], replies=["Yes."])
    call = await converse(media, ScriptedAgent(HELLO, BYE), ignore_button_press=True)
    assert [t.kind for t in call.agent.turns] == ["open", "heard"]
    assert media.flushes == 0 and not call.recorder.of("note:key")


async def test_precall_dtmf_is_sent_after_the_answer_and_before_the_first_word():
    media = ScriptedMedia()
    call = await converse(media, ScriptedAgent(BYE), precall_dtmf_sequence="12w#")
    assert media.pressed == [(0, "12w#")]
    assert media.said[0][0] == 200 * 3 + 500
    assert call.recorder.lines[0] == ("agent-action", "Pressed 12w#")


async def test_max_duration_closes_ten_seconds_before_and_ends_hard():
    media = ScriptedMedia()
    call = await converse(media, ScriptedAgent(*[HELLO] * 50), max_duration_ms=60_000)
    assert call.recorder.lines[-1] == ("assistant", turns.TIME_IS_UP)
    assert call.recorder.of("assistant")[-1].start_ms == 50_000
    assert call.result.duration_ms <= 60_000 and call.result.ended_by == "ASSISTANT" and call.result.status == "completed"
    assert call.recorder.of("note:max_duration")


async def test_nothing_outlasts_max_duration():
    class Deaf(ScriptedMedia):
        """A line whose words never come to an end."""

        async def say(self, text: str) -> int:
            return await super().say(text * 100)

    call = await converse(Deaf(), ScriptedAgent(HELLO), max_duration_ms=60_000)
    assert call.result.duration_ms == 60_000


async def test_a_ten_minute_call_takes_no_time():
    began = time.monotonic()
    call = await converse(ScriptedMedia(replies=["Yes."] * 200), ScriptedAgent(*[HELLO] * 200), max_duration_ms=600_000)
    assert call.result.duration_ms > 590_000 and len(call.recorder.lines) > 100
    assert time.monotonic() - began < 1


# voicemail -----------------------------------------------------------------------------------------------------------
def voicemail(beep: bool = True) -> list:
    end = 500 + speaking_ms(GREETING)
    return [*heard(GREETING, 500, machine=True), *([(end + 400, Beep(end + 400))] if beep else [])]


async def test_voicemail_is_hung_up_on_by_default():
    call = await converse(ScriptedMedia(at=voicemail()), ScriptedAgent(HELLO))
    assert (call.result.answered_by, call.result.status, call.result.ended_by) == ("voicemail", "completed", "ASSISTANT")
    assert call.recorder.of("answered_by")[0].text == "voicemail"
    assert call.recorder.lines[-1][0] == "robot"
    assert len(call.agent.turns) == 1


@pytest.mark.parametrize("beep", [True, False])
async def test_a_message_is_left_after_the_beep_or_after_the_greeting(beep):
    media = ScriptedMedia(at=voicemail(beep))
    sms = {"to": "+15005550003", "from": "+15005550100", "message": "We called."}
    call = await converse(
        media, ScriptedAgent(HELLO), voicemail_action="leave_message", voicemail_message="Please call us back.", voicemail_sms=sms
    )
    greeting_end = 500 + speaking_ms(GREETING)
    assert media.said[-1] == (greeting_end + (700 if beep else 4_000), "Please call us back.")
    assert call.recorder.lines[-1] == ("assistant", "Please call us back.")
    assert [w.data for w in call.recorder.of("note:sms")] == [sms]
    assert media.messages == [("+15005550003", "We called.", "+15005550100")]
    assert call.result.answered_by == "voicemail" and call.result.ended_by == "ASSISTANT"


async def test_no_sms_without_a_message_left():
    end = 500 + speaking_ms(GREETING)
    media = ScriptedMedia(at=[*voicemail(), (end + 1_000, Ended("hangup", end + 1_000, "callee"))])
    options = {
        "voicemail_action": "leave_message",
        "voicemail_message": "Please call us back.",
        "voicemail_sms": {"to": "+1", "message": "x"},
    }
    call = await converse(media, ScriptedAgent(HELLO), **options)
    assert not call.recorder.of("note:sms") and call.result.ended_by == "USER"
    call = await converse(ScriptedMedia(at=voicemail()), ScriptedAgent(HELLO), **{**options, "voicemail_action": "hangup"})
    assert not call.recorder.of("note:sms")


async def test_voicemail_ignored_is_talked_to():
    media = ScriptedMedia(at=voicemail())
    call = await converse(media, ScriptedAgent(HELLO, "I will go on.", BYE), voicemail_action="ignore")
    assert call.agent.turns[1].text == GREETING and call.result.answered_by == "voicemail"
    assert ("assistant", "I will go on.") in call.recorder.lines


async def test_a_beep_alone_is_a_voicemail():
    call = await converse(ScriptedMedia(at=[(3_000, Beep(3_000))]), ScriptedAgent(HELLO))
    assert call.result.answered_by == "voicemail"


@pytest.mark.parametrize(
    ("sensitive", "first_words", "who"),
    [
        (False, "I'm out of the office this week and will reply when I'm back.", "human"),
        (True, "I'm out of the office this week and will reply when I'm back.", "voicemail"),
        (True, "Good afternoon, Smith and Sons, Mary speaking, what can I do for you?", "human"),
        (True, "I'm driving right now, please call me tomorrow.", "human"),
        (True, "Hello?", "human"),
    ],
)
async def test_a_sensitive_ear_knows_unusual_greetings(sensitive, first_words, who):
    media = ScriptedMedia(at=heard(first_words, 500))
    call = await converse(media, ScriptedAgent(HELLO, BYE), voicemail_sensitive=sensitive)
    assert call.result.answered_by == who


async def test_a_menu_is_left_to_the_agent_and_a_person_may_follow():
    menu = "For opening hours, press 1. To speak to a representative, press 0."
    end = 500 + speaking_ms(menu)
    media = ScriptedMedia(at=[*heard(menu, 500, machine=True), *heard("Hello, Jo speaking.", end + 4_000)])
    call = await converse(media, ScriptedAgent(HELLO, PressDigits("0", ("menu",)), HELLO, BYE))
    assert media.pressed == [(end + 500, "0")]
    assert [w.text for w in call.recorder.of("answered_by")] == ["unknown", "human"]
    assert call.result.answered_by == "human"
    assert ("agent-action", "Pressed 0") in call.recorder.lines


# handing over, stopping, taking over ---------------------------------------------------------------------------------
async def test_transfer_waits_for_the_words_and_goes_to_the_department():
    media = ScriptedMedia(replies=["A person please."])
    numbers = {"": "+15005550100", "billing": "+15005550101"}
    call = await converse(media, ScriptedAgent(HELLO, [Say("One moment."), Transfer("billing")]), transfer_numbers=numbers)
    assert media.transferred_to == "+15005550101"
    assert call.recorder.of("transferred")[0].text == "+15005550101"
    assert ("assistant", "One moment.") in call.recorder.lines
    assert (call.result.status, call.result.ended_by) == ("completed", "ASSISTANT")


async def test_an_unknown_department_goes_to_the_default_number():
    media = ScriptedMedia()
    await converse(media, ScriptedAgent([Say("One moment."), Transfer("sales")]), transfer_numbers={"": "+15005550100"})
    assert media.transferred_to == "+15005550100"


@pytest.mark.parametrize(("numbers", "refuses"), [({}, False), ({"": "+15005550100"}, True)])
async def test_a_transfer_that_fails_is_said_and_the_call_goes_on(numbers, refuses):
    media = ScriptedMedia(refuses_transfer=refuses, replies=["A person please.", "All right."])
    call = await converse(media, ScriptedAgent(HELLO, [Say("One moment."), Transfer()], BYE), transfer_numbers=numbers)
    assert ("assistant", turns.NO_TRANSFER) in call.recorder.lines
    assert call.recorder.of("note:transfer_failed") and not call.recorder.of("transferred")
    assert call.agent.turns[-1].text == "All right."


async def test_who_hangs_up_in_the_moment_of_the_transfer_was_not_handed_over():
    class Gone(ScriptedMedia):
        async def transfer(self, number: str) -> None:
            self._end(Ended("hangup", self.now_ms, "callee"))

    call = await converse(Gone(), ScriptedAgent([Say("One moment."), Transfer()]), transfer_numbers={"": "+15005550100"})
    assert not call.recorder.of("transferred") and call.result.ended_by == "USER"


async def test_stop_hangs_up_at_once():
    call = await converse(ScriptedMedia(), ScriptedAgent(HELLO), commands=[(1_500, Command("stop", by="Priya"))])
    assert call.result.duration_ms == 1_500 and call.result.ended_by == "ASSISTANT" and call.result.status == "completed"
    assert call.recorder.of("note:stopped")[0].text == "Stopped by Priya"
    assert call.recorder.lines == [("assistant", call.recorder.lines[0][1])] and HELLO.startswith(call.recorder.lines[0][1])


async def test_drain_says_goodbye_first():
    call = await converse(ScriptedMedia(), ScriptedAgent(HELLO), commands=[(1_500, Command("drain"))])
    assert call.recorder.lines[-1] == ("assistant", turns.GOING_DOWN)
    assert call.result.ended_by == "ASSISTANT"


async def test_a_whisper_reaches_the_agents_next_turn_once():
    call = await converse(
        ScriptedMedia(replies=["Yes.", "Sure."]), ScriptedAgent(HELLO, "And?", BYE), commands=[(1_000, Command("whisper", "Offer Friday"))]
    )
    assert [list(t.hints) for t in call.agent.turns] == [[], ["Offer Friday"], []]


async def test_a_person_takes_over_types_and_gives_back():
    media = ScriptedMedia(at=[*heard("Hello, is that you?", 20_000), *heard("Yes please.", 41_000)])
    commands = [
        (1_500, Command("take_over", by="Priya")),
        (3_000, Command("type", "Hello, Priya here.", by="Priya")),
        (40_000, Command("give_back", by="Priya")),
    ]
    call = await converse(media, ScriptedAgent(HELLO, BYE), commands=commands)
    typed = next(w for w in call.recorder.of("assistant") if w.text == "Hello, Priya here.")
    assert typed.start_ms == 3_000 and typed.data["by"] == "Priya"
    # the agent was silent for those 37 seconds and answers what it missed
    assert [(t.kind, t.at_ms) for t in call.agent.turns] == [("open", 0), ("heard", 40_000)]
    assert call.agent.turns[1].text == "Hello, is that you?"


async def test_staff_may_hand_over():
    media = ScriptedMedia()
    call = await converse(media, ScriptedAgent(HELLO), commands=[(1_000, Command("transfer", "+15005550100", by="Priya"))])
    assert media.transferred_to == "+15005550100" and call.recorder.of("transferred")


# when something breaks -----------------------------------------------------------------------------------------------
async def test_an_agent_that_fails_closes_politely():
    call = await converse(ScriptedMedia(replies=["Yes."]), ScriptedAgent(HELLO, RuntimeError("boom")))
    assert call.recorder.lines[-1] == ("assistant", turns.OUR_FAULT)
    note = call.recorder.of("note:agent_failed")[0]
    assert "boom" in note.text and call.result.status == "completed"


async def test_a_text_message_goes_through_the_line():
    media = ScriptedMedia()
    call = await converse(media, ScriptedAgent([SendSms("Tuesday at 3 pm.", sender="+15005550100"), *BYE]))
    assert media.messages == [("", "Tuesday at 3 pm.", "+15005550100")]
    assert call.recorder.of("note:sms")[0].data["message"] == "Tuesday at 3 pm."


async def test_a_hand_over_may_name_its_own_number():
    media = ScriptedMedia()
    await converse(media, ScriptedAgent([Say("One moment."), Transfer(number="+15005550177")]), transfer_numbers={"": "+15005550100"})
    assert media.transferred_to == "+15005550177"


@pytest.mark.parametrize("writings", range(8))
async def test_a_lost_lease_hangs_up_and_writes_nothing_more(writings):
    recorder, media = MemoryRecorder(gone_after=writings), ScriptedMedia(replies=["Yes.", "Yes."])
    with pytest.raises(Gone):
        await converse(media, ScriptedAgent(HELLO, HELLO, BYE), recorder=recorder)
    assert media.over and len(recorder.all) == writings


@pytest.mark.parametrize(
    ("event", "status", "ended_by"),
    [
        (Ended("hangup", 5_000, "callee"), "completed", "USER"),
        (Ended("hangup", 5_000, "carrier"), "completed", ""),
        (Ended("failed", 5_000, "carrier", "cable"), "failed", ""),
        (Ended("lost", 5_000, "carrier", "no packets"), "unknown", ""),
    ],
)
async def test_how_an_answered_call_may_end(event, status, ended_by):
    call = await converse(ScriptedMedia(at=[(5_000, event)], replies=["Yes."]), ScriptedAgent(HELLO, HELLO))
    assert (call.result.status, call.result.ended_by, call.result.duration_ms) == (status, ended_by, 5_000)


@pytest.mark.parametrize("at", range(0, 8_800, 170))
async def test_hanging_up_at_any_moment_loses_no_word(at):
    media = ScriptedMedia(at=[(at, Ended("hangup", at, "callee"))], replies=["Yes, it does.", "No."])
    call = await converse(media, ScriptedAgent(HELLO, "And do you have insurance?", BYE))
    assert call.result.duration_ms == at
    heard_by_us = [w for w in call.recorder.all if w.what == "user"]
    assert sum(w.end_ms - w.start_ms for w in call.recorder.of("assistant") + heard_by_us) <= at
    whole = f"{HELLO} Yes, it does. And do you have insurance? No."
    assert whole.startswith(" ".join(t for _, t in call.recorder.lines))
    if at > 700:
        assert call.recorder.lines


# before the answer ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cause", "status", "answered_by"),
    [
        ("busy", "busy", ""),
        ("rejected", "busy", ""),
        ("no-answer", "no-answer", "no-answer"),
        ("failed", "failed", ""),
        ("lost", "unknown", ""),
    ],
)
async def test_how_an_unanswered_call_comes_out(cause, status, answered_by):
    media = ScriptedMedia(before=[(500, Ringing(500)), (9_000, Ended(cause, 9_000))])
    call = await converse(media, ScriptedAgent(HELLO))
    assert (call.result.status, call.result.answered_by, call.result.ended_by) == (status, answered_by, "")
    assert not call.agent.turns and not call.recorder.of("answered")


async def test_ring_timeout_is_no_answer():
    media = ScriptedMedia(before=[(500, Ringing(500)), (90_000, Answered(90_000))])
    call = await converse(media, ScriptedAgent(HELLO), ring_timeout_ms=30_000)
    assert call.result.status == "no-answer" and media.over and media.now_ms == 30_000


async def test_stop_while_it_rings_calls_it_off():
    media = ScriptedMedia(before=[(500, Ringing(500)), (20_000, Answered(20_000))])
    queue_at = 3_000

    async def run():
        queue: asyncio.Queue[Command] = asyncio.Queue()
        media.plan(queue_at, lambda: (queue.put_nowait(Command("stop", by="Priya")), media.wake()))
        from calls.agent.conversation import run_session
        from calls.agent.session import SessionConfig

        return await run_session(SessionConfig("c"), media, ScriptedAgent(HELLO), MemoryRecorder(), queue)

    result = await run()
    assert (result.status, result.ended_by) == ("canceled", "ASSISTANT") and media.now_ms == queue_at


async def test_a_thought_that_ends_while_its_words_are_written_down_lets_the_clock_go():
    class Slow(MemoryRecorder):
        async def latency(self, part: str, ms: int) -> None:
            await asyncio.sleep(0.05)
            await super().latency(part, ms)

    class Streaming(ScriptedAgent):
        async def reply(self, turn):
            async for action in super().reply(turn):
                yield action
                await asyncio.sleep(0.01)

    async with asyncio.timeout(5):
        call = await converse(ScriptedMedia(replies=["Yes."]), Streaming(HELLO, BYE), recorder=Slow())
    assert call.recorder.lines[-1] == ("assistant", "Thank you. Goodbye.")


async def test_keys_that_cannot_be_sent_end_no_call():
    class Mute(ScriptedMedia):
        async def press(self, digits):
            raise CarrierError("The keys could not be sent: no such way.")

    call = await converse(
        Mute(replies=["Yes."]), ScriptedAgent([PressDigits("1")], [Say("Goodbye."), EndCall()]), precall_dtmf_sequence="5"
    )
    assert call.result.status == "completed"
    assert "no such way" in call.recorder.of("note:keys_failed")[0].text
    assert not call.recorder.of("agent-action")


@pytest.mark.parametrize("taken", [300, 7_000])
async def test_on_a_voicemail_too_a_person_steps_in_and_the_agent_keeps_quiet(taken):
    message = "Please call us back, it is about your table for tonight, which we have to move."
    commands = [
        (taken, Command("take_over", by="Priya")),
        (12_000, Command("type", "This is Priya.", by="Priya")),
        (50_000, Command("give_back", by="Priya")),
    ]
    options = {"voicemail_action": "leave_message", "voicemail_message": message}
    media = ScriptedMedia(at=voicemail())
    call = await converse(media, ScriptedAgent(HELLO), commands=commands, **options)
    assert [text for at, text in media.said if taken < at < 50_000] == ["This is Priya."]
    assert media.said[-1] == (54_000, message)  # given back: the agent does what the call says
    assert call.recorder.lines[-1] == ("assistant", message)
    assert call.result.duration_ms < 65_000


class SlowTransfer(ScriptedMedia):
    """Does not say for ever whether the other side takes it."""

    async def transfer(self, number):
        await asyncio.Event().wait()


async def test_who_stops_a_call_does_not_wait_for_a_transfer():
    media = SlowTransfer(at=heard("Hello?", 30_000))
    commands = [(9_000, Command("whisper", "Be kind")), (10_000, Command("stop", by="Priya"))]
    call = await converse(media, ScriptedAgent([Transfer("")], BYE), commands=commands, transfer_numbers={"": "+15005550100"})
    assert (call.result.ended_by, call.result.duration_ms) == ("ASSISTANT", 10_000)
    assert call.recorder.of("note:stopped")
    assert not call.recorder.of("transferred")


async def test_who_hangs_up_during_a_slow_transfer_was_not_handed_over():
    media = SlowTransfer(at=[(5_000, Ended("hangup", 5_000, "callee"))])
    call = await converse(media, ScriptedAgent([Transfer("")]), transfer_numbers={"": "+15005550100"})
    assert (call.result.ended_by, call.result.duration_ms) == ("USER", 5_000)
    assert not call.recorder.of("transferred")


async def test_a_stop_in_the_moment_of_the_answer_presses_no_keys():
    media = ScriptedMedia(before=[(500, Ringing(500)), (2_000, Answered(2_000))])
    recorder, queue = MemoryRecorder(), asyncio.Queue()

    async def answered():
        queue.put_nowait(Command("stop", by="Priya"))

    recorder.answered = answered
    result = await run_session(SessionConfig("c", precall_dtmf_sequence="ww1"), media, ScriptedAgent(HELLO), recorder, queue)
    assert (result.ended_by, media.pressed, media.said) == ("ASSISTANT", [], [])
