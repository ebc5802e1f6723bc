"""`{{name}}` in texts, and what it stands for on a call. No row is read or written here."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from calls.filling import fill as fill
from calls.models import Call


def of(call: Call, at: datetime, *, answered: bool = True) -> dict[str, Any]:
    """Every variable of a call: the built-in ones, over them those of request_data (once it was answered), over them what it learnt."""
    common = built_in(
        call_id=str(call.uid),
        to=call.to_number,
        caller_id=call.from_number,
        at=at,
        timezone=call.timezone,
        country=call.country,
        language=call.setting("language") or "",
    )
    return {**common, **((call.setting("request_data") or {}) if answered else {}), **call.variables}


def built_in(
    *, call_id: str, to: str, caller_id: str, at: datetime, timezone: str, country: str = "", language: str = ""
) -> dict[str, str | None]:
    """The variables of the reference that need nobody to give them; `at` is the moment that `now` tells, `timezone` its zone.

    `city`, `state` and `zip` are None: a number alone does not tell them for certain.
    """
    return {
        "now": _javascript_date(at, timezone),
        "now_utc": format_datetime(at.astimezone(UTC), usegmt=True),
        "from": caller_id,
        "to": to,
        "short_from": national(caller_id),
        "short_to": national(to),
        "phone_number": to,
        "call_id": call_id,
        "country": country or None,
        "city": None,
        "state": None,
        "zip": None,
        "timezone": timezone,
        "language": language,
    }


def national(number: str) -> str:
    """A number without its country code: +14155550142 -> 4155550142."""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return number.lstrip("+")


def _javascript_date(at: datetime, timezone: str) -> str:
    """As JavaScript prints a date: `Sat Apr 27 2024 18:51:25 GMT-0500 (CDT)`."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%a %b %d %Y %H:%M:%S GMT%z (%Z)")
