""" "Can I call now?" """

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import lines, requests
from calls.models import Call, CallingRules, DoNotCall, Line, SensitiveAttempt
from config.models import Account
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER = "+17205550142"
BODY = {"phone_number": NUMBER, "task": factories.TASK}


def preview(account, body=BODY):
    return requests.preview(Account.objects.get(pk=account.pk), body)


def facts(found):
    return {fact.name: fact.text for fact in found.facts}


def test_yes(account):
    found = preview(account)
    assert (found.verdict, found.word, found.number, found.city, found.timezone) == ("yes", "Yes", NUMBER, "Denver", "America/Denver")
    assert found.why.startswith("It is ")
    assert found.why.endswith(" there.")
    told = facts(found)
    assert told["Their time"].endswith("Denver time")
    assert told["Do-not-call list"] == "Not on it"
    assert told["Last called"] == "Never"
    assert told["Calling hours"] == "Any hour: no telephone is dialled"
    assert told["Likely cost"] == "about $0.18, at most $2.70"
    assert (found.errors, found.config["voice"]) == ((), "June")


def test_nothing_is_written(account):
    before = Call.objects.count()
    preview(account)
    preview(account, {**BODY, "phone_number": "911"})
    assert (Call.objects.count(), SensitiveAttempt.objects.count()) == (before, 0)


@pytest.mark.parametrize("body", [{}, {"phone_number": ""}, {"phone_number": "call me"}, [], None])
def test_no_number_yet(account, body):
    found = preview(account, body)
    assert (found.verdict, found.number, found.facts) == ("unknown", "", ())
    assert found.errors


def test_the_number_is_judged_while_the_rest_is_not_right_yet(account):
    found = preview(account, {"phone_number": NUMBER, "temperature": 5})
    assert found.verdict == "yes"
    assert [error.name for error in found.errors] == ["task", "temperature"]
    DoNotCall.objects.create(account=account, number=NUMBER, reason="asked by letter")
    found = preview(account, {"phone_number": NUMBER})
    assert (found.verdict, found.why) == ("no", "The number is on the do-not-call list: asked by letter.")
    assert "asked by letter" in facts(found)["Do-not-call list"]


def test_who_called_last(account, member):
    dana = member("operator").user
    factories.call(account, to_number=NUMBER, created_by=dana, status="no-answer", created_at=now() - timedelta(minutes=3))
    assert facts(preview(account))["Last called"].endswith("by Operator, no answer")


def test_an_opt_out_is_told_though_rehearsals_may_go_on(account):
    DoNotCall.objects.create(account=account, number=NUMBER, source="call")
    found = preview(account)
    assert (found.verdict, facts(found)["Do-not-call list"]) == ("yes", "Asked on a call not to be called again. Real lines will not call.")


def test_reasons_in_words(account):
    assert "never called" in preview(account, {**BODY, "phone_number": "911"}).why
    assert preview(account, {**BODY, "phone_number": "+442079460958"}).why == "Calls to GB are not allowed in the calling rules."
    CallingRules.objects.filter(account=account).update(blocked_phrases=["insurance"])
    assert preview(account).why == "task contains the blocked phrase “insurance”."


def test_held_on_a_real_line_at_night(account):
    lines.save(Line(account=account, kind="sip", name="Trunk"))
    closed = now() + timedelta(hours=1)
    CallingRules.objects.filter(account=account).update(open_from=closed.time(), open_until=(closed + timedelta(hours=1)).time())
    found = preview(account, {**BODY, "timezone": "UTC"})
    assert (found.verdict, found.due_at - closed < timedelta(seconds=5)) == ("held", True)
    assert found.word.startswith("Held, until ")
    assert facts(found)["Calling hours"].startswith("Closed, open from ")


def test_a_later_start(account):
    start = (now() + timedelta(hours=3)).isoformat()
    found = preview(account, {**BODY, "start_time": start})
    assert found.why.startswith("It will be ")
