"""/v1/pathway and /v1/convo_pathway: the pathways themselves."""

from typing import Any
from uuid import UUID

from django.http import JsonResponse

from config.kit.api import ApiRequest
from config.kit.writing import writing
from pathways import editing, making, queries
from pathways.access import get_pathway, get_version
from pathways.api import serialise
from pathways.api.answers import answer, body_of, named_pathway, pathway_api, whole_number
from pathways.envelope import graph_of
from pathways.graph import digest
from pathways.models import Pathway
from pathways.versions import working

MOST = 1000  # pathways in one answer


@pathway_api("GET")
def list_pathways(request: ApiRequest) -> JsonResponse:
    rows = queries.with_versions(queries.matching(request.account)[:MOST], graphs=True)
    return answer(request, [serialise.pathway(row) for row in rows])


@pathway_api("POST")
def create(request: ApiRequest) -> JsonResponse:
    """With or without a graph. Ids stand in all the places where clients look for them."""
    body = body_of(request)
    graph = graph_of(body)
    version = making.create(request.account, body.get("name"), body.get("description"), graph=graph or {"nodes": [], "edges": []})
    return _made(version.pathway)


@pathway_api("GET")
def get(request: ApiRequest, pathway_id: UUID) -> JsonResponse:
    return answer(request, _read(get_pathway(request.account, pathway_id)))


@pathway_api("POST")
def save(request: ApiRequest, pathway_id: UUID) -> JsonResponse:
    """Name, description and graph, each only when it is given. A graph goes into the draft, never into what calls use."""
    body = body_of(request)
    return _saved(request, get_pathway(request.account, pathway_id), body)


@pathway_api("POST")
def update(request: ApiRequest) -> JsonResponse:
    """The console's save: a version by its number, with the revision that was read; without a number, the draft."""
    body = body_of(request)
    pathway = named_pathway(request, body)
    number = whole_number(request, body, "version_number")
    if not number:
        return _saved(request, pathway, body)
    forced = request.GET.get("force", "").lower() in ("true", "1")
    revision = None if forced else whole_number(request, body, "revision_number")
    row = get_version(pathway, number)
    name = body["name"] if isinstance(body.get("name"), str) else None
    saved = editing.save(row, {**row.graph, **graph_of(body)}, revision=revision, name=name)
    data = {"id": str(pathway.uid), "pathway_id": str(pathway.uid), "version_number": saved.number, "revision_number": saved.revision}
    return answer(request, data, status="success", message="Version updated successfully", **data)


@pathway_api("DELETE")
def delete(request: ApiRequest, pathway_id: UUID) -> JsonResponse:
    pathway = get_pathway(request.account, pathway_id)
    making.delete(pathway, api_key=request.api_key)
    return answer(request, {"pathway_id": str(pathway.uid)}, status="success", pathway_id=str(pathway.uid))


@pathway_api("POST")
def duplicate(request: ApiRequest) -> JsonResponse:
    body = body_of(request)
    return _made(making.duplicate(named_pathway(request, body), body.get("name")).pathway)


def _made(pathway: Pathway) -> JsonResponse:
    uid = str(pathway.uid)
    data = {"id": uid, "pathway_id": uid, "name": pathway.name}
    return JsonResponse({"status": "success", "message": "Pathway created successfully", "pathway_id": uid, "data": data, "errors": None})


def _saved(request: ApiRequest, pathway: Pathway, body: dict[str, Any]) -> JsonResponse:
    revision = whole_number(request, body, "revision_number")
    graph = graph_of(body)
    with writing():  # all of it or nothing
        if graph:
            _save_graph(pathway, graph, revision)
        making.describe(pathway, name=body.get("name"), description=body.get("description"))
    read = _read(pathway)
    data = {key: read[key] for key in ("pathway_id", "name", "description", "nodes", "edges")}
    state = {key: read[key] for key in ("version_number", "revision_number", "is_published", "production_version_number")}
    return answer(request, {**data, **state}, status="success", message="Pathway updated successfully", pathway_data=data, **state)


def _save_graph(pathway: Pathway, graph: dict[str, Any], revision: int | None) -> None:
    """What is the same as before makes no draft. Who read a published version names its revision, and saves into a new draft of it."""
    before = working(pathway)
    whole = editing.readable({**(before.graph if before else {}), **graph})
    if before is not None and digest(whole) == digest(before.graph):
        return
    draft = editing.draft_of(pathway)
    if before is not None and draft.pk != before.pk and revision is not None:
        if revision != before.revision:
            raise editing.Stale(before)
        revision = 1
    editing.save(draft, whole, revision=revision)


def _read(pathway: Pathway) -> dict[str, Any]:
    (row,) = queries.with_versions(queries.matching(pathway.account).filter(pk=pathway.pk), graphs=True)
    return serialise.pathway(row)
