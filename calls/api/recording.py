"""The sound of a call for programs: as a WAV file, or as an address for somebody who has no key."""

from django.http import JsonResponse
from django.http.response import HttpResponseBase

from calls.api.answers import find, refused
from calls.recordings import links, serving
from config.kit.api import ApiError, ApiRequest, api

JSON = "application/json"


@api("GET", "HEAD")
def recording(request: ApiRequest, call_id: str) -> HttpResponseBase:
    """WAV, whatever kind of sound was asked for; or {status, url} for a client that wants JSON (or says so as older ones do)."""
    try:
        call = find(request, call_id)
    except ApiError:
        raise _not_found() from None
    found = serving.ready(call)
    if found is None:
        raise _not_found()
    if _wants_json(request):
        return JsonResponse({"status": "success", "url": links.make(call.uid)[0]})
    answer = serving.respond(request, call, found)
    if answer is None:
        raise _not_found()
    return answer


def _not_found() -> ApiError:
    return refused(404, "CALL_RECORDING_NOT_FOUND", "Call recording not found")


def _wants_json(request: ApiRequest) -> bool:
    """The reference names the format in `content-type`; other clients in `accept`. Sound that is asked for by name wins."""
    asked = f"{request.headers.get('Accept', '')} {request.headers.get('Content-Type', '')}".lower()
    return JSON in asked and "audio/" not in asked
