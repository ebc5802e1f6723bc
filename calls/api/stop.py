"""Ending calls: one, or all that are not over."""

from django.http import JsonResponse

from calls import control
from calls.api.answers import by, find, success
from config.kit.api import ApiRequest, api


@api("POST")
def stop(request: ApiRequest, call_id: str) -> JsonResponse:
    """Ends a live call, or takes a waiting one out of the queue. To stop a call that is over changes nothing and is no error."""
    call = find(request, call_id, "SID not found for the given c_id.")
    return success("Call ended successfully." if control.stop(call, by(request)) else "Call has already ended.")


@api("POST")
def stop_all(request: ApiRequest) -> JsonResponse:
    stopped = control.stop_all(request.account, by(request))
    return success(f"{stopped} {'call' if stopped == 1 else 'calls'} will be ended.", num_calls=stopped)
