"""/v1/openapi.json: made from the parameter table, the filter table, the endpoints and the answer schemas. Nothing is written twice."""

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from calls.api.endpoints import ENDPOINTS, EVERYWHERE, Answer, Endpoint, Query
from calls.api.schemas import SCHEMAS, ref
from config.kit.access import public
from personas.parameters import json_schema


@cache
def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley calls API",
            "version": settings.VERSION,
            "description": "Send phone calls and read what came out. Addresses work with and without a slash at the end.",
        },
        "servers": [{"url": "/v1"}],
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {**SCHEMAS, "SendCall": json_schema()},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "authorization", "description": "The key alone."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "The same key after the word Bearer."},
            },
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    answers = (*endpoint.answers, *EVERYWHERE) if endpoint.key else endpoint.answers
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.title,
        "description": endpoint.help,
        "responses": {str(answer.status): _response(answer) for answer in answers},
    }
    parameters = [_path_parameter(name) for name in re.findall(r"{(\w+)}", endpoint.path)] + [_parameter(q) for q in endpoint.query]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref("SendCall")}}}
    if not endpoint.key:
        operation["security"] = []
    return operation


def _response(answer: Answer) -> dict[str, Any]:
    if answer.stream:
        return {"description": answer.help, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    schema = ref(answer.schema) if answer.schema else {"type": "object"}
    return {"description": answer.help, "content": {"application/json": {"schema": schema}}}


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}, "description": "The call."}


def _parameter(query: Query) -> dict[str, Any]:
    return {"name": query.name, "in": query.place, "required": False, "schema": dict(query.schema), "description": query.help}


@public
def openapi(request: HttpRequest) -> JsonResponse:
    """Needs no key: it says nothing about anybody's account."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})
