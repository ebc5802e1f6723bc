"""What a body or a form says about a guard rail of the library, checked. Every message is a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from config.kit import storable
from personas.parameters import guard_rails
from personas.parameters.base import Bad, Context
from personas.rails import CUSTOM, MOST_SENTENCES, Attached, Content, Source, word

TIMED = ("tcpa:ai_disclosure", "tcpa:self_introduction", "tcpa:recording_disclosure")
LONGEST = {"name": 120, "description": 2000, "prompt": 2000}
MOST_PLACES = 200  # that a program may name at once
SENTENCE = 300  # characters of an example
NO_INBOUND = "No inbound lines are served here yet: a guard rail cannot be attached to INBOUND."


class Wrong(Exception):
    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def kind_of(value: Any) -> str:
    if value not in guard_rails.TYPES:
        raise Wrong(f"Invalid guard rail type. Options are: {', '.join(guard_rails.TYPES)}.")
    return str(value)


def content(kind: str, given: Mapping[str, Any], held: Content | None = None) -> Content:
    """What `given` says over what is `held`. Raises Wrong with everything that is."""
    messages: list[str] = []
    if why := storable.trouble(dict(given)):
        raise Wrong(f"The body {why}.")
    texts = {field: _text(field, given, held, messages) for field in LONGEST}
    sentences = {field: _sentences(field, given, held, messages) for field in ("examples", "near_misses")}
    config = dict(held.config) if held else {}
    try:
        if "config" in given or held is None:
            if kind in TIMED and not given.get("config"):
                raise Bad("Time-based guard rails require a config with end_seconds.")
            config = guard_rails.config_of(kind, given.get("config"))
    except Bad as bad:
        messages.append(str(bad))
    if kind == CUSTOM and not texts["prompt"]:
        messages.append("Custom guard rails require a prompt.")
    if kind == CUSTOM and not texts["name"]:
        texts["name"] = texts["prompt"][:60]
    if messages:
        raise Wrong(*messages)
    if kind != CUSTOM:
        texts["prompt"], sentences = "", {"examples": [], "near_misses": []}
    return Content(texts["name"] or word(kind), texts["description"], texts["prompt"], **sentences, config=config)


def attachments(value: Any, context: Context) -> list[Attached]:
    """Raises Wrong. Whether the sources exist is not looked at here."""
    if not isinstance(value, list):
        raise Wrong("attachments must be an array.")
    if len(value) > MOST_PLACES:
        raise Wrong(f"A guard rail can be attached to at most {MOST_PLACES} personas and pathways.")
    return [_attachment(item, context) for item in value]


def _attachment(item: Any, context: Context) -> Attached:
    if not isinstance(item, dict):
        raise Wrong("Each attachment must be an object.")
    if item.get("source_type") not in Source.values:
        raise Wrong(f"Invalid source_type. Options are: {', '.join(Source.values)}.")
    if item["source_type"] == Source.INBOUND:
        raise Wrong(NO_INBOUND)
    try:
        uid = UUID(str(item.get("source_id")))
    except ValueError:
        raise Wrong("source_id must be a uuid.") from None
    try:
        actions = guard_rails.actions(item.get("actions"), context)
    except Bad as bad:
        raise Wrong(str(bad)) from None
    return Attached(item["source_type"], uid, actions)


def _text(field: str, given: Mapping[str, Any], held: Content | None, messages: list[str]) -> str:
    value = given.get(field, getattr(held, field) if held else "")
    value = "" if value is None else value
    if not isinstance(value, str):
        messages.append(f"{field} must be a string.")
        return ""
    if len(value) > LONGEST[field]:
        messages.append(f"{field} must be at most {LONGEST[field]} characters.")
    return value.strip()


def _sentences(field: str, given: Mapping[str, Any], held: Content | None, messages: list[str]) -> Sequence[str]:
    value = given.get(field, list(getattr(held, field)) if held else [])
    value = [] if value is None else value
    if not isinstance(value, list) or not all(isinstance(s, str) and s.strip() and len(s) <= SENTENCE for s in value):
        messages.append(f"{field} must be an array of sentences of at most {SENTENCE} characters.")
        return []
    if len(value) > MOST_SENTENCES:
        messages.append(f"{field} can have at most {MOST_SENTENCES} sentences.")
    return list(dict.fromkeys(s.strip() for s in value))
