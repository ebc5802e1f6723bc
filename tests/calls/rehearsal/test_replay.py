"""Old calls led again by another version: where it would go another way, and nothing is written."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import CallEvent, Utterance
from calls.rehearsal import replay
from tests import factories
from tests.calls.rehearsal import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(account):
    return kit.version(account)


def ended(account, version, *turns: tuple[str, str]) -> None:
    """A call as a runner writes it: after each line of the person, the step that was entered."""
    call = factories.call(
        account,
        pathway=version.pathway,
        pathway_version=1,
        callee_name="Jordan Miller",
        config={"request_data": kit.DATA, "max_duration": 30},
        state="complete",
        ended_at=now(),
    )
    names = {node["id"]: node["data"]["name"] for node in version.graph["nodes"]}
    for said, step in turns:
        if said:
            lifecycle.say(call.pk, "user", said, 0, 900)
        lifecycle.record(call.pk, Event("call", f"Step: {names[step]}", kind="node", data={"node_id": step, "name": names[step]}))


def test_it_tells_the_first_step_that_differs_and_the_words(account, version):
    ended(account, version, ("", "hello"), ("Yes, that's me.", "ask"), ("Yes, I'll be there.", "good"))
    ended(account, version, ("", "hello"), ("Yes, speaking.", "ask"), ("No, I can't make it.", "good"))
    before = CallEvent.objects.count(), Utterance.objects.count()
    found = replay.newest(version.pathway, version)
    assert found.different == 1
    other, same = found.calls
    assert (same.differs, same.steps, same.error) == (False, 3, "")
    assert (other.quote, other.was, other.would) == ("No, I can't make it.", "All set", "Off the list")
    assert (CallEvent.objects.count(), Utterance.objects.count()) == before


def test_the_page(signed_in, account, version):
    client = signed_in("editor")
    address = reverse("rehearsal-replay", args=[version.pathway.uid])
    assert "No call has been led by this pathway" in client.get(address).text
    ended(account, version, ("", "hello"), ("Yes, speaking.", "ask"), ("No, I can't make it.", "good"))
    page = client.get(address)
    assert "1 of 1 would go another way" in page.text
    assert "these steps go to <b>Off the list</b>" in page.text


def test_only_the_newest_in_which_somebody_spoke(account, version):
    for _ in range(3):
        ended(account, version, ("", "hello"), ("Yes, speaking.", "ask"))
    ended(account, version, ("", "hello"))
    assert len(replay.newest(version.pathway, version, most=2).calls) == 2
    assert len(replay.newest(version.pathway, version).calls) == 3
