"""Versions of a pathway under /v1. They are addressed by their number; 0 is the one that calls use: production."""

from typing import Any
from uuid import UUID

from django.http import Http404, JsonResponse

from config.kit.api import ApiRequest
from pathways import editing, versions
from pathways.access import get_pathway, get_version
from pathways.api import serialise
from pathways.api.answers import answer, body_of, named_pathway, pathway_api, whole_number
from pathways.envelope import graph_of
from pathways.models import Pathway, PathwayVersion

LIVE = 0


@pathway_api("GET")
def list_versions(request: ApiRequest, pathway_id: UUID) -> JsonResponse:
    pathway = get_pathway(request.account, pathway_id)
    rows = versions.listing(pathway)
    latest = rows[0].number if rows else 0
    return answer(request, [serialise.version_item(row, pathway, latest) for row in rows])


@pathway_api("GET")
def get(request: ApiRequest, pathway_id: UUID, number: int) -> JsonResponse:
    pathway = get_pathway(request.account, pathway_id)
    return _shown(request, pathway, find(pathway, number))


@pathway_api("POST")
def get_one(request: ApiRequest) -> JsonResponse:
    """The console's way to read a version; without a number, the one that is worked on."""
    body = body_of(request)
    pathway = named_pathway(request, body)
    number = whole_number(request, body, "version_number")
    row = versions.working(pathway) if number is None else find(pathway, number)
    if row is None:
        raise Http404(f'Pathway with ID "{pathway.uid}" has no version yet')
    return _shown(request, pathway, row)


@pathway_api("POST")
def create(request: ApiRequest, pathway_id: UUID) -> JsonResponse:
    return _created(request, get_pathway(request.account, pathway_id), body_of(request))


@pathway_api("POST")
def create_version(request: ApiRequest) -> JsonResponse:
    body = body_of(request)
    return _created(request, named_pathway(request, body), body)


@pathway_api("POST")
def update(request: ApiRequest, pathway_id: UUID, number: int) -> JsonResponse:
    body = body_of(request)
    row = find(get_pathway(request.account, pathway_id), number)
    revision = whole_number(request, body, "revision_number")
    saved = editing.save(row, {**row.graph, **graph_of(body)}, revision=revision, name=_name(body))
    data = {"version_number": saved.number, "revision_number": saved.revision}
    return answer(request, data, status="success", message="Version updated successfully", **data)


@pathway_api("DELETE")
def delete(request: ApiRequest, pathway_id: UUID, number: int) -> JsonResponse:
    row = find(get_pathway(request.account, pathway_id), number)
    versions.delete_draft(row, api_key=request.api_key)
    return answer(request, {"version_number": row.number}, status="success", message="Version deleted successfully")


def find(pathway: Pathway, number: int) -> PathwayVersion:
    """Raises Http404."""
    if number != LIVE:
        return get_version(pathway, number)
    if pathway.production is None:
        raise Http404(f'Pathway with ID "{pathway.uid}" has no version in production')
    return get_version(pathway, pathway.production.number)


def _shown(request: ApiRequest, pathway: Pathway, row: PathwayVersion) -> JsonResponse:
    newest = editing.newest(pathway)
    return answer(request, serialise.version(row, pathway, newest.number if newest else 0))


def _created(request: ApiRequest, pathway: Pathway, body: dict[str, Any]) -> JsonResponse:
    """A draft beside those there are: the graph of the body over that of its source."""
    number = whole_number(request, body, "source_version_id", "source_version_number")
    source = versions.working(pathway) if number is None else find(pathway, number)
    graph = {**(source.graph if source else {}), **graph_of(body)}
    row = editing.new_draft(pathway, graph, source=source, name=_name(body) or "")
    item = serialise.version_item(row, pathway, row.number)
    data = {key: item[key] for key in ("id", "name", "version_number", "revision_number", "source_version_number", "created_at")}
    return JsonResponse({"status": "success", "message": "Version created successfully", "data": data, "errors": None})


def _name(body: dict[str, Any]) -> str | None:
    return body["name"].strip() if isinstance(body.get("name"), str) else None
