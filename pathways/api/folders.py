"""/v1/pathway/folders."""

from django.http import JsonResponse

from config.kit.api import ApiRequest
from pathways import making, queries
from pathways.api import serialise
from pathways.api.answers import body_of, pathway_api


@pathway_api("GET")
def list_folders(request: ApiRequest) -> JsonResponse:
    return JsonResponse({"data": [serialise.folder(row) for row in queries.folders(request.account)], "errors": None})


@pathway_api("POST")
def create_folder(request: ApiRequest) -> JsonResponse:
    """A folder of this name that is there already is given back: no two have one name."""
    row = making.make_folder(request.account, body_of(request).get("name"))
    return JsonResponse({"status": "success", "id": str(row.uid), "folder_id": str(row.uid), "data": serialise.folder(row), "errors": None})
