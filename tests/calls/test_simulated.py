"""The simulated line and its callees."""

import asyncio
import time

import pytest

from calls.agent.conversation import run_session
from calls.agent.ports import EndCall, PressDigits
from calls.agent.session import Command, SessionConfig, SessionResult
from calls.carriers import registry
from calls.carriers.base import Answered, Dial, Ended, Heard, Played
from calls.carriers.simulated.callee import Callee, name_of
from calls.carriers.simulated.carrier import SimulatedCarrier
from calls.carriers.simulated.questions import choices, kind, last_question
from calls.carriers.simulated.scenario import by_number, parse, scenarios
from calls.carriers.timing import heard_of
from tests.calls.fakes import MemoryRecorder, ScriptedAgent

OPENING = "Hello, this is Anna, an automated assistant calling for Acme Dental. Does Tuesday at three still work for you?"
QUESTIONS = (OPENING, "Thank you. Do you have insurance?", "Is there anything else I should pass on to the team?")


class Asking(ScriptedAgent):
    """Asks its questions, presses 0 on a menu, gives up on the second silence."""

    def __init__(self) -> None:
        super().__init__(*QUESTIONS)

    async def reply(self, turn):
        silences = sum(t.kind == "silence" for t in self.turns)
        if "press 0" in turn.text:
            self.turns.append(turn)
            yield PressDigits("0")
        elif turn.kind == "silence" and silences:
            self.turns.append(turn)
            yield EndCall("silence")
        else:
            async for action in super().reply(turn):
                yield action


async def call(number: str, *, speed: float = 0, agent: ScriptedAgent | None = None, **config) -> tuple[SessionResult, MemoryRecorder]:
    leg = await SimulatedCarrier(speed).dial(Dial("c", number))
    recorder = MemoryRecorder()
    result = await run_session(SessionConfig("c", **config), leg, agent or Asking(), recorder, asyncio.Queue[Command]())
    return result, recorder


@pytest.mark.parametrize(
    ("end", "status", "answered_by", "ended_by"),
    [
        ("0001", "busy", "", ""),
        ("0002", "no-answer", "no-answer", ""),
        ("0003", "completed", "voicemail", "ASSISTANT"),
        ("0004", "completed", "human", "USER"),
        ("0005", "completed", "human", "USER"),
        ("0006", "completed", "human", "ASSISTANT"),
        ("0007", "completed", "human", "ASSISTANT"),
        ("0008", "completed", "human", "ASSISTANT"),
        ("0009", "completed", "human", "ASSISTANT"),
        ("0010", "completed", "unknown", "ASSISTANT"),
        ("0011", "completed", "unknown", "USER"),
        ("0012", "completed", "human", "ASSISTANT"),
        ("0013", "failed", "", ""),
        ("0014", "completed", "human", "ASSISTANT"),
    ],
)
async def test_every_number_ends_as_documented(end, status, answered_by, ended_by):
    result, _ = await call(f"+1500555{end}")
    assert (result.status, result.answered_by, result.ended_by) == (status, answered_by, ended_by)
    assert result.error or status not in ("failed", "busy", "no-answer")


async def test_the_cooperative_callee_answers_everything_with_plausible_times():
    _, recorder = await call("+15005550006")
    assert [t for w, t in recorder.lines if w == "user"] == [
        "Yes, that still works for me.",
        "Yes, I have insurance through my job.",
        "No, that's all. Thank you.",
    ]
    lines = [w for w in recorder.all if w.what in ("user", "assistant")]
    assert all(a.end_ms <= b.start_ms for a, b in zip(lines, lines[1:], strict=False))
    assert 15_000 < lines[-1].end_ms < 60_000


async def test_any_other_number_is_cooperative():
    assert by_number("+12025550123").name == "cooperative"
    result, recorder = await call("+12025550123")
    assert result.answered_by == "human" and len(recorder.lines) == 7


async def test_the_hello_of_a_callee_whom_nobody_greets():
    _, recorder = await call("+15005550006", wait_for_greeting=True)
    assert recorder.lines[:2] == [("user", "Hello?"), ("assistant", OPENING)]


async def test_talking_over_the_agent_cuts_its_line():
    _, recorder = await call("+15005550014")
    cut = recorder.of("assistant")[0]
    assert cut.data == {"cut": True} and OPENING.startswith(cut.text) and cut.text != OPENING
    assert recorder.lines[1] == ("user", "Yes hello, who is this?")
    _, recorder = await call("+15005550014", block_interruptions=True)
    assert recorder.of("assistant")[0].text == OPENING


async def test_a_message_on_the_voicemail():
    options = {"voicemail_action": "leave_message", "voicemail_message": "Please call us back."}
    result, recorder = await call("+15005550003", **options)
    assert recorder.lines[-1] == ("assistant", "Please call us back.") and result.ended_by == "ASSISTANT"


async def test_the_menu_hears_keys_and_repeats_itself_to_those_who_press_nothing():
    _, recorder = await call("+15005550011")
    assert ("agent-action", "Pressed 0") in recorder.lines
    assert recorder.lines[-1][1].startswith("All of our representatives are busy")
    result, recorder = await call("+15005550011", agent=ScriptedAgent(), silence_ms=60_000)
    assert result.answered_by == "unknown"


async def test_a_callee_tires_of_a_silent_agent():
    class Mute(ScriptedAgent):
        async def reply(self, turn):
            return
            yield

    result, recorder = await call("+15005550006", agent=Mute(), silence_ms=5_000)
    assert result.ended_by == "USER"
    assert [t for _, t in recorder.lines] == ["Hello?", "Hello? Are you still there?", "Hello? Are you still there?"]


async def test_the_clock_stands_still_while_the_agent_thinks():
    class Slow(Asking):
        async def reply(self, turn):
            await asyncio.sleep(0.02)
            async for action in super().reply(turn):
                yield action

    result, recorder = await call("+15005550006", agent=Slow())
    quick, _ = await call("+15005550006")
    assert result.duration_ms == quick.duration_ms
    assert len(recorder.lines) == 7


async def test_speed_scales_real_time():
    began = time.monotonic()
    result, _ = await call("+15005550006", speed=100)
    took = (time.monotonic() - began) * 1000 * 100
    assert result.duration_ms <= took < result.duration_ms + 4_000 + 20_000


async def test_three_hundred_at_once():
    began = time.monotonic()
    results = await asyncio.gather(*[call("+15005550006") for _ in range(300)])
    assert all(r.answered_by == "human" for r, _ in results)
    assert time.monotonic() - began < 20


async def test_the_leg_keeps_the_promises_of_the_port():
    leg = await SimulatedCarrier(0).dial(Dial("c", "+15005550006"))
    while not isinstance(await leg.next(), Answered):
        pass
    assert leg.now_ms == 0
    first, second = await leg.say("One two three four."), await leg.say("Never begun.")
    assert await leg.next(400) is None and leg.now_ms == 400
    await leg.flush()
    played = [await leg.next(400), await leg.next(400)]
    assert [(p.ref, p.text, p.complete) for p in played] == [(first, "One", False), (second, "", False)]
    leg.wake()
    assert await leg.next(60_000) is None and leg.now_ms == 400
    third = await leg.say("Bye.")
    await leg.hangup()
    events = [await leg.next(), await leg.next()]
    assert isinstance(events[0], Played) and events[0].ref == third and not events[0].complete
    assert isinstance(events[1], Ended) and events[1].by == "us"
    await leg.say("x")
    await leg.flush()
    await leg.press("1")
    await leg.transfer("+15005550100")
    await leg.hangup()
    assert await leg.next(1_000) is None


async def test_half_a_line_grows_while_it_is_spoken():
    leg = await SimulatedCarrier(0).dial(Dial("c", "+15005550003"))
    known = []
    while True:
        event = await leg.next(60_000)
        if isinstance(event, Heard):
            known.append(event)
            if event.final:
                break
    assert all(e.machine for e in known) and len(known) > 3
    assert all(b.text.startswith(a.text) for a, b in zip(known, known[1:], strict=False))


# the mind ------------------------------------------------------------------------------------------------------------
def answer(said: str, scenario: str = "cooperative", name: str = "") -> str:
    return Callee(scenarios()[scenario], name).hear(said).text


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("Am I speaking with Jane Roe?", "Yes, speaking."),
        ("Would you prefer morning or afternoon?", "Morning, please."),
        ("Do you want the small, medium or large box?", "Small, please."),
        ("What is your email address?", "It's jordan dot miller at example dot com."),
        ("How many people will come?", "About twelve."),
        ("Could you tell me why?", "It's just not a good time for us."),
        ("Where is it?", "In the city centre, near the station."),
        ("Have you ever been to Rome?", "Yes."),
        ("Could you tell me what colour the door has?", "Let me think. Nothing special, just the usual."),
        ("On a scale of one to ten, how was it?", "I'd say eight."),
        ("Hello, can you hear me?", "Yes, I can hear you."),
        ("Thank you for your time. Goodbye.", "Bye."),
    ],
)
def test_the_kind_of_question_decides_the_answer(said, says):
    assert answer(said) == says


def test_the_name_it_is_asked_for_is_its_own():
    assert answer("What is your full name?", name="Jane Roe") == "My name is Jane Roe."
    callee = Callee(scenarios()["cooperative"])
    callee.hear("Hello, am I speaking with Jane Roe?")
    assert callee.hear("Could you tell me your full name?").text == "My name is Jane Roe."


@pytest.mark.parametrize(
    ("variables", "task", "name"),
    [
        ({"name": "Jane Roe"}, "", "Jane Roe"),
        ({"Customer Name": " Jane Roe "}, "", "Jane Roe"),
        ({"first_name": "Jane", "last_name": "Roe"}, "", "Jane Roe"),
        ({"car": "Honda"}, "Call Jane Roe about her car.", "Jane Roe"),
        ({}, "You are Anna from Acme Dental. Confirm the appointment.", ""),
        ({"name": 7}, "Ask for the owner.", ""),
    ],
)
def test_its_name_comes_from_the_data_or_the_task(variables, task, name):
    assert name_of(variables, task) == name


def test_questions_are_told_apart():
    assert last_question("Hello. How are you? I am fine.") == "How are you?"
    assert last_question("Nothing here, Mr. Smith.") == ""
    assert choices("Is it for Mr. Smith?") == []
    assert choices("Do you have any pets or not?") == []
    assert kind("Does that still work for you?") == "yes_no"
    assert kind("What day and time suits you?") == "when"


def test_every_kind_has_an_answer():
    wanted = {"email", "phone", "name", "rating", "number", "when", "yes_no", "why", "where", "who", "open"}
    assert all(wanted <= set(s.topics) for s in scenarios().values())


def test_every_documented_number_has_its_scenario():
    assert {s.number for s in scenarios().values() if s.number} == {f"+1500555{n:04}" for n in range(1, 15)}
    assert all(s.about for s in scenarios().values())


def test_a_scenario_that_is_not_understood_is_refused():
    with pytest.raises(ValueError, match="hear"):
        parse("x", {"about": "x", "rules": [{"hear": "a", "say": "b"}]}, {})
    with pytest.raises(TypeError, match="colour"):
        parse("x", {"about": "x", "colour": "red"}, {})


def test_what_was_heard_of_a_line_ends_between_words():
    assert heard_of("one two three", 0.5) == "one"
    assert heard_of("one two three", 0) == ""
    assert heard_of("one two three", 1) == "one two three"


def test_who_takes_a_call(account):
    assert registry.choose(account, "+15005550006").kind == "simulated"
    assert registry.choose(account, "+15005550006", "browser").kind == "browser"  # answered here, no pretend callee
    assert registry.choose(account, "+12025550123").kind == "simulated"
    assert registry.choose(account, "+12025550123", "browser").kind == "browser"
    assert registry.rehearsing(account)
    assert registry.get("simulated").can_precall_dtmf
    with pytest.raises(KeyError):
        registry.get("pigeon")
