"""Which rails watch a call, and what a call with rails leaves behind: from the request through the runner to rows, list and Home."""

import pytest
from asgiref.sync import sync_to_async
from django.http import Http404
from django.utils import timezone

from analytics.outcomes import write_outcome
from calls import requests, rules
from calls.agent.ports import EndCall, Say
from calls.models import Call, CallEvent, DoNotCall, GuardRailTrip
from calls.runner import admit
from calls.states import ENDED, State
from pathways.models import Pathway, PathwayVersion
from personas import rails
from personas.models import GuardRail, Persona, PersonaVersion
from personas.rails import Attached, Content
from tests import factories
from tests.calls.runner_kit import engine, running, until

NUMBER = "+15005550006"
END = [{"type": "end_call", "config": {}}]
OPT_OUT, AI = "tcpa:opt_out", "tcpa:ai_disclosure"
PROMISE = "We will refund the whole amount."
REFUNDS = Content("No promises", prompt="The agent promises a refund", examples=["I promise you a refund.", PROMISE])


def persona(account, **config) -> Persona:
    made = Persona.objects.create(account=account, name="June")
    PersonaVersion.objects.create(persona=made, number=1, state="production", config=config)
    return made


def on(source, actions=END) -> Attached:
    return Attached("PERSONA" if isinstance(source, Persona) else "PATHWAY", source.uid, actions)


def pathway(account) -> Pathway:
    made = Pathway.objects.create(account=account, name="Reminder")
    graph = {"nodes": [{"id": "1", "type": "Default", "data": {"isStart": True, "text": "Hi"}}], "edges": []}
    made.production = PathwayVersion.objects.create(pathway=made, number=1, graph=graph, published_at=timezone.now())
    made.save()
    return made


def sent(account, **body) -> Call:
    return requests.send(account, {"phone_number": NUMBER, "task": factories.TASK, **body})


# which ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_request_persona_and_pathway_each_add_theirs_and_nothing_stands_twice(account):
    june, way = persona(account), pathway(account)
    rails.create(account, AI, Content("Persona's", config={"end_seconds": 10}), [on(june)])
    rails.create(account, OPT_OUT, Content("Both's"), [on(june), on(way)])
    rails.create(account, "custom", REFUNDS, [on(way)])
    inline = [{"type": AI, "actions": ["end_call"], "config": {"end_seconds": 5}}]
    call = sent(account, persona_id=str(june.uid), pathway_id=str(way.uid), guard_rails=inline)
    shown = [(r["type"], r["name"], r["source"], r["config"]) for r in call.rails]
    assert shown == [
        (AI, "Says that it is automated", "request", {"end_seconds": 5}),
        (OPT_OUT, "Both's", "persona", {}),
        ("custom", "No promises", "pathway", {}),
    ]
    assert call.rails[2]["examples"] == REFUNDS.examples


@pytest.mark.django_db
def test_a_preset_of_the_persona_watches_unless_the_request_says_otherwise(account):
    june = persona(account, guard_rails=[{"type": AI, "actions": END, "config": {"end_seconds": 9}}])
    assert [(r["type"], r["source"]) for r in sent(account, persona_id=str(june.uid)).rails] == [(AI, "persona")]
    later = requests.send(account, {"phone_number": "+15005550007", "persona_id": str(june.uid), "task": "Ask.", "guard_rails": []})
    assert later.rails == []


@pytest.mark.django_db
def test_what_is_off_deleted_or_a_strangers_does_not_watch(account):
    june = persona(account)
    off = rails.create(account, AI, Content("Off", config={"end_seconds": 10}), [on(june)])
    rails.switch(off, False)
    gone = rails.create(account, OPT_OUT, Content("Gone"), [on(june)])
    rails.delete(gone)
    rails.create(factories.account("Strangers Ltd"), "custom", REFUNDS, [on(june)])
    assert sent(account, persona_id=str(june.uid)).rails == []


@pytest.mark.django_db
def test_pathways_that_the_call_may_go_over_to_bring_theirs(account):
    """By a route of the persona, and by a step of the pathway behind it; what watches anyway does not come again."""
    june, first, second = persona(account), pathway(account), pathway(account)
    step = {"id": "2", "type": "Transfer Pathway", "data": {"transferPathway": str(second.uid)}}
    first.production.graph["nodes"].append(step)
    first.production.save()
    route = {"name": "Money", "prompt": "They ask about money", "pathway_id": str(first.uid), "pathway_version": "production"}
    june.versions.update(routes=[{**route, "start_node_id": None}])
    rails.create(account, AI, Content("Whole call", config={"end_seconds": 10}), [on(june), on(first)])
    rails.create(account, "custom", REFUNDS, [on(first), on(second)])
    routed = sent(account, persona_id=str(june.uid)).rails
    assert [(r["name"], r["source"], r.get("pathway_id")) for r in routed] == [
        ("Whole call", "persona", None),
        ("No promises", "reached", str(first.uid)),
        ("No promises", "reached", str(second.uid)),
    ]
    led = requests.send(account, {"phone_number": "+15005550007", "pathway_id": str(first.uid)}).rails
    assert [(r["name"], r["source"], r.get("pathway_id")) for r in led] == [
        ("Whole call", "pathway", None),
        ("No promises", "pathway", None),
    ]


@pytest.mark.django_db
def test_a_later_change_does_not_touch_a_call_in_line(account):
    june = persona(account)
    rail = rails.create(account, "custom", REFUNDS, [on(june)])
    call = sent(account, persona_id=str(june.uid))
    rails.change(rail, Content("Other", prompt="The agent sings"), [])
    assert Call.objects.get(pk=call.pk).rails[0]["prompt"] == REFUNDS.prompt


@pytest.mark.django_db
def test_a_call_without_sources_asks_the_library_nothing(account, django_assert_num_queries):
    from calls.rails import of_call

    with django_assert_num_queries(0):
        assert of_call(account, {"guard_rails": [], "pathway_id": None}, {}, None) == []


# what it leaves ------------------------------------------------------------------------------------------------------
class Careless:
    """Promises what it must not; after an opt-out it goes on."""

    name = "Careless agent"

    async def reply(self, turn):
        yield Say("Hello, this is Anna, an automated assistant. Is Tuesday good?" if turn.kind == "open" else PROMISE)
        if len(turn.transcript) > 12:
            yield EndCall()


async def made(account, number=NUMBER, **body) -> Call:
    call = await sync_to_async(requests.send)(account, {"phone_number": number, "task": factories.TASK, **body})
    async with running(engine(body.pop("counts", None) or account.counts, agent=lambda _brief: Careless())):
        await until(lambda: Call.objects.filter(pk=call.pk, state__in=ENDED).exists(), 30)
    await sync_to_async(write_outcome)(call.pk)
    return await Call.objects.aget(pk=call.pk)


@pytest.fixture
def office(account, tmp_path):
    account.counts = tmp_path / "dials"
    return account


@pytest.mark.django_db(transaction=True)
async def test_a_trip_is_a_row_an_event_and_a_reason_to_look(office):
    june = await sync_to_async(persona)(office)
    rail = await sync_to_async(rails.create)(office, "custom", REFUNDS, [on(june)])
    call = await made(office, persona_id=str(june.uid))
    trip = await GuardRailTrip.objects.select_related("guard_rail").aget(call=call)
    assert (trip.guard_rail, trip.quote, trip.speaker, trip.spoken, trip.acted) == (rail, PROMISE, "assistant", False, True)
    assert (trip.action, trip.line_seq, trip.account_id) == ({"type": "end_call", "config": {}}, None, office.pk)
    event = await CallEvent.objects.aget(call=call, seq=trip.seq)
    assert (event.kind, event.level, event.message) == ("guard_rail", "error", "Guard rail tripped: No promises. End the call.")
    assert event.data["quote"] == PROMISE
    lines = [line.text async for line in call.utterances.all()]
    assert not any("refund" in line for line in lines)
    assert lines[-1].startswith("I'm sorry, I have to end the call here.")
    assert call.needs_person[0] == {"reason": "guard_rail", "text": f"The guard rail “No promises” stopped “{PROMISE}”", "seq": trip.seq}
    assert await Call.objects.filter(waits_for_person=True).acount() == 1


@pytest.mark.django_db(transaction=True)
async def test_an_opt_out_that_no_agent_understands_blocks_the_number_with_a_receipt(office):
    call = await made(office, "+15005550005")
    entry = await DoNotCall.objects.select_related("call").aget(number="+15005550005")
    assert (entry.source, entry.call, entry.account_id) == ("call", call, office.pk)
    assert entry.quote and entry.quote in [line.text async for line in call.utterances.filter(speaker="user")]
    assert (timezone.now() - entry.created_at).total_seconds() < 60
    assert await CallEvent.objects.filter(call=call, kind="optout").acount() == 1
    assert not await GuardRailTrip.objects.aexists()  # without a rail nothing trips


@pytest.mark.django_db
def test_after_an_opt_out_later_scheduled_and_queued_calls_are_refused(account):
    real = "+17205550142"
    waiting = [factories.call(account, to_number=real, carrier="sip", state=state) for state in (State.NEW, State.QUEUED, State.ALLOCATED)]
    at = timezone.now()
    assert not any("not-call" in admit.look(call, at).refused for call in waiting)
    DoNotCall.objects.create(account=account, number=real, source="call", reason="Asked on a call not to be called again", quote="Stop it")
    for call in waiting:
        assert "Asked on a call not to be called again" in admit.look(call, at).refused
    assert rules.check_number(account, real, carrier="sip", at=at).rule == "dnc"


@pytest.mark.django_db(transaction=True)
async def test_a_retry_is_watched_by_the_same_rails(office):
    june = await sync_to_async(persona)(office)
    await sync_to_async(rails.create)(office, OPT_OUT, Content("Stops"), [on(june)])
    call = await made(office, "+15005550003", persona_id=str(june.uid), retry={"wait": 3600})
    again = await Call.objects.aget(retry_of=call)
    assert again.rails == call.rails != []
    assert not await GuardRailTrip.objects.aexists()  # a voicemail


@pytest.mark.django_db(transaction=True)
async def test_a_rail_that_is_deleted_meanwhile_leaves_its_trip(office):
    june = await sync_to_async(persona)(office)
    rail = await sync_to_async(rails.create)(office, "custom", REFUNDS, [on(june)])
    await made(office, persona_id=str(june.uid))
    await sync_to_async(rails.delete)(rail)
    assert await GuardRailTrip.objects.filter(guard_rail=rail).acount() == 1
    assert await GuardRail.objects.filter(deleted_at__isnull=False).acount() == 1


@pytest.mark.django_db
def test_a_change_takes_back_neither_the_switch_nor_the_deletion(account):
    made = rails.create(account, "custom", REFUNDS)
    seen = rails.get(account, made.uid)
    rails.switch(made, False)
    rails.change(seen, Content("Renamed", prompt="The agent promises a refund"), None)
    kept = GuardRail.objects.get(pk=made.pk)
    assert (kept.name, kept.enabled) == ("Renamed", False)
    rails.delete(made)
    for late in (lambda: rails.change(seen, REFUNDS, None), lambda: rails.attach(seen, on(persona(account)))):
        with pytest.raises(Http404):
            late()
    rails.switch(made, True)
    kept.refresh_from_db()
    assert kept.deleted_at is not None and not kept.enabled and not kept.attachments.exists()
