"""Home: the figures are true, belong to the own office and to today, and cost the same for 5 calls and for 50."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime, now

from analytics.home import home
from calls.models import Call, Runner, Utterance
from tests import factories
from tests.calls.hooks.deliveries import accepted, refused


@pytest.fixture
def noon(monkeypatch):
    """It is noon, so that "an hour ago" is today."""
    at = localtime(now()).replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    return at


def ended(account, at, **fields) -> Call:
    return factories.call(
        account,
        **{
            "state": "complete",
            "status": "completed",
            "answered_by": "human",
            "created_at": at,
            "started_at": at,
            "ended_at": at + timedelta(minutes=1),
            "outcome_at": at + timedelta(minutes=1),
            "disposition_tag": "COMPLETED_ACTION",
            "price": Decimal("0.09"),
            **fields,
        },
    )


def waiting_for_person(account, at, text="A call back was promised.", **fields) -> Call:
    call = ended(account, at, needs_person=[{"reason": "callback", "text": text, "seq": 2}], **fields)
    Utterance.objects.create(call=call, seq=2, speaker="user", text="Call me at nine", start_ms=0, end_ms=900)
    return call


def test_an_empty_office(account):
    seen = home(account)
    assert not seen.ever
    assert (seen.figures.live, seen.figures.today, seen.figures.needs, seen.figures.answers_ms) == (0, 0, 0, None)
    assert (seen.live, seen.needs, seen.outcomes, seen.coming) == ([], [], [], [])


def test_the_figures_of_today(account, noon):
    ended(account, noon - timedelta(hours=1))
    ended(account, noon - timedelta(hours=2), answered_by="voicemail", disposition_tag="NO_CONTACT_MADE", price=None)
    ended(account, noon - timedelta(days=1))
    factories.call(account, state="started", started_at=noon, created_at=noon)
    factories.call(account, state="queued", due_at=noon - timedelta(seconds=1), created_at=noon)
    ended(factories.account("Strangers"), noon - timedelta(hours=1))
    Runner.objects.create(host="a", pid=1, capacity=40, seen_at=noon)
    Runner.objects.create(host="gone", pid=2, capacity=40, seen_at=noon - timedelta(minutes=5))
    figures = home(account).figures
    assert (figures.live, figures.in_line, figures.capacity) == (1, 1, 40)
    assert (figures.today, figures.by_person, figures.by_person_share) == (4, 1, 25)
    assert figures.spent == Decimal("0.09")


def test_today_begins_at_midnight_of_the_reader(signed_in, account, monkeypatch):
    at = now().replace(hour=5, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    ended(account, at - timedelta(hours=2))  # 3 AM in UTC: yesterday evening in Denver
    client = signed_in("viewer")
    account.timezone = "UTC"
    account.save()
    assert client.get("/").context["home"].figures.today == 1
    account.timezone = "Asia/Tokyo"  # 2 PM there: the call was at noon
    account.save()
    assert client.get("/").context["home"].figures.today == 1
    account.timezone = "Pacific/Marquesas"  # 7:30 PM there the day before; the call was at 5:30 PM
    account.save()
    assert client.get("/").context["home"].figures.today == 1
    account.timezone = "Etc/GMT+4"  # 1 AM there; the call was at 11 PM
    account.save()
    assert client.get("/").context["home"].figures.today == 0


def test_how_fast_the_agent_answers(account, noon):
    call = ended(account, noon)
    for seq, total in enumerate([400, 800, 2100], start=1):
        Utterance.objects.create(call=call, seq=seq, speaker="assistant", text="x", start_ms=0, end_ms=1, latency={"total": total})
    figures = home(account).figures
    assert (figures.answers_ms, figures.slowest_ms) == (800, 2100)


def test_live_calls_show_their_newest_line(signed_in, account):
    call = factories.call(account, state="started", started_at=now(), callee_name="Tom Reyes")
    for seq, (who, text) in enumerate([("assistant", "Hello"), ("user", "Who <b>is</b> this?")], start=1):
        Utterance.objects.create(call=call, seq=seq, speaker=who, text=text, start_ms=0, end_ms=1)
    live = home(account).live[0]
    assert (live.name, live.speaker, live.said) == ("Tom Reyes", "caller", "Who <b>is</b> this?")
    assert "Who &lt;b&gt;is&lt;/b&gt; this?" in signed_in("viewer").get("/").content.decode()


def test_who_needs_a_person_is_shown_with_the_words_until_it_is_done(signed_in, account):
    call = waiting_for_person(account, now() - timedelta(hours=1))
    client = signed_in("operator")
    page = client.get("/").content.decode()
    assert "Call back promised" in page
    assert f'href="/calls/{call.uid}#line-2"' in page
    assert "Call me at nine" in page
    answer = client.post(f"/calls/{call.uid}/handled", {"next": "/"})
    assert (answer.status_code, answer.url) == (303, "/")
    assert "Nobody is waiting for you" in client.get("/").content.decode()


def test_a_viewer_sees_no_buttons_that_do_something(signed_in, account):
    waiting_for_person(account, now() - timedelta(hours=1))
    factories.call(account, state="started", started_at=now())
    page = signed_in("viewer").get("/").content.decode()
    assert "/handled" not in page
    assert "/stop" not in page


def test_an_unknown_reason_is_still_shown(account):
    ended(account, now(), needs_person=[{"reason": "new-kind", "text": "Look."}])
    need = home(account).needs[0]
    assert (need.heading, need.text, need.quote) == ("Look at this call", "Look.", "")


def test_outcomes_add_up_and_the_rare_ones_stand_together(account, noon):
    for number in range(8):
        for _ in range(number + 1):
            ended(account, noon, disposition_tag=f"TAG_{number}")
    outcomes = home(account).outcomes
    assert len(outcomes) == 6
    assert sum(outcome.count for outcome in outcomes) == 36
    assert outcomes[0].word == "Tag 7"
    assert outcomes[-1].word == "All others"
    assert outcomes[-1].start + outcomes[-1].width == pytest.approx(100, abs=0.1)


def test_what_is_coming_up_comes_in_order(account):
    later = factories.call(account, state="queued", due_at=now() + timedelta(hours=9), held_reason="Outside hours.")
    soon = factories.call(account, state="queued", due_at=now() + timedelta(hours=3))
    seen = home(account)
    assert [(each.uid, each.shown.key) for each in seen.coming] == [(soon.uid, "scheduled"), (later.uid, "held")]
    assert seen.coming_count == 2


def test_the_part_that_refreshes_is_only_that_part(signed_in):
    page = signed_in("viewer").get("/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="today"' in page
    assert "<html" not in page


def test_the_number_of_queries_does_not_grow(signed_in, account, noon):
    client = signed_in("operator")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/").status_code == 200
        return len(caught)

    def fill() -> None:
        for number in range(5):
            ended(account, noon - timedelta(minutes=number))
            waiting_for_person(account, noon)
            factories.call(account, state="started", started_at=noon)
            factories.call(account, state="queued", due_at=noon + timedelta(hours=1))
            accepted(account, url=f"https://good-{number}.example/", at=noon)
            refused(account, url=f"https://bad-{number}.example/", at=noon)

    fill()
    first = queries()
    fill()
    assert queries() == first <= 18


def test_an_address_that_does_not_accept_results_needs_a_person(signed_in, account, noon):
    waiting_for_person(account, noon - timedelta(hours=1))
    refused(account, at=noon - timedelta(minutes=18))
    accepted(account, url="https://donors.example/", at=noon)
    page = signed_in("operator").get("/").content.decode()
    needs, side = page[page.index("needs-h") : page.index("out-h")], page[page.index("wh-h") :]
    assert "Results not accepted" in needs and 'Needs a person <span class="count">2</span>' in needs
    assert "Send it again now" in needs and "settings/results" not in needs, "Settings are for admins"
    assert "has not accepted a result since" in side and "accepted the one result of today." in side


def test_a_viewer_and_an_office_without_an_address(signed_in, account):
    client = signed_in("viewer")
    assert 'href="/docs/webhooks"' in client.get("/").content.decode()
    account.webhook_url = "https://ledger.example/results"
    account.save()
    assert "What comes out of the next call goes to <b>ledger.example</b>." in client.get("/").content.decode()
    refused(account, at=now() - timedelta(hours=1))
    assert "results/again" not in client.get("/").content.decode()
