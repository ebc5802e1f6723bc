"""Dispatch parameters: from which number, when, for how long, and to whom it may hand over."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from personas.parameters import phone
from personas.parameters.base import Bad, Choice, Context, Parameter, Part, as_number

STRATEGIES = "Invalid dialing_strategy. Options are: local, custom_pooling."
PLAIN_NUMBER = re.compile(r"\+?[0-9]{7,15}")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE)
SOON = timedelta(minutes=5)
LONGEST = 720  # minutes


def _from(value: Any, context: Context) -> str:
    if not isinstance(value, str):
        raise Bad("Invalid from phone number.")
    if not PLAIN_NUMBER.fullmatch(value):
        raise Bad("Invalid from number format")
    try:
        return phone.parse(value if value.startswith("+") or len(value) <= 10 else f"+{value}", context.country).e164
    except Bad:
        raise Bad("Invalid from phone number.") from None


def _dialing_strategy(value: Any, _: Context) -> dict[str, str]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "local":
        return {"type": "local"}
    if kind not in ("custom_pooling", "custom_pool"):
        raise Bad(STRATEGIES)
    pool = value.get("pool_id")
    if not isinstance(pool, str) or not pool.strip():
        raise Bad("dialing_strategy.pool_id is required for custom_pooling.")
    return {"type": "custom_pooling", "pool_id": pool.strip()}


def _timezone(value: Any, _: Context) -> str:
    if not isinstance(value, str):
        raise Bad("Timezone must be a string.")
    try:
        if not value or len(value) > 64:
            raise ValueError
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        raise Bad(f"Invalid timezone: {value[:64]}") from None
    return value


def _start_time(value: Any, context: Context) -> str:
    """The moment in UTC, ISO 8601; one that has passed stays as it is (the call starts at once)."""
    if not isinstance(value, str):
        raise Bad("start_time must be a string.")
    match = MOMENT.fullmatch(value.strip())
    if match is None:
        raise Bad("Start time must be a valid date-time format")
    day, minute, second, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{(offset or '+00:00').upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Bad("Invalid start_time.") from None
    if context.at < moment < context.at + SOON:
        raise Bad("Calls must be scheduled at least 5 minutes in advance, or more")
    return moment.isoformat()


def _transfer_phone_number(value: Any, context: Context) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Bad("Invalid transfer_phone_number.")
    return transfer_target(str(value), context, "Invalid transfer phone number format", "Invalid transfer_phone_number.")


def _transfer_list(value: Any, context: Context) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Bad("Transfer list must be an object.")
    numbers = {}
    for department, number in value.items():
        if not isinstance(number, str) or not department.strip():
            raise Bad("Invalid phone number format in transfer list")
        numbers[department.strip()] = transfer_target(
            number, context, "Invalid phone number format in transfer list", "Invalid transfer phone number."
        )
    return numbers


def transfer_target(written: str, context: Context, bad_format: str, impossible: str) -> str:
    """The number to hand over to. Emergency, short and premium numbers are no such number."""
    if len(written) > 64 or not phone.WRITTEN.fullmatch(written.strip()):
        raise Bad(bad_format)
    try:
        found = phone.parse(written, context.country)
    except Bad:
        raise Bad(impossible) from None
    if found.sensitive:
        raise Bad(impossible)
    return found.e164


def _max_duration(value: Any, _: Context) -> int | float:
    minutes = as_number(value)
    if minutes is None:
        raise Bad("max_duration must be a number.")
    if minutes < 0:
        raise Bad("max_duration must be a positive number.")
    if minutes < 1:
        raise Bad("Max duration must be at least 1")
    if minutes > LONGEST:
        raise Bad("max_duration must be at most 12 hours.")
    return minutes


PARAMETERS = (
    Parameter(
        name="from",
        heading="dispatch",
        kind="string",
        check=_from,
        label="They see this number",
        notice="Calls from {value}",
        help="One of your own numbers. Empty: the usual one.",
        group="sound",
        widget="number-picker",
    ),
    Parameter(
        name="dialing_strategy",
        heading="dispatch",
        kind="object",
        check=_dialing_strategy,
        label="How that number is chosen",
        help="Same area as the person, or the next one of a pool.",
        group="sound",
        widget="parts",
        parts=(
            Part(
                "type",
                "string",
                "Way of choosing",
                widget="select",
                choices=(
                    Choice("", "The usual number"),
                    Choice("local", "Same area as the person"),
                    Choice("custom_pooling", "Next from a pool"),
                ),
            ),
            Part("pool_id", "string", "Pool", "Only for the next from a pool.", widget="pool-picker"),
        ),
        schema={"required": ["type"]},
    ),
    Parameter(
        name="timezone",
        heading="dispatch",
        kind="string",
        check=_timezone,
        label="Their time zone",
        notice="Takes it that they are in {value}",
        help="Empty: from the area code.",
        group="who",
        widget="timezone",
    ),
    Parameter(
        name="start_time",
        heading="dispatch",
        kind="string",
        check=_start_time,
        label="When",
        help="Empty: now. Otherwise at least five minutes ahead.",
        group="what",
        widget="datetime",
        preset=False,
        schema={"examples": ["2031-01-01 12:00:00 -05:00"]},
    ),
    Parameter(
        name="transfer_phone_number",
        heading="dispatch",
        kind="string",
        check=_transfer_phone_number,
        label="Number to hand over to",
        notice="Hands over to {value}",
        help="Used when no department fits.",
        group="transfer",
        widget="tel",
    ),
    Parameter(
        name="transfer_list",
        heading="dispatch",
        kind="object",
        check=_transfer_list,
        label="Departments",
        notice="Hands {key} over to {value}",
        help="One on each line: department = number. “default” takes the place of the number above.",
        default={},
        group="transfer",
        widget="pairs",
        schema={"additionalProperties": {"type": "string"}},
    ),
    Parameter(
        name="max_duration",
        heading="dispatch",
        kind="number",
        check=_max_duration,
        label="Longest call",
        notice="Ends the call after {value}",
        help="A closing sentence is said ten seconds before.",
        default=30,
        group="conversation",
        widget="number",
        unit="minutes",
        schema={"minimum": 1, "maximum": LONGEST},
    ),
)
