"""What the list of personas reads: the same number of queries for any number of rows."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from config.kit import pickers
from config.models import Account
from personas import citation_schemas
from personas.access import visible_personas
from personas.models import KnowledgeBase, Persona, PersonaVersion

State = PersonaVersion.State


@dataclass(frozen=True, slots=True)
class Search:
    text: str = ""
    tag: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.tag)


def with_versions(personas: QuerySet[Persona]) -> QuerySet[Persona]:
    """With `current`: the versions in production and in draft."""
    current = PersonaVersion.objects.filter(state__in=[State.PRODUCTION, State.DRAFT]).select_related("promoted_by", "promoted_from")
    return personas.prefetch_related(Prefetch("versions", current, to_attr="current"))


def of_state(persona: Persona, state: str) -> PersonaVersion | None:
    """Of a persona read `with_versions`."""
    current: list[PersonaVersion] = getattr(persona, "current", [])
    return next((version for version in current if version.state == state), None)


def tags(account: Account) -> dict[int, list[str]]:
    """The tags of every persona of the account, by its key. JSON lists are searched here, since SQLite cannot."""
    rows = visible_personas(account).values_list("pk", "tags")
    return {pk: [str(tag) for tag in given] for pk, given in rows if isinstance(given, list)}


def found(account: Account, search: Search, tagged: dict[int, list[str]]) -> QuerySet[Persona]:
    personas = visible_personas(account)
    if search.text:
        personas = personas.filter(Q(name__icontains=search.text) | Q(role__icontains=search.text) | Q(description__icontains=search.text))
    if search.tag:
        personas = personas.filter(pk__in=[pk for pk, given in tagged.items() if search.tag in given])
    return with_versions(personas).order_by("name", "pk")


def knowledge(account: Account) -> list[tuple[str, str]]:
    """Knowledge bases as the parameter `tools` names them."""
    return [
        (f"KB-{base.uid}", base.name) for base in KnowledgeBase.objects.filter(account=account).only("uid", "name").order_by("name", "pk")
    ]


def names(account: Account) -> dict[str, str]:
    """What people call the knowledge bases, pathways and lists of facts of the account, by id."""
    return {**dict(knowledge(account)), **dict(pickers.options("pathways", account)), **citation_schemas.names(account, deleted=True)}
