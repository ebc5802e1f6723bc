"""/docs/api: the API for people to read, from the same tables as /v1/openapi.json."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from calls.api.chapters import chapters, schemas
from calls.api.endpoints import EVERYWHERE
from config.kit.access import page
from config.kit.http import render_page
from config.kit.openapi import Answer, Endpoint
from personas.parameters import GROUPS, PARAMETERS, json_schema

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
    aliases: tuple[str, ...]
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
        "chapters": [(chapter.title, [section(endpoint, base) for endpoint in chapter.endpoints]) for chapter in chapters()],
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
        tuple(f"/v1{path}" for path in endpoint.aliases),
        endpoint.help,
        curl(endpoint, base),
        tuple(row(q.name, q.schema, q.help, place="header" if q.place == "header" else "") for q in endpoint.query),
        body_groups(endpoint.body_schema) if endpoint.body else (),
        endpoint.answers,
        answer_fields(endpoint),
    )


def curl(endpoint: Endpoint, base: str) -> str:
    """A line that works once KEY (and the likes of CALL_ID) are filled in."""
    stream = any(answer.stream for answer in endpoint.answers)
    words = [f"curl{' -N' if stream else ''}{'' if endpoint.method == 'GET' else f' -X {endpoint.method}'}"]
    path = re.sub(r"{(\w+)}", lambda name: name[1].upper(), endpoint.path)
    words.append(f"'{base}/v1{path}'")
    if endpoint.key:
        words.append('-H "authorization: $KEY"')
    if endpoint.body:
        words += ["-H 'content-type: application/json'", f"-d '{endpoint.body}'"]
    return " \\\n  ".join(words)


def body_groups(name: str) -> tuple[Group, ...]:
    """The fields of a body. Those of a call stand as the Send call page groups them; what stands above its groups comes first."""
    if name != "SendCall":
        schema = schemas()[name]
        needed = schema.get("required", ())
        fields = schema.get("properties", {}).items()
        return (Group("Body", tuple(row(n, s, s.get("description", ""), required=n in needed) for n, s in fields)),)
    properties = json_schema()["properties"]
    titles = {str(group.value): group.label for group in GROUPS}
    grouped: dict[str, list[Row]] = {title: [] for title in (FIRST_GROUP, *titles.values())}
    for p in PARAMETERS:
        title = titles.get(p.group, FIRST_GROUP)
        grouped[title].append(row(p.name, properties[p.name], p.help, required=p.name == "phone_number"))
    return tuple(Group(title, tuple(rows)) for title, rows in grouped.items() if rows)


def answer_fields(endpoint: Endpoint) -> tuple[Row, ...]:
    """The fields of the good answer; of a list, those of one item."""
    name = endpoint.answers[0].schema
    if not name:
        return ()
    known = schemas()
    schema = known[name]
    inner = [s for s in (schema, *schema.get("properties", {}).values()) if s.get("type") == "array" and "$ref" in s.get("items", {})]
    if name != "CallDetails" and inner:
        schema = known[inner[0]["items"]["$ref"].rsplit("/", 1)[1]]
    return tuple(row(field, found, found.get("description", "")) for field, found in schema.get("properties", {}).items())


def row(name: str, schema: Mapping[str, Any], text: str, *, required: bool = False, place: str = "") -> Row:
    default = "" if schema.get("default") is None else json.dumps(schema["default"], ensure_ascii=False)
    allowed = tuple(str(value) for value in schema.get("enum", ()) if value is not None)
    return Row(name, kind(schema), text, required, default, allowed, place)


def kind(schema: Mapping[str, Any]) -> str:
    """`string`, `number or null`, `object` …"""
    types = schema.get("type", "string" if "const" in schema else "any value")
    return " or ".join(types) if isinstance(types, list) else str(types)
