"""The conversation loop on scripted lines, in virtual time: one test for every parameter that steers it."""

from calls.agent.ports import EndCall, Say
from tests.calls.fakes import ScriptedAgent, ScriptedMedia, converse

HELLO = "Hello, this is Anna, an automated assistant. Does Tuesday still work for you?"
BYE = (Say("Thank you. Goodbye."), EndCall("done"))


async def test_a_whole_call_is_written_down_in_order():
    call = await converse(ScriptedMedia(replies=["Yes, it does."]), ScriptedAgent(HELLO, BYE))
    assert call.recorder.lines == [("assistant", HELLO), ("user", "Yes, it does."), ("assistant", "Thank you. Goodbye.")]
    assert (call.result.status, call.result.answered_by, call.result.ended_by) == ("completed", "human", "ASSISTANT")
    assert call.recorder.of("assistant")[0].message == f"Sending first sentence: {HELLO}"
    assert call.recorder.of("assistant")[1].message == ""
    assert [t.kind for t in call.agent.turns] == ["open", "heard"]
    assert call.agent.turns[1].text == "Yes, it does."
    assert call.result.duration_ms == call.recorder.of("assistant")[1].end_ms
