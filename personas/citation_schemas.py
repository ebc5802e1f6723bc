"""The library of citation schemas: made, changed and deleted here only, and who uses them. Knows no calls."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404
from django.utils.timezone import now

from config.kit import audit, pickers
from config.kit.pickers import Options
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from personas.citations import Definition, write
from personas.models import CitationSchema, PersonaVersion

PARAMETER = "citation_schema_ids"
NOT_FOUND = 'Citation schema with ID "{}" not found'  # as the API says it
LONGEST = {"name": 120, "description": 2000}
MOST = 200  # schemas of an account


class TooMany(Exception):
    """The account has as many schemas as it may have."""

    def __init__(self) -> None:
        super().__init__(f"At most {MOST} citation schemas can be added. Delete one first.")


class Stale(Exception):
    """Somebody else changed it meanwhile."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is written in a schema; checked by whoever took it in."""

    name: str
    description: str = ""
    definition: Definition = Definition()


def library(account: Account) -> QuerySet[CitationSchema]:
    """Newest first."""
    return CitationSchema.objects.filter(account=account, deleted_at=None).order_by("-created_at", "-pk")


def get(account: Account, uid: UUID) -> CitationSchema:
    schema = library(account).filter(uid=uid).first()
    if schema is None:
        raise Http404(NOT_FOUND.format(uid))
    schema.account = account
    return schema


def names(account: Account, *, deleted: bool = False) -> dict[str, str]:
    """What people call them, by id; also those that are gone, for calls and versions of before."""
    kept = CitationSchema.objects.filter(account=account, **({} if deleted else {"deleted_at": None}))
    return {str(uid): name for uid, name in kept.order_by("name", "pk").values_list("uid", "name")}


def options(account: Account) -> Options:
    return list(names(account).items())


def offer() -> None:
    pickers.offer("citation-schemas", options)


def missing(account: Account, uids: Sequence[Any]) -> list[str]:
    """Those that are no schema of the account, as they were written. One query, none for nothing."""
    if not uids:
        return []
    wanted = {str(uid): _uuid(uid) for uid in uids}
    known = set(library(account).filter(uid__in=[uid for uid in wanted.values() if uid]).values_list("uid", flat=True))
    return [text for text, uid in wanted.items() if uid not in known]


def users(account: Account) -> Counter[str]:
    """How many personas name each schema, in production or in their draft. One query."""
    live = PersonaVersion.objects.filter(persona__account=account, persona__deleted_at=None, state__in=["production", "draft"])
    named: set[tuple[int, str]] = set()
    for persona, config in live.values_list("persona_id", f"config__{PARAMETER}"):
        named |= {(persona, uid) for uid in _texts(config)}
    return Counter(uid for _, uid in named)


def create(account: Account, content: Content, *, by: User | None = None, key: ApiKey | None = None) -> CitationSchema:
    """Raises TooMany."""
    with writing():
        Account.objects.select_for_update().get(pk=account.pk)  # two at once are counted one after the other
        if library(account).count() >= MOST:
            raise TooMany
        schema = CitationSchema.objects.create(account=account, **_columns(content))
        audit.record(account, "citation_schema.made", schema.name, user=by, api_key=key)
    return schema


def change(
    schema: CitationSchema, content: Content, *, revision: int | None = None, by: User | None = None, key: ApiKey | None = None
) -> CitationSchema:
    """`revision`: only over this one. The count goes up when what is read changes, not with a new name.

    Raises Stale when somebody changed it meanwhile, Http404 when somebody deleted it.
    """
    with writing():
        held = CitationSchema.objects.select_for_update().filter(pk=schema.pk, deleted_at=None).first()
        if held is None:
            raise Http404(NOT_FOUND.format(schema.uid))
        if revision is not None and held.revision != revision:
            raise Stale
        columns = _columns(content)
        up = 1 if columns["schema"] != held.schema else 0
        CitationSchema.objects.filter(pk=schema.pk).update(**columns, revision=F("revision") + up)
        audit.record(schema.account, "citation_schema.changed", content.name, user=by, api_key=key)
    schema.refresh_from_db(fields=["name", "description", "schema", "revision", "updated_at"])
    return schema


def delete(schema: CitationSchema, *, by: User | None = None, key: ApiKey | None = None) -> None:
    """Calls that were sent keep what they were asked for, and what was read stays."""
    with writing():
        if CitationSchema.objects.filter(pk=schema.pk, deleted_at=None).update(deleted_at=now()):
            audit.record(schema.account, "citation_schema.deleted", schema.name, user=by, api_key=key)


def _columns(content: Content) -> dict[str, Any]:
    return {
        "name": content.name[: LONGEST["name"]],
        "description": content.description,
        "schema": write(content.definition),
        "updated_at": now(),
    }


def _texts(value: Any) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
