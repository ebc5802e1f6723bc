"""Zones of numbers."""

import pytest

from calls import zones


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+17205550142", "America/Denver"),
        ("+12125550142", "America/New_York"),
        ("+442079460958", "Europe/London"),
        ("+15005550006", ""),  # a pretend callee lives nowhere
        ("+18005550123", ""),
        ("+12223334444", ""),
        ("call me", ""),
        ("", ""),
    ],
)
def test_a_number_tells_its_zone_or_nothing(number, zone):
    assert zones.told_by(number) == zone
    assert zones.of_number(number) == (zone or "America/Los_Angeles")


def test_the_zone_names_a_city():
    assert zones.city("+17205550142") == "Denver"
    assert zones.city("+12125550142") == "New York"
    assert zones.city("+15005550006") == ""
