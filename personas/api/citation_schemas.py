"""/v1/citation_schemas: the library. One is named by `?id=`, as the public reference has it, or in the path."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse

from config.kit import storable
from config.kit.api import ApiError, ApiRequest, api, parse_json
from personas import citation_schemas as schemas
from personas.citation_schemas import Content, TooMany
from personas.citations import Wrong, read
from personas.models import CitationSchema

FIELDS = ("name", "description", "schema")
# Fields of our own answers: a client may send back what it got, they change nothing.
ANSWERED = frozenset({"id", "org_id", "created_at", "updated_at", "revision"})
NO_ID = "Missing required parameter: id."
NO_NAME = "Missing required parameter: name."


@api("GET")
def list_schemas(request: ApiRequest) -> JsonResponse:
    return answered([shown(schema, request) for schema in schemas.library(request.account)])


@api("GET")
def details(request: ApiRequest, schema_id: UUID | str = "") -> JsonResponse:
    return answered(shown(find(request, _id(request, schema_id)), request))


@api("POST")
def create(request: HttpRequest) -> JsonResponse:
    asked = cast(ApiRequest, request)
    notes: list[str] = []
    content = _content(_body(asked), None, notes)
    try:
        made = schemas.create(asked.account, content, key=asked.api_key)
    except TooMany as many:
        raise refusal(400, "CITATION_SCHEMA_LIMIT", str(many)) from None
    return answered(shown(made, asked), notes)


@api("PATCH")
def edit(request: ApiRequest, schema_id: UUID | str = "") -> JsonResponse:
    """Only what is given changes; `schema` takes the place of the whole of it."""
    body = _body(request)
    schema = find(request, _id(request, schema_id, body))
    notes: list[str] = []
    content = _content(body, schema, notes)
    try:
        schema = schemas.change(schema, content, key=request.api_key)
    except Http404:
        raise not_found(str(schema.uid)) from None
    return answered(shown(schema, request), notes)


@api("DELETE")
def delete(request: ApiRequest, schema_id: UUID | str = "") -> JsonResponse:
    schema = find(request, _id(request, schema_id))
    schemas.delete(schema, key=request.api_key)
    return answered({"id": str(schema.uid)})


def shown(schema: CitationSchema, request: ApiRequest) -> dict[str, Any]:
    return {
        "id": str(schema.uid),
        "name": schema.name,
        "description": schema.description,
        "org_id": str(request.account.uid),
        "schema": schema.schema,
        "revision": schema.revision,
        "created_at": schema.created_at.isoformat(),
        "updated_at": schema.updated_at.isoformat(),
    }


# Answers: the newer of the reference's styles, with the status as a number ----------------------------------------------
def answered(data: Any, notes: Sequence[str] = (), status: int = 200) -> JsonResponse:
    return JsonResponse({"status": status, "data": data, "errors": None, **({"notes": list(notes)} if notes else {})}, status=status)


def refusal(status: int, code: str, *messages: str) -> ApiError:
    errors = [{"error": code, "message": message} for message in messages]
    return ApiError(status, body={"status": status, "data": None, "errors": errors})


def invalid(*messages: str) -> ApiError:
    return refusal(400, "INVALID_PARAMETERS", *messages)


def not_found(uid: str) -> ApiError:
    return refusal(404, "NOT_FOUND", schemas.NOT_FOUND.format(uid[:80]))


def find(request: ApiRequest, uid: str) -> CitationSchema:
    """Raises ApiError 404: nobody's, a stranger's, a deleted one and what is no id look the same."""
    try:
        return schemas.get(request.account, UUID(uid))
    except (ValueError, Http404):
        raise not_found(uid) from None


def _id(request: ApiRequest, in_path: UUID | str, body: Mapping[str, Any] | None = None) -> str:
    given = str(in_path or request.GET.get("id") or (body or {}).get("id") or "")
    if not given:
        raise invalid(NO_ID)
    return given


# Bodies -----------------------------------------------------------------------------------------------------------------
def _body(request: ApiRequest) -> dict[str, Any]:
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    if unknown := [name for name in body if name not in ANSWERED and name not in FIELDS]:
        raise invalid(*(f"Additional properties are not allowed: {name[:60]}" for name in unknown))
    if why := storable.trouble(body):
        raise invalid(f"The body {why}.")
    return body


def _content(body: Mapping[str, Any], held: CitationSchema | None, notes: list[str]) -> Content:
    """Raises ApiError 400 with everything that is wrong."""
    messages: list[str] = []
    name = _text(body, "name", held.name if held else "", messages)
    description = _text(body, "description", held.description if held else "", messages)
    if not name and not messages:
        messages.append(NO_NAME)
    try:
        definition = read(body.get("schema", held.schema if held else None), notes)
    except Wrong as wrong:
        raise invalid(*messages, *map(str, wrong.problems)) from None
    if messages:
        raise invalid(*messages)
    return Content(name, description, definition)


def _text(body: Mapping[str, Any], field: str, held: str, messages: list[str]) -> str:
    value = body.get(field, held)
    value = "" if value is None else value
    if not isinstance(value, str):
        messages.append(f"{field} must be a string.")
        return ""
    if len(value) > schemas.LONGEST[field]:
        messages.append(f"{field} must be at most {schemas.LONGEST[field]} characters.")
    return value.strip()
