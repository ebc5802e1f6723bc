"""Every simulated callee, called for real by the built-in agent: the outcome is the documented one, with words the callee said."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.utils.timezone import now

from analytics.outcomes import write_outcome
from calls.agent.choose import make_agent, warm
from calls.models import Call
from calls.states import ENDED, State
from tests import factories
from tests.calls.runner_kit import engine, running, states, until

pytestmark = pytest.mark.django_db(transaction=True)

OUTCOMES = {
    "0001": {"BUSY"},
    "0002": {"NO_ANSWER"},
    "0003": {"NO_CONTACT_MADE"},
    "0004": {"FOLLOW_UP_REQUIRED"},
    "0005": {"DO_NOT_CONTACT"},
    "0006": {"COMPLETED_ACTION"},
    "0007": {"COMPLETED_ACTION"},
    "0008": {"FOLLOW_UP_REQUIRED"},
    "0009": {"NO_CONTACT_MADE"},
    "0010": {"NO_CONTACT_MADE"},
    "0011": {"NO_CONTACT_MADE"},
    "0012": {"NEEDS_MORE_INFO"},
    "0013": {"FAILED"},
    "0014": {"COMPLETED_ACTION", "INTERESTED"},
}
SOLAR = "You are Max from Sunridge Solar. Ask whether they would like a free estimate. Ask how high their monthly bill is."


@pytest.fixture
def outcomes_of(account, tmp_path):
    """Makes all the calls at once and writes their outcomes: number -> call."""

    @sync_to_async
    def made(settings: dict[str, dict]) -> list[Call]:
        return [
            factories.call(
                account,
                state=State.QUEUED,
                due_at=now(),
                to_number=f"+1500555{n}",
                config={"task": factories.TASK, "max_duration": 30, **c},
            )
            for n, c in settings.items()
        ]

    @sync_to_async
    def written(calls: list[Call]) -> dict[str, Call]:
        for call in calls:
            write_outcome(call.pk)
        return {c.to_number[-4:]: c for c in Call.objects.filter(pk__in=[c.pk for c in calls])}

    async def run(settings: dict[str, dict]) -> dict[str, Call]:
        await asyncio.to_thread(warm)
        calls = await made(settings)
        async with running(engine(tmp_path / "dials", agent=make_agent)):
            await until(lambda: set(states(*calls)) <= ENDED, seconds=60)
        return await written(calls)

    return run


@sync_to_async
def lines(call: Call) -> dict[int, tuple[str, str]]:
    return {seq: (speaker, text) for seq, speaker, text in call.utterances.values_list("seq", "speaker", "text")}


async def test_documented_outcomes(outcomes_of):
    calls = await outcomes_of({number: {} for number in OUTCOMES})
    got = {number: call.disposition_tag for number, call in calls.items()}
    shown = {number: await lines(call) for number, call in calls.items() if got[number] not in OUTCOMES[number]}
    assert not shown, (
        {n: got[n] for n in shown},
        [(c.disposition_reason, c.disposition_quote) for n, c in calls.items() if n in shown],
        shown,
    )
    for call in calls.values():
        if call.disposition_quote:
            speaker, text = (await lines(call))[call.disposition_seq]
            assert call.disposition_quote in text
            assert speaker in ("user", "robot")
    assert all(calls[number].disposition_quote for number in ("0004", "0005", "0006", "0007", "0008", "0009", "0012"))


async def test_who_wants_a_person_is_transferred_when_a_number_is_given(outcomes_of):
    calls = await outcomes_of({"0008": {"transfer_phone_number": "+15005550100"}})
    assert calls["0008"].transferred_to == "+15005550100"
    assert calls["0008"].disposition_tag == "TRANSFERRED"
    assert calls["0008"].needs_person == []


async def test_an_offer_that_is_taken_is_interest(outcomes_of):
    calls = await outcomes_of({"0006": {"task": SOLAR}, "0007": {"task": SOLAR}})
    assert {call.disposition_tag for call in calls.values()} == {"INTERESTED"}, [await lines(c) for c in calls.values()]
