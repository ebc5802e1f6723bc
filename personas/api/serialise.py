"""Personas and their versions in the shape of the public API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from personas import queries
from personas.content import knowledge_of
from personas.models import Persona, PersonaVersion

State = PersonaVersion.State
ELSEWHERE = ("task", "tools")  # they have fields of their own


def persona(found: Persona) -> dict[str, Any]:
    """`found` as queries.with_versions reads it."""
    production, draft = (queries.of_state(found, state) for state in (State.PRODUCTION, State.DRAFT))
    return {
        "id": str(found.uid),
        "name": found.name,
        "role": found.role,
        "description": found.description,
        "tags": list(found.tags),
        "image_url": found.image_url or None,
        "created_at": found.created_at.isoformat(),
        "updated_at": found.updated_at.isoformat(),
        "deleted_at": _moment(found.deleted_at),
        "user_id": str(found.account.uid),
        "current_production_version_id": str(production.uid) if production else None,
        "current_draft_version_id": str(draft.uid) if draft else None,
        "current_production_version": version(production, found) if production else None,
        "current_draft_version": version(draft, found) if draft else None,
        "inbound_numbers": [],
    }


def version(found: PersonaVersion, of: Persona) -> dict[str, Any]:
    return {
        "id": str(found.uid),
        "persona_id": str(of.uid),
        "version_type": str(found.state),
        "version_number": found.number,
        "orchestration_prompt": found.orchestration_prompt,
        "personality_prompt": found.config.get("task") or "",
        "pathway_conditions": list(found.routes) or None,
        "kb_ids": knowledge_of(found.config),
        "disclosures": list(found.disclosures),
        "call_config": call_config(found.config),
        "default_tools": [tool for tool in found.config.get("tools") or () if tool not in knowledge_of(found.config)],
        "promoted_from_version_id": str(found.promoted_from.uid) if found.promoted_from else None,
        "promoted_at": _moment(found.promoted_at),
        "promoted_by": found.promoted_by.email if found.promoted_by else None,
        "created_at": found.created_at.isoformat(),
        "updated_at": found.updated_at.isoformat(),
    }


def call_config(config: Mapping[str, Any]) -> dict[str, Any] | None:
    """Every other parameter that is preset; what is behind the voice stands under both of its names."""
    shown = {name: value for name, value in config.items() if name not in ELSEWHERE}
    if "background_track" in shown:
        shown["background"] = shown["background_track"]
    return shown or None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
