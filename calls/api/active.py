"""Calls that are not over: list and live stream."""

from django.http import JsonResponse, StreamingHttpResponse

from calls.api import queries, serialise, stream
from config.kit.api import ApiRequest, api


@api("GET")
def active(request: ApiRequest) -> JsonResponse:
    account = request.account
    items = [serialise.active_item(call, account.uid, account.country) for call in queries.active(account)]
    return JsonResponse({"data": items, "errors": None})


@api("GET")
def active_stream(request: ApiRequest) -> StreamingHttpResponse:
    return stream.response(stream.active_calls(request.account, request.api_key))
