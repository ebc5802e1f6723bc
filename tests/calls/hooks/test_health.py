"""How addresses take results, in sentences that are true."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.hooks import health, words
from calls.models import Delivery
from tests import factories
from tests.calls.hooks.deliveries import LEDGER, accepted, refused

AT = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.mark.parametrize(
    "url",
    [LEDGER, "https://LEDGER.example", "http://ledger.example?x=1", "https://ledger.example:8443/a://b", "https://[2606:4700::1]:8443/x"],
)
def test_a_server_is_read_by_the_database_as_it_is_by_us(account, url):
    accepted(account, url=url, at=AT)
    assert [server.server for server in health.servers(account)] == [health.server_of(url)]


def test_nothing_was_sent(account):
    accepted(factories.account("Strangers Ltd"), at=AT)
    assert health.servers(account) == []


def test_all_was_accepted(account):
    for minutes in (30, 18):
        accepted(account, at=AT - timedelta(minutes=minutes))
    (ledger,) = health.servers(account)
    assert (ledger.server, ledger.title, ledger.text) == (
        "ledger.example", "accepted all 2 today.", "Last one 18 minutes ago, in 0.2 s.",
    )  # fmt: skip
    assert ledger.fine and not ledger.needs_person


def test_nothing_came_today(account):
    accepted(account, at=AT - timedelta(days=2))
    (ledger,) = health.servers(account)
    assert ledger.title == "has accepted everything."
    assert ledger.text.startswith("Last one November 23, 10:20 AM")


def test_some_are_not_accepted(account):
    accepted(account, at=AT - timedelta(hours=1))
    for minutes in (18, 17, 2):
        refused(account, at=AT - timedelta(minutes=minutes), due_at=AT + timedelta(minutes=38))
    Delivery.objects.create(account=account, call=factories.call(account), kind="call", url=LEDGER)
    (ledger,) = health.servers(account)
    assert ledger.title == "has not accepted 3 results since 10:02 AM."
    assert ledger.text == "It answers “too busy” (503). Next try at 10:58 AM. 1 more waits in line. Nothing is lost."
    assert ledger.needs_person


def test_a_hiccup_needs_nobody(account):
    refused(account, at=AT - timedelta(minutes=1))
    (ledger,) = health.servers(account)
    assert not ledger.fine and not ledger.needs_person


def test_what_was_given_up_waits_for_a_person(account):
    refused(account, state=Delivery.DEAD, status=None, at=AT - timedelta(days=1))
    (ledger,) = health.servers(account)
    assert ledger.title == "has not accepted a result since yesterday, 10:20 AM."
    assert ledger.text == "No answer within 10 s. 1 was given up and waits for you to send again."
    assert ledger.needs_person
    accepted(account, at=AT)
    (ledger,) = health.servers(account)
    assert ledger.title == "accepts results again, but a result was given up."
    assert ledger.text == "1 was given up and waits for you to send again."


def test_what_was_given_up_long_ago_is_over(account):
    refused(account, state=Delivery.DEAD, at=AT - timedelta(days=9))
    assert health.servers(account) == []


def test_those_in_trouble_come_first(account):
    accepted(account, url="https://a.example/", at=AT)
    refused(account, url="https://b.example/", at=AT)
    refused(account, url="https://c.example/1", at=AT)
    refused(account, url="https://c.example/2", at=AT)
    assert [server.server for server in health.servers(account)] == ["c.example", "b.example", "a.example"]
    assert health.not_accepted(account, "c.example").count() == 2


def test_the_number_of_queries_does_not_grow(account):
    def queries() -> int:
        for number in range(3):
            accepted(account, url=f"https://good-{number}.example/", at=AT)
            refused(account, url=f"https://bad-{number}.example/", at=AT)
        with CaptureQueriesContext(connection) as caught:
            health.servers(account)
        return len(caught)

    assert queries() == queries() == 3


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (503, "It answers “too busy” (503)."),
        (404, "It answers “it knows no such address” (404)."),
        (302, "It answers “it sends on to another address” (302)."),
        (418, "It answers “it does not take it” (418)."),
        (599, "It answers “it has an error of its own” (599)."),
        (199, "It answers 199."),
        (None, "No answer within 10 s."),
    ],
)
def test_answers_in_words(status, said):
    assert words.answered(status, "No answer within 10 s" if status is None else "") == said


def test_what_is_open_is_found_by_its_own_small_index(account):
    """Home asks every 20 seconds: it must not read every message that the office ever sent."""
    if connection.vendor == "sqlite":  # PostgreSQL chooses by how many rows there are
        assert "delivery_open" in health.not_accepted(account).explain()
