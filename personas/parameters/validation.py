"""One rule set for the API, the Send call form and persona presets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from personas.parameters import guard_rails, legacy
from personas.parameters.base import Bad, Context, FieldError
from personas.parameters.table import BY_NAME, ORDER
from personas.parameters.voicemail import NEEDS_MESSAGE

NOT_AN_OBJECT = "Call parameters must be an object."
UNKNOWN = "Additional properties are not allowed"
REQUIRED = ("phone_number", "task")
LAST = len(ORDER)


@dataclass(frozen=True, slots=True)
class Checked:
    """`values`: what was given or inherited, checked, under today's names. Use it only when there are no `errors`."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    given: frozenset[str] = frozenset()  # names (of today) that came with the request itself


def validate(body: Any, context: Context | None = None, *, inherited: Mapping[str, Any] | None = None, preset: bool = False) -> Checked:
    """Checks the parameters of a call, or of a persona when `preset`. Never raises; the errors stand in the order of the reference.

    `inherited` is the persona's configuration: it stands where the request says nothing. null means "not given".
    """
    context = replace(context or Context(), notes=[])
    if not isinstance(body, dict):
        return Checked(errors=[FieldError("", NOT_AN_OBJECT)])
    for name in body:
        if not _known(name, preset):
            return Checked(errors=[FieldError(name[:60], UNKNOWN)])
    errors: dict[str, FieldError] = {}
    old_names = _old_names(body, context, errors)
    given = {name: value for name, value in body.items() if name in BY_NAME and (value is not None or BY_NAME[name].null_is_value)}
    persona = dict(inherited or {})
    given = legacy.fold(old_names, given, persona)
    values: dict[str, Any] = {}
    for name, value in {**persona, **given}.items():
        parameter = BY_NAME.get(name)
        if parameter is None or (value is None and not parameter.null_is_value):
            continue
        try:
            values[name] = parameter.check(value, context)
        except Bad as bad:
            errors.setdefault(name, FieldError(name, str(bad)))
    if not preset:
        _require(values, errors)
    _compare(values, errors, preset)
    ordered = sorted(errors.items(), key=lambda pair: ORDER.get(pair[0], LAST))
    return Checked(values, [error for _, error in ordered], list(dict.fromkeys(context.notes)), frozenset(given))


def missing(name: str) -> str:
    return f"Missing required parameter: {name}."


def error_body(errors: list[FieldError]) -> dict[str, Any]:
    """The answer to a request with these errors."""
    messages = [error.message for error in errors]
    if all(message.startswith("Missing required parameter: ") for message in messages):
        head = f"Invalid parameters. Error: {json.dumps(messages, separators=(',', ':'))}"
    else:
        head = messages[0] if len(messages) == 1 else "Invalid parameters"
    return {"status": "error", "message": head, "errors": messages}


def _known(name: str, preset: bool) -> bool:
    if name in BY_NAME:
        return BY_NAME[name].preset or not preset
    return name in legacy.BY_NAME


def _old_names(body: dict[str, Any], context: Context, errors: dict[str, FieldError]) -> dict[str, Any]:
    found = {}
    for known in legacy.LEGACY:
        value = body.get(known.name)
        if value is None:
            continue
        try:
            found[known.name] = known.check(value, context)
        except Bad as bad:
            errors.setdefault(known.into or known.name, FieldError(known.into or known.name, str(bad)))
            continue
        if known.note:
            context.notes.append(f"{known.name} has no effect here: {known.note}")
    return found


def _require(values: dict[str, Any], errors: dict[str, FieldError]) -> None:
    for name in REQUIRED:
        if name in errors or (name == "task" and ("pathway_id" in values or "pathway_id" in errors)):
            continue
        value = values.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            errors[name] = FieldError(name, missing(name))


def _compare(values: dict[str, Any], errors: dict[str, FieldError], preset: bool) -> None:
    """What holds between two parameters."""
    same = "Transfer phone number cannot be the same as the phone number."
    number = values.get("phone_number")
    if number and values.get("transfer_phone_number") == number:
        errors.setdefault("transfer_phone_number", FieldError("transfer_phone_number", same))
    if number and number in (values.get("transfer_list") or {}).values():
        errors.setdefault("transfer_list", FieldError("transfer_list", same))
    retry = values.get("retry") or {}
    said = retry.get("voicemail_message") or (values.get("voicemail") or {}).get("message") or ""
    if retry.get("voicemail_action") == "leave_message" and not said.strip() and "voicemail" not in errors:
        errors.setdefault("retry", FieldError("retry", NEEDS_MESSAGE))
    if guard_rails.nodes(values.get("guard_rails") or []) and "pathway_id" not in values and not preset:
        errors.setdefault("guard_rails", FieldError("guard_rails", "Guard rail action move_to_node requires a pathway."))
