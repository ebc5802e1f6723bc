"""Advanced parameters: data in and out, and the guards of a call."""

import re
from typing import Any

from personas.parameters import dynamic_data, guard_rails
from personas.parameters.base import Bad, Choice, Context, Parameter, boolean, mapping
from personas.parameters.web import is_address, is_private

EVENTS = ("queue", "call", "latency", "webhook", "tool", "dynamic_data", "citations")
MOST_KEYWORDS = 20
KEYWORD_LENGTH = 100
TONES = re.compile(r"[0-9*#w]*")
MOST_TONES = 200
NO_TONES = "Precall DTMF sequence must be a valid DTMF sequence"


def _webhook(value: Any, context: Context) -> str:
    allowed = ("https://", "http://") if context.allow_http else ("https://",)
    if not isinstance(value, str) or not value.lower().startswith(allowed):
        raise Bad("webhook must be a string that starts with https://.")
    if not is_address(value) or (is_private(value) and not context.allow_http):
        raise Bad("Webhook must be a valid URI")
    return value


def _webhook_events(value: Any, _: Context) -> list[str]:
    if not isinstance(value, list):
        raise Bad("webhook_events must be an array.")
    if any(event not in EVENTS for event in value):
        raise Bad(f"Invalid webhook_events option. Options are: {', '.join(EVENTS)}.")
    return [event for event in EVENTS if event in value]


def _keywords(value: Any, _: Context) -> list[str]:
    if not isinstance(value, list):
        raise Bad("Keywords must be an array of strings.")
    if not all(isinstance(word, str) for word in value):
        raise Bad("Keywords must be strings.")
    for word in value:
        if len(word) >= KEYWORD_LENGTH:
            raise Bad(f"Keywords each must be less than 100 characters: {word}")
        bare, *boost = word.split(":")
        if len(boost) > 1 or not bare.strip():
            raise Bad("Keywords must be in the format 'string' or 'string:number'.")
        if boost and not re.fullmatch(r"\s*[+-]?[0-9]+\s*", boost[0]):
            raise Bad("Keyword boosts with a colon must have a valid integer for the boost rate.")
    if len(value) > MOST_KEYWORDS:
        raise Bad("At most 20 keywords can be added.")
    return value


def _precall_dtmf_sequence(value: Any, _: Context) -> str:
    if not isinstance(value, str) or len(value) > MOST_TONES or not TONES.fullmatch(value):
        raise Bad(NO_TONES)
    return value


PARAMETERS = (
    Parameter(
        name="request_data",
        heading="advanced",
        kind="object",
        check=mapping("request_data must be an object."),
        label="What it needs to know for this call",
        notice="Knows {key}: {value}",
        help="One on each line: name = value. {{name}} in the task stands for it.",
        default={},
        group="what",
        widget="pairs",
    ),
    Parameter(
        name="metadata",
        heading="advanced",
        kind="object",
        check=mapping("metadata must be an object."),
        label="Metadata",
        notice="Returns {key} with the result: {value}",
        help="Returned untouched with the result.",
        default={},
        group="developer",
        widget="json",
    ),
    Parameter(
        name="webhook",
        heading="advanced",
        kind="string",
        check=_webhook,
        label="Send the result to",
        notice="Sends the result to {value}",
        help="An address that starts with https://.",
        group="after",
        widget="url",
        schema={"format": "uri", "maxLength": 2048},
    ),
    Parameter(
        name="webhook_events",
        heading="advanced",
        kind="array",
        check=_webhook_events,
        label="Also send, while it happens",
        notice="Sends this while it happens: {value}",
        help="These events go to the same address during the call.",
        default=[],
        group="developer",
        widget="checks",
        choices=(
            Choice("queue", "Waiting in line"),
            Choice("call", "What is said and done"),
            Choice("latency", "How long answers took"),
            Choice("webhook", "Results sent"),
            Choice("tool", "Tools used"),
            Choice("dynamic_data", "Live data read"),
            Choice("citations", "Facts found, after the call"),
        ),
        schema={"items": {"type": "string", "enum": list(EVENTS)}},
    ),
    Parameter(
        name="dynamic_data",
        heading="advanced",
        kind="array",
        check=dynamic_data.check,
        label="Live data",
        notice="Reads live data from {key}",
        help="Addresses read at the start or before each answer.",
        default=[],
        group="developer",
        widget="json",
        null_is_value=True,
        schema={
            "type": ["array", "string", "null"],
            "items": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
        },
    ),
    Parameter(
        name="keywords",
        heading="advanced",
        kind="array",
        check=_keywords,
        label="Words to listen for",
        notice="Listens for {value}",
        help="Up to 20, one on each line, for example pallet:2.",
        default=[],
        group="developer",
        widget="lines",
        schema={"items": {"type": "string", "maxLength": KEYWORD_LENGTH - 1}, "maxItems": MOST_KEYWORDS},
    ),
    Parameter(
        name="ignore_button_press",
        heading="advanced",
        kind="boolean",
        check=boolean("ignore_button_press"),
        label="Ignore keys they press",
        help="Only what they say counts.",
        default=False,
        group="developer",
        widget="switch",
    ),
    Parameter(
        name="precall_dtmf_sequence",
        heading="advanced",
        kind="string",
        check=_precall_dtmf_sequence,
        label="Keys to press first",
        notice="Presses {value} first",
        help="0-9 * # and w for half a second.",
        default="",
        group="developer",
        schema={"pattern": "^[0-9*#w]*$", "maxLength": MOST_TONES},
    ),
    Parameter(
        name="guard_rails",
        heading="advanced",
        kind="array",
        check=guard_rails.check,
        label="Guard rails",
        notice="Watches: {key}",
        help="Watched from the first word; each may end the call, hand it over or move it to another step.",
        default=[],
        group="guard_rails",
        widget="guard-rails",
        schema={
            "items": {
                "type": "object",
                "required": ["type", "actions"],
                "properties": {
                    "type": {"type": "string", "enum": list(guard_rails.TYPES)},
                    "actions": {"type": "array", "minItems": 1},
                    "prompt": {"type": "string"},
                    "config": {"type": "object", "properties": {"end_seconds": {"type": "number", "exclusiveMinimum": 0, "default": 30}}},
                },
            }
        },
    ),
)
