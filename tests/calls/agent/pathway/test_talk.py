"""Ordinary talk over the starters: fillers, hold-ons, "what was the question?", wishes put as questions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from calls.agent.pathway import talk
from calls.agent.pathway.speaking import last_question
from calls.agent.ports import EndCall, Note, Turn, Wait
from tests.calls.agent.pathway.kit import Walking, graph, step, walking, way

ROOT = Path(__file__).parents[4]
SAME, NEW = ("stay", "repeat"), ("node", "variable", "note_for_staff", "optout", "wrong_number", "callback")


def talks(name: str) -> list[tuple[str, str, str, str, list[str]]]:
    found = []
    for place in yaml.safe_load((ROOT / f"tests/labelled/{name}.yaml").read_text(encoding="utf-8")):
        found += [(place["starter"], place["step"], said, wanted, *(before or [[]])) for said, wanted, *before in place["says"]]
    return found


async def at(starter: str, step: str) -> Walking:
    made: dict[str, Any] = yaml.safe_load((ROOT / f"pathways/starters/{starter}.yaml").read_text(encoding="utf-8"))
    walk = walking(made["graph"], variables=made["request_data"], state={"left_start": step != "greeting"})
    await walk.turn(Turn("moved", node_id=step))
    return walk


async def came_to(starter: str, step: str, said: str, wanted: str, before: list[str]) -> str:
    """What came of the last turn, in the words of the set: as it was wanted, or what it was instead."""
    walk = await at(starter, step)
    question = walk.agent.state["questions"][step]
    for line in before:
        await walk.say(line)
        if walk.agent.state["node"] != step:
            return f"left before, by {line}"
    spoken = await walk.say(said)
    notes = [a for a in walk.last if isinstance(a, Note)]
    way = next((str(n.data["chosen_edge"]) for n in notes if n.kind == "decision" and n.data["chosen_edge"]), "")
    if wanted not in SAME:
        standing = {n.kind for n in notes} | {str(n.data.get("intent")) for n in notes}
        return wanted if wanted == way or (not way and wanted in standing) else way or f"{sorted(standing)} {spoken}"
    if way or any(isinstance(a, EndCall) for a in walk.last):
        return way or f"the end: {spoken}"
    if new := [n.message for n in notes if n.kind in NEW]:
        return f"{new} {spoken}"
    return wanted if wanted == "stay" or last_question(question) in spoken else f"stay: {spoken}"


async def measured(name: str) -> tuple[int, int, list[tuple[str, str, str, str]]]:
    """(right, all, what was not right)."""
    cases, missed = talks(name), []
    for case in cases:
        got = await came_to(*case)
        if got != case[3]:
            missed.append((case[1], case[2], case[3], got))
    return len(cases) - len(missed), len(cases), missed


async def test_the_set():
    right, count, missed = await measured("walker_talk")
    assert count >= 80 and right >= 0.96 * count, missed


async def test_the_set_written_afterwards():
    """First met: 28 of 32 right; the rules that were too narrow for the other four were widened since."""
    right, count, missed = await measured("walker_talk_unseen")
    assert count >= 30 and right >= 0.93 * count, missed


async def test_the_set_written_last():
    """First met: 22 of 29 right."""
    right, count, missed = await measured("walker_talk_unseen_2")
    assert count >= 29 and right >= 25, missed


@pytest.mark.parametrize("starter", ["appointment_reminder", "payment_reminder", "lead_qualification"])
async def test_nothing_private_is_told_before_a_clear_yes(starter):
    walk = await at(starter, "greeting")
    for text in ("Okay.", "Hm, okay.", "Right.", "Well, let me see.", "Who?", "I might be."):
        said = await walk.say(text)
        assert walk.agent.state["node"] == "greeting" and not any(w in said for w in ("Okafor", "4471", "120 dollars")), (text, said)


async def test_a_second_hold_on_is_waited_for_in_silence():
    walk = await at("appointment_reminder", "reminder")
    assert await walk.say("Hold on.") == "Of course, take your time."
    assert await walk.say("Just a moment.") == "" and isinstance(walk.last[-1], Wait)
    assert await walk.say("Okay, what was the question?") == "Of course. Does that still work for you?"


async def test_of_two_ways_that_mean_no_a_plain_no_is_asked_which():
    walk = walking(
        graph(
            step("start", isStart=True, text="Does Tuesday still work for you?"),
            step("fine", "End Call", text="Good."),
            step("other", "End Call", text="Another time."),
            step("off", "End Call", text="Cancelled."),
            way("start", "fine", "Yes, it works"),
            way("start", "other", "They cannot come then"),
            way("start", "off", "They do not want it any more"),
        )
    )
    await walk.open()
    assert await walk.say("No.") == "Just so that I get it right: you cannot come then, or you do not want it any more?"
    assert await walk.say("I cannot come then.") == "Another time."


@pytest.mark.parametrize(
    ("said", "budget"),
    [("Could we say one fifty?", 150), ("That's a good one.", None), ("One more time?", None), ("Hold on, about 300.", 300)],
)
async def test_a_one_that_counts_nothing_is_no_number(said, budget):
    walk = await at("lead_qualification", "budget")
    await walk.say(said)
    assert walk.learnt.get("budget") == budget


def test_what_is_left_without_fillers_and_hold_ons():
    assert talk.filler("Well, um.") and talk.holds("Sure, one moment please.") and not talk.holds("Hold on, it is 300.")
    assert not talk.filler("Okay.") and talk.filler("Okay, so.")
    assert talk.answer("Hold on... um, yes, that works. One second.") == "yes, that works."


async def test_a_day_asked_back_is_said_again_and_is_no_wish():
    walk = await at("appointment_reminder", "reminder")
    said = await walk.say("Tuesday?")
    assert "Tuesday, December 1st" in said and walk.agent.state["node"] == "reminder" and not walk.learnt
