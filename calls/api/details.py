"""One call: its details, its events, its transcript as it grows."""

from django.http import JsonResponse, StreamingHttpResponse

from calls.api import queries, records, serialise, stream
from calls.api.answers import find, whole_number
from calls.pathway_logs import logs_of_call, timeline
from config.kit.api import ApiRequest, api


@api("GET")
def details(request: ApiRequest, call_id: str) -> JsonResponse:
    return JsonResponse(records.details(find(request, call_id)))


@api("GET")
def events(request: ApiRequest, call_id: str) -> JsonResponse:
    """What happened, in order, while it happens. `after`: how many events the reader already holds."""
    call = find(request, call_id)
    after = whole_number(request.GET.get("after", "0"), "after", high=10**9)
    limit = whole_number(request.GET.get("limit", str(queries.EVENT_LIMIT)), "limit", low=1, high=queries.EVENT_LIMIT)
    return JsonResponse([serialise.event(call, row) for row in queries.events(call, after, limit)], safe=False)


@api("GET")
def pathway_calls(request: ApiRequest, call_id: str) -> JsonResponse:
    """The log of the call's walk through its pathway; with `v=2` as a timeline. Empty for a call with a task."""
    call = find(request, call_id)
    entries = (
        logs_of_call(queries.walked(call) or [], queries.lines(call), call.setting("request_data"))
        if call.pathway_id or call.routes
        else []
    )
    return JsonResponse(timeline(str(call.uid), entries) if request.GET.get("v") == "2" else entries, safe=False)


@api("GET")
def transcript_stream(request: ApiRequest, call_id: str) -> StreamingHttpResponse:
    """The lines after `lastId`, then every new one until the call ends. A browser that reconnects sends Last-Event-ID, which wins."""
    call = find(request, call_id)
    last = whole_number(request.headers.get("Last-Event-ID") or request.GET.get("lastId") or "0", "lastId")
    return stream.response(stream.spoken_lines(call, last, request.api_key))
