"""Numbers, lengths, money and times as people read them."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from config.kit import countries, times
from config.templatetags import ui


@pytest.mark.parametrize(
    ("number", "words"),
    [("+17205550142", "+1 720 555 0142"), ("+442079460958", "+44 20 7946 0958"), ("911", "911"), ("", ""), (None, "")],
)
def test_phone(number, words):
    assert ui.phone(number) == words


@pytest.mark.parametrize(
    ("ms", "words"), [(0, "0:00"), (41_999, "0:41"), (106_000, "1:46"), (3_723_000, "1:02:03"), (None, ""), (-5, "0:00")]
)
def test_duration(ms, words):
    assert ui.duration(ms) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("14.2"), "$14.20"),
        (0, "$0.00"),
        ("0.0013", "under $0.01"),
        (1234567.5, "$1,234,567.50"),
        (None, "not known"),
        ("x", "not known"),
    ],
)
def test_money(amount, words):
    assert ui.money(amount) == words


@pytest.mark.parametrize(("name", "letters"), [("Dana Whitcomb", "DW"), ("dana@office.example", "DO"), ("", "?"), ("Ann B C", "AB")])
def test_initials(name, letters):
    assert ui.initials(name) == letters


def test_plural():
    assert [ui.plural(n, "call,calls") for n in (0, 1, 2000)] == ["0 calls", "1 call", "2,000 calls"]


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=65), "1 minute ago"),
        (timedelta(minutes=59, seconds=30), "59 minutes ago"),
        (timedelta(seconds=-20), "in a moment"),
        (timedelta(minutes=-3, seconds=-30), "in 3 minutes"),
    ],
)
def test_relative(ago, words):
    assert times.relative(timezone.now() - ago) == words


def test_absolute_follows_the_zone_of_the_reader(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 22, 5, 30, tzinfo=ZoneInfo("UTC")))
    at = datetime(2026, 11, 22, 4, 5, tzinfo=ZoneInfo("UTC"))
    assert times.absolute(at) == "4:05 AM"
    with timezone.override(ZoneInfo("America/Denver")):
        assert times.absolute(at) == "9:05 PM"
        assert times.absolute(at + timedelta(hours=10)) == "tomorrow, 7:05 AM"
        assert times.absolute(at - timedelta(days=1)) == "yesterday, 9:05 PM"
        assert times.absolute(datetime(2026, 3, 1, 19, 0, tzinfo=ZoneInfo("UTC"))) == "March 1, 12:00 PM"
        assert times.absolute(datetime(2025, 3, 1, 7, 0, tzinfo=ZoneInfo("UTC"))) == "March 1, 2025, 12:00 AM"


def test_when_carries_the_whole_moment():
    html = ui.when(datetime(2025, 3, 1, 7, 0, tzinfo=ZoneInfo("UTC")))
    assert 'datetime="2025-03-01T07:00:00+00:00"' in html
    assert 'title="Saturday, March 1, 2025, 7:00:00 AM UTC"' in html
    assert ui.when(None) == ""


def test_countries_have_names():
    assert countries.name("US") == "United States"
    assert countries.name("DE") == "Germany"
    assert ("CA", "Canada") in countries.choices()
