"""The shape of guard rails."""

from typing import Any

from personas.parameters.base import Bad, Context, as_number
from personas.parameters.dispatch import LONGEST, transfer_target

TYPES = ("tcpa:ai_disclosure", "tcpa:self_introduction", "tcpa:recording_disclosure", "tcpa:opt_out", "custom")
ACTIONS = ("end_call", "transfer", "move_to_node")
END_SECONDS = 30
MOST_CUSTOM = 5
NO_ACTIONS = "Each guard rail requires an actions array."
BAD_ACTION = f"Invalid guard rail action. Options are: {', '.join(ACTIONS)}."
BAD_TRANSFER = "Guard rail action transfer requires a valid phone_number."


def check(value: Any, context: Context) -> list[dict[str, Any]]:
    """Each as {type, actions: [{type, config}], config, prompt?}, with what was left out filled in."""
    if not isinstance(value, list):
        raise Bad("guard_rails must be an array.")
    rails = [_rail(item, context) for item in value]
    if sum(rail["type"] == "custom" for rail in rails) > MOST_CUSTOM:
        raise Bad(f"At most {MOST_CUSTOM} custom guard rails can be added.")
    return rails


def _rail(item: Any, context: Context) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Bad("Each guard rail must be an object.")
    kind = item.get("type")
    if kind not in TYPES:
        raise Bad(f"Invalid guard rail type. Options are: {', '.join(TYPES)}.")
    rail: dict[str, Any] = {"type": kind, "actions": actions(item.get("actions"), context), "config": config_of(kind, item.get("config"))}
    if kind == "custom":
        prompt = item.get("prompt")
        if not isinstance(prompt, str) or not prompt.strip():
            raise Bad("Custom guard rails require a prompt.")
        rail["prompt"] = prompt
    return rail


def actions(value: Any, context: Context) -> list[dict[str, Any]]:
    """Bare words or objects, always given back as objects."""
    if not isinstance(value, list) or not value:
        raise Bad(NO_ACTIONS)
    return [_action(action, context) for action in value]


def _action(action: Any, context: Context) -> dict[str, Any]:
    if isinstance(action, str):
        action = {"type": action}
    if not isinstance(action, dict) or action.get("type") not in ACTIONS:
        raise Bad(BAD_ACTION)
    config = action.get("config")
    config = config if isinstance(config, dict) else {}
    match action["type"]:
        case "transfer":
            number = config.get("phone_number")
            if not isinstance(number, str):
                raise Bad(BAD_TRANSFER)
            return {"type": "transfer", "config": {"phone_number": transfer_target(number, context, BAD_TRANSFER, BAD_TRANSFER)}}
        case "move_to_node":
            node = config.get("node_id")
            if not isinstance(node, str) or not node.strip():
                raise Bad("Guard rail action move_to_node requires a node_id.")
            return {"type": "move_to_node", "config": {"node_id": node}}
    return {"type": "end_call", "config": {}}


def config_of(kind: str, config: Any) -> dict[str, Any]:
    if config is not None and not isinstance(config, dict):
        raise Bad("Guard rail config must be an object.")
    if kind in ("tcpa:opt_out", "custom"):
        return {}
    given = (config or {}).get("end_seconds")
    seconds = END_SECONDS if given is None else as_number(given)
    if seconds is None:
        raise Bad("end_seconds must be a number.")
    if seconds <= 0:
        raise Bad("end_seconds must be greater than 0.")
    if seconds > LONGEST * 60:
        raise Bad("end_seconds must be at most 12 hours.")
    return {"end_seconds": seconds}


def nodes(rails: list[dict[str, Any]]) -> list[str]:
    """The pathway nodes that these guard rails jump to."""
    return [action["config"]["node_id"] for rail in rails for action in rail["actions"] if action["type"] == "move_to_node"]
