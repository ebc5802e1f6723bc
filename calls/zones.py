"""Where a number is at home, as far as the number tells. Pure.

The library's city names are not used: loading them takes seconds and hundreds of megabytes in every process.
"""

from functools import lru_cache
from zoneinfo import available_timezones

import phonenumbers
from phonenumbers import timezone

DEFAULT = "America/Los_Angeles"
KNOWN = available_timezones()
MOST = 4  # a number that could be in more zones than these tells nothing: mobile codes of many zones, toll-free, pretend callees


@lru_cache(maxsize=4096)
def told_by(number: str, country: str = "US") -> str:
    """The zone that a number tells; "" when it tells none."""
    try:
        found = timezone.time_zones_for_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return ""
    zones = [zone for zone in found if zone in KNOWN]
    return str(zones[0]) if 0 < len(zones) <= MOST else ""


def of_number(number: str, country: str = "US") -> str:
    """The zone to assume for a number: the one it tells, else Los Angeles as in the public reference."""
    return told_by(number, country) or DEFAULT


def city(number: str, country: str = "US") -> str:
    """The city that names the number's zone: "Denver"; "" when the number tells no zone."""
    return told_by(number, country).rpartition("/")[2].replace("_", " ")
