"""The walker on small graphs: each kind of step and each rule of the reference's run-time semantics."""

import asyncio

import pytest

from calls.agent.ports import EndCall, Line, Manner, PathwayBrief, PressDigits, SendSms, Transfer, Turn, Wait
from calls.rehearsal.run import Setup, rehearse
from tests.calls.agent.pathway.kit import graph, step, walking, way

HELLO = step("hello", isStart=True, text="Hello, this is the automated assistant of Harbor Dental. Do you still need the visit?")
YES = way("hello", "ask", "Yes", "They still need it", ["Yes, I do.", "Sure, I still need it."])
NO = way("hello", "bye", "No", "They do not need it any more", ["No, I don't.", "I no longer need it."])
ASK = step("ask", text="Which day suits you?", extractVars=[["day", "date", "The day they want to come", True]])
NAMED = way("ask", "bye", "They name a day", "They say which day suits them", ["Tuesday.", "On Friday."])
BYE = step("bye", "End Call", text="Thank you. Goodbye.")
SMALL = graph(HELLO, ASK, BYE, YES, NO, NAMED)


async def test_from_the_start_to_the_end():
    w = walking(SMALL)
    assert (await w.open()).startswith("Hello, this is the automated assistant")
    assert await w.say("Yes, please.") == "Which day suits you?"
    assert await w.say("Friday would be good.") == "Thank you. Goodbye."
    assert w.route == ["hello", "ask", "bye"] and w.learnt == {"day": "2026-11-27"}
    assert isinstance(w.last[-1], EndCall) and w.over
    assert [a async for a in w.agent.reply(Turn("heard", "Hello?"))] == [EndCall("already ended")]


async def test_it_may_begin_elsewhere():
    w = walking(SMALL, start="ask")
    assert await w.open() == "Which day suits you?"


async def test_every_decision_is_a_note_with_candidates_scores_and_the_quote():
    w = walking(SMALL)
    await w.open()
    await w.say("Yes, I still need it.")
    note = w.notes("decision")[0]
    assert note.message == "Went on to Ask, because they said “Yes, I still need it.”"
    assert {k: note.data[k] for k in ("node_id", "chosen_edge", "chosen_node", "quote", "loop")} == {
        "node_id": "hello",
        "chosen_edge": "hello-ask",
        "chosen_node": "ask",
        "quote": "Yes, I still need it.",
        "loop": False,
    }
    assert [c["id"] for c in note.data["candidates"]] == ["hello-ask", "hello-bye"]
    assert note.data["candidates"][0]["score"] > note.data["candidates"][1]["score"]
    first = w.notes("node")[0]
    assert first.data == {"node_id": "hello", "name": "Hello", "type": "Default", "text": HELLO["data"]["text"]}


async def test_no_way_fits_it_stays_asks_in_other_words_and_does_not_go_on_for_ever():
    w = walking(SMALL)
    await w.open()
    said = [await w.say("The cat sleeps on the sofa.") for _ in range(4)]
    assert all("Do you still need the visit?" in s for s in said[:3]) and len(set(said[:3])) == 3
    assert "yes or a no" in said[1]
    assert w.over and "team know" in said[3]
    assert [n.data["node_id"] for n in w.notes("loop")] == ["hello"] and w.notes("note_for_staff")
    assert w.route == ["hello"]


async def test_with_a_number_to_hand_over_to_it_hands_over_instead():
    w = walking(SMALL, can_transfer=True)
    await w.open()
    for _ in range(4):
        await w.say("The cat sleeps on the sofa.")
    assert isinstance(w.last[-1], Transfer)


async def test_its_state_is_json_and_another_process_goes_on_with_it():
    w = walking(SMALL)
    await w.open()
    w = w.again()
    assert await w.say("Yes.") == "Which day suits you?"
    w = w.again()
    assert await w.say("Tomorrow.") == "Thank you. Goodbye." and w.learnt == {"day": "2026-11-25"}


async def test_the_same_words_lead_the_same_way():
    async def led() -> list[object]:
        w = walking(SMALL)
        await w.open()
        for text in ("What is this about?", "Yes.", "Hm.", "Thursday."):
            await w.say(text)
        return w.actions

    assert await led() == await led()


# Standing rules ---------------------------------------------------------------------------------------------------------
async def test_an_opt_out_ends_the_call_on_every_step():
    for before in ([], ["Yes."]):
        w = walking(SMALL)
        await w.open()
        for text in before:
            await w.say(text)
        assert "not want to be called again" in (await w.say("Take me off your list and never call me again!")).replace("don't", "not")
        assert w.over and len(w.notes("optout")) == 1


async def test_are_you_a_robot_is_answered_and_the_step_goes_on():
    w = walking(SMALL)
    await w.open()
    said = await w.say("Are you a robot?")
    assert said.startswith("Yes, I'm an automated assistant for Harbor Dental") and said.endswith("Do you still need the visit?")
    assert (
        await w.say("Wait, are you human? But yes, I still need it.")
        == "No, I'm an automated assistant for Harbor Dental. Which day suits you?"
    )


async def test_an_emergency():
    w = walking(SMALL)
    await w.open()
    assert "local emergency number" in await w.say("Help, he had a heart attack!") and w.over


async def test_silence_is_asked_about_and_then_ends_the_call():
    w = walking(SMALL)
    await w.open()
    assert [await w.silence() for _ in range(3)] == [
        "Hello, can you hear me?",
        "I'm sorry, I can't hear you. Do you still need the visit?",
        "I can't hear you, so I will end the call here. Goodbye.",
    ]
    assert w.over


async def test_repeat_says_the_last_words_again():
    w = walking(SMALL)
    await w.open()
    await w.say("Yes.")
    assert await w.say("Sorry, what did you say?") == "Of course. Which day suits you?"


async def test_a_person_wanted_without_a_way_for_it():
    w = walking(SMALL)
    await w.open()
    assert "good time to reach you" in await w.say("Can I speak to a human please?")
    assert await w.say("Tomorrow at ten.") == "I have noted tomorrow at ten for the team. Thank you. Goodbye."
    assert w.notes("callback")[0].data["at"] == "2026-11-25T10:00:00-05:00"
    handed = walking(SMALL, can_transfer=True)
    await handed.open()
    await handed.say("Can I speak to a human please?")
    assert isinstance(handed.last[-1], Transfer)


async def test_who_are_you():
    w = walking(SMALL)
    await w.open()
    said = await w.say("Who is this?")
    assert "automated assistant calling for Harbor Dental" in said and said.endswith("Do you still need the visit?")


async def test_a_question_is_answered_from_what_is_known_or_honestly_not():
    w = walking(SMALL)
    await w.open()
    assert await w.say("Where is the office?") == "The office is on Main Street. Do you still need the visit?"
    said = await w.say("Do you sell bicycles?")
    assert said == "I don't have that information. I will note your question for the team. Do you still need the visit?"
    assert w.notes("note_for_staff")[0].data["question"] == "Do you sell bicycles?"
    assert await w.say("Yes. How long does a visit take?") == "A visit takes thirty minutes. Which day suits you?"


async def test_data_of_the_call_is_told_to_nobody_before_a_way_was_taken():
    w = walking(SMALL, variables={"invoice": "4471", "amount": "120 dollars"})
    await w.open()
    assert "120" not in await w.say("What is the amount?")
    await w.say("Yes.")
    assert "120 dollars" in await w.say("What is the amount?")


async def test_it_never_speaks_an_unfilled_variable():
    w = walking(graph(step("a", isStart=True, text="Hello {{name}}. How are you today?"), BYE, way("a", "bye")))
    assert await w.open() == "How are you today?"
    assert w.notes("fallback")[0].level == "error"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Hello, this is the automated assistant of {{office}}. Am I speaking with {{name}}?",
            "Hello, this is the automated assistant.",
        ),
        ("Hi {{name}}, this is the automated assistant of Harbor Dental.", "Hi, this is the automated assistant of Harbor Dental."),
        ("Hello, this is {{agent}} of {{office}}.", "Hello, this is an automated assistant calling for Harbor Dental."),
        ("Am I speaking with {{name}}?", "Hello, this is an automated assistant calling for Harbor Dental."),
    ],
)
async def test_an_opening_with_missing_facts_is_not_silence_and_says_which(text, said):
    w = walking(graph(step("a", isStart=True, text=text), BYE, way("a", "bye")))
    assert await w.open() == said
    note = w.notes("missing_facts")[0]
    assert note.level == "error"
    assert [f"{{{{{name}}}}}" in text for name in note.data["missing"]] == [True] * text.count("{{")
    assert "{{" not in note.message


async def test_a_later_step_with_missing_facts_says_what_it_can_and_does_not_greet():
    asks = step("b", text="Your number is {{number}}.")
    w = walking(graph(step("a", isStart=True, text="Shall I go on?"), asks, BYE, way("a", "b"), way("b", "bye")))
    await w.open()
    assert "ello" not in await w.say("Yes.")
    assert w.notes("missing_facts") == []


# Conditions, variables ---------------------------------------------------------------------------------------------------
async def test_a_condition_keeps_the_step_until_it_is_met_and_no_longer_than_the_guard():
    data = {"text": "What is your name and your email address?", "condition": "The name and the email address are known"}
    ask = step("who", isStart=True, **data, extractVars=[["name", "name", "Their name"], ["email", "email", "Their email address"]])
    w = walking(graph(ask, BYE, way("who", "bye", "They said it")))
    await w.open()
    assert await w.say("My name is Jordan Miller.") == "Sorry, I didn't quite get that. What is your email address?"
    assert w.notes("decision")[-1].data["loop"] is True
    assert await w.say("It's jordan at example dot com.") == "Thank you. Goodbye."
    assert w.learnt == {"name": "Jordan Miller", "email": "jordan@example.com"}
    stubborn = walking(graph(ask, BYE, way("who", "bye", "They said it")))
    await stubborn.open()
    for _ in range(4):
        await stubborn.say("It is a nice day today.")
    assert stubborn.over and stubborn.notes("loop")


async def test_what_is_required_is_asked_for_until_it_is_said():
    ask = step("zip", isStart=True, text="Where do you live?", extractVars=[["zip", "integer", "Their zip code", True]])
    w = walking(graph(ask, BYE, way("zip", "bye", "They say it")))
    await w.open()
    assert "zip code" in await w.say("In the city centre.")
    assert await w.say("60614.") == "Thank you. Goodbye." and w.learnt == {"zip": 60614}


async def test_what_was_not_said_is_null_and_the_last_word_counts():
    ask = step(
        "a", isStart=True, text="How many are you, and when?", extractVars=[["people", "integer", "How many"], ["at", "time", "When"]]
    )
    w = walking(graph(ask, BYE, way("a", "bye", "They answer")))
    await w.open()
    await w.say("Three. No wait, four.")
    assert w.learnt == {"people": 4, "at": None}


async def test_a_value_is_used_in_words_labels_and_rules_from_then_on():
    ask = step("a", isStart=True, text="Which day?", extractVars=[["day", "date", "The day"]])
    told = step("b", text="I have noted {{day}}. Anything else?")
    w = walking(graph(ask, told, BYE, way("a", "b", "They name a day"), way("b", "bye", "Nothing more", "", ["No, that's all."])))
    await w.open()
    assert await w.say("On Friday.") == "I have noted Friday, November 27. Anything else?"


async def test_a_value_in_the_words_that_led_to_a_step_that_does_not_ask_for_it():
    note = step(
        "note", text="I will pass that on. Is there anything else?", extractVars=[["message", "string", "What the office should know"]]
    )
    more = way("hello", "note", "Something for the office", "", ["Please tell the office that I am late."])
    w = walking(graph(HELLO, note, BYE, more, NO))
    await w.open()
    await w.say("Please tell the office that I have moved to another town.")
    assert "moved" in w.learnt["message"]


# Steps ------------------------------------------------------------------------------------------------------------------
async def test_a_prompt_is_put_into_words():
    a = step("a", isStart=True, prompt="Ask them whether they have insurance.")
    w = walking(graph(a, BYE, way("a", "bye", "They answer")))
    assert await w.open() == "Do you have insurance?" or "Do you have insurance?" in w.last[-1].text


async def test_questions_of_one_prompt_come_one_after_the_other():
    a = step(
        "a", isStart=True, prompt="Ask for their name and their email address.", extractVars=[["name", "name", ""], ["email", "email", ""]]
    )
    w = walking(graph(a, BYE, way("a", "bye", "They answered both")))
    assert (await w.open()).endswith("What is your name?")
    assert (await w.say("Jordan Miller.")).endswith("What is your email address?")
    assert await w.say("jordan at example dot com") == "Thank you. Goodbye."
    assert w.learnt == {"name": "Jordan Miller", "email": "jordan@example.com"}


async def test_transfer_says_its_words_then_hands_over():
    w = walking(
        graph(HELLO, step("t", "Transfer Call", text="One moment.", transferNumber="{{office}}"), way("hello", "t")),
        variables={"office": "+15005550100"},
    )
    await w.open()
    assert await w.say("Yes.") == "One moment."
    assert w.last[-1] == Transfer(number="+15005550100")


async def test_a_text_message_goes_out_and_the_walk_goes_on():
    sms = step("sms", "SMS", smsBody="See you {{day}}.", phoneNumber="")
    w = walking(graph(HELLO, sms, BYE, way("hello", "sms"), way("sms", "bye")), variables={"day": "Tuesday"})
    await w.open()
    assert await w.say("Yes.") == "Thank you. Goodbye."
    assert SendSms("See you Tuesday.") in w.last and w.route == ["hello", "sms", "bye"]


async def test_a_text_message_with_an_unfilled_variable_stays_here():
    w = walking(graph(HELLO, step("sms", "SMS", smsBody="See you {{day}}."), BYE, way("hello", "sms"), way("sms", "bye")))
    await w.open()
    await w.say("Yes.")
    assert not any(isinstance(a, SendSms) for a in w.actions) and w.notes("sms_failed")


@pytest.mark.parametrize(
    ("data", "keys"), [({"digit": "1"}, "1"), ({"sequence": "12#"}, "12#"), ({"digitPrompt": "The key for appointments"}, "2")]
)
async def test_keys(data, keys):
    menu = step("menu", "Wait for Response", isStart=True)
    press = step("press", "Press Button", **data)
    w = walking(graph(menu, press, step("next", "Wait for Response"), way("menu", "press"), way("press", "next")))
    await w.open()
    assert w.last[-1] == Wait()
    await w.say("For sales, press one. For appointments, press two. For anything else, press nine.")
    assert [a for a in w.last if isinstance(a, PressDigits)][0].digits == keys


async def test_a_step_that_waits_says_nothing_and_bears_silence():
    w = walking(graph(step("wait", "Wait for Response", isStart=True), BYE, way("wait", "bye", "Somebody speaks")))
    assert await w.open() == ""
    assert [await w.silence() for _ in range(2)] == ["", ""]
    assert await w.silence() == "Hello, can you hear me?"
    assert await w.say("Reception, this is Ann speaking here today.") == "Thank you. Goodbye."


async def test_a_route_step_chooses_by_its_rules_without_a_word():
    rules = [{"conditions": [{"field": "budget", "operator": ">=", "value": "100"}], "targetNodeId": "rich"}]
    route = step("route", "Route", routes=rules, fallbackNodeId="poor")
    rich, poor = step("rich", "End Call", text="Splendid. Goodbye."), step("poor", "End Call", text="I see. Goodbye.")
    ask = step("a", isStart=True, text="What is your budget?", extractVars=[["budget", "integer", "The budget"]])
    parts = (ask, route, rich, poor, way("a", "route", "They name an amount"))
    for said, wanted in (("About 300.", "Splendid. Goodbye."), ("Fifty.", "I see. Goodbye.")):
        w = walking(graph(*parts))
        await w.open()
        assert await w.say(said) == wanted
        assert w.notes("decision")[-1].data["node_id"] == "route"


async def test_routes_that_lead_in_a_circle_end_politely():
    a, b = step("a", "Route", isStart=True, fallbackNodeId="b"), step("b", "Route", fallbackNodeId="a")
    w = walking(graph(a, b))
    assert "Goodbye" in await w.open() and w.over and w.notes("loop")


async def test_knowledge_answers_from_its_own_text():
    kb = step(
        "kb",
        "Knowledge Base",
        isStart=True,
        text="What would you like to know?",
        kb="Parking is free behind the building. We open at nine.",
    )
    w = walking(graph(kb, BYE, way("kb", "bye", "Nothing more", "They have no more questions", ["No, that's all.", "Nothing else."])))
    assert await w.open() == "What would you like to know?"
    assert await w.say("Is parking free?") == "Parking is free behind the building."
    assert await w.say("When do you open?") == "We open at nine."
    assert await w.say("No, that's all.") == "Thank you. Goodbye."


async def test_another_pathway():
    other = PathwayBrief(
        "q", "Billing", 3, graph(step("b1", isStart=True, text="Billing here. What is it?"), step("b2", text="And two?"), prompt="")
    )
    go = step("go", "Transfer Pathway", text="I take you to billing.", transferPathway={"id": "q"}, transferPathwayNode="b2")
    w = walking(graph(HELLO, go, way("hello", "go")), others={"q": other})
    await w.open()
    assert await w.say("Yes.") == "I take you to billing. And two?"
    assert w.agent.state["pathway"] == "q" and w.notes("pathway")[0].data["version"] == 3
    assert await w.again().say("Who is this?") != ""
    gone = walking(graph(HELLO, go, way("hello", "go")))
    await gone.open()
    await gone.say("Yes.")
    assert gone.over and gone.notes("unknown_pathway")


async def test_a_step_of_an_unknown_type_ends_politely():
    w = walking(graph(HELLO, step("x", "Amazon Connect"), way("hello", "x")))
    await w.open()
    assert "Goodbye" in await w.say("Yes.") and w.over
    assert w.notes("unknown_step")[0].data["type"] == "Amazon Connect"


async def test_a_step_without_a_way_on_says_goodbye_and_keeps_what_was_said():
    w = walking(graph(HELLO, step("x", text="What should I pass on?"), way("hello", "x")))
    await w.open()
    await w.say("Yes.")
    assert await w.say("That the bell is broken.") == "Thank you for your time. Goodbye."
    assert "bell" in w.notes("note_for_staff")[0].data["message"]


# Steps that can be entered from anywhere ---------------------------------------------------------------------------------
PARKING = step(
    "parking",
    isGlobal=True,
    globalLabel="They ask about parking",
    globalExamples=["Where can I park?", "Is there parking?"],
    text="Parking is free.",
)
LATER = step(
    "later",
    isGlobal=True,
    globalLabel="They have no time",
    globalDescription="They are busy",
    globalExamples=["I'm driving.", "I'm busy now."],
    text="When shall I call?",
)
NOTED = step("noted", "End Call", text="I call then. Goodbye.")
WHEN = way("later", "noted", "They say when", "They name a time", ["Tomorrow.", "In an hour."])


async def test_a_global_step_without_ways_goes_back_to_where_it_came_from():
    w = walking(graph(HELLO, ASK, BYE, PARKING, YES, NO, NAMED))
    await w.open()
    await w.say("Yes.")
    assert await w.say("Where can I park?") == "Parking is free. Which day suits you?"
    assert w.route == ["hello", "ask", "parking", "ask"] and w.notes("node")[-1].data["returned"] is True
    assert await w.say("Friday.") == "Thank you. Goodbye."


async def test_a_global_step_follows_its_own_ways():
    w = walking(graph(HELLO, ASK, BYE, LATER, NOTED, YES, NO, NAMED, WHEN))
    await w.open()
    assert await w.say("Sorry, I'm driving right now.") == "When shall I call?"
    assert await w.say("In an hour.") == "I call then. Goodbye."


async def test_a_global_step_is_left_by_the_ways_of_the_step_before_when_they_go_on_there():
    w = walking(graph(HELLO, ASK, BYE, LATER, NOTED, YES, NO, NAMED, WHEN))
    await w.open()
    await w.say("I'm busy now.")
    assert await w.say("No, I no longer need it.") == "Thank you. Goodbye."


async def test_a_global_step_goes_before_the_condition():
    data = {"text": "Your name?", "condition": "The name is known", "extractVars": [["name", "name", "Their name"]]}
    w = walking(graph(step("who", isStart=True, **data), BYE, PARKING, way("who", "bye")))
    await w.open()
    assert await w.say("Is there parking?") == "Parking is free. Your name?"


# The session ------------------------------------------------------------------------------------------------------------
async def test_a_guard_rail_moves_it_to_a_step():
    w = walking(SMALL)
    await w.open()
    assert await w.turn(Turn("moved", node_id="bye")) == "Thank you. Goodbye."
    assert w.over and w.notes("moved")
    lost = walking(SMALL)
    await lost.open()
    await lost.turn(Turn("moved", node_id="nowhere"))
    assert lost.over


async def test_a_step_listens_in_its_own_manner_and_the_next_as_ordered():
    first = step("a", isStart=True, text="One?", modelOptions={"interruptionThreshold": 900, "block_interruptions": True})
    w = walking(graph(first, step("b", text="Two?"), way("a", "b", "They answer")))
    await w.open()
    assert Manner(900, True) in w.last
    await w.say("Yes, one it is.")
    assert Manner(None, None) in w.last


async def test_a_step_may_go_on_without_an_answer():
    first = step("a", isStart=True, text="This call is recorded.", modelOptions={"skipUserResponse": True})
    w = walking(graph(first, step("b", text="How are you?"), way("a", "b")))
    assert await w.open() == "This call is recorded. How are you?"


async def test_words_that_go_on_take_the_turn_back():
    """They spoke on before a word of ours was out: the same turn comes again, longer, and the first step is where it is decided."""
    w = walking(SMALL)
    await w.open()
    await w.say("Yes")
    assert w.agent.state["node"] == "ask"
    await w.say("Yes well actually no, I no longer need it.", interrupted=True)
    assert w.agent.state["node"] == "bye"


async def test_a_plain_yes_over_our_question_is_no_answer_to_it():
    w = walking(SMALL)
    await w.open()
    await w.say("Yes.")
    heard = (Line("assistant", "Which"), Line("user", "Yes."))
    assert await w.turn(Turn("heard", "Yes.", interrupted=True, transcript=heard)) == "Which day suits you?"


async def test_keys_pressed_by_the_person_are_words():
    press = way("hello", "bye", "They press 2", "", ["I pressed 2."])
    w = walking(graph(HELLO, ASK, BYE, YES, press))
    await w.open()
    assert await w.turn(Turn("pressed", "2")) == "Thank you. Goodbye."


async def test_a_pathway_without_steps_ends_politely():
    w = walking({"nodes": [], "edges": []})
    assert "Goodbye" in await w.open() and w.over


async def test_many_walks_at_once_do_not_mix():
    async def one(day: str) -> object:
        w = walking(SMALL)
        for text in ("", "Yes.", day):
            await (w.say(text) if text else w.open())
        return w.learnt["day"]

    found = await asyncio.gather(*(one(d) for d in ["Tomorrow.", "On Friday.", "On Monday."] * 4))
    assert found == ["2026-11-25", "2026-11-27", "2026-11-30"] * 4


def test_a_step_that_lets_nobody_interrupt_is_heard_to_its_end():
    """On the line, against a callee who talks over every long line."""

    def barged_in(**options: object) -> int:
        first = step(
            "a",
            isStart=True,
            text="Hello, this is the assistant of Harbor Dental with a short reminder for you today.",
            modelOptions=options,
        )
        made = Setup(PathwayBrief("p", "Test", 1, graph(first, BYE, way("a", "bye", "They answer"))), callee="interrupts")
        return sum(entry["kind"] == "barge_in" for entry in rehearse(made).logs)

    assert barged_in() == 1
    assert barged_in(block_interruptions=True) == 0
