"""How an app declares the addresses of its part of /v1: one Chapter, read by /v1/openapi.json and by the page /docs/api.

The shapes of bodies and answers are JSON Schema 2020-12, that of OpenAPI 3.1. Names of schemas are of the whole document: say them once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query string, or a header."""

    name: str
    help: str
    schema: Mapping[str, Any]
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Answer:
    """`schema` is a name of a schema, empty where there is none; of a stream, `help` describes the frames."""

    status: int
    help: str
    schema: str = ""
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str  # after /v1
    name: str  # operationId, and the anchor on the page
    title: str
    help: str
    answers: tuple[Answer, ...]
    query: tuple[Query, ...] = ()
    body: str = ""  # JSON of the example
    body_schema: str = ""  # the name of its schema
    key: bool = True
    aliases: tuple[str, ...] = ()  # other paths that do the same


@dataclass(frozen=True, slots=True)
class Chapter:
    """The addresses of one app. `places`: what a name in {braces} of a path is: its schema and its words."""

    title: str
    endpoints: Sequence[Endpoint]
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    places: Mapping[str, Schema] = field(default_factory=dict)


def one_of(words: Any, meaning: str, *, null: bool = False) -> Schema:
    listed = [str(word) for word in words]
    return {"enum": [*listed, None] if null else listed, "type": ["string", "null"] if null else "string", "description": meaning}


def a(kind: str, meaning: str, *, null: bool = False, **more: Any) -> Schema:
    return {"type": [kind, "null"] if null else kind, "description": meaning, **more}


def text(meaning: str, *, null: bool = False, **more: Any) -> Schema:
    return a("string", meaning, null=null, **more)


def uid(meaning: str, *, null: bool = False) -> Schema:
    return text(meaning, null=null, format="uuid")


def time(meaning: str, *, null: bool = False) -> Schema:
    return text(meaning, null=null, format="date-time")


def array(items: Schema, meaning: str, *, null: bool = False) -> Schema:
    return a("array", meaning, null=null, items=items)


def thing(
    fields: Mapping[str, Schema], meaning: str, *, optional: bool = False, needed: Sequence[str] | None = None, more: bool = False
) -> Schema:
    """An object that always has all of these fields (unless `optional`, or only those `needed`) and no other (unless `more`)."""
    required = list(needed) if needed is not None else [] if optional else list(fields)
    return {"type": "object", "description": meaning, "properties": dict(fields), "required": required, "additionalProperties": more}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


NO_ERRORS: Schema = {"type": "null", "description": "Always null here."}
SUCCESS: Schema = {"const": "success"}
