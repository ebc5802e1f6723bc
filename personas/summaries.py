"""Each folded group of parameters in one line, so that a closed group says its values: on Send call and on a persona."""

from collections.abc import Callable, Mapping
from typing import Any

from personas.parameters import BY_NAME

GROUP_ICONS = {
    "voice": "audio-lines",
    "conversation": "message-circle",
    "voicemail": "voicemail",
    "transfer": "phone-forwarded",
    "sound": "mic",
    "after": "clipboard-list",
    "guard_rails": "shield-check",
    "developer": "braces",
}


def label(name: str, value: Any) -> str:
    """The word a choice has on screen."""
    return next((c.label for c in BY_NAME[name].choices if c.value == value), str(value or ""))


def _voice(v: Mapping[str, Any]) -> str:
    words = len(v.get("pronunciation_guide") or ())
    more = f", {words} {'word' if words == 1 else 'words'} said in their own way" if words else ""
    return f"{label('voice', v.get('voice'))}, {label('language', v.get('language'))}{more}"


def _conversation(v: Mapping[str, Any]) -> str:
    minutes, pause = v.get("max_duration"), v.get("interruption_threshold")
    parts = [f"Ends after {minutes} {'minute' if str(minutes) == '1' else 'minutes'}", f"waits {_pause(pause)} before answering"]
    if v.get("wait_for_greeting"):
        parts.append("lets them speak first")
    if v.get("block_interruptions"):
        parts.append("is not interrupted")
    if v.get("first_sentence"):
        parts.append("first words are set")
    return ", ".join(parts)


def _pause(ms: Any) -> str:
    try:
        seconds = float(ms) / 1000
    except (TypeError, ValueError):
        return "a moment"
    return {0.5: "half a second", 1.0: "a second"}.get(seconds, f"{seconds:g} seconds")


def _voicemail(v: Mapping[str, Any]) -> str:
    action = (v.get("voicemail") or {}).get("action", "hangup")
    said = {"hangup": "Hang up", "leave_message": "Leave a message", "ignore": "Carry on as if somebody answered"}.get(action, "Hang up")
    retry = v.get("retry")
    if not retry:
        return f"{said}, do not try again"
    return f"{said}, then try once more after {_wait(retry.get('wait', 60))}"


def _wait(seconds: Any) -> str:
    try:
        whole = int(float(seconds))
    except (TypeError, ValueError):
        return "a while"
    if whole >= 3600 and whole % 3600 == 0:
        return "an hour" if whole == 3600 else f"{whole // 3600} hours"
    if whole >= 60 and whole % 60 == 0:
        return "a minute" if whole == 60 else f"{whole // 60} minutes"
    return f"{whole} seconds"


def _transfer(v: Mapping[str, Any]) -> str:
    departments = [name for name in (v.get("transfer_list") or {}) if name != "default"]
    if departments:
        return "To " + ", ".join(departments)
    if v.get("transfer_phone_number") or v.get("transfer_list"):
        return "To one number"
    return "To nobody: it makes a note for the team instead"


def _sound(v: Mapping[str, Any]) -> str:
    track = {
        None: "quiet line",
        "office": "office behind the voice",
        "cafe": "café behind the voice",
        "restaurant": "restaurant behind the voice",
    }
    return f"{'Recorded' if v.get('record') else 'Not recorded'}, {track.get(v.get('background_track'), 'nothing behind the voice')}"


def _after(v: Mapping[str, Any]) -> str:
    outcomes = len(v.get("dispositions") or ())
    where = "results are sent on" if v.get("webhook") else "results stay here"
    lists = len(v.get("citation_schema_ids") or ())
    facts = f"{lists} {'list' if lists == 1 else 'lists'} of facts, " if lists else ""
    return f"{f'{outcomes} outcomes of your own' if outcomes else 'The usual outcomes'}, {facts}{where}"


def _guard_rails(v: Mapping[str, Any]) -> str:
    count = len(v.get("guard_rails") or ())
    always = "Always says it is automated and stops when asked"
    return f"{always}, {count} more" if count else always


def _developer(v: Mapping[str, Any]) -> str:
    given = [
        ("metadata", "metadata"),
        ("dynamic_data", "live data"),
        ("keywords", "words to listen for"),
        ("precall_dtmf_sequence", "keys first"),
    ]
    found = [word for name, word in given if v.get(name)]
    return ", ".join(found).capitalize() if found else "No extra data, no key presses, no live data"


SUMMARIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "voice": _voice,
    "conversation": _conversation,
    "voicemail": _voicemail,
    "transfer": _transfer,
    "sound": _sound,
    "after": _after,
    "guard_rails": _guard_rails,
    "developer": _developer,
}


def summary(key: str, values: Mapping[str, Any]) -> str:
    return SUMMARIES[key](values)
