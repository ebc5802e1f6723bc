"""/v1/personas: list, make, read, edit, delete; and what cannot be answered yet."""

from typing import cast

from django.http import HttpRequest, JsonResponse

from config.kit.api import ApiRequest, api, parse_json
from config.kit.writing import writing
from personas import queries, versions
from personas.access import visible_personas
from personas.api import serialise
from personas.api.answers import data, find, invalid, refusal, whole_number
from personas.api.reading import read
from personas.content import Content
from personas.models import Persona
from personas.versions import By, content_of

NOT_AN_OBJECT = "The body must be a JSON object."
LIMIT, MOST = 50, 200
NO_INBOUND = "No inbound lines are served here yet: a persona makes calls and cannot answer a number."


@api("GET")
def list_personas(request: ApiRequest) -> JsonResponse:
    page = whole_number(request.GET.get("page", "1"), "page", 10**6)
    limit = whole_number(request.GET.get("limit", str(LIMIT)), "limit", MOST)
    found = queries.with_versions(visible_personas(request.account)).order_by("-created_at", "-pk")
    rows = found[(page - 1) * limit : page * limit]
    for row in rows:
        row.account = request.account
    return data([serialise.persona(row) for row in rows])


@api("POST")
def create(request: HttpRequest) -> JsonResponse:
    asked = cast(ApiRequest, request)
    wish = read(asked.account, _body(asked), None, Content(), name_needed=True)
    made = versions.create(asked.account, wish.about, wish.content, By(api_key=asked.api_key))
    return data(_shown(made))


@api("GET")
def details(request: ApiRequest, persona_id: str) -> JsonResponse:
    return data(_shown(find(request, persona_id)))


@api("PATCH", "POST")
def edit(request: ApiRequest, persona_id: str) -> JsonResponse:
    """Touches the draft; name, role, description, tags and image_url hold at once. Only PATCH insists on a name."""
    persona = find(request, persona_id)
    body = _body(request)
    try:
        with writing():
            persona = versions.locked(persona)
            current = versions.draft_of(persona) or persona.production
            held = content_of(current) if current else Content()
            wish = read(request.account, body, persona, held, name_needed=request.method == "PATCH")
            if wish.about != versions.about_of(persona):
                versions.rename(persona, wish.about, By(api_key=request.api_key))
            versions.edit(persona, wish.content, revision=None)
    except versions.Gone:
        raise _deleted(persona_id) from None
    return data(_shown(persona))


@api("DELETE")
def delete(request: ApiRequest, persona_id: str) -> JsonResponse:
    persona = find(request, persona_id)
    try:
        versions.delete(persona, By(api_key=request.api_key))
    except versions.Gone:
        raise _deleted(persona_id) from None
    return data(_shown(persona))


@api("POST")
def inbound(request: ApiRequest, persona_id: str) -> JsonResponse:
    """Attach and detach: refused with the reason, never accepted without effect."""
    find(request, persona_id)
    numbers = _body(request).get("inbound_numbers")
    if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
        raise invalid(["inbound_numbers must be an array of strings."])
    raise refusal(400, "INBOUND_NOT_SERVED", NO_INBOUND)


def _body(request: ApiRequest) -> dict[str, object]:
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise invalid([NOT_AN_OBJECT])
    return body


def _shown(persona: Persona) -> dict[str, object]:
    """Read anew: what is answered is what stands there."""
    found = queries.with_versions(Persona.objects.filter(pk=persona.pk)).select_related("account").get()
    return serialise.persona(found)


def _deleted(persona_id: str) -> Exception:
    return refusal(404, "NOT_FOUND", f'Persona with ID "{persona_id[:80]}" not found')
