"""GET /v1/calls."""

from django.http import JsonResponse

from calls.api import filters, queries
from calls.api.serialise import list_item
from calls.criteria import BadQuery
from config.kit.api import ApiError, ApiRequest, api


@api("GET")
def list_calls(request: ApiRequest) -> JsonResponse:
    try:
        asked = filters.read({name: [str(v) for v in values] for name, values in request.GET.lists()})
    except BadQuery as bad:
        raise ApiError(400, str(bad)) from bad
    total, rows = queries.listing(request.account, asked)
    items = [list_item(call) for call in rows]
    for item in items:
        for name in asked.exclude_fields & item.keys():
            del item[name]
    # `calls` is the only array: clients take the first one they find
    return JsonResponse({"total_count": total, "count": len(items), "calls": items})
