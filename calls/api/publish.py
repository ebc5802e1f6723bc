"""Publishing under /v1, in both families of addresses: the required rehearsals are run first, and a red one is told with its sentences.

409 while they still run in the worker: the same request again, some seconds later, publishes or tells what is red.
"""

from typing import Any
from uuid import UUID

from django.http import JsonResponse

from calls.publishing import Rehearsing, publish, red
from config.kit.api import ApiRequest
from pathways import editing
from pathways.access import get_pathway
from pathways.api.answers import answer, body_of, named_pathway, pathway_api, refusal, whole_number
from pathways.api.versions import find
from pathways.models import Pathway
from pathways.publishing import ENVIRONMENTS, NotReady


@pathway_api("POST")
def publish_pathway(request: ApiRequest, pathway_id: UUID) -> JsonResponse:
    return _published(request, get_pathway(request.account, pathway_id), body_of(request))


@pathway_api("POST")
def publish_named(request: ApiRequest) -> JsonResponse:
    body = body_of(request)
    return _published(request, named_pathway(request, body), body)


def _published(request: ApiRequest, pathway: Pathway, body: dict[str, Any]) -> JsonResponse:
    """Without a number, the newest draft; where there is none, there is nothing to publish."""
    number = whole_number(request, body, "version_id", "version_number")
    environment = body.get("environment") or "production"
    if environment not in ENVIRONMENTS:
        raise refusal(request, 400, "INVALID_BODY", f"environment must be one of {', '.join(ENVIRONMENTS)}.")
    row = editing.newest_draft(pathway) if number is None else find(pathway, number)
    if row is None:
        raise refusal(request, 400, "NOTHING_TO_PUBLISH", "There is no draft to publish.")
    row.pathway = pathway
    try:
        publish(row, environment, api_key=request.api_key)
    except Rehearsing as going_on:
        raise refusal(request, 409, "REHEARSALS_RUNNING", f"Not published yet. {going_on.sentence}") from going_on
    except NotReady as stopped:
        if not stopped.failing:
            raise
        errors = [{"error": "REHEARSAL_NOT_GREEN", "message": each.in_words} for each in red(row)]
        raise refusal(request, 400, "NOT_READY", f"Not published. {stopped.sentence}", errors=errors) from stopped
    data = {"pathway_id": str(pathway.uid), "version_number": row.number, "environment": environment}
    return answer(request, data, status="success", message="Pathway published successfully", **data)
