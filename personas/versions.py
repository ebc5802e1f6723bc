"""The life of a persona: made, edited in its draft, put into production, set back, deleted. All changes of versions come through here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max
from django.utils.timezone import now

from config.kit import audit
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from personas.content import Content
from personas.models import Persona, PersonaVersion

State = PersonaVersion.State


class Stale(Exception):
    """The draft was saved by somebody else meanwhile; `current` is what stands there now."""

    def __init__(self, current: PersonaVersion) -> None:
        super().__init__(f"{current} is at revision {current.revision}")
        self.current = current


class NoDraft(Exception):
    """There is nothing to put into production."""


class Gone(Exception):
    """The persona was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, for the audit log: a person or a program's key."""

    user: User | None = None
    api_key: ApiKey | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a persona is known by. It belongs to no version and holds at once."""

    name: str
    role: str = ""
    description: str = ""
    tags: Sequence[str] = ()
    avatar: str = ""
    image_url: str = ""


def content_of(version: PersonaVersion) -> Content:
    return Content(version.config, version.orchestration_prompt, version.routes, version.disclosures)


def about_of(persona: Persona) -> About:
    return About(persona.name, persona.role, persona.description, list(persona.tags), persona.avatar, persona.image_url)


def locked(persona: Persona) -> Persona:
    """Read anew within a transaction; others who change it wait until that is over. Raises Gone."""
    found = Persona.objects.select_for_update().filter(pk=persona.pk, deleted_at=None).first()
    if found is None:
        raise Gone
    found.account = persona.account
    return found


def create(account: Account, about: About, content: Content | None = None, by: By | None = None) -> Persona:
    """A persona with version 1 in production and version 2 as its draft, both with `content` (checked by personas.checking)."""
    with writing():
        persona = Persona.objects.create(account=account, **_columns_about(about))
        for number, state in ((1, State.PRODUCTION), (2, State.DRAFT)):
            PersonaVersion.objects.create(persona=persona, number=number, state=state, **_columns(content or Content()))
        _record(persona, "persona.made", by)
    return persona


def rename(persona: Persona, about: About, by: By | None = None) -> Persona:
    """Changes what it is known by, from this moment on."""
    with writing():
        locked(persona)
        for name, value in _columns_about(about).items():
            setattr(persona, name, value)
        persona.save(update_fields=[*_columns_about(about), "updated_at"])
        _record(persona, "persona.renamed", by)
    return persona


def draft_of(persona: Persona) -> PersonaVersion | None:
    return persona.versions.filter(state=State.DRAFT).first()


def edit(persona: Persona, content: Content, *, revision: int | None) -> PersonaVersion:
    """Saves the draft when it is still at `revision` (None: whatever it is at; 0: there was none yet). Raises Stale, Gone.

    A persona from the time before drafts gets one here.
    """
    with writing():
        locked(persona)
        draft = draft_of(persona)
        if draft is None:
            return PersonaVersion.objects.create(persona=persona, number=_next(persona), state=State.DRAFT, **_columns(content))
        at = now()
        same = PersonaVersion.objects.filter(pk=draft.pk, state=State.DRAFT)
        if revision is not None:
            same = same.filter(revision=revision)
        if not same.update(**_columns(content), revision=F("revision") + 1, updated_at=at):
            raise Stale(draft)
        Persona.objects.filter(pk=persona.pk).update(updated_at=at)
    draft.refresh_from_db()
    return draft


def promote(persona: Persona, *, revision: int | None = None, by: By | None = None) -> PersonaVersion:
    """Puts the draft into production as a new version with the next number; the old one is archived, the draft goes on.

    `revision`: the state of the draft that was looked at. Raises NoDraft, Stale, Gone.
    """
    by = by or By()
    with writing():
        locked(persona)
        draft = draft_of(persona)
        if draft is None:
            raise NoDraft
        if revision is not None and draft.revision != revision:
            raise Stale(draft)
        at = now()
        persona.versions.filter(state=State.PRODUCTION).update(state=State.ARCHIVED, updated_at=at)
        made = PersonaVersion.objects.create(
            persona=persona,
            number=_next(persona),
            state=State.PRODUCTION,
            promoted_from=draft,
            promoted_at=at,
            promoted_by=by.user,
            **_columns(content_of(draft)),
        )
        Persona.objects.filter(pk=persona.pk).update(updated_at=at)
        _record(persona, "persona.promoted", by, version=made.number)
    return made


def reset(persona: Persona, *, revision: int | None = None, by: By | None = None) -> PersonaVersion:
    """The draft says again what production says. Raises Stale, Gone, NoDraft (when there is no production version)."""
    with writing():
        locked(persona)  # before production is read: another may be put there
        production = persona.production
        if production is None:
            raise NoDraft
        draft = edit(persona, content_of(production), revision=revision)
        _record(persona, "persona.reset", by)
    return draft


def delete(persona: Persona, by: By | None = None) -> None:
    """No new call is made with it. Its versions stay, for the calls that were. Raises Gone when it was deleted before."""
    with writing():
        if not Persona.objects.filter(pk=persona.pk, deleted_at=None).update(deleted_at=now()):
            raise Gone
        _record(persona, "persona.deleted", by)


def history(persona: Persona) -> list[PersonaVersion]:
    """Every version, newest first."""
    return list(persona.versions.select_related("promoted_by", "promoted_from").order_by("-number"))


def _next(persona: Persona) -> int:
    return int(persona.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _columns(content: Content) -> dict[str, Any]:
    return {
        "config": dict(content.config),
        "orchestration_prompt": content.orchestration_prompt,
        "routes": [dict(route) for route in content.routes],
        "disclosures": list(content.disclosures),
    }


def _columns_about(about: About) -> dict[str, Any]:
    return {
        "name": about.name,
        "role": about.role,
        "description": about.description,
        "tags": list(about.tags),
        "avatar": about.avatar,
        "image_url": about.image_url,
    }


def _record(persona: Persona, action: str, by: By | None, **detail: Any) -> None:
    who = by or By()
    audit.record(persona.account, action, persona.name, user=who.user, api_key=who.api_key, **detail)
