"""Which guard rails watch a call: frozen into `Call.rails` when it is accepted, so that later changes of the library do not touch it.

Three places: the request (or, where it says nothing, the persona's preset), what is attached to the persona, what is attached to the
pathway. One of each required kind watches a call, the first in this order; a custom rail once.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from config.models import Account
from personas import rails
from personas.models import Persona

LIBRARY_SOURCES = {"PERSONA": "persona", "PATHWAY": "pathway"}


def of_call(account: Account, config: Mapping[str, Any], sources: Mapping[str, str], persona: Persona | None) -> list[dict[str, Any]]:
    """What `Call.rails` keeps: [{id, type, name, source, actions, config, prompt, examples, near_misses}]."""
    inline = [_inline(rail, sources.get("guard_rails", "request")) for rail in config.get("guard_rails") or ()]
    wanted = [("PERSONA", persona.uid)] if persona else []
    if (pathway := _uuid(config.get("pathway_id"))) is not None:
        wanted.append(("PATHWAY", pathway))
    found = sorted(rails.watching(account, wanted), key=lambda each: each.source_type != "PERSONA")
    return list(_once([*inline, *(_attached(each) for each in found)]))


def _inline(rail: Mapping[str, Any], source: str) -> dict[str, Any]:
    prompt = str(rail.get("prompt") or "")
    name = (prompt if len(prompt) <= 60 else prompt[:59].rstrip() + "…") or rails.word(rail["type"])
    return {**_EMPTY, **rail, "name": name, "source": source}


def of_pathway(account: Account, uid: UUID) -> list[dict[str, Any]]:
    """What is attached to a pathway: watches its rehearsals too."""
    return list(_once(_attached(each) for each in rails.watching(account, [("PATHWAY", uid)])))


_EMPTY: dict[str, Any] = {"id": "", "prompt": "", "examples": [], "near_misses": []}


def _attached(attachment: Any) -> dict[str, Any]:
    rail = attachment.guard_rail
    return {
        "id": str(rail.uid),
        "type": rail.type,
        "name": rail.name,
        "source": LIBRARY_SOURCES[attachment.source_type],
        "actions": attachment.actions,
        "config": rail.config,
        "prompt": rail.prompt,
        "examples": rail.examples,
        "near_misses": rail.near_misses,
    }


def _once(found: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    known: set[tuple[str, str]] = set()
    for rail in found:
        key = (rail["type"], rail["prompt"].strip().lower()) if rail["type"] == rails.CUSTOM else (rail["type"], "")
        if key not in known:
            known.add(key)
            yield rail


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
