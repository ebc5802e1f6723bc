"""The print view: one page with what a receipt needs, for everybody who may read the call."""

from decimal import Decimal

import pytest
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call
from calls.states import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(account) -> Call:
    at = now()
    fields = {"state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at, "price": Decimal("0.12")}
    made = factories.call(
        account,
        callee_name="Jane Doe",
        duration_ms=106_000,
        disposition_tag="COMPLETED_ACTION",
        disposition_quote="Yes.",
        disposition_seq=2,
        summary="She comes.",
        sources={"task": "request"},
        **fields,
    )
    lifecycle.say(made.pk, "assistant", "Will you come?", 0, 900)
    lifecycle.say(made.pk, "user", "Yes.", 62_000, 63_000)
    lifecycle.record(made.pk, Event("call", "Yes", kind="answer", data={"question": "Will they come", "value": "yes"}))
    return made


def test_the_whole_receipt(call, signed_in):
    html = signed_in("viewer").get(f"/calls/{call.uid}/print").content.decode()
    for words in (
        "Acme Dental",
        "Call with Jane Doe",
        "+1 500 555 0006",
        "1:46",
        "$0.12 (US dollars)",
        '<q>Yes.</q> <span class="at num">1:02</span>',
        "She comes.",
        "<dt>Will they come</dt><dd><b>yes</b>",
        "Will you come?",
        "this call only",
        " by Viewer.",
        str(call.uid),
        "<print-button hidden>",
    ):
        assert words in html, words
    assert 'class="rail"' not in html and "Printed " in html


def test_an_outcome_that_a_person_changed_says_what_it_was(call, signed_in):
    lifecycle.record(call.pk, Event("call", "Outcome", kind="outcome", data={"tag": "NO_INTEREST", "reason": "They said no."}))
    lifecycle.record(
        call.pk, Event("call", "Changed", kind="outcome_corrected", data={"tag": "COMPLETED_ACTION", "note": "They said yes."})
    )
    html = signed_in("viewer").get(f"/calls/{call.uid}/print").content.decode()
    assert "Changed by a person; it was “No interest”. They said yes." in html


def test_the_call_page_leads_there(call, signed_in):
    assert f'href="/calls/{call.uid}/print"' in signed_in("viewer").get(f"/calls/{call.uid}").content.decode()


def test_a_call_that_runs_says_so(account, signed_in):
    live = factories.call(account, state=State.STARTED, started_at=now())
    html = signed_in("viewer").get(f"/calls/{live.uid}/print").content.decode()
    assert "The call is not over yet." in html and "Nobody spoke." in html and "not known" in html
