"""When a call goes over to a pathway: the shape of a persona's routes. Pure."""

from typing import Any

from personas.parameters import Context
from personas.parameters.base import Bad
from personas.parameters.basic import pathway_version

MOST = 20
NOT_A_LIST = "pathway_conditions must be an array."
KEYS = ("name", "prompt", "pathway_id", "pathway_version", "start_node_id")
LONGEST_NAME = 120
LONGEST_PROMPT = 2000


def check(value: Any) -> list[dict[str, Any]]:
    """Each as {name, prompt, pathway_id, pathway_version, start_node_id}. Raises Bad; null is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Bad(NOT_A_LIST)
    if len(value) > MOST:
        raise Bad(f"At most {MOST} pathway_conditions can be added.")
    return [_route(item, place) for place, item in enumerate(value, 1)]


def _route(item: Any, place: int) -> dict[str, Any]:
    where = f"pathway_conditions item {place}"
    if not isinstance(item, dict):
        raise Bad(f"{where} must be an object.")
    texts = {key: item.get(key) or "" for key in ("name", "prompt", "pathway_id", "start_node_id")}
    for key, text in texts.items():
        if not isinstance(text, str):
            raise Bad(f"{where}: {key} must be a string.")
    if not texts["prompt"].strip():
        raise Bad(f"{where} needs a prompt: when the call goes over.")
    if not texts["pathway_id"].strip():
        raise Bad(f"{where} needs a pathway_id.")
    if len(texts["name"]) > LONGEST_NAME or len(texts["prompt"]) > LONGEST_PROMPT:
        raise Bad(f"{where}: name is at most {LONGEST_NAME} characters, prompt at most {LONGEST_PROMPT}.")
    version = item.get("pathway_version")
    return {
        "name": texts["name"].strip(),
        "prompt": texts["prompt"].strip(),
        "pathway_id": texts["pathway_id"].strip(),
        "pathway_version": "production" if version in (None, "") else pathway_version(version, Context()),
        "start_node_id": texts["start_node_id"].strip() or None,
    }
