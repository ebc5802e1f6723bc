"""Every starter: its suite is green, each simulated callee does what the file says, also on a call by API."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from analytics.outcomes import write_outcome
from calls.agent.choose import make_agent, warm
from calls.agent.ports import PathwayBrief
from calls.models import Call, CallingRules
from calls.publishing import publish
from calls.rehearsal.run import rehearse
from calls.rehearsal.setup import Setup
from calls.states import ENDED
from pathways import making, validation
from pathways.starters import starters
from tests.calls.runner_kit import engine, running, states, until
from tests.http import post

OFFICE = ("appointment_reminder", "lead_qualification", "payment_reminder")
SCENARIOS = [(key, each) for key in OFFICE for each in starters()[key].scenarios]


@pytest.mark.parametrize(("key", "scenario"), SCENARIOS, ids=lambda each: each if isinstance(each, str) else each["name"])
def test_its_suite_is_green(key, scenario):
    starter = starters()[key]
    pathway = PathwayBrief(key, starter.name, 1, starter.graph)
    done = rehearse(
        Setup(pathway, scenario["callee"], scenario.get("lines", ()), scenario["request_data"], assertions=scenario["assertions"])
    )
    talk = "\n".join(f"{line.node_id:>16} {line.speaker}: {line.text}" for line in done.lines)
    assert not done.error
    assert not [result for result in done.results if not result.passed], f"{talk}\n{done.variables} {done.disposition}"


@pytest.mark.parametrize("key", OFFICE)
def test_it_is_whole(key):
    starter = starters()[key]
    assert not [p for p in validation.problems(starter.graph) if p.code != "undefined_variable"]
    assert 8 <= len([n for n in starter.graph["nodes"] if "id" in n]) <= 14
    assert 5 <= len(starter.scenarios) <= 8
    assert sum(bool(each.get("required")) for each in starter.scenarios) >= 3
    routed = [e for e in starter.graph["edges"] if sum(o["source"] == e["source"] for o in starter.graph["edges"]) > 1]
    assert all(len(e["data"]["examples"]) >= 3 for e in routed)


# starter, callee's number: the steps, the outcome, and something that was learnt
CALLS = [
    ("appointment_reminder", "0006", ["greeting", "reminder", "all_set", "goodbye"], "COMPLETED_ACTION", {"still_coming": True}),
    ("appointment_reminder", "0009", ["greeting", "wrong_person"], "NO_CONTACT_MADE", {}),
    ("appointment_reminder", "0008", ["greeting", "hand_over"], "TRANSFERRED", {}),
    ("appointment_reminder", "0005", ["greeting"], "DO_NOT_CONTACT", {}),
    (
        "lead_qualification",
        "0006",
        ["greeting", "minutes", "budget", "timeline", "fit", "meeting_time", "booked"],
        "INTERESTED",
        {"budget": 300},
    ),
    ("lead_qualification", "0009", ["greeting", "wrong_person"], "NO_CONTACT_MADE", {}),
    ("lead_qualification", "0005", ["greeting"], "DO_NOT_CONTACT", {}),
    ("payment_reminder", "0006", ["greeting", "matter", "promise", "details", "goodbye"], "COMPLETED_ACTION", {"wants_details": True}),
    ("payment_reminder", "0009", ["greeting", "wrong_person"], "NO_CONTACT_MADE", {}),
    ("payment_reminder", "0008", ["greeting", "hand_over"], "TRANSFERRED", {}),
]


@pytest.mark.django_db(transaction=True)
async def test_calls_by_api_go_the_documented_way(account, key, tmp_path, client):
    """All at once: sent by API, led by a runner, their outcomes written, read by API."""

    @sync_to_async
    def sent() -> list[str]:
        CallingRules.objects.filter(account=account).update(same_number_seconds=0)
        pathways = {}
        for name in OFFICE:
            made = publish(making.from_starter(account, starters()[name]), "production")
            pathways[name] = str(made.pathway.uid)
        return [_send(key, pathways[name], starters()[name].scenarios[0]["request_data"], number) for name, number, *_ in CALLS]

    @sync_to_async
    def details(uid: str) -> dict:
        call = Call.objects.get(uid=uid)
        write_outcome(call.pk)
        return client.get(f"/v1/calls/{uid}", headers={"Authorization": key}).json()

    await asyncio.to_thread(warm)
    ids = await sent()
    calls = await sync_to_async(lambda: list(Call.objects.filter(uid__in=ids)))()
    async with running(engine(tmp_path / "dials", agent=make_agent)):
        await until(lambda: set(states(*calls)) <= ENDED, seconds=60)
    wrong = []
    for uid, (name, number, route, outcome, learnt) in zip(ids, CALLS, strict=True):
        shown = await details(uid)
        went = [e["chosen_node_id"] for e in shown["pathway_logs"] if e.get("chosen_node_id")]
        way = list(dict.fromkeys(went))
        known = {k: shown["variables"].get(k) for k in learnt}
        if way != route or (outcome and shown["disposition_tag"] != outcome) or known != learnt:
            wrong.append((name, number, way, shown["disposition_tag"], known, [(t["user"], t["text"]) for t in shown["transcripts"]]))
    assert not wrong, "\n\n".join(map(str, wrong))


def _send(key: str, pathway: str, data: dict, number: str) -> str:
    body = {"phone_number": f"+1500555{number}", "pathway_id": pathway, "request_data": data}
    answer = post("/v1/calls", body, {"authorization": key})
    assert answer.status == 200, answer.body
    return answer.body["call_id"]
