"""/v1/openapi.json: made from the parameter table, the filter table, the endpoints and the answer schemas. Nothing is written twice."""

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from calls.api.chapters import chapters, schemas
from calls.api.endpoints import EVERYWHERE
from config.kit.access import public
from config.kit.openapi import Answer, Chapter, Endpoint, Query, ref


@cache
def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for chapter in chapters():
        for endpoint in chapter.endpoints:
            for place, path in enumerate((endpoint.path, *endpoint.aliases)):
                paths.setdefault(path, {})[endpoint.method.lower()] = _operation(chapter, endpoint, path, place)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley API",
            "version": settings.VERSION,
            "description": "Send phone calls, say how they go, and read what came out. Addresses work with and without a slash at the end.",
        },
        "servers": [{"url": "/v1"}],
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "authorization", "description": "The key alone."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "The same key after the word Bearer."},
            },
        },
    }


def _operation(chapter: Chapter, endpoint: Endpoint, path: str, place: int) -> dict[str, Any]:
    """`place` 0 is the address itself; its other names say so."""
    answers = (*endpoint.answers, *EVERYWHERE) if endpoint.key else endpoint.answers
    operation: dict[str, Any] = {
        "operationId": endpoint.name if place == 0 else f"{endpoint.name}_{place + 1}",
        "tags": [chapter.title],
        "summary": endpoint.title,
        "description": endpoint.help if place == 0 else f"The same as {endpoint.path}. {endpoint.help}",
        "responses": {str(answer.status): _response(answer) for answer in answers},
    }
    parameters = [_path_parameter(chapter, name) for name in re.findall(r"{(\w+)}", path)] + [_parameter(q) for q in endpoint.query]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(endpoint.body_schema)}}}
    if not endpoint.key:
        operation["security"] = []
    return operation


def _response(answer: Answer) -> dict[str, Any]:
    if answer.stream:
        return {"description": answer.help, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    schema = ref(answer.schema) if answer.schema else {"type": "object"}
    return {"description": answer.help, "content": {"application/json": {"schema": schema}}}


def _path_parameter(chapter: Chapter, name: str) -> dict[str, Any]:
    schema = dict(chapter.places[name])
    return {"name": name, "in": "path", "required": True, "description": schema.pop("description"), "schema": schema}


def _parameter(query: Query) -> dict[str, Any]:
    return {"name": query.name, "in": query.place, "required": False, "schema": dict(query.schema), "description": query.help}


@public
def openapi(request: HttpRequest) -> JsonResponse:
    """Needs no key: it says nothing about anybody's account."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})
