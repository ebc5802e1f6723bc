"""Bodies of the personas API: what they say about a persona, and about a version. Only what is given changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from config.kit import storable
from config.models import Account
from personas.api.answers import invalid
from personas.checking import as_uuid, checked
from personas.content import DISCLOSURES, KNOWLEDGE, Content, knowledge_of
from personas.models import Persona
from personas.parameters import BY_NAME
from personas.versions import About

ABOUT = {"name": 120, "role": 120, "description": 2000, "image_url": 500}
CONTENT = ("orchestration_prompt", "personality_prompt", "pathway_conditions", "kb_ids", "default_tools", "call_config", "disclosures")
# Fields of our own answers: a client may send back what it got, they change nothing.
ANSWERED = frozenset(
    [
        *("id", "user_id", "created_at", "updated_at", "deleted_at", "inbound_numbers"),
        *("current_production_version_id", "current_draft_version_id", "current_production_version", "current_draft_version"),
        *("persona_id", "version_type", "version_number", "promoted_from_version_id", "promoted_at", "promoted_by"),
    ]
)
MOST_TAGS, TAG_LENGTH = 12, 40
FIELD_NAMES = {"task": "personality_prompt", "routes": "pathway_conditions"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a body wants: what the persona is known by, and the content of its version as it will be kept."""

    about: About
    content: Content


def read(account: Account, body: Mapping[str, Any], persona: Persona | None, held: Content, *, name_needed: bool) -> Wish:
    """`persona` and `held` are what stands now. Raises ApiError 400 with everything that is wrong."""
    messages = [f"Additional properties are not allowed: {name[:60]}" for name in body if not _known(name)]
    if why := storable.trouble(dict(body)):
        raise invalid([f"The body {why}."])
    about = _about(body, persona, messages, name_needed)
    given, inherited = _given(body, held, messages)
    if messages:
        raise invalid(messages)
    content, errors = checked(account, given, inherited)
    if errors:
        raise invalid([error.message for error in errors])
    return Wish(about, content)


def _known(name: str) -> bool:
    return name in ABOUT or name == "tags" or name in CONTENT or name in ANSWERED


def _about(body: Mapping[str, Any], persona: Persona | None, messages: list[str], name_needed: bool) -> About:
    texts: dict[str, str] = {}
    for field, longest in ABOUT.items():
        held = str(getattr(persona, field)) if persona else ""
        value = body.get(field, held)
        value = "" if value is None else value
        if not isinstance(value, str):
            messages.append(f"{field} must be a string.")
            value = held
        elif len(value) > longest:
            messages.append(f"{field} must be at most {longest} characters.")
        texts[field] = value.strip()
    if not texts["name"] or (name_needed and body.get("name") is None):
        messages.append("Missing required parameter: name.")
    if texts["image_url"] and urlsplit(texts["image_url"]).scheme not in ("http", "https"):
        messages.append("image_url must be a web address.")
    tags = _tags(body.get("tags"), list(persona.tags) if persona else [], messages)
    return About(texts["name"], texts["role"], texts["description"], tags, persona.avatar if persona else "", texts["image_url"])


def _tags(value: Any, held: list[str], messages: list[str]) -> list[str]:
    if value is None:
        return held
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag.strip() and len(tag) <= TAG_LENGTH for tag in value):
        messages.append(f"tags must be an array of strings of at most {TAG_LENGTH} characters.")
        return held
    if len(value) > MOST_TAGS:
        messages.append(f"At most {MOST_TAGS} tags can be added.")
    return list(dict.fromkeys(tag.strip() for tag in value))


def _given(body: Mapping[str, Any], held: Content, messages: list[str]) -> tuple[Content, dict[str, Any]]:
    """What is said now, and the parameters that stand where it says nothing."""
    inherited = dict(held.config)
    given = _call_config(body, inherited, messages)
    if "personality_prompt" in body:
        given.pop("task", None)
        inherited.pop("task", None)
        if body["personality_prompt"]:
            given["task"] = body["personality_prompt"]
    if "kb_ids" in body or "default_tools" in body:
        given["tools"] = _tools(body, given.get("tools", inherited.get("tools") or []), messages)
    words = body.get("orchestration_prompt", held.orchestration_prompt)
    if not isinstance(words, str | None):
        messages.append("orchestration_prompt must be a string.")
    routes = body.get("pathway_conditions", held.routes)
    return Content(given, words if isinstance(words, str) else "", routes, _disclosures(body, held, messages)), inherited


def _disclosures(body: Mapping[str, Any], held: Content, messages: list[str]) -> Sequence[str]:
    """null is none of them."""
    said = body.get("disclosures", held.disclosures)
    if said is None:
        return ()
    if not isinstance(said, list | tuple) or not all(isinstance(key, str) and key in DISCLOSURES for key in said):
        messages.append(f"disclosures must be an array of: {', '.join(DISCLOSURES)}.")
        return ()
    return said


def _call_config(body: Mapping[str, Any], inherited: dict[str, Any], messages: list[str]) -> dict[str, Any]:
    """Parameters by name. null takes one back to standard; a call_config of null takes back all but task and tools."""
    if "call_config" not in body:
        return {}
    wanted = body["call_config"]
    if wanted is None:
        for name in [name for name in inherited if name not in ("task", "tools")]:
            del inherited[name]
        return {}
    if not isinstance(wanted, dict):
        messages.append("call_config must be an object.")
        return {}
    given = dict(wanted)
    if "background" in given:
        background = given.pop("background")
        given.setdefault("background_track", background)
    for name, value in given.items():
        if value is None:
            inherited.pop(name, None)
    return {name: value for name, value in given.items() if value is not None or name in BY_NAME and BY_NAME[name].null_is_value}


def _tools(body: Mapping[str, Any], standing: Any, messages: list[str]) -> list[Any]:
    """kb_ids and default_tools each replace their own part of the tools."""
    held = [tool for tool in standing if isinstance(tool, str)] if isinstance(standing, list) else []
    bases: list[Any] = knowledge_of({"tools": held})
    others: list[Any] = [tool for tool in held if tool not in bases]
    for name in ("kb_ids", "default_tools"):
        value = body.get(name, bases if name == "kb_ids" else others)
        value = [] if value is None else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            messages.append(f"{name} must be an array of strings.")
            continue
        if name == "kb_ids":
            bases = [f"{KNOWLEDGE}{item}" if as_uuid(item) else item for item in value]
        else:
            others = value
    return [*bases, *others]
