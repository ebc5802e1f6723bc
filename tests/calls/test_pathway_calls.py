"""Whole calls led by a pathway: a real runner, the simulated line, the walker; what is kept of them, and what pages and programs see."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from asgiref.sync import sync_to_async
from django.test import Client

from analytics.outcomes import write_outcome
from calls import requests
from calls.agent.choose import make_agent
from calls.agent.conversation import run_session
from calls.carriers.simulated.carrier import SimulatedCarrier
from calls.models import Call, DoNotCall
from calls.runner.dial import Engine
from calls.states import ENDED
from pathways.graph import digest
from pathways.models import Pathway, PathwayVersion
from tests.calls.agent.pathway.kit import graph, step, way
from tests.calls.runner_kit import running, until

pytestmark = pytest.mark.django_db(transaction=True)
STARTERS = Path(__file__).parents[2] / "pathways" / "starters"
ENGINE = Engine(carrier=lambda _kind: SimulatedCarrier(0), agent=make_agent, converse=run_session)


def published(account, public: dict[str, Any], name: str = "Test") -> Pathway:
    pathway = Pathway.objects.create(account=account, name=name)
    version = PathwayVersion.objects.create(pathway=pathway, number=1, graph=public, digest=digest(public), published_at=pathway.created_at)
    pathway.production = version
    pathway.save()
    return pathway


async def call(account, pathway: Pathway | None, number: str, **body) -> Call:
    """Sends a call, runs it to its end and has its outcome written."""
    if pathway is not None:
        body["pathway_id"] = str(pathway.uid)
    sent = await sync_to_async(requests.send)(account, {"phone_number": number, **body})
    return await run(sent)


async def run(sent: Call) -> Call:
    async with running(ENGINE):
        await until(lambda: Call.objects.filter(pk=sent.pk, state__in=ENDED).exists(), 30)
    await sync_to_async(write_outcome)(sent.pk)
    return await Call.objects.select_related("pathway").aget(pk=sent.pk)


async def route(ended: Call) -> list[str]:
    return [event.data["node_id"] async for event in ended.events.filter(kind="node").order_by("seq")]


def starter(name: str) -> dict[str, Any]:
    return yaml.safe_load((STARTERS / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "number", "steps", "learnt", "outcome"),
    [
        ("appointment_reminder", "0006", ["greeting", "reminder", "all_set", "goodbye"], {"still_coming": True}, "COMPLETED_ACTION"),
        ("appointment_reminder", "0009", ["greeting", "wrong_person"], {}, "NO_CONTACT_MADE"),
        ("appointment_reminder", "0008", ["greeting", "hand_over"], {}, "TRANSFERRED"),
        ("appointment_reminder", "0005", ["greeting"], {}, "DO_NOT_CONTACT"),
        ("payment_reminder", "0006", ["greeting", "matter", "promise", "details", "goodbye"], {"wants_details": True}, "COMPLETED_ACTION"),
        ("payment_reminder", "0009", ["greeting", "wrong_person"], {}, "NO_CONTACT_MADE"),
        ("lead_qualification", "0009", ["greeting", "wrong_person"], {}, "NO_CONTACT_MADE"),
        ("lead_qualification", "0008", ["greeting", "hand_over"], {}, "TRANSFERRED"),
    ],
)
async def test_the_starters_and_the_simulated_callees(account, name, number, steps, learnt, outcome):
    made = starter(name)
    pathway = await sync_to_async(published)(account, made["graph"], made["name"])
    ended = await call(account, pathway, f"+1500555{number}", request_data=made["request_data"])
    taken = await route(ended)
    assert taken == steps
    assert learnt.items() <= ended.variables.items()
    assert ended.disposition_tag == outcome and ended.agent == "Pathway · built-in agent"
    if outcome == "DO_NOT_CONTACT":
        assert await DoNotCall.objects.filter(account=account, number=f"+1500555{number}").aexists()
    if outcome == "TRANSFERRED":
        assert ended.transferred_to == made["request_data"]["office_phone"]


async def test_details_and_the_log_under_v1(account, key):
    made = starter("appointment_reminder")
    pathway = await sync_to_async(published)(account, made["graph"], made["name"])
    ended = await call(account, pathway, "+15005550006", request_data=made["request_data"])
    client = Client(headers={"authorization": key})
    told = (await sync_to_async(client.get)(f"/v1/calls/{ended.uid}")).json()
    assert told["variables"]["still_coming"] is True and told["pathway_version"] == 1
    log = told["pathway_logs"]
    spoken = [entry for entry in log if entry["role"] != "agent-action"]
    assert [(e["role"], e["text"]) for e in spoken] == [(t["user"], t["text"]) for t in told["transcripts"]]
    decided = [entry for entry in log if entry["decision"]]
    assert [entry["chosen_node_id"] for entry in decided] == ["reminder", "all_set", "goodbye"]
    assert decided[0]["pathway_info"]["Is Looping"] is False and decided[0]["pathway_info"]["Candidates"][0]["id"] == "e-right"
    assert any(entry["pathway_info"].get("Current Variables") == {"still_coming": True} for entry in log)
    assert log[0]["pathway_info"]["Request Data"]["office"] == "Harbor Dental"
    assert (await sync_to_async(client.get)(f"/v1/pathway_calls/{ended.uid}")).json() == log
    timeline = (await sync_to_async(client.get)(f"/v1/pathway_calls/{ended.uid}?v=2")).json()
    assert [entry["sequence"] for entry in timeline] == list(range(1, len(log) + 1))
    assert {entry["event_type"] for entry in timeline} == {"message", "decision", "action"}
    assert (await sync_to_async(client.get)("/v1/pathway_calls/00000000-0000-0000-0000-000000000000")).status_code == 404


async def test_the_call_page_tells_the_route_and_why(account, signed_in):
    made = starter("appointment_reminder")
    pathway = await sync_to_async(published)(account, made["graph"], made["name"])
    ended = await call(account, pathway, "+15005550006", request_data=made["request_data"])
    client = await sync_to_async(signed_in)("viewer")
    page = (await sync_to_async(client.get)(f"/calls/{ended.uid}")).content.decode()
    assert "The way it went" in page and page.count('data-lit=""') == 4 + 3  # steps and the ways between them
    assert "Went on to Reminder, because they said “Yes, speaking.”" in page and "Noted still coming: yes" in page
    assert "It still works" in page and '<details class="ev-why">' in page


async def test_a_call_with_a_task_asks_nothing_about_pathways(account, key, signed_in, django_assert_max_num_queries):
    ended = await call(account, None, "+15005550006", task="Ask whether they have insurance.")
    told = (await sync_to_async(Client(headers={"authorization": key}).get)(f"/v1/calls/{ended.uid}")).json()
    assert told["pathway_logs"] is None
    client = await sync_to_async(signed_in)("viewer")
    assert "The way it went" not in (await sync_to_async(client.get)(f"/calls/{ended.uid}")).content.decode()


async def test_a_draft_is_walked_as_it_was_when_the_call_was_accepted(account):
    public = graph(
        step("a", isStart=True, text="Am I speaking with Bo?"), step("b", "End Call", text="Old words. Goodbye."), way("a", "b", "Yes")
    )
    pathway = await sync_to_async(Pathway.objects.create)(account=account, name="Draft")
    version = await PathwayVersion.objects.acreate(pathway=pathway, number=1, graph=public, digest=digest(public))
    body = {"phone_number": "+15005550006", "pathway_id": str(pathway.uid), "pathway_version": 1}
    sent = await sync_to_async(requests.send)(account, body)
    version.graph = graph(step("z", isStart=True, text="New words."))
    await version.asave()
    ended = await run(sent)
    assert await route(ended) == ["a", "b"]
    assert await ended.utterances.filter(text="Old words. Goodbye.").aexists()


async def test_it_begins_at_the_step_that_the_request_names(account):
    public = graph(step("a", isStart=True, text="One?"), step("b", "End Call", text="Two. Goodbye."), way("a", "b"))
    pathway = await sync_to_async(published)(account, public)
    ended = await call(account, pathway, "+15005550006", start_node_id="b")
    assert await route(ended) == ["b"]


async def test_a_step_that_goes_over_to_another_pathway_of_the_account(account):
    other = await sync_to_async(published)(account, graph(step("b", "End Call", isStart=True, text="Billing here. Goodbye.")), "Billing")
    go = step("go", "Transfer Pathway", text="One moment.", transferPathway=str(other.uid))
    first = await sync_to_async(published)(
        account, graph(step("a", isStart=True, text="Am I speaking with Bo?"), go, way("a", "go", "Yes"))
    )
    ended = await call(account, first, "+15005550006")
    assert await route(ended) == ["a", "go", "b"]


async def test_a_call_led_by_a_task_goes_over_when_what_they_say_fits_a_route(account):
    public = graph(
        step("later", isStart=True, text="When is a good time to call you?"),
        step("end", "End Call", text="We will. Goodbye."),
        way("later", "end", "They say when"),
    )
    pathway = await sync_to_async(published)(account, public, "Call back")
    sent = await sync_to_async(requests.send)(account, {"phone_number": "+15005550008", "task": "Ask whether they have insurance."})
    route_of = {"name": "A person", "prompt": "They want to speak with a human", "pathway_id": str(pathway.uid)}
    await Call.objects.filter(pk=sent.pk).aupdate(routes=[{**route_of, "pathway_version": "production", "start_node_id": None}])
    ended = await run(sent)
    assert await route(ended) == ["later", "end"]
    event = await ended.events.aget(kind="pathway")
    assert event.message.startswith("Went over to the pathway Call back, because they said “")
    assert event.data["candidates"][0]["label"] == "A person"
