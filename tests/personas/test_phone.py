"""Numbers as people write them."""

import pytest

from personas.parameters.base import Bad
from personas.parameters.phone import NO_COUNTRY, Phone, parse


@pytest.mark.parametrize(
    ("written", "number", "country"),
    [
        ("+15005550006", "+15005550006", "US"),
        (" (500) 555-0006 ", "+15005550006", "US"),
        ("500.555.0006", "+15005550006", "US"),
        ("15005550006", "+15005550006", "US"),
        ("+1 (720) 555-0142", "+17205550142", "US"),
        ("+12223334444", "+12223334444", "US"),  # possible, though nobody has it
        ("+1 604 555 0142", "+16045550142", "CA"),
        ("+44 20 7946 0958", "+442079460958", "GB"),
        ("+44 (0)20 7946 0958", "+442079460958", "GB"),
        ("+80012345678", "+80012345678", ""),
    ],
)
def test_numbers_that_can_be_called(written, number, country):
    assert parse(written) == Phone(number, country)


@pytest.mark.parametrize(
    "written", ["911", "112", "999", "411", "+1911", "+44 999", "000", "+19005550123", "9005550123", "+44 909 879 0000"]
)
def test_sensitive_numbers(written):
    assert parse(written).sensitive


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", NO_COUNTRY),
        ("call me", NO_COUNTRY),
        ("5550006", NO_COUNTRY),
        ("+", NO_COUNTRY),
        ("+1+5005550006", NO_COUNTRY),
        ("٥٠٠٥٥٥٠٠٠٦", NO_COUNTRY),
        ("1" * 70, NO_COUNTRY),
        ("+1234", "Invalid phone number. `+1234` has these validation errors: [TOO_SHORT]"),
        ("+150055500061", "Invalid phone number. `+150055500061` has these validation errors: [TOO_LONG]"),
        ("+1234567890123456789", "Invalid phone number. `+1234567890123456789` has these validation errors: [TOO_LONG]"),
        ("+999123456789", "Invalid phone number. `+999123456789` has these validation errors: [INVALID_COUNTRY]"),
    ],
)
def test_what_is_no_number(written, message):
    with pytest.raises(Bad) as refused:
        parse(written)
    assert str(refused.value) == message


def test_numbers_without_a_country_belong_to_the_one_given():
    assert parse("020 7946 0958", "GB") == Phone("+442079460958", "GB")
    assert parse("999", "GB").sensitive
