"""Every address of /v1 in chapters, one for each app that serves some. A test holds them against the URLs."""

from typing import Any

from calls.api import guard_rails_chapter as guard_rails
from calls.api.endpoints import ENDPOINTS
from calls.api.pathway_writing import CHAPTER as WRITING
from calls.api.postcall_chapter import CHAPTER as POSTCALL
from calls.api.schemas import SCHEMAS
from calls.api.trying import CHAPTER as TRYING
from config.kit.openapi import Chapter, uid
from pathways.api import endpoints as pathways
from personas.api import chapter as personas
from personas.api import citation_chapter as citations
from personas.parameters import json_schema

_CHAPTERS: list[Chapter] = [
    Chapter(
        "Calls",
        ENDPOINTS,
        {**SCHEMAS, "SendCall": json_schema()},
        {"call_id": uid("The call."), "voice_id": {"type": "string", "description": "The id or name of a voice."}},
    ),
    POSTCALL,
    personas.CHAPTER,
    citations.CHAPTER,
    guard_rails.CHAPTER,
    pathways.CHAPTER,
    WRITING,
    TRYING,
]


def add(*chapters: Chapter) -> None:
    """For apps that stand above calls: called once, when they are ready."""
    _CHAPTERS.extend(chapter for chapter in chapters if chapter not in _CHAPTERS)


def chapters() -> tuple[Chapter, ...]:
    return tuple(_CHAPTERS)


def schemas() -> dict[str, Any]:
    return {name: schema for chapter in _CHAPTERS for name, schema in chapter.schemas.items()}
