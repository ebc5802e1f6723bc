"""Voicemail parameters: what happens when a machine answers."""

from typing import Any

from personas.parameters.base import Bad, Choice, Context, Parameter, Part, as_boolean, js_type, without_unknown

ACTIONS = ("hangup", "leave_message", "ignore")
NEEDS_MESSAGE = "Voicemail message is required when action is leave_message."
ACTION_CHOICES = (Choice("hangup", "Hang up"), Choice("leave_message", "Leave a message"), Choice("ignore", "Carry on"))


def action(value: Any, _: Context) -> str:
    if value not in ACTIONS:
        raise Bad("Invalid voicemail action. Must be one of: hangup, leave_message, ignore")
    return str(value)


def flat_action(value: Any, _: Context) -> str:
    """The same in the words that the flat names of older clients and `retry` get."""
    if value not in ACTIONS:
        raise Bad("Invalid voicemail_action. Options are: hangup, leave_message, ignore.")
    return str(value)


def message(value: Any, _: Context) -> str:
    if not isinstance(value, str):
        raise Bad(f"Voicemail message must be a string. type: {js_type(value)}")
    return value


def sms(value: Any, context: Context) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Bad(f"voicemail_sms must be an object. type: {js_type(value)}")
    given = without_unknown(value, ("to", "from", "message"), "voicemail.sms", context)
    for key, part in given.items():
        if not isinstance(part, str):
            raise Bad(f"voicemail_sms.{key} must be a string. type: {js_type(part)}")
    if "message" not in given:
        raise Bad("voicemail_sms.message must be a string. type: undefined")
    return given


def sensitive(value: Any, _: Context) -> bool:
    known = as_boolean(value)
    if known is None:
        raise Bad("sensitive_voicemail_detection must be a boolean.")
    return known


def _voicemail(value: Any, context: Context) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Bad(f"Voicemail must be an object. type: {js_type(value)}")
    given = without_unknown(value, ("message", "action", "sms", "sensitive"), "voicemail", context)
    checks = {"message": message, "action": action, "sms": sms, "sensitive": sensitive}
    kept = dict(DEFAULT) | {key: checks[key](part, context) for key, part in given.items()}
    if kept["action"] == "leave_message" and not kept["message"].strip():
        raise Bad(NEEDS_MESSAGE)
    return kept


DEFAULT: dict[str, Any] = {"action": "hangup", "message": "", "sms": None, "sensitive": False}
PARAMETERS = (
    Parameter(
        name="voicemail",
        heading="voicemail",
        kind="object",
        check=_voicemail,
        label="If voicemail answers",
        default=DEFAULT,
        group="voicemail",
        widget="parts",
        parts=(
            Part("action", "string", "If voicemail answers", widget="segments", choices=ACTION_CHOICES, default="hangup"),
            Part("message", "string", "Message", "Spoken after the beep, then the call ends.", widget="textarea", default=""),
            Part("sms", "object", "Text message afterwards", "Sent after a message was left: to, from and message.", widget="sms"),
            Part(
                "sensitive",
                "boolean",
                "Listen closely for voicemail",
                "Catches more machines, one second slower.",
                widget="switch",
                default=False,
            ),
        ),
    ),
)
