"""The panel of deliveries on the Call page: what it says, to whom, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.hooks.shown import SHOWN, deliveries
from calls.models import Delivery
from calls.states import State
from config.models import AuditEntry
from tests import factories
from tests.calls.hooks.deliveries import HOSTILE, LEDGER, accepted, refused


@pytest.fixture
def call(account):
    at = now() - timedelta(minutes=3)
    return factories.call(account, state=State.COMPLETE, status="completed", ended_at=at, outcome_at=at, config={"webhook": LEDGER})


def panel(client, call) -> str:
    answer = client.get(f"/calls/{call.uid}/deliveries", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_result_that_was_accepted(signed_in, account, call):
    row = accepted(account, call=call)
    client = signed_in("viewer")
    html = panel(client, call)
    assert "ledger.example" in html and "accepted it just now." in html and "First try, 0.2 s." in html
    assert "hx-get" not in html, "nothing is to come: the page stops looking"
    sent = client.get(f"/calls/{call.uid}/deliveries/{row.uid}")
    assert (sent.content, sent["Content-Type"]) == (b"{}", "text/plain; charset=utf-8")
    assert f'href="/calls/{call.uid}/deliveries/{row.uid}"' in html


def test_what_came_back_is_never_taken_for_our_page(signed_in, account, call):
    refused(account, call=call, status=500)
    for html in (panel(signed_in("operator"), call), signed_in("admin").get("/settings/results").content.decode()):
        assert HOSTILE not in html
        assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in html


def test_a_result_that_is_tried_again(signed_in, account, call):
    refused(account, call=call)
    html = panel(signed_in("operator"), call)
    assert "has not accepted it yet." in html and "3 tries. It answers “too busy” (503). Next at " in html
    assert "hx-get" in html and "Send again now" in html
    assert "Send again now" not in panel(signed_in("viewer"), call)


def test_sending_again_asks_the_worker_once(signed_in, account, call):
    row = refused(account, call=call, state=Delivery.DEAD)
    client = signed_in("operator")
    assert "It was given up." in panel(client, call)
    answer = client.post(f"/calls/{call.uid}/deliveries/{row.uid}/again")
    assert (answer.status_code, answer.url) == (303, f"/calls/{call.uid}#call-deliveries")
    row.refresh_from_db()
    assert (row.asked, row.state) == ("resend", Delivery.DEAD)
    html = panel(client, call)
    assert "is sent it again now." in html and "Send again now" not in html and "hx-get" in html
    assert AuditEntry.objects.get().action == "webhook.resent"
    page = client.post(f"/calls/{call.uid}/deliveries/{row.uid}/again", follow=True).content.decode()
    assert "It is on its way already." in page


def test_everything_of_one_server_is_sent_again(signed_in, account):
    mine = [refused(account), refused(account, state=Delivery.DEAD)]
    other, theirs = refused(account, url="https://other.example/"), refused(factories.account("Strangers Ltd"))
    client = signed_in("operator")
    assert client.post("/calls/results/again", {"server": "ledger.example", "next": "//evil.example"}).url == "/"
    asked = set(Delivery.objects.filter(asked="resend").values_list("pk", flat=True))
    assert asked == {row.pk for row in mine} and not asked & {other.pk, theirs.pk}


def test_what_was_given_up_can_be_left(signed_in, account):
    mine, waits = refused(account, state=Delivery.DEAD), refused(account, url="https://other.example/")
    theirs = refused(factories.account("Strangers Ltd"), state=Delivery.DEAD)
    client = signed_in("operator")
    needs = client.get("/").content.decode()
    assert needs.count('aria-label="Done: what ledger.example did not accept stays unsent"') == 1
    assert "what other.example did not accept stays unsent" not in needs, "it is tried again by itself"
    assert client.post("/calls/results/leave", {"server": "ledger.example"}, headers={"HX-Request": "true"}).status_code == 204
    assert [server.server for server in client.get("/").context["home"].servers] == ["other.example"]
    assert Delivery.objects.filter(left_at__isnull=False).get() == mine and AuditEntry.objects.get().action == "webhook.left"
    page = client.post("/calls/results/leave", {"server": "other.example"}, follow=True).content.decode()
    assert "Nothing was given up there." in page
    waits.refresh_from_db()
    theirs.refresh_from_db()
    assert waits.left_at is None and theirs.left_at is None


def test_deliveries_of_others_are_not_there(signed_in, account, call):
    theirs = accepted(factories.account("Strangers Ltd"))
    client = signed_in("admin")
    assert client.get(f"/calls/{call.uid}/deliveries/{theirs.uid}").status_code == 404
    assert client.post(f"/calls/{theirs.call.uid}/deliveries/{theirs.uid}/again").status_code == 404


def test_events_are_folded_and_those_in_trouble_are_not(signed_in, account, call):
    for seq in range(1, SHOWN + 4):
        accepted(account, call=call, kind=Delivery.EVENT, seq=seq)
    refused(account, call=call, kind=Delivery.EVENT, seq=90)
    refused(account, call=call)
    seen = deliveries(call)
    assert [message.title for message in seen.messages] == ["The result", "Event 90, “not known any more”"]
    assert (seen.accepted_events, len(seen.events)) == (SHOWN + 3, SHOWN)
    assert f"{SHOWN + 3} events accepted" in panel(signed_in("viewer"), call)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": State.STARTED, "outcome_at": None, "ended_at": None}, "ledger.example gets the result when the call is over."),
        ({"outcome_at": None}, "ledger.example gets the result as soon as the outcome is written."),
        ({}, "Nothing was sent of this call."),
        ({"config": {}}, "No address is set for results."),
    ],
)
def test_nothing_was_sent_yet(signed_in, call, fields, said):
    for name, value in fields.items():
        setattr(call, name, value)
    call.save()
    html = panel(signed_in("viewer"), call)
    assert said in html
    assert ("hx-get" in html) == ("gets the result" in said)


def test_whoever_opens_the_panel_as_a_page_gets_the_call(signed_in, call):
    assert signed_in("viewer").get(f"/calls/{call.uid}/deliveries").url == f"/calls/{call.uid}#call-deliveries"


def test_the_number_of_queries_does_not_grow(account, call):
    def queries(start: int) -> int:
        for seq in range(start, start + 4):
            accepted(account, call=call, kind=Delivery.EVENT, seq=seq)
            refused(account, call=call, kind=Delivery.CITATIONS, seq=seq)
        with CaptureQueriesContext(connection) as caught:
            deliveries(call)
        return len(caught)

    assert queries(1) == queries(9) == 5  # counts, those in trouble and their tries, accepted events and their tries


def test_what_waits_behind_another_says_so(account, call):
    later = now() + timedelta(minutes=5)
    refused(account, call=call, kind=Delivery.EVENT, seq=1, due_at=later)
    Delivery.objects.create(account=account, call=call, kind=Delivery.RECORD, url=LEDGER, due_at=later)
    Delivery.objects.create(account=account, call=call, kind=Delivery.CITATIONS, url=LEDGER, state=Delivery.HELD)
    assert [message.state for message in deliveries(call).messages] == [
        "gets it after what was to come before it.", "gets it as soon as facts and recording are there.", "has not accepted it yet.",
    ]  # fmt: skip
