import pytest

from calls.places import zone_of_number, zone_words


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+17205550163", "America/Denver"),
        ("(212) 555-0100", "America/New_York"),
        ("+442079460958", "Europe/London"),
        ("+15005550006", ""),  # a pretend callee lives nowhere
        ("+18005550123", ""),  # toll-free: anywhere
        ("call me", ""),
    ],
)
def test_the_zone_a_number_tells(number, zone):
    assert zone_of_number(number) == zone


def test_a_zone_reads_as_people_say_it():
    assert zone_words("America/New_York") == "New York time"
    assert zone_words("") == ""
