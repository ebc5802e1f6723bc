"""Answers of the calls API in the reference's two styles: flat, with `status` and `message`; and with `data` beside `errors`."""

from typing import Any
from uuid import UUID

from django.http import JsonResponse

from calls.api import queries
from calls.models import Call
from config.kit import storable
from config.kit.api import ApiError, ApiRequest, parse_json

NO_SUCH_CALL = "Call not found."


def success(message: str, **more: Any) -> JsonResponse:
    return JsonResponse({"status": "success", "message": message, **more})


def find(request: ApiRequest, call_id: str, message: str = NO_SUCH_CALL) -> Call:
    """The call of the key's account. Raises ApiError 404: nobody's call, a stranger's and what is no id at all look the same."""
    try:
        call = queries.call(request.account, UUID(call_id))
    except ValueError:
        call = None
    if call is None:
        raise ApiError(404, message)
    return call


def whole_number(text: str, name: str, *, low: int = 0, high: int = 2**63 - 1) -> int:
    """An integer of the query string. Raises ApiError 400."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and low <= int(text) <= high):
        raise ApiError(
            400, f"{name} must be an integer of {low} or more." if high > 10**9 else f"{name} must be an integer from {low} to {high}."
        )
    return int(text)


def by(request: ApiRequest) -> str:
    """Who did it, as people know them: the name of the key."""
    return f"API key {request.api_key.name}"


def refused(status: int, code: str, message: str) -> ApiError:
    """A refusal in the newer of the reference's two styles."""
    return ApiError(status, body={"data": None, "errors": [{"error": code, "message": message}]})


def body_of(request: ApiRequest) -> dict[str, Any]:
    """The JSON object that was sent, {} when nothing was; both databases can keep it. Raises ApiError 400 in the newer style."""
    body = parse_json(request.body) if request.body.strip() else {}
    if not isinstance(body, dict):
        raise refused(400, "INVALID_BODY", "The body must be a JSON object.")
    if why := storable.trouble(body):
        raise refused(400, "INVALID_BODY", f"The body {why}.")
    return body


def data(found: Any, status: int = 200) -> JsonResponse:
    """An answer in the newer style."""
    return JsonResponse({"data": found, "errors": None}, status=status)
