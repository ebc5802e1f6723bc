"""What a call inherits before anything is said for it: the persona's production version over the standard values."""

from dataclasses import dataclass, field
from typing import Any

from config.models import Account
from personas.models import Persona, PersonaVersion
from personas.parameters import BY_NAME, defaults

OF_PATHWAYS = ("pathway_id", "pathway_version", "start_node_id")


@dataclass(frozen=True, slots=True)
class Inherited:
    values: dict[str, Any]
    from_persona: frozenset[str] = frozenset()
    persona: Persona | None = None
    version: PersonaVersion | None = None
    others: list[Persona] = field(default_factory=list)

    def source(self, name: str) -> str:
        return "persona" if name in self.from_persona else "default"

    @property
    def every_call(self) -> str:
        """Words that stand before every task of the persona."""
        return self.version.orchestration_prompt if self.version else ""

    @property
    def short_name(self) -> str:
        """ "Walt, delivery windows" is called Walt beside a field."""
        return self.persona.name.split(",")[0].strip() if self.persona else ""


def inherited(account: Account, persona_uid: str = "") -> Inherited:
    """The values that hold without a word of this call. An unknown persona inherits nothing; validation will say so."""
    personas = list(Persona.objects.filter(account=account, deleted_at=None, versions__state="production").order_by("name")[:200])
    persona = next((p for p in personas if str(p.uid) == persona_uid), None)
    version = persona.production if persona else None
    given = {k: v for k, v in (version.config if version else {}).items() if k in BY_NAME}
    return Inherited({**defaults(), **given}, frozenset(given), persona, version, personas)


def draft_as_request(held: Inherited) -> dict[str, Any]:
    """What a request has to say so that a call with the persona sounds as its draft does: the draft is tried before callers hear it.

    Only production's version makes calls, so what a request cannot say is not in it: words for every call, routes, disclosures; nor is
    another pathway, which would take the place of the persona on the page.
    """
    draft = held.persona.versions.filter(state=PersonaVersion.State.DRAFT).first() if held.persona else None
    if draft is None or held.persona is None:
        return {}
    wanted = {**defaults(), **draft.config}
    changed = {name: value for name, value in wanted.items() if name not in OF_PATHWAYS and value != held.values.get(name)}
    return {"persona_id": str(held.persona.uid), **{name: _said(name, value) for name, value in changed.items()}}


def _said(name: str, value: Any) -> Any:
    """None would mean "not given"; an empty text says that there is none."""
    return "" if value is None and not BY_NAME[name].null_is_value and BY_NAME[name].kind == "string" else value
