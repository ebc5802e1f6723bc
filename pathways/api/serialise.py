"""Pathways and versions as programs read them. A graph's own keys never stand over those around it."""

from datetime import datetime
from typing import Any

from pathways.graph import public_form
from pathways.models import Pathway, PathwayFolder, PathwayVersion
from pathways.queries import Listed

EMPTY: dict[str, Any] = {"nodes": [], "edges": []}


def pathway(listed: Listed) -> dict[str, Any]:
    """A pathway with the graph of the version that is worked on, and where calls stand."""
    row, version = listed.pathway, listed.version
    return {
        **public_form(version.graph if version else EMPTY),
        "id": str(row.uid),
        "pathway_id": str(row.uid),
        "name": row.name,
        "description": row.description,
        "folder_id": str(row.folder.uid) if row.folder else None,
        "version_number": version.number if version else None,
        "revision_number": version.revision if version else None,
        "is_published": version is not None and version.pk == row.production_id,
        "production_version_number": row.production.number if row.production else None,
        "staging_version_number": row.staging.number if row.staging else None,
        "published_at": _iso(row.production.published_at) if row.production else None,
        "created_at": _iso(row.created_at),
        "updated_at": _iso(row.updated_at),
    }


def version_item(row: PathwayVersion, of: Pathway, latest: int) -> dict[str, Any]:
    """A version in the list. It is addressed by its number, so its id is the number too."""
    return {
        "id": row.number,
        "pathway_id": str(of.uid),
        "name": row.name or f"Version {row.number}",
        "version_number": row.number,
        "source_version_number": row.source_number,
        "revision_number": row.revision,
        "created_at": _iso(row.created_at),
        "updated_at": _iso(row.updated_at),
        "published_at": _iso(row.published_at),
        "is_latest": row.number == latest,
        "is_prev_published": row.pk == of.production_id,
        "is_staging": row.pk == of.staging_id,
    }


def version(row: PathwayVersion, of: Pathway, latest: int) -> dict[str, Any]:
    return {**public_form(row.graph), **version_item(row, of, latest), "pathway_name": of.name, "description": of.description}


def folder(row: PathwayFolder) -> dict[str, Any]:
    return {"id": str(row.uid), "name": row.name, "created_at": _iso(row.created_at), "pathway_count": getattr(row, "pathway_count", 0)}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
