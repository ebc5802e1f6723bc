"""A chat: the conversation goes on from its row, one message at a time."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.rehearsal import chat as chats
from calls.tasks import delete_old_chats
from pathways.models import PathwayChat
from tests.calls.rehearsal import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(account) -> PathwayChat:
    version = kit.version(account)
    return chats.create(version.pathway, version, request_data=kit.DATA)


def again(chat: PathwayChat) -> PathwayChat:
    """As another process reads it."""
    return PathwayChat.objects.select_related("pathway").get(pk=chat.pk)


def test_it_goes_on_from_its_row_to_the_end(chat):
    said = chats.say(chat, "")
    assert said == ["Hello, this is the automated assistant of Harbor Dental. Am I speaking with Jordan Miller?"]
    said = chats.say(again(chat), "Yes, that's me.")
    assert "Does that still work for you?" in said[-1]
    after = again(chat)
    said = chats.say(after, "Yes, I'll be there.")
    assert said[-1].endswith("Goodbye.")
    after = again(chat)
    assert after.completed
    assert [line["role"] for line in after.history] == ["assistant", "user", "assistant", "user", "assistant"]
    assert chats.route(after) == ["hello", "ask", "good"]
    assert chats.ways(after) == ["hello-ask", "ask-good"]
    assert chats.variables(after) == {**kit.DATA, "coming": True}
    with pytest.raises(chats.Over):
        chats.say(after, "Hello?")


def test_a_first_message_is_answered_after_the_opening(chat):
    said = chats.say(chat, "Yes, speaking.")
    assert len(said) == 2
    assert chats.route(chat) == ["hello", "ask"]


def test_two_messages_at_once_one_is_refused(chat):
    chats.say(chat, "")
    one, other = again(chat), again(chat)
    chats._claim(one)
    with pytest.raises(chats.Busy):
        chats.say(other, "Yes, speaking.")
    with pytest.raises(chats.Busy):
        chats.say(again(chat), "Yes, speaking.")
    assert len(again(chat).history) == 1


def test_a_message_that_was_lost_with_its_process_does_not_close_the_chat(chat):
    chats.say(chat, "")
    lost = again(chat)
    chats._claim(lost)
    state = {**lost.state, chats.SINCE: (now() - chats.ABANDONED - timedelta(seconds=1)).isoformat()}
    PathwayChat.objects.filter(pk=chat.pk).update(state=state)
    assert "Does that still work" in chats.say(again(chat), "Yes, speaking.")[-1]
    assert again(chat).turn % 2 == 0


def test_the_draft_may_change_meanwhile(chat):
    chats.say(chat, "")
    chat.pathway.versions.update(graph=kit.graph(ask="Something else?"))
    assert "Does that still work" in chats.say(again(chat), "Yes, speaking.")[-1]


def test_it_may_begin_at_any_step(account):
    version = kit.version(account)
    chat = chats.create(version.pathway, version, start_node_id="ask")
    chats.say(chat, "")
    assert chats.route(chat) == ["ask"]
    with pytest.raises(chats.BadStart):
        chats.create(version.pathway, version, start_node_id="nowhere")


def test_what_nobody_writes_in_for_thirty_days_is_deleted(chat):
    """Counted from the last message, not from the beginning."""
    old = now() - timedelta(days=31)
    chats.say(chat, "")
    unsaid = chats.create(chat.pathway, chat.pathway.versions.get())
    young = chats.create(chat.pathway, chat.pathway.versions.get())
    PathwayChat.objects.filter(pk__in=[chat.pk, unsaid.pk]).update(created_at=old)
    delete_old_chats()
    assert set(PathwayChat.objects.values_list("pk", flat=True)) == {chat.pk, young.pk}
    PathwayChat.objects.filter(pk=chat.pk).update(state={**again(chat).state, chats.SINCE: old.isoformat()})
    delete_old_chats()
    assert list(PathwayChat.objects.values_list("pk", flat=True)) == [young.pk]
