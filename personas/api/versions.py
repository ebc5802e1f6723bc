"""The versions of a persona: read, put into production, set back."""

from django.http import JsonResponse

from config.kit.api import ApiRequest, api
from personas import versions
from personas.api.answers import data, find, find_version, refusal
from personas.api.serialise import version
from personas.models import Persona, PersonaVersion
from personas.versions import By

State = PersonaVersion.State
NO_DRAFT = "No draft version to promote"


@api("GET")
def list_versions(request: ApiRequest, persona_id: str) -> JsonResponse:
    persona = find(request, persona_id)
    return data([version(found, persona) for found in versions.history(persona)])


@api("GET")
def details(request: ApiRequest, persona_id: str, version_id: str) -> JsonResponse:
    persona = find(request, persona_id)
    return data(version(find_version(persona, version_id), persona))


@api("GET")
def draft(request: ApiRequest, persona_id: str) -> JsonResponse:
    return _current(find(request, persona_id), State.DRAFT)


@api("GET")
def production(request: ApiRequest, persona_id: str) -> JsonResponse:
    return _current(find(request, persona_id), State.PRODUCTION)


@api("POST")
def promote(request: ApiRequest, persona_id: str) -> JsonResponse:
    persona = find(request, persona_id)
    try:
        made = versions.promote(persona, by=By(api_key=request.api_key))
    except versions.NoDraft:
        raise refusal(400, "NO_DRAFT", NO_DRAFT) from None
    except versions.Gone:
        raise refusal(404, "NOT_FOUND", f'Persona with ID "{persona_id}" not found') from None
    return data(version(made, persona))


@api("POST")
def reset(request: ApiRequest, persona_id: str) -> JsonResponse:
    persona = find(request, persona_id)
    try:
        made = versions.reset(persona, by=By(api_key=request.api_key))
    except versions.NoDraft:
        raise refusal(400, "NO_PRODUCTION", "No production version to reset the draft to") from None
    except versions.Gone:
        raise refusal(404, "NOT_FOUND", f'Persona with ID "{persona_id}" not found') from None
    return data(version(made, persona))


def _current(persona: Persona, state: str) -> JsonResponse:
    found = persona.versions.filter(state=state).select_related("promoted_from", "promoted_by").first()
    if found is None:
        raise refusal(404, "NOT_FOUND", f"The persona has no {state} version")
    return data(version(found, persona))
