"""The model agent, end to end through reply(), against a server that speaks the real protocol: well, and badly."""

import time

import pytest

from calls.agent.choose import make_agent, warm
from calls.agent.endpoint import Endpoint, load
from calls.agent.model import ModelAgent
from calls.agent.ports import Action, Brief, EndCall, Line, Note, PressDigits, Say, Transfer, Turn
from tests.calls.agent.model_double import Call, Double, Drop, Forever, Pause, Raw, Script, Status, serving

TASK = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."
QUICK = 0.4  # seconds of patience in these tests


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    """As a runner does at its start."""
    warm()
    load()


@pytest.fixture
def model():
    """model(script, …, brief fields) -> (agent, double)."""
    stack = []

    def make(*scripts: Script, timeout: float = 5.0, **brief: object) -> tuple[ModelAgent, Double]:
        context = serving(*scripts)
        double = context.__enter__()
        stack.append(context)
        fields = {"task": TASK, "model": "base", **brief}
        return ModelAgent(Brief(**fields), Endpoint(double.url, "tiny-1", "sk-test", timeout)), double

    yield make
    for context in stack:
        context.__exit__(None, None, None)


async def acts(agent: ModelAgent, text: str = "", *, kind: str = "heard", lines: tuple[Line, ...] = (), **fields: object) -> list[Action]:
    return [action async for action in agent.reply(Turn(kind, text, transcript=lines, **fields))]


def said(actions: list[Action]) -> str:
    return " ".join(a.text for a in actions if isinstance(a, Say))


def notes(actions: list[Action]) -> list[str]:
    return [a.kind for a in actions if isinstance(a, Note)]


OPENING = (Line("assistant", "Hello, this is Anna, an automated assistant. Does Tuesday at 3pm still work for you?"),)
DONE = ["Hello, I am an automated assistant calling for Acme Dental."]


async def opened(agent: ModelAgent) -> list[Action]:
    return await acts(agent, kind="open")


# a good endpoint ---------------------------------------------------------------------------------------------------------
async def test_sentences_are_spoken_as_they_come(model):
    agent, _ = model(DONE, ["Than", "k you. Do you ", "have insu", Pause(0.6), "rance?"])
    await opened(agent)
    began, heard = time.monotonic(), []
    async for action in agent.reply(Turn("heard", "Yes, that works.", transcript=OPENING)):
        heard.append((time.monotonic() - began, action))
    assert [a.text for _, a in heard if isinstance(a, Say)] == ["Thank you.", "Do you have insurance?"]
    assert heard[1][0] - heard[0][0] > 0.4


async def test_what_the_model_is_told(model):
    brief = {
        "variables": {"name": "Jordan", "secret": None},
        "knowledge": "Parking is free.",
        "language": "es",
        "temperature": 0.2,
        "task": "Greet {{name}}.",
        "can_transfer": True,
        "departments": ("", "Billing"),
    }
    agent, double = model(DONE, ["Vale."], **brief)
    await opened(agent)
    await acts(agent, "Sí", lines=(*OPENING, Line("user", "Sí")), hints=("Offer Friday.",), interrupted=True)
    request = double.requests[1]
    assert (request["model"], request["temperature"], request["stream"]) == ("tiny-1", 0.2, True)
    assert double.keys == ["Bearer sk-test"] * 2
    for words in ("Speak Spanish", "Greet Jordan.", "name: Jordan", "Parking is free.", "departments: Billing"):
        assert words in double.system()
    assert "secret" not in double.system()
    assert [m["role"] for m in request["messages"]] == ["system", "assistant", "user", "system"]
    assert "Offer Friday." in request["messages"][-1]["content"]
    assert "spoke over you" in request["messages"][-1]["content"]
    assert [t["function"]["name"] for t in request["tools"]] == ["end_call", "press_digits", "transfer"]
    assert request["tools"][2]["function"]["parameters"]["properties"]["department"]["enum"] == ["Billing"]


async def test_turbo_is_offered_no_functions(model):
    agent, double = model(DONE, ["Thank you. Goodbye."], model="turbo", can_transfer=True)
    await opened(agent)
    actions = await acts(agent, "That was all", lines=OPENING)
    assert "tools" not in double.requests[1]
    assert "end_call" not in double.system()
    assert isinstance(actions[-1], EndCall)


async def test_first_sentence_is_exactly_first_and_followed_by_the_disclosure(model):
    agent, double = model(["Does Tuesday at 3pm still work?"], first_sentence="Hi {{name}}!", variables={"name": "Jo"})
    assert said(await opened(agent)) == "Hi Jo!"
    assert double.requests == []
    answer = await acts(agent, "Hello?", lines=(Line("assistant", "Hi Jo!"), Line("user", "Hello?")))
    assert "automated assistant" in answer[0].text
    assert answer[1].text == "Does Tuesday at 3pm still work?"
    assert "automated" not in said(await acts(agent, "Yes", lines=OPENING))


async def test_an_opening_without_the_disclosure_gets_one(model):
    agent, _ = model(["Hello, this is Anna from Acme Dental."])
    actions = await opened(agent)
    assert [a.text for a in actions][0] == "Hello, this is Anna from Acme Dental."
    assert "automated assistant" in actions[1].text


@pytest.mark.parametrize("script", [["Goodbye.", Call("end_call", '{"reason": "done"}')], [Call("end_call")], ["Thank you, goodbye."]])
async def test_the_model_ends_the_call_with_a_goodbye(model, script):
    agent, _ = model(DONE, script)
    await opened(agent)
    actions = await acts(agent, "That was all", lines=OPENING)
    assert "goodbye" in said(actions).lower()
    assert isinstance(actions[-1], EndCall)
    assert await acts(agent, "Bye") == [EndCall("already ended")]


async def test_transfer_to_a_department_that_exists(model):
    brief = {"can_transfer": True, "departments": ("", "Billing")}
    agent, _ = model(DONE, [Call("transfer", '{"department": "billing"}')], [Call("transfer", '{"department": "Moon"}')], **brief)
    await opened(agent)
    actions = await acts(agent, "Billing, please", lines=OPENING)
    assert said(actions) == "Of course. I will transfer you now, one moment please."
    assert actions[-1] == Transfer("Billing")
    assert (await acts(agent, "Again", lines=OPENING))[-1] == Transfer("")


async def test_a_transfer_that_was_not_offered_is_not_made(model):
    agent, _ = model(DONE, ["One moment.", Call("transfer")])
    await opened(agent)
    actions = await acts(agent, "A person please", lines=OPENING)
    assert not [a for a in actions if isinstance(a, Transfer)]
    assert "ignored" in notes(actions)


async def test_keys(model):
    agent, _ = model(DONE, [Call("press_digits", '{"digits": "1#"}')], ["Pressing.", Call("press_digits", '{"digits": "rm -rf"}')])
    await opened(agent)
    assert isinstance((await acts(agent, "Press one", lines=OPENING))[-1], PressDigits)
    assert not [a for a in await acts(agent, "Press one", lines=OPENING) if isinstance(a, PressDigits)]


# rules that no model answers ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["Are you a robot?", "Wait, am I talking to a real person?", "¿Es usted un robot?"])
async def test_robot_question_is_answered_by_rule(model, text):
    agent, double = model(DONE, ["I am a real person."])
    await opened(agent)
    actions = await acts(agent, text, lines=(*OPENING, Line("user", text)))
    assert len(double.requests) == 1
    assert "automated assistant for Acme Dental" in said(actions)
    assert said(actions).endswith("Does Tuesday at 3pm still work for you?")


async def test_what_else_was_said_beside_the_robot_question_goes_to_the_model(model):
    agent, double = model(DONE, ["Great, do you have insurance?"])
    await opened(agent)
    text = "Yes, Tuesday is fine with me. Are you a robot?"
    actions = await acts(agent, text, lines=(*OPENING, Line("user", text)))
    assert said(actions).endswith("Great, do you have insurance?")
    assert "automated assistant" in said(actions)
    assert len(double.requests) == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Stop calling me!", "optout"), ("No me llamen más por favor", "optout"), ("I think I'm having a heart attack", "emergency")],
)
async def test_optout_and_emergency_end_the_call_by_rule(model, text, kind):
    agent, double = model(DONE, ["Let me tell you about our offer."])
    await opened(agent)
    actions = await acts(agent, text, lines=(*OPENING, Line("user", text)))
    assert len(double.requests) == 1
    assert notes(actions) == ["intent", kind]
    assert next(a for a in actions if isinstance(a, Note) and a.kind == kind).data["quote"] == text
    assert isinstance(actions[-1], EndCall)


async def test_an_optout_in_the_greeting_is_heard(model):
    agent, double = model(DONE)
    actions = await acts(agent, "Take me off your list.", kind="open")
    assert "optout" in notes(actions)
    assert double.requests == []


async def test_three_silences_end_the_call_without_the_model(model):
    agent, double = model(DONE)
    await opened(agent)
    told = [said(await acts(agent, kind="silence", lines=OPENING)) for _ in range(2)]
    assert told[0] == "Hello, can you hear me?"
    assert told[1].endswith("Does Tuesday at 3pm still work for you?")
    assert isinstance((await acts(agent, kind="silence", lines=OPENING))[-1], EndCall)
    assert len(double.requests) == 1


# an endpoint that says what it must not ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "lie",
    [
        "Yes, I am a real person, and I have two cats.",
        "I'm not a robot.",
        "You are talking to a human.",
        "I'm absolutely human, don't worry.",
        "No soy un robot.",
    ],
)
async def test_a_claim_to_be_human_is_replaced_and_the_rest_dropped(model, lie):
    agent, double = model(DONE, [f"{lie} My office is in Rome. ", Forever("I breathe. ")])
    await opened(agent)
    actions = await acts(agent, "You sound nice", lines=OPENING)
    assert said(actions) == "I'm an automated assistant for Acme Dental, not a human."
    assert notes(actions) == ["guard"]
    assert double.gone.wait(5)


async def test_a_made_up_price_is_replaced_and_staff_are_told(model):
    agent, _ = model(DONE, ["The cost is $50. It takes forty days. ", "Is Tuesday at 3 pm fine?"])
    await opened(agent)
    actions = await acts(agent, "How much is it?", lines=OPENING)
    assert said(actions) == "I don't have that information. Is Tuesday at 3 pm fine?"
    assert notes(actions) == ["unsupported", "note_for_staff", "unsupported"]
    assert [a.data["numbers"] for a in actions if isinstance(a, Note) and a.kind == "unsupported"] == [["50"], ["forty"]]


async def test_numbers_from_the_data_the_knowledge_and_the_callee_may_be_said(model):
    text = "It is $45.00, you said 555 012 3344, and we open at nine o'clock."
    agent, _ = model(DONE, [text], variables={"fee": 45}, knowledge="We open at 9:00.")
    await opened(agent)
    assert said(await acts(agent, "My number is 555-012 3344", lines=(Line("user", "My number is 555-012 3344"),))) == text


async def test_an_answer_without_end_is_cut_and_the_endpoint_told_to_stop(model):
    agent, double = model(DONE, [Forever("and then another thing happened to me which I must tell ")])
    await opened(agent)
    actions = await acts(agent, "Okay", lines=OPENING)
    assert len(said(actions)) <= 720
    assert "cut" in notes(actions)
    assert double.gone.wait(5)
    assert double.sent < 100_000


async def test_many_sentences_are_cut(model):
    agent, _ = model(DONE, [" ".join(f"Sentence {w}." for w in ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"])])
    await opened(agent)
    assert len([a for a in await acts(agent, "Okay", lines=OPENING) if isinstance(a, Say)]) == 6


async def test_markup_functions_as_text_and_thoughts_are_not_read_aloud(model):
    script = ["<thi", "nk>The user wants 99 things.</think>**Thank", " you.** 😀\n", '{"name": "end_call", "arguments": {}}']
    agent, _ = model(DONE, script)
    await opened(agent)
    actions = await acts(agent, "That was all", lines=OPENING)
    assert said(actions) == "Thank you."
    assert isinstance(actions[-1], EndCall)


# an endpoint that fails --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("failing", [Status(500), Status(429), [Drop()], [Raw("{not json")], [Pause(1.5)], []], ids=str)
async def test_one_retry_then_the_model_goes_on(model, failing):
    agent, double = model(DONE, failing, ["Do you have insurance?"], timeout=QUICK)
    await opened(agent)
    actions = await acts(agent, "Yes, that works.", lines=OPENING)
    assert notes(actions) == ["model_retry"]
    assert said(actions) == "Do you have insurance?"
    assert len(double.requests) == 3
    assert agent.name == "tiny-1"


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        (Status(500), "answered with an error (status 500)"),
        (Status(429), "is busy or the quota is used up"),
        ([Pause(1.5)], "did not answer within 0.4 s"),
        ([Drop()], "cannot be reached"),
    ],
    ids=str,
)
async def test_after_two_failures_the_built_in_agent_takes_over_for_good(model, failing, words):
    agent, double = model(DONE, failing, timeout=QUICK)
    await opened(agent)
    lines = (*OPENING, Line("user", "Yes, that works."))
    actions = await acts(agent, "Yes, that works.", lines=lines)
    fallback = next(a for a in actions if isinstance(a, Note) and a.kind == "fallback")
    assert words in fallback.message
    assert fallback.level == "error"
    assert agent.name == "Built-in agent"
    assert "insurance" in said(actions)  # it does not ask about Tuesday again
    assert "Tuesday" not in said(actions)
    asked = len(double.requests)
    lines = (*lines, Line("assistant", said(actions)), Line("user", "Yes, I do."))
    assert said(await acts(agent, "Yes, I do.", lines=lines))
    assert len(double.requests) == asked == 3


async def test_a_refused_key_is_not_tried_twice(model):
    agent, double = model(Status(401))
    actions = await opened(agent)
    assert len(double.requests) == 1
    assert "refused the key" in actions[0].message
    assert "sk-test" not in str(actions)
    assert said(actions).startswith("Hello, this is Anna, an automated assistant calling for Acme Dental.")


async def test_a_connection_cut_in_mid_sentence_goes_on_after_what_was_said(model):
    agent, double = model(DONE, ["Thank you. Do you have", Drop()], ["Do you have insurance?"])
    await opened(agent)
    actions = await acts(agent, "Yes, that works.", lines=OPENING)
    assert said(actions) == "Thank you. Do you have insurance?"
    assert double.requests[2]["messages"][-2] == {"role": "assistant", "content": "Thank you."}


async def test_an_opening_cut_twice_lets_the_callee_answer_what_was_heard(model):
    agent, _ = model(["Hello, this is an automated assistant. I am", Drop()], [Drop()])
    actions = await opened(agent)
    assert said(actions) == "Hello, this is an automated assistant."
    lines = (Line("assistant", said(actions)), Line("user", "Yes?"))
    assert "Tuesday" in said(await acts(agent, "Yes?", lines=lines))


async def test_nobody_listens_at_the_address():
    agent = ModelAgent(Brief(TASK), Endpoint("http://127.0.0.1:9", "tiny-1", timeout=QUICK))
    actions = await opened(agent)
    assert "cannot be reached" in next(a.message for a in actions if isinstance(a, Note) and a.kind == "fallback")
    assert "automated assistant" in said(actions)


# which agent -------------------------------------------------------------------------------------------------------------
def test_the_model_speaks_only_when_one_is_configured_for_that_name(settings):
    settings.MODEL_BASE_URL, settings.MODEL_BASE, settings.MODEL_TURBO = "http://127.0.0.1:9/v1", "big-1", ""
    assert make_agent(Brief(TASK, model="base")).name == "big-1"
    assert make_agent(Brief(TASK, model="turbo")).name == "Built-in agent"
    settings.MODEL_BASE_URL = ""
    assert make_agent(Brief(TASK, model="base")).name == "Built-in agent"
