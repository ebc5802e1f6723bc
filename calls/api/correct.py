"""`GET /v1/calls/{id}/correct`: the recording heard once more."""

import time

from django.http import JsonResponse

from calls.api.answers import find
from calls.corrected import rows
from config.kit.api import ApiError, ApiRequest, api

WAIT, STEP = 15.0, 0.25  # seconds that a first request may wait for the worker


@api("GET")
def correct(request: ApiRequest, call_id: str) -> JsonResponse:
    """The first request has it made and waits a while for it; 202 says that it is still being made. `aligned` is deprecated and empty."""
    call = find(request, call_id)
    row = rows.ask(call)
    if row is None:
        raise ApiError(404, "Call recording not found. A transcript is corrected from the recording.")
    until = time.monotonic() + WAIT
    while row.state == rows.WAITING and time.monotonic() < until:
        time.sleep(STEP)
        row.refresh_from_db()
    if row.state == rows.FAILED:
        raise ApiError(500, row.trouble)
    if row.state == rows.WAITING:
        told = {"status": "processing", "message": "The transcript is being corrected. Ask again in a few seconds.", "corrected": []}
        return JsonResponse({**told, "aligned": []}, status=202, headers={"Retry-After": "5"})
    return JsonResponse({"status": "success", "message": "Transcript corrected.", "corrected": row.lines, "aligned": []})
