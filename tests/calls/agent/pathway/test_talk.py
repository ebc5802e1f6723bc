"""Ordinary talk over the starters: fillers, hold-ons, "what was the question?", wishes put as questions."""

from pathlib import Path
from typing import Any

import yaml

from calls.agent.pathway.speaking import last_question
from calls.agent.ports import EndCall, Note, Turn
from tests.calls.agent.pathway.kit import Walking, walking

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
