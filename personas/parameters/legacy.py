"""Names of older clients, and what each means today."""

from typing import Any

from personas.parameters import basic, voicemail
from personas.parameters.base import Bad, Check, Context, Legacy, as_number, boolean, mapping, strings, text


def _version_number(value: Any, context: Context) -> int | str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Bad("version_number must be a number or string.")
    try:
        return basic.pathway_version(value, context)
    except Bad:
        raise Bad("version_number must be a number.") from None


def _interruptibility(value: Any, _: Context) -> bool:
    """0 means that nothing interrupts; all other levels are how it works anyway."""
    level = as_number(value)
    if level is None:
        raise Bad("interruptibility must be a number.")
    return level == 0


def _unchecked(check: Check) -> Check:
    """Checks the value as the parameter does later, and passes it on as it came."""

    def run(value: Any, context: Context) -> Any:
        check(value, context)
        return value

    return run


LEGACY = (
    Legacy("voice_id", text("Voice must be a string."), into="voice"),
    Legacy("voice_preset_id", text("Voice must be a string."), into="voice"),
    Legacy("version_number", _version_number, into="pathway_version", kind="integer"),
    Legacy("wait", boolean("wait"), into="wait_for_greeting", kind="boolean"),
    Legacy("interruptibility", _interruptibility, into="block_interruptions", kind="number"),
    Legacy("voicemail_action", voicemail.flat_action, into="voicemail", part="action"),
    Legacy("voicemail_message", voicemail.message, into="voicemail", part="message"),
    Legacy("voicemail_sms", _unchecked(voicemail.sms), into="voicemail", part="sms", kind="object"),
    Legacy("sensitive_voicemail_detection", voicemail.sensitive, into="voicemail", part="sensitive", kind="boolean"),
    Legacy("answered_by_enabled", boolean("answered_by_enabled"), kind="boolean", note="who answered is told for every call."),
    Legacy("amd", boolean("amd"), kind="boolean", note="machines are recognised on every call."),
    Legacy("ivr_mode", boolean("ivr_mode"), kind="boolean", note="phone menus are recognised on every call."),
    Legacy("reduce_latency", boolean("reduce_latency"), kind="boolean", note="every call is answered as fast as possible."),
    Legacy("voice_settings", mapping("voice_settings must be an object."), kind="object", note="voices here have no such settings."),
    Legacy(
        "disposition_ids",
        strings("disposition_ids must be an array of strings."),
        kind="array",
        note="give outcomes by name in dispositions.",
    ),
)
BY_NAME = {legacy.name: legacy for legacy in LEGACY}


def fold(legacy: dict[str, Any], given: dict[str, Any], inherited: dict[str, Any]) -> dict[str, Any]:
    """`given` with the checked `legacy` values in their places. What is given under its own name wins over an old name.

    Old flat voicemail names change only their part of the persona's voicemail.
    """
    folded = dict(given)
    parts: dict[str, Any] = {}
    for name, value in legacy.items():
        known = BY_NAME[name]
        if known.part:
            parts[known.part] = value
        elif known.into and not (known.into == "block_interruptions" and not value):
            folded.setdefault(known.into, value)
    if parts:
        own = given.get("voicemail")
        base = own if isinstance(own, dict) else {}
        if "voicemail" not in given:
            base = inherited.get("voicemail") or {}
            if "message" in parts and "action" not in parts and "action" not in base:
                parts["action"] = "leave_message"  # what the message alone meant to older clients
            folded["voicemail"] = {**base, **parts}
        elif isinstance(own, dict):
            folded["voicemail"] = {**parts, **own}
    return folded
