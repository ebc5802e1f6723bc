"""What a call inherits before anything is said for it: a version of the persona over the standard values."""

from dataclasses import dataclass, field
from typing import Any

from calls.requests.resolve import persona_version
from config.models import Account
from personas.models import Persona, PersonaVersion
from personas.parameters import BY_NAME, defaults


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
    def draft(self) -> bool:
        """These are the values of a draft: only pretend callees hear them."""
        return self.version is not None and self.version.state == PersonaVersion.State.DRAFT

    @property
    def every_call(self) -> str:
        """Words that stand before every task of the persona."""
        return self.version.orchestration_prompt if self.version else ""

    @property
    def short_name(self) -> str:
        """ "Walt, delivery windows" is called Walt beside a field."""
        return self.persona.name.split(",")[0].strip() if self.persona else ""


def inherited(account: Account, persona_uid: str = "", *, draft: bool = False) -> Inherited:
    """The values that hold without a word of this call. An unknown persona inherits nothing; validation will say so.

    `draft`: those of the persona's draft, to be rehearsed.
    """
    personas = list(Persona.objects.filter(account=account, deleted_at=None, versions__state="production").order_by("name")[:200])
    persona = next((p for p in personas if str(p.uid) == persona_uid), None)
    version = persona_version(account, persona_uid, draft=draft) if persona else None
    given = {k: v for k, v in (version.config if version else {}).items() if k in BY_NAME}
    return Inherited({**defaults(), **given}, frozenset(given), persona, version, personas)
