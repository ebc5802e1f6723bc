"""From a stored call to what carrier, agent and session are told."""

from datetime import UTC, datetime

from calls.runner.brief import prepare
from personas.models import KnowledgeBase
from tests import factories

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def told(account, carrier: str = "simulated", **config):
    return prepare(factories.call(account, carrier=carrier, from_number="+14155550100", config={"task": "x", **config}), AT)


def test_texts_are_filled_and_numbers_become_milliseconds(account):
    got = told(
        account,
        task="Call {{ Name }} at {{to}}. {{unknown}}",
        first_sentence="Hello {{name}}",
        request_data={"name": "Bo"},
        max_duration=2,
        interruption_threshold=120,
        voicemail={"action": "leave_message", "message": "Hi {{name}}", "sms": None, "sensitive": True},
    )
    assert got.brief.task == "Call Bo at +15005550006. {{unknown}}"
    assert got.brief.first_sentence == "Hello Bo"
    assert (got.session.max_duration_ms, got.session.interruption_threshold) == (120_000, 120)
    assert (got.session.voicemail_action, got.session.voicemail_message, got.session.voicemail_sensitive) == (
        "leave_message",
        "Hi Bo",
        True,
    )
    assert (got.dial.to, got.dial.caller_id, got.dial.call_id) == ("+15005550006", "+14155550100", got.session.call_id)


def test_what_was_not_given_has_its_default(account):
    got = told(account)
    assert (got.session.max_duration_ms, got.session.interruption_threshold, got.session.voicemail_action) == (1_800_000, 500, "hangup")
    assert (got.brief.can_transfer, got.brief.knowledge, got.brief.model) == (False, "", "base")


def test_the_lists_default_beats_the_single_number_and_turbo_hands_over_to_nobody(account):
    numbers = {"transfer_phone_number": "+14155550111", "transfer_list": {"default": "+14155550122", "sales": "+14155550133"}}
    got = told(account, **numbers)
    assert got.session.transfer_numbers == {"": "+14155550122", "sales": "+14155550133"}
    assert (got.brief.can_transfer, list(got.brief.departments)) == (True, ["sales"])
    assert told(account, transfer_phone_number="+14155550111").session.transfer_numbers == {"": "+14155550111"}
    turbo = told(account, model="turbo", **numbers)
    assert (turbo.session.transfer_numbers, turbo.brief.can_transfer) == ({}, False)


def test_knowledge_of_this_account_only_in_the_given_order(account):
    first, second = (KnowledgeBase.objects.create(account=account, name=n, text=f"text {n}") for n in "ab")
    other = KnowledgeBase.objects.create(account=factories.account("Other"), name="c", text="secret")
    tools = [f"KB-{second.uid}", "TL-1", {"name": "inline"}, f"KB-{other.uid}", "KB-nonsense", f"KB-{first.uid}"]
    assert told(account, tools=tools).brief.knowledge == "text b\n\ntext a"
