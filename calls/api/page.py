"""/docs/api: the API for people to read, from the same tables as /v1/openapi.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from calls.api.endpoints import ENDPOINTS, EVERYWHERE, Answer, Endpoint
from calls.api.schemas import SCHEMAS
from config.kit.access import page
from config.kit.http import render_page
from personas.parameters import GROUPS, PARAMETERS, json_schema

CALL_ID = "CALL_ID"
FIRST_GROUP = "Who and what"


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter or field, in words."""

    name: str
    kind: str
    help: str
    required: bool = False
    default: str = ""
    allowed: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One address of the API as the page shows it."""

    name: str
    title: str
    method: str
    path: str
    help: str
    curl: str
    query: tuple[Row, ...]
    body: tuple[Group, ...]
    answers: tuple[Answer, ...]
    fields: tuple[Row, ...]


@page("viewer")
def api_docs(request: HttpRequest) -> HttpResponse:
    base = settings.BASE_URL
    context = {
        "sections": [section(endpoint, base) for endpoint in ENDPOINTS],
        "base": f"{base}/v1",
        "everywhere": EVERYWHERE,
        "unauthorized": '{"data": null, "errors": [{"error": "AUTH_FAILURE", "message": "Unauthorized"}]}',
        "refused": '{"status": "error", "message": "Max duration must be at least 1", "errors": ["Max duration must be at least 1"]}',
    }
    return render_page(request, "docs/api.html", context)


def section(endpoint: Endpoint, base: str) -> Section:
    return Section(
        endpoint.name,
        endpoint.title,
        endpoint.method,
        f"/v1{endpoint.path}",
        endpoint.help,
        curl(endpoint, base),
        tuple(row(q.name, q.schema, q.help, place="header" if q.place == "header" else "") for q in endpoint.query),
        body_groups() if endpoint.body else (),
        endpoint.answers,
        answer_fields(endpoint),
    )


def curl(endpoint: Endpoint, base: str) -> str:
    """A line that works once KEY (and CALL_ID) are filled in."""
    stream = any(answer.stream for answer in endpoint.answers)
    words = [f"curl{' -N' if stream else ''}{' -X POST' if endpoint.method == 'POST' else ''}"]
    words.append(f"'{base}/v1{endpoint.path.replace('{call_id}', CALL_ID)}'")
    if endpoint.key:
        words.append('-H "authorization: $KEY"')
    if endpoint.body:
        words += ["-H 'content-type: application/json'", f"-d '{endpoint.body}'"]
    return " \\\n  ".join(words)


def body_groups() -> tuple[Group, ...]:
    """The parameters of a call as the Send call page groups them; those that stand above its groups come first."""
    schemas = json_schema()["properties"]
    titles = {str(group.value): group.label for group in GROUPS}
    grouped: dict[str, list[Row]] = {title: [] for title in (FIRST_GROUP, *titles.values())}
    for p in PARAMETERS:
        title = titles.get(p.group, FIRST_GROUP)
        grouped[title].append(row(p.name, schemas[p.name], p.help, required=p.name == "phone_number"))
    return tuple(Group(title, tuple(rows)) for title, rows in grouped.items() if rows)


def answer_fields(endpoint: Endpoint) -> tuple[Row, ...]:
    """The fields of the good answer; of a list, those of one item."""
    name = endpoint.answers[0].schema
    if not name:
        return ()
    schema = SCHEMAS[name]
    inner = [s for s in (schema, *schema.get("properties", {}).values()) if s.get("type") == "array" and "$ref" in s["items"]]
    if name != "CallDetails" and inner:
        schema = SCHEMAS[inner[0]["items"]["$ref"].rsplit("/", 1)[1]]
    return tuple(row(field, found, found.get("description", "")) for field, found in schema.get("properties", {}).items())


def row(name: str, schema: Mapping[str, Any], text: str, *, required: bool = False, place: str = "") -> Row:
    default = "" if schema.get("default") is None else json.dumps(schema["default"], ensure_ascii=False)
    allowed = tuple(str(value) for value in schema.get("enum", ()) if value is not None)
    return Row(name, kind(schema), text, required, default, allowed, place)


def kind(schema: Mapping[str, Any]) -> str:
    """`string`, `number or null`, `object` …"""
    types = schema.get("type", "string" if "const" in schema else "any value")
    return " or ".join(types) if isinstance(types, list) else str(types)
