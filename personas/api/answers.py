"""Answers of the personas API, in the newer of the reference's two styles: `{data, errors}`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, JsonResponse

from config.kit.api import ApiError, ApiRequest
from personas.access import get_persona, get_version
from personas.models import Persona, PersonaVersion

INVALID = "INVALID_PARAMETERS"


def data(value: Any) -> JsonResponse:
    return JsonResponse({"data": value, "errors": None})


def refusal(status: int, code: str, *messages: str) -> ApiError:
    return ApiError(status, body={"data": None, "errors": [{"error": code, "message": message} for message in messages]})


def invalid(messages: Sequence[str]) -> ApiError:
    return refusal(400, INVALID, *messages)


def find(request: ApiRequest, persona_id: str) -> Persona:
    """The persona of the key's account. Raises ApiError 404: nobody's, a stranger's, a deleted one and what is no id look the same."""
    try:
        return get_persona(request.account, UUID(persona_id))
    except (ValueError, Http404):
        raise refusal(404, "NOT_FOUND", f'Persona with ID "{persona_id[:80]}" not found') from None


def find_version(persona: Persona, version_id: str) -> PersonaVersion:
    try:
        return get_version(persona, UUID(version_id))
    except (ValueError, Http404):
        raise refusal(404, "NOT_FOUND", f'Persona version with ID "{version_id[:80]}" not found') from None


def whole_number(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise invalid([f"{name} must be an integer from 1 to {most}."])
    return int(text)
