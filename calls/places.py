"""Where a number is at home, as far as the number tells. Pure.

The library's city names are not used: loading them takes seconds and hundreds of megabytes in every process.
"""

from functools import lru_cache
from zoneinfo import available_timezones

import phonenumbers
from phonenumbers import timezone

ZONES = available_timezones()
PRETEND = "500"  # +1 500 555 00xx are the pretend callees; the code belongs to no place
MOST_ZONES = 4  # a number that could be in more zones than these tells nothing


@lru_cache(maxsize=4096)
def zone_of_number(number: str, country: str = "US") -> str:
    """The zone of a number; "" when the number does not tell (mobile codes of many zones, toll-free, pretend callees)."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return ""
    if parsed.country_code == 1 and str(parsed.national_number).startswith(PRETEND):
        return ""
    zones = [zone for zone in timezone.time_zones_for_number(parsed) if zone in ZONES]
    return zones[0] if 0 < len(zones) <= MOST_ZONES else ""


def zone_words(zone: str) -> str:
    """ "America/New_York" as "New York time"."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time" if zone else ""
