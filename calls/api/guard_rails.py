"""/v1/guard_rails: the library. Here and not with the personas, since a rail may be attached to a pathway."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse

from calls import sources
from config.kit.api import ApiError, ApiRequest, api, parse_json
from personas import rail_reading as reading
from personas import rails
from personas.models import GuardRail
from personas.parameters.base import Context
from personas.rail_reading import Wrong
from personas.rails import Attached, Content, TooMany

INVALID = "INVALID_PARAMETERS"
NOT_AN_OBJECT = "The body must be a JSON object."
FIXED_TYPE = "The type of a guard rail cannot be changed."
# Fields of our own answers: a client may send back what it got, they change nothing.
ANSWERED = frozenset({"id", "org_id", "created_at", "updated_at"})
FIELDS = frozenset({"type", "name", "description", "prompt", "config", "examples", "near_misses", "attachments"})


@api("GET")
def list_rails(request: ApiRequest) -> JsonResponse:
    """`source_type` and `source_id` each narrow the list to what is attached there."""
    found = rails.library(request.account)
    kind, uid = request.GET.get("source_type"), request.GET.get("source_id")
    wanted: dict[str, Any] = {}
    if kind is not None:
        if kind not in rails.Source.values:
            raise _wrong([f"Invalid source_type. Options are: {', '.join(rails.Source.values)}."])
        wanted["attachments__source_type"] = kind
    if uid is not None:
        try:
            wanted["attachments__source_id"] = UUID(uid)
        except ValueError:
            raise _wrong(["source_id must be a uuid."]) from None
    if wanted:
        found = found.filter(**wanted).distinct()
    return _data([shown(rail, request) for rail in found])


@api("POST")
def create(request: HttpRequest) -> JsonResponse:
    asked = cast(ApiRequest, request)
    body = _body(asked)
    try:
        kind = reading.kind_of(body.get("type"))
        content = reading.content(kind, body)
        attached = _attachments(asked, body.get("attachments", []))
        made = rails.create(asked.account, kind, content, attached, key=asked.api_key)
    except Wrong as wrong:
        raise _wrong(wrong.messages) from None
    except TooMany as many:
        raise _refusal(400, "GUARD_RAIL_LIMIT", str(many)) from None
    return _data(shown(rails.get(asked.account, made.uid), asked))


@api("GET")
def details(request: ApiRequest, guard_rail_id: str) -> JsonResponse:
    return _data(shown(_find(request, guard_rail_id), request))


@api("PATCH")
def edit(request: ApiRequest, guard_rail_id: str) -> JsonResponse:
    """Only what is given changes; `attachments` takes the place of all of them."""
    rail = _find(request, guard_rail_id)
    body = _body(request)
    if body.get("type", rail.type) != rail.type:
        raise _wrong([FIXED_TYPE])
    held = Content(rail.name, rail.description, rail.prompt, rail.examples, rail.near_misses, rail.config)
    try:
        content = reading.content(rail.type, body, held)
        attached = _attachments(request, body["attachments"]) if "attachments" in body else None
    except Wrong as wrong:
        raise _wrong(wrong.messages) from None
    try:
        rails.change(rail, content, attached, key=request.api_key)
    except Http404:
        raise _not_found(guard_rail_id) from None
    return _data(shown(rails.get(request.account, rail.uid), request))


@api("DELETE")
def delete(request: ApiRequest, guard_rail_id: str) -> JsonResponse:
    rail = _find(request, guard_rail_id)
    rails.delete(rail, key=request.api_key)
    return _data({"id": str(rail.uid)})


def shown(rail: GuardRail, request: ApiRequest) -> dict[str, Any]:
    return {
        "id": str(rail.uid),
        "org_id": str(request.account.uid),
        "type": rail.type,
        "name": rail.name,
        "description": rail.description,
        "prompt": rail.prompt,
        "examples": list(rail.examples),
        "near_misses": list(rail.near_misses),
        "config": rail.config,
        "attachments": [
            {"source_type": a.source_type, "source_id": str(a.source_id), "actions": _actions(a.actions)} for a in rail.attachments.all()
        ],
        "created_at": rail.created_at.isoformat(),
        "updated_at": rail.updated_at.isoformat(),
    }


def _actions(actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [action if action.get("config") else {"type": action["type"]} for action in actions]


def _attachments(request: ApiRequest, value: Any) -> list[Attached]:
    attached = reading.attachments(value, Context(country=request.account.country, allow_http=settings.ALLOW_HTTP_WEBHOOKS))
    if missing := sources.unknown(request.account, attached):
        raise _refusal(404, "NOT_FOUND", *missing)
    return attached


def _body(request: ApiRequest) -> dict[str, Any]:
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise _wrong([NOT_AN_OBJECT])
    if unknown := [name for name in body if name not in FIELDS | ANSWERED]:
        raise _wrong([f"Additional properties are not allowed: {name[:60]}" for name in unknown])
    return body


def _find(request: ApiRequest, guard_rail_id: str) -> GuardRail:
    try:
        return rails.get(request.account, UUID(guard_rail_id))
    except (ValueError, Http404):
        raise _not_found(guard_rail_id) from None


def _not_found(guard_rail_id: str) -> ApiError:
    return _refusal(404, "NOT_FOUND", f'Guard rail with ID "{guard_rail_id[:80]}" not found')


def _data(value: Any) -> JsonResponse:
    return JsonResponse({"data": value, "errors": None})


def _wrong(messages: Sequence[str]) -> ApiError:
    return _refusal(400, INVALID, *messages)


def _refusal(status: int, code: str, *messages: str) -> ApiError:
    return ApiError(status, body={"data": None, "errors": [{"error": code, "message": message} for message in messages]})
