"""Post-call parameters: summary, another try, outcome."""

from typing import Any

from personas.parameters.base import Bad, Context, Parameter, Part, as_number, without_unknown
from personas.parameters.voicemail import ACTION_CHOICES, flat_action, message

SUMMARY_LENGTH = 2000
OUTCOME_LENGTH = 120
RETRY_WAIT = 60  # seconds
LONGEST_WAIT = 86_400
OUTCOMES = "Dispositions must be an array of strings."


def _summary_prompt(value: Any, _: Context) -> str:
    if not isinstance(value, str):
        raise Bad("Summary prompt must be a string.")
    if len(value) > SUMMARY_LENGTH:
        raise Bad("Summary prompt must be less than 2000 characters.")
    return value


def _retry(value: Any, context: Context) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Bad("Retry must be an object.")
    given = without_unknown(value, ("wait", "voicemail_action", "voicemail_message"), "retry", context)
    wait = as_number(given.get("wait", RETRY_WAIT))
    if wait is None:
        raise Bad("retry.wait must be a number.")
    if not 0 <= wait <= LONGEST_WAIT:
        raise Bad("retry.wait must be between 0 and 86400 seconds.")
    kept: dict[str, Any] = {"wait": wait}
    if "voicemail_action" in given:
        kept["voicemail_action"] = flat_action(given["voicemail_action"], context)
    if "voicemail_message" in given:
        kept["voicemail_message"] = message(given["voicemail_message"], context)
    return kept


def _dispositions(value: Any, _: Context) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise Bad(OUTCOMES)
    if any(len(item.strip()) > OUTCOME_LENGTH for item in value):
        raise Bad("Dispositions each must be at most 120 characters.")
    return list(dict.fromkeys(item.strip() for item in value))


PARAMETERS = (
    Parameter(
        name="summary_prompt",
        heading="post_call",
        kind="string",
        check=_summary_prompt,
        label="Summary should mention",
        help="At most 2,000 characters.",
        group="after",
        widget="textarea",
        schema={"maxLength": SUMMARY_LENGTH},
    ),
    Parameter(
        name="retry",
        heading="post_call",
        kind="object",
        check=_retry,
        label="Then try again",
        notice="Tries once more after voicemail",
        help="Once, after voicemail answered.",
        group="voicemail",
        widget="parts",
        parts=(
            Part("wait", "integer", "Try again after", "", widget="number", unit="seconds", default=RETRY_WAIT),
            Part("voicemail_action", "string", "If voicemail answers again", widget="segments", choices=ACTION_CHOICES),
            Part("voicemail_message", "string", "Message then", "Empty: the same as before.", widget="textarea"),
        ),
    ),
    Parameter(
        name="dispositions",
        heading="post_call",
        kind="array",
        check=_dispositions,
        label="Possible outcomes",
        notice="Knows the outcomes {value}",
        help="One on each line. Exactly one is chosen, from what was said. Empty: the usual list.",
        default=[],
        group="after",
        widget="lines",
        schema={"items": {"type": "string", "maxLength": OUTCOME_LENGTH}},
    ),
)
