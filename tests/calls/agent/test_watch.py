"""Guard rails in whole calls on the virtual clock: each type with each action, once, at its moment; and what must not trip."""

import asyncio

import pytest

from calls.agent.encoder import encoder
from calls.agent.ports import Brief, EndCall, Note, PathwayBrief, Say, Transfer
from calls.agent.rails import custom
from calls.agent.rails.shape import Trip, watched
from calls.agent.session import Command
from calls.agent.walker import PathwayAgent
from calls.agent.watch import RailWatch
from calls.agent.watching import watch_of
from calls.carriers.base import Ended
from calls.carriers.timing import speaking_ms
from tests.calls.fakes import ScriptedAgent, ScriptedMedia, converse, heard

PLAIN = "Hello. I wanted to ask whether Tuesday is good for you?"
WHOLE = "Hello, this is Anna, an automated assistant of Acme Dental. This call is recorded. Is Tuesday good for you?"
BYE = (Say("Thank you. Goodbye."), EndCall("done"))
END = {"type": "end_call", "config": {}}
TRANSFER = {"type": "transfer", "config": {"phone_number": "+14155550100"}}
MOVE = {"type": "move_to_node", "config": {"node_id": "sorry"}}
REQUIRED = ["tcpa:ai_disclosure", "tcpa:self_introduction", "tcpa:recording_disclosure"]
STOP = "Please stop calling me."
PROMISE = "We will refund the whole amount."
CLOSING = "I'm sorry, I have to end the call here. Thank you for your time. Goodbye."
HANDING = "I'm going to connect you with a colleague now. One moment, please."
NOTED = "I have noted that you do not want to be called again. I apologize for the trouble. Goodbye."
REFUNDS = {
    "type": "custom",
    "name": "No promises",
    "prompt": "The agent promises a refund",
    "examples": ["I promise you a refund.", PROMISE],
    "near_misses": ["I can't promise a refund."],
}


def rail(kind: str, *actions: dict, seconds: float = 20, **more) -> dict:
    return {"type": kind, "name": kind, "actions": list(actions or (END,)), "config": {"end_seconds": seconds}, **more}


def watch(*rails: dict, nodes=("sorry",), **more) -> RailWatch:
    return RailWatch(watched(rails), nodes=nodes, encoder=encoder(), **more)


class TwoStepAgent(ScriptedAgent):
    """Also answers when a rail moves it: says the step's words and ends."""

    async def reply(self, turn):
        if turn.kind == "moved":
            self.turns.append(turn)
            yield Say(f"I am sorry about that ({turn.node_id}). Goodbye.")
            yield EndCall("over")
            return
        async for action in super().reply(turn):
            yield action


def trips(call) -> list:
    return call.recorder.of("tripped")


def acted_as(call, action: str, closing: str = CLOSING) -> None:
    """Exactly one trip acted, and what followed fits its action."""
    acted = [t for t in trips(call) if t.data["acted"]]
    assert [t.data["action"] for t in acted] == [action]
    said = [text for _, text in call.media.said]
    match action:
        case "end_call":
            assert said[-1] == closing
            assert call.result.ended_by == "ASSISTANT"
            assert call.media.transferred_to == ""
        case "transfer":
            assert said[-1] == HANDING
            assert call.media.transferred_to == "+14155550100"
            assert call.recorder.of("transferred")[0].text == "+14155550100"
        case "move_to_node":
            assert [t.node_id for t in call.agent.turns if t.kind == "moved"] == ["sorry"]
            assert said[-1] == "I am sorry about that (sorry). Goodbye."


# every type with every action ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("action", [END, TRANSFER, MOVE], ids=lambda a: a["type"])
@pytest.mark.parametrize("kind", REQUIRED)
async def test_a_disclosure_that_was_not_made_in_time(kind, action):
    call = await converse(ScriptedMedia(), TwoStepAgent(PLAIN), watch=watch(rail(kind, action)), silence_ms=60_000)
    acted_as(call, action["type"])
    assert [(t.start_ms, t.text, t.data["spoken"]) for t in trips(call)] == [(20_000, "", True)]  # to the millisecond


@pytest.mark.parametrize("action", [END, TRANSFER, MOVE], ids=lambda a: a["type"])
@pytest.mark.parametrize("further", ["Before you go, may I ask one thing?", "We have a special offer for you.", "Your bill is still open."])
async def test_an_agent_that_goes_on_after_an_opt_out(action, further):
    call = await converse(ScriptedMedia(replies=[STOP]), TwoStepAgent(WHOLE, further), watch=watch(rail("tcpa:opt_out", action)))
    acted_as(call, action["type"], NOTED)
    assert [(t.text, t.data["spoken"]) for t in trips(call)] == [(further, False)]
    assert further not in [text for _, text in call.media.said]
    assert "Please stop calling me." in trips(call)[0].message


@pytest.mark.parametrize("action", [END, TRANSFER, MOVE], ids=lambda a: a["type"])
async def test_words_of_the_agent_that_match_a_custom_rail_are_never_spoken(action):
    agent = TwoStepAgent(WHOLE, f"One moment. {PROMISE}")
    call = await converse(ScriptedMedia(replies=["And my money?"]), agent, watch=watch({**REFUNDS, "actions": [action]}))
    acted_as(call, action["type"])
    assert [(t.text, t.data["spoken"], t.data["line"]) for t in trips(call)] == [(PROMISE, False, None)]
    assert not [text for _, text in call.media.said if "refund" in text]
    assert not [text for who, text in call.recorder.lines if "refund" in text]
    assert call.recorder.of("note:withheld")[0].data == {"sentence": f"One moment. {PROMISE}"}


@pytest.mark.parametrize("action", [END, TRANSFER, MOVE], ids=lambda a: a["type"])
async def test_words_of_the_callee_that_match_a_custom_rail(action):
    threat = {
        "type": "custom",
        "name": "Threats",
        "prompt": "If the customer threatens legal action",
        "examples": ["I'm going to sue you."],
    }
    media = ScriptedMedia(replies=["I'm going to sue you for this."])
    call = await converse(media, TwoStepAgent(WHOLE, "What a pity."), watch=watch({**threat, "actions": [action]}))
    acted_as(call, action["type"])
    trip = trips(call)[0]
    assert (trip.text, trip.data["spoken"]) == ("I'm going to sue you for this.", True)
    assert call.recorder.all[trip.data["line"] - 1].text == trip.text  # the line that shows it


# the clock -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seconds", [1.5, 7, 12.345, 29])
async def test_the_moment_is_exact(seconds):
    call = await converse(ScriptedMedia(), ScriptedAgent("Hello."), watch=watch(rail(REQUIRED[0], seconds=seconds)), silence_ms=60_000)
    assert [t.start_ms for t in trips(call)] == [round(seconds * 1000)]


@pytest.mark.parametrize(("begins", "tripped"), [(19_000, []), (20_001, [20_000])])
async def test_a_sentence_counts_from_when_it_begins(begins, tripped):
    # the agent discloses in answer to words that end 500 ms before it begins to speak
    asked = "Who is that?"
    media = ScriptedMedia(at=heard(asked, begins - 500 - speaking_ms(asked)))
    agent = ScriptedAgent("Good day.", "I am an automated assistant.", BYE)
    call = await converse(media, agent, watch=watch(rail(REQUIRED[0])), silence_ms=60_000)
    assert [t.start_ms for t in trips(call)] == tripped


async def test_a_disclosure_in_the_middle_of_a_long_sentence_by_sentence_opening():
    long = f"{WHOLE.removesuffix(' Is Tuesday good for you?')} {'We have news about your teeth. ' * 12}"
    assert speaking_ms(long) > 25_000
    call = await converse(ScriptedMedia(), ScriptedAgent(long, BYE), watch=watch(*(rail(k, seconds=8) for k in REQUIRED)), silence_ms=1_000)
    assert not trips(call)


async def test_a_disclosure_that_was_cut_off_was_not_made():
    # the callee speaks over the first word of it and nobody says it again
    media = ScriptedMedia(at=heard("Hello?", 900))
    agent = ScriptedAgent("Good day and welcome to all, I am an automated assistant.", "Yes?")
    call = await converse(media, agent, watch=watch(rail(REQUIRED[0], seconds=9)), silence_ms=60_000)
    assert [t.start_ms for t in trips(call)] == [9_000]


async def test_what_was_said_stands_before_the_trip_that_cut_it_off():
    long = "Good day. " + "We have news about your teeth. " * 8
    call = await converse(ScriptedMedia(), ScriptedAgent(long), watch=watch(rail(REQUIRED[0], seconds=5)), silence_ms=60_000)
    what = [w.what for w in call.recorder.all if w.what in ("assistant", "tripped")]
    assert what == ["assistant", "tripped", "assistant"]
    assert trips(call)[0].start_ms == 5_000
    assert len(call.recorder.of("assistant")[0].text) < len(long) / 2


async def test_leave_to_record_that_was_granted():
    for answer, count in (("Yes, that's fine.", 0), ("No, I'd rather you didn't.", 1)):
        agent = ScriptedAgent("Hello. Is it okay if I record this call?", "Thanks.")
        call = await converse(ScriptedMedia(replies=[answer]), agent, watch=watch(rail(REQUIRED[2])), silence_ms=60_000)
        assert len(trips(call)) == count, answer


# first, once ---------------------------------------------------------------------------------------------------------
async def test_of_two_that_trip_at_once_the_first_acts():
    rails = [rail(REQUIRED[0], TRANSFER), rail(REQUIRED[1], END), rail(REQUIRED[2], END, seconds=25)]
    call = await converse(ScriptedMedia(), ScriptedAgent("Hello."), watch=watch(*rails), silence_ms=60_000)
    acted_as(call, "transfer")
    assert len(trips(call)) == 1  # the call is handed over: nothing more is watched


async def test_after_a_move_the_others_are_kept_but_do_not_act_and_none_trips_twice():
    rails = [rail(REQUIRED[0], MOVE), rail(REQUIRED[1], END), {**REFUNDS, "actions": [END]}]

    class Agent(ScriptedAgent):
        async def reply(self, turn):
            self.turns.append(turn)
            yield Say("Good day." if turn.kind == "open" else PROMISE if len(self.turns) < 5 else "Goodbye.")
            if len(self.turns) >= 5:
                yield EndCall()

    call = await converse(ScriptedMedia(replies=["Yes?"] * 6), Agent(), watch=watch(*rails, nodes=["sorry"]), silence_ms=60_000)
    kinds = [(t.data["type"], t.data["acted"]) for t in trips(call)]
    assert sum(acted for _, acted in kinds) == 1
    assert len({kind for kind, _ in kinds}) == len(kinds)
    said = [text for _, text in call.media.said]
    assert PROMISE not in said  # withheld every time, also when its rail does not act any more
    assert said.count("I'm sorry, I can't say anything about that.") + 1 >= len(call.recorder.of("note:withheld"))


async def test_nothing_trips_on_the_same_rail_again():
    w = watch({**REFUNDS, "actions": [MOVE]})
    first = await w.before(PROMISE, 1)
    again = await w.before(PROMISE, 2)
    assert [isinstance(t, Trip) for t in (*first, *again)] == [True, True]  # withheld both times
    assert w.take(first[0]).acted
    assert w.take(again[0]) is None


# what trips nothing --------------------------------------------------------------------------------------------------
ALL = [*(rail(k, seconds=5) for k in REQUIRED), rail("tcpa:opt_out"), {**REFUNDS, "actions": [END]}]
GREETING = "You've reached Jo Miller. Do not call me again. I promise a refund. Leave a message after the beep."


@pytest.mark.parametrize("action", ["hangup", "leave_message", "ignore"])
async def test_a_voicemail_trips_nothing(action):
    media = ScriptedMedia(at=heard(GREETING, 500, machine=True))
    agent = ScriptedAgent("Hello.", PROMISE)
    call = await converse(
        media, agent, watch=watch(*ALL), voicemail_action=action, voicemail_message=PROMISE, wait_for_greeting=True, silence_ms=2_000
    )
    assert not trips(call)
    assert not call.recorder.of("note:optout")
    assert call.result.answered_by == "voicemail"


async def test_a_transfer_ends_the_watch():
    agent = ScriptedAgent(WHOLE, (Say("One moment."), Transfer(number="+14155550100")))
    call = await converse(ScriptedMedia(replies=["A person, please."]), agent, watch=watch(rail(REQUIRED[0], seconds=60), *ALL[3:]))
    assert call.media.transferred_to == "+14155550100"
    assert not trips(call)


async def test_a_whole_opening_trips_nothing():
    call = await converse(
        ScriptedMedia(replies=["Yes."]), ScriptedAgent(WHOLE, BYE), watch=watch(*ALL[3:], *(rail(k, seconds=20) for k in REQUIRED))
    )
    assert not trips(call)
    assert call.recorder.lines[-1] == ("assistant", "Thank you. Goodbye.")


@pytest.mark.parametrize(
    "words",
    [
        "I understand. I have removed your number. Goodbye.",
        "I'm sorry to have bothered you, you will not be called again.",
        "Of course, we won't call you any more. Have a nice day.",
        "Okay.",
        "All right, I will let the team know that you do not want to be contacted.",
        "Disculpe la molestia. He anotado que no quiere recibir más llamadas. Adiós.",
        NOTED,
    ],
)
async def test_an_acknowledgement_and_a_goodbye_are_no_going_on(words):
    agent = ScriptedAgent(WHOLE, (Say(words), EndCall("optout")))
    call = await converse(ScriptedMedia(replies=[STOP]), agent, watch=watch(rail("tcpa:opt_out")))
    assert not trips(call)
    assert call.media.said[-1][1] == words


async def test_an_answer_to_what_they_ask_after_an_opt_out_is_no_going_on():
    agent = ScriptedAgent(WHOLE, "I have noted that.", "This is Acme Dental.", BYE)
    call = await converse(ScriptedMedia(replies=[STOP, "Who are you anyway?", "Bye."]), agent, watch=watch(rail("tcpa:opt_out")))
    assert not trips(call)


async def test_a_call_that_ends_before_the_time_is_up_trips_nothing():
    media = ScriptedMedia(at=[(3_000, Ended("hangup", 3_000, "callee"))])
    call = await converse(media, ScriptedAgent("Hello."), watch=watch(rail(REQUIRED[0], seconds=5)))
    assert not trips(call)


# what cannot be done -------------------------------------------------------------------------------------------------
async def test_a_step_that_is_not_in_the_call_ends_it_politely_and_says_so():
    call = await converse(ScriptedMedia(), ScriptedAgent("Hello."), watch=watch(rail(REQUIRED[0], MOVE), nodes=()), silence_ms=60_000)
    acted_as(call, "end_call")
    assert "not in this call" in trips(call)[0].message


async def test_the_next_action_is_taken_when_the_first_cannot_be_done():
    rails = [rail(REQUIRED[0], {"type": "move_to_node", "config": {"node_id": "gone"}}, TRANSFER)]
    call = await converse(ScriptedMedia(), ScriptedAgent("Hello."), watch=watch(*rails), silence_ms=60_000)
    acted_as(call, "transfer")


async def test_a_transfer_that_is_refused_is_told_and_the_call_ended():
    media = ScriptedMedia(refuses_transfer=True)
    call = await converse(media, ScriptedAgent("Hello."), watch=watch(rail(REQUIRED[0], TRANSFER)), silence_ms=60_000)
    assert [text for _, text in media.said][-2:] == [
        HANDING,
        "I'm sorry, I could not reach anybody who can take over. I will let the team know.",
    ]
    assert call.recorder.of("note:transfer_failed")
    assert call.result.ended_by == "ASSISTANT"


async def test_a_move_waits_for_no_person_who_took_over():
    commands = [(8_000, Command("take_over", by="Ana")), (25_000, Command("stop", by="Ana"))]
    call = await converse(
        ScriptedMedia(), TwoStepAgent("Hello."), watch=watch(rail(REQUIRED[0], MOVE)), commands=commands, silence_ms=60_000
    )
    assert [t.kind for t in call.agent.turns] == ["open"]
    assert len(trips(call)) == 1


# opt-outs are heard on every call ------------------------------------------------------------------------------------
@pytest.mark.parametrize("notes", [(), (Note("optout", "Asked not to be called again", {"quote": STOP}),)])
async def test_an_opt_out_is_noted_once_whether_the_agent_notes_it_or_not(notes):
    agent = ScriptedAgent(WHOLE, (*notes, Say("I have noted that. Goodbye."), EndCall("over")))
    call = await converse(ScriptedMedia(replies=[STOP]), agent, watch=watch())
    note = call.recorder.of("note:optout")
    assert [(n.data["quote"], call.recorder.all[n.data["seq"] - 1].text) for n in note] == [(STOP, STOP)]


async def test_an_opt_out_in_two_lines_is_heard():
    media = ScriptedMedia(at=[*heard("Don't ever", 9_000), *heard("call me again", 9_000 + speaking_ms("Don't ever") + 200)])
    call = await converse(media, ScriptedAgent(WHOLE, "I have noted that. Goodbye.", BYE), watch=watch(), interruption_threshold=800)
    assert [n.data["quote"] for n in call.recorder.of("note:optout")] == ["Don't ever call me again"]


async def test_an_opt_out_that_only_the_agent_understood_is_watched_too():
    agent = ScriptedAgent(
        "Shall I note that you should not be called again?", (Note("optout", "x", {"quote": "Yes."}), Say("And our offer?"))
    )
    call = await converse(ScriptedMedia(replies=["Yes."]), agent, watch=watch(rail("tcpa:opt_out")))
    assert [t.text for t in trips(call)] == ["And our offer?"]


async def test_an_opt_out_is_heard_also_where_interruptions_are_blocked():
    media = ScriptedMedia(at=heard(STOP, 1_000))
    agent = ScriptedAgent(WHOLE * 3, (Say("I have noted that. Goodbye."), EndCall("over")))
    call = await converse(media, agent, watch=watch(), block_interruptions=True)
    assert [t.text for t in call.agent.turns if t.kind == "heard"] == [STOP]
    assert call.media.said[-1][1] == "I have noted that. Goodbye."


# openings ------------------------------------------------------------------------------------------------------------
BRIEF = Brief(task="You are Anna from Acme Dental. Confirm the appointment on Tuesday.", disclosures=("ai", "self", "recording"))


async def test_a_persona_adds_what_its_opening_lacks_before_its_question():
    call = await converse(ScriptedMedia(replies=["Yes."]), ScriptedAgent(PLAIN, BYE), watch=watch(brief=BRIEF))
    assert call.media.said[0][1] == (
        "Hello. I'm an automated assistant. This is Anna, calling for Acme Dental. This call may be recorded. "
        "I wanted to ask whether Tuesday is good for you?"
    )
    assert [text for _, text in call.media.said][1:] == ["Thank you. Goodbye."]


async def test_an_opening_that_discloses_all_stays_as_it_is():
    call = await converse(ScriptedMedia(replies=["Yes."]), ScriptedAgent(WHOLE, BYE), watch=watch(brief=BRIEF))
    assert call.media.said[0][1] == WHOLE


async def test_an_opening_in_pieces_without_a_question_is_completed_at_its_end():
    agent = ScriptedAgent((Say("Good day."), Say("This is Anna of Acme Dental.")), BYE)
    call = await converse(ScriptedMedia(replies=["Yes."]), agent, watch=watch(brief=BRIEF))
    assert [text for _, text in call.media.said][:3] == [
        "Good day.",
        "This is Anna of Acme Dental.",
        "I'm an automated assistant. This call may be recorded.",
    ]


async def test_an_opening_that_was_not_heard_is_completed_again():
    media = ScriptedMedia(at=heard("Hello?", 100), replies=["Yes."])
    call = await converse(media, ScriptedAgent(PLAIN, "Is Tuesday good?", BYE), watch=watch(brief=BRIEF))
    said = [text for _, text in media.said]
    assert sum("I'm an automated assistant." in text for text in said) == len([s for s in said if "?" in s])
    assert not trips(call)


# the second opinion --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sentence", ["You may well get a part of it back.", "The money comes back to you."])
@pytest.mark.parametrize("answer", ["no", "yes", ""])
async def test_an_unsure_match_is_settled_by_the_second_opinion(answer, sentence):
    own = custom.match(watched([REFUNDS | {"actions": []}])[0].custom, sentence, encoder())
    assert not own.sure
    asked = []

    async def opinion(rail, text, speaker):
        asked.append((rail.prompt, text, speaker))
        return answer

    agent = ScriptedAgent(WHOLE, sentence, BYE)
    call = await converse(ScriptedMedia(replies=["And then?", "Hm."]), agent, watch=watch({**REFUNDS, "actions": [END]}, opinion=opinion))
    assert (REFUNDS["prompt"], sentence, "assistant") in asked
    assert bool(trips(call)) == {"yes": True, "no": False, "": own.trips}[answer]
    assert (sentence in [text for _, text in call.media.said]) != bool(trips(call))
    if answer == "":
        assert "no second opinion within 0.7 s" in call.recorder.of("note:second_opinion")[0].text


# with a pathway that leads the call -----------------------------------------------------------------------------------
MONEY = "Hello, this is Anna of Acme Dental. Is it about money?"
GRAPH = {
    "nodes": [
        {
            "id": "1",
            "type": "Default",
            "data": {"name": "Hello", "isStart": True, "text": "Hello, this is Anna of Acme Dental. Is it about money?"},
        },
        {"id": "2", "type": "Default", "data": {"name": "Money", "text": PROMISE}},
        {"id": "sorry", "type": "End Call", "data": {"name": "Sorry", "text": "I am not allowed to talk about money. Goodbye."}},
    ],
    "edges": [{"id": "e", "source": "1", "target": "2", "data": {"label": "yes", "description": "They say yes"}}],
}


FIRST = {
    "nodes": [
        {"id": "1", "type": "Default", "data": {"name": "Hello", "isStart": True, "text": f"Hello. {PROMISE} Shall I go on?"}},
        {"id": "over", "type": "Transfer Pathway", "data": {"name": "Over", "transferPathway": "p2"}},
    ],
    "edges": [{"id": "e", "source": "1", "target": "over", "data": {"label": "yes", "description": "They say yes"}}],
}


def there(rail: dict) -> dict:
    """Attached to the pathway that the call goes over to."""
    return {**rail, "pathway_id": "p2"}


async def over(*rails: dict, replies=("Yes, please.", "Yes, it is."), **more):
    brief = Brief(task="", pathway=PathwayBrief("p1", "First", 1, FIRST), others={"p2": PathwayBrief("p2", "Money", 1, GRAPH)}, **more)
    return await converse(ScriptedMedia(replies=replies), PathwayAgent(brief, encoder()), watch=watch_of(rails, brief), silence_ms=60_000)


async def test_rails_of_the_pathway_it_goes_over_to_watch_from_then_on_and_move_to_its_steps():
    call = await over(there({**REFUNDS, "actions": [MOVE]}))
    said = [text for _, text in call.media.said]
    assert PROMISE in said[0]  # the first pathway may say it
    assert said[-1] == "I am not allowed to talk about money. Goodbye."
    assert [(t.text, t.data["action"], t.data["acted"]) for t in trips(call)] == [(PROMISE, "move_to_node", True)]


async def test_a_rail_of_the_whole_call_moves_to_the_steps_of_where_it_is():
    threat = {
        "type": "custom",
        "name": "Threats",
        "prompt": "If the customer threatens legal action",
        "examples": ["I'm going to sue you."],
    }
    call = await over({**threat, "actions": [MOVE]}, replies=["Yes, please.", "I'm going to sue you for this."])
    assert call.media.said[-1][1] == "I am not allowed to talk about money. Goodbye."
    call = await over({**threat, "actions": [MOVE]}, replies=["I'm going to sue you for this."])
    acted_as(call, "end_call")  # the first pathway has no such step
    assert "not in this call" in trips(call)[0].message


async def test_the_time_to_disclose_something_begins_when_the_call_goes_over():
    call = await over(there(rail(REQUIRED[2], seconds=20)), replies=["Yes, please."])
    went = next(w for w in call.recorder.of("note:pathway"))
    [trip] = trips(call)
    assert trip.start_ms > 20_000
    assert trip.message.startswith("Within 20 seconds of going over to its pathway it was not said that the call is recorded"), went


async def test_the_same_rail_does_not_come_twice():
    both = {**REFUNDS, "actions": [END]}
    rails = watch_of([both, there({**both, "actions": [MOVE]})], Brief(task=""))
    rails.over_to("p2", 1_000)
    assert len(await rails.before(PROMISE, 2_000)) == 1


async def test_a_rail_moves_a_pathway_to_its_step():
    leads = PathwayBrief("p", "Money", 1, GRAPH)
    agent = PathwayAgent(Brief(task="", pathway=leads), encoder())
    call = await converse(ScriptedMedia(replies=["Yes, it is."]), agent, watch=watch({**REFUNDS, "actions": [MOVE]}))
    assert [text for _, text in call.media.said] == [
        MONEY,
        "I am not allowed to talk about money. Goodbye.",
    ]
    assert [(t.text, t.data["action"], t.data["acted"]) for t in trips(call)] == [(PROMISE, "move_to_node", True)]
    entered = [w.data["node_id"] for w in call.recorder.of("note:node")]
    assert entered[-1] == "sorry"


async def test_the_start_of_a_pathway_gets_what_a_persona_discloses():
    leads = PathwayBrief("p", "Money", 1, GRAPH)
    brief = Brief(task="", pathway=leads, disclosures=("ai", "recording"))
    call = await converse(ScriptedMedia(replies=["No."]), PathwayAgent(brief, encoder()), watch=watch(brief=brief), max_duration_ms=60_000)
    assert call.media.said[0][1] == (
        "Hello, this is Anna of Acme Dental. I'm an automated assistant. This call may be recorded. Is it about money?"
    )


async def test_an_opt_out_on_a_pathway_is_noted_once():
    agent = PathwayAgent(Brief(task="", pathway=PathwayBrief("p", "Money", 1, GRAPH)), encoder())
    call = await converse(ScriptedMedia(replies=[STOP]), agent, watch=watch(rail("tcpa:opt_out")))
    assert len(call.recorder.of("note:optout")) == 1
    assert not trips(call)
    assert call.result.ended_by == "ASSISTANT"


async def test_second_opinions_on_several_rails_are_asked_for_at_once():
    asked, most = 0, 0

    async def opinion(*_):
        nonlocal asked, most
        asked += 1
        most = max(most, asked)
        await asyncio.sleep(0.01)
        asked -= 1
        return "no"

    class Unsure(RailWatch):
        def _matches(self, rails, text):
            return [custom.Match(False, text, "A close thing.", sure=False) for _ in rails]

    rails = watched([{**REFUNDS, "prompt": f"The agent promises a refund {n}", "actions": [END]} for n in range(3)])
    await Unsure(rails, encoder=encoder(), opinion=opinion).before("Well, maybe so.", 0)
    assert most == 3
