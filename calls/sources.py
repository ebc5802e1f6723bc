"""What a guard rail can be attached to: personas and pathways of an account, by type and uid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from config.models import Account
from pathways.models import Pathway
from personas.models import Persona
from personas.rails import Attached


@dataclass(frozen=True, slots=True)
class Named:
    """A persona or a pathway; `missing` when it is not there any more."""

    source_type: str
    source_id: UUID
    name: str
    href: str
    missing: bool = False

    @property
    def word(self) -> str:
        return "persona" if self.source_type == "PERSONA" else "pathway"


def named(account: Account, wanted: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], Named]:
    """One query for each type that is asked for."""
    asked = set(wanted)
    found: dict[tuple[str, UUID], Named] = {}
    for kind, model, where in (("PERSONA", Persona, "/personas"), ("PATHWAY", Pathway, "/pathways")):
        uids = [uid for k, uid in asked if k == kind]
        if not uids:
            continue
        rows = model.objects.filter(account=account, deleted_at=None, uid__in=uids).values_list("uid", "name")
        found |= {(kind, uid): Named(kind, uid, name, f"{where}/{uid}") for uid, name in rows}
    for kind, uid in asked - set(found):
        found[(kind, uid)] = Named(kind, uid, "deleted", "", missing=True)
    return found


def choices(account: Account) -> list[Named]:
    """Everything a rail can be attached to, personas first. Two queries."""
    personas = Persona.objects.filter(account=account, deleted_at=None).order_by("name").values_list("uid", "name")
    pathways = Pathway.objects.filter(account=account, deleted_at=None).order_by("name").values_list("uid", "name")
    return [
        *(Named("PERSONA", uid, name, f"/personas/{uid}") for uid, name in personas),
        *(Named("PATHWAY", uid, name, f"/pathways/{uid}") for uid, name in pathways),
    ]


def unknown(account: Account, attached: Sequence[Attached]) -> list[str]:
    """A sentence for each source that is not there, and for each step that its pathway does not have."""
    known = named(account, [(a.source_type, a.source_id) for a in attached])
    return [
        f'{known[(a.source_type, a.source_id)].word.capitalize()} with ID "{a.source_id}" not found'
        for a in attached
        if known[(a.source_type, a.source_id)].missing
    ]
