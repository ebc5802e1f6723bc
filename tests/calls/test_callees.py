"""Every test number, from the request to its outcome: a real runner, the simulated line, the built-in agent."""

import re

import pytest
from asgiref.sync import sync_to_async

from analytics.outcomes import write_outcome
from calls import requests
from calls.agent.choose import make_agent
from calls.agent.conversation import run_session
from calls.carriers.simulated.carrier import SimulatedCarrier
from calls.models import Call, DoNotCall
from calls.runner.dial import Engine
from calls.states import ENDED
from tests import factories
from tests.calls.runner_kit import running, until

pytestmark = pytest.mark.django_db(transaction=True)
STAFF = "+12025550199"
ENGINE = Engine(carrier=lambda _kind: SimulatedCarrier(0), agent=make_agent, converse=run_session)


async def call(account, number: str, **body) -> Call:
    """Sends a call, runs it to its end and has its outcome written."""
    sent = await sync_to_async(requests.send)(account, {"phone_number": number, "task": factories.TASK, **body})
    async with running(ENGINE):
        await until(lambda: Call.objects.filter(pk=sent.pk, state__in=ENDED).exists(), 30)
    await sync_to_async(write_outcome)(sent.pk)
    return await Call.objects.aget(pk=sent.pk)


@pytest.mark.parametrize(
    ("end", "status", "answered_by", "disposition"),
    [
        ("0001", "busy", "", "BUSY"),
        ("0002", "no-answer", "no-answer", "NO_ANSWER"),
        ("0003", "completed", "voicemail", "NO_CONTACT_MADE"),
        ("0004", "completed", "human", "FOLLOW_UP_REQUIRED"),
        ("0005", "completed", "human", "DO_NOT_CONTACT"),
        ("0006", "completed", "human", "COMPLETED_ACTION"),
        ("0007", "completed", "human", "COMPLETED_ACTION"),
        ("0008", "completed", "human", "FOLLOW_UP_REQUIRED"),
        ("0009", "completed", "human", "NO_CONTACT_MADE"),
        ("0010", "completed", "unknown", "NO_CONTACT_MADE"),
        ("0011", "completed", "unknown", "NO_CONTACT_MADE"),
        ("0012", "completed", "human", "NEEDS_MORE_INFO"),
        ("0013", "failed", "", "FAILED"),
        ("0014", "completed", "human", "COMPLETED_ACTION"),
    ],
)
async def test_every_number_comes_out_as_documented(account, end, status, answered_by, disposition):
    ended = await call(account, f"+1500555{end}")
    assert (ended.status, ended.answered_by, ended.disposition_tag) == (status, answered_by, disposition)
    assert ended.queue_status == ("call_error" if status == "failed" else "complete")
    lines = [line async for line in ended.utterances.all()]
    assert bool(lines) == (status == "completed")
    if ended.disposition_quote:
        assert any(ended.disposition_quote in line.text for line in lines)


async def test_the_example_of_the_readme(account):
    ended = await call(account, "+15005550006")
    lines = [(line.speaker, line.text) async for line in ended.utterances.all()]
    assert len(lines) >= 6
    assert {speaker for speaker, _ in lines} == {"user", "assistant"}
    assert ended.disposition_quote
    told = [event.message async for event in ended.events.all()]
    assert "Call connected" in told and any(message.startswith("Sending first sentence: Hello, this is Anna") for message in told)
    assert any(re.fullmatch(r"LLM: \d+ms", message) for message in told)
    assert f"Handling user speech: {lines[1][1]}" in told and f"Agent speech: {lines[2][1]}" in told


async def test_who_wants_a_person_is_handed_over_when_there_is_a_number(account):
    ended = await call(account, "+15005550008", transfer_phone_number=STAFF)
    assert (ended.status, ended.disposition_tag, ended.transferred_to) == ("completed", "TRANSFERRED", STAFF)


async def test_who_opts_out_is_not_to_be_called_but_stays_there_for_rehearsals(account):
    await call(account, "+15005550005")
    assert await DoNotCall.objects.filter(account=account, number="+15005550005", source="call").aexists()


async def test_any_other_number_is_a_kind_callee(account):
    ended = await call(account, "+12025550123")
    assert (ended.status, ended.answered_by, ended.carrier) == ("completed", "human", "simulated")


async def test_a_message_is_left_on_a_voicemail(account):
    ended = await call(account, "+15005550003", voicemail={"action": "leave_message", "message": "Please call us back."})
    last = await ended.utterances.order_by("-seq").afirst()
    assert (last.speaker, last.text, ended.answered_by) == ("assistant", "Please call us back.", "voicemail")
