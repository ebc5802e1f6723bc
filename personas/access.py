"""Which personas somebody may see. A persona of another account, or one that was deleted, does not exist for them."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from config.models import Account
from personas.models import Persona, PersonaVersion


def visible_personas(account: Account) -> QuerySet[Persona]:
    return Persona.objects.filter(account=account, deleted_at=None)


def get_persona(account: Account, uid: UUID) -> Persona:
    persona = visible_personas(account).filter(uid=uid).first()
    if persona is None:
        raise Http404
    persona.account = account
    return persona


def get_version(persona: Persona, uid: UUID) -> PersonaVersion:
    version = persona.versions.filter(uid=uid).select_related("promoted_from", "promoted_by").first()
    if version is None:
        raise Http404
    version.persona = persona
    return version
