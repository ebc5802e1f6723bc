"""Telephone numbers as people and programs write them."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult, shortnumberinfo

from personas.parameters.base import Bad

WRITTEN = re.compile(r"\+?[\d\s().-]*\d[\d\s().-]*", re.ASCII)
NO_COUNTRY = "Invalid phone number. Please include a country code if outside the US."
# Emergency numbers of the world: refused wherever the account is at home.
EMERGENCY = re.compile(r"000|08|1[0-9]{2}|9(11|33|88|95|97|98|99)")
REASONS = {
    ValidationResult.TOO_SHORT: "TOO_SHORT",
    ValidationResult.TOO_LONG: "TOO_LONG",
    ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
    ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "TOO_SHORT",
}


@dataclass(frozen=True, slots=True)
class Phone:
    e164: str  # short and emergency numbers: their digits
    country: str  # ISO code; "" when the number belongs to no single country
    sensitive: bool = False  # emergency, short or premium: never dialled


@lru_cache(maxsize=1024)
def parse(written: str, country: str = "US") -> Phone:
    """The number meant by digits and ` -().+`; without a leading + it is one of `country`. Raises Bad with the API's message.

    A number only has to be possible, not assigned.
    """
    stripped = written.strip()
    if len(stripped) > 64 or not WRITTEN.fullmatch(stripped):
        raise Bad(NO_COUNTRY)
    digits = re.sub(r"\D", "", stripped)
    international = stripped.startswith("+")
    if not international and is_short(digits, country):
        return Phone(digits, country, sensitive=True)
    if len(digits) > 15:
        raise Bad(_wrong(stripped, "TOO_LONG"))
    try:
        parsed = phonenumbers.parse(f"+{digits}" if international else digits, country)
    except phonenumbers.NumberParseException as error:
        reason = "TOO_SHORT" if error.error_type == error.TOO_SHORT_NSN else "INVALID_COUNTRY"
        raise Bad(_wrong(stripped, reason) if international else NO_COUNTRY) from None
    region = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    national = phonenumbers.national_significant_number(parsed)
    if len(national) <= 6 and shortnumberinfo.is_emergency_number(national, region):
        return Phone(digits, region, sensitive=True)
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != ValidationResult.IS_POSSIBLE:
        raise Bad(_wrong(stripped, REASONS[possible]) if international else NO_COUNTRY)
    premium = phonenumbers.number_type(parsed) == PhoneNumberType.PREMIUM_RATE
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, "" if region == "001" else region, sensitive=premium)


def is_short(digits: str, country: str) -> bool:
    """Whether these digits, dialled as they are, reach an emergency or other short number in `country`."""
    if len(digits) > 6:
        return False
    if EMERGENCY.fullmatch(digits) or shortnumberinfo.is_emergency_number(digits, country):
        return True
    return (
        bool(shortnumberinfo.is_valid_short_number_for_region(phonenumbers.parse(digits, country), country)) if len(digits) > 1 else False
    )


def _wrong(written: str, reason: str) -> str:
    return f"Invalid phone number. `{written}` has these validation errors: [{reason}]"
