"""Finished objects for the templates of personas: nothing in them starts a query."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.urls import Resolver404, resolve, reverse

from config.templatetags.ui import initials
from personas import avatars, queries
from personas.avatars import Avatar
from personas.content import Content
from personas.difference import Difference, difference
from personas.models import Persona, PersonaVersion
from personas.persona_form import Group, PersonaForm, RouteRow
from personas.versions import content_of

State = PersonaVersion.State
RAILS = "/guard-rails/attached/PERSONA/{}"  # the panel of the guard rails' own pages


@dataclass(frozen=True, slots=True)
class Who:
    """What a persona is known by."""

    uid: UUID
    name: str
    role: str
    description: str
    tags: list[str]
    avatar: Avatar

    @property
    def short(self) -> str:
        """ "June, appointments" is called June within a sentence."""
        return self.name.split(",")[0].strip()

    @property
    def letters(self) -> str:
        return initials(self.short or self.name)


@dataclass(frozen=True, slots=True)
class Row:
    """One persona in the list."""

    who: Who
    voice: str
    number: int | None  # of the version in production
    since: datetime | None
    changes: int  # of the draft


@dataclass(frozen=True, slots=True)
class Listing:
    rows: list[Row]
    page: Page[Persona]
    search: queries.Search
    tags: list[str]


@dataclass(frozen=True, slots=True)
class Version:
    """One version as the history and the head of the page name it."""

    uid: UUID
    number: int
    state: str
    at: datetime
    by: str
    source: int | None  # the draft it was made from

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to put right, as the summary at the top lists it."""

    field: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """What stands in the draft since somebody else saved it: to be kept, or saved over."""

    at: datetime
    mine: list[str]  # what would change in theirs


@dataclass(frozen=True, slots=True)
class Detail:
    """The page of one persona."""

    who: Who
    editor: bool
    operator: bool
    production: Version | None
    draft: Version | None
    revision: int
    difference: Difference
    form: PersonaForm
    groups: list[Group]
    routes: list[RouteRow]
    pathways: list[tuple[str, str]]
    knowledge: bool  # there is something to attach
    tools: list[str]
    unsaved: bool
    wrong: list[Wrong]
    theirs: Theirs | None
    rails: str  # address of the guard rails' panel; "" where there is none
    rehearse: str
    calls: str


@dataclass(frozen=True, slots=True)
class History:
    who: Who
    versions: list[Version]
    old: Version | None
    new: Version | None
    difference: Difference = field(default_factory=Difference)


def who(persona: Persona) -> Who:
    tags = [str(tag) for tag in persona.tags] if isinstance(persona.tags, list) else []
    return Who(persona.uid, persona.name, persona.role, persona.description, tags, avatars.read(persona.avatar))


def row(persona: Persona, names: dict[str, str]) -> Row:
    """`persona` as `queries.with_versions` reads it."""
    production, draft = (queries.of_state(persona, state) for state in (State.PRODUCTION, State.DRAFT))
    held = content_of(production) if production else Content()
    return Row(
        who(persona),
        str(held.effective()["voice"] or ""),
        production.number if production else None,
        (production.promoted_at or production.created_at) if production else None,
        len(difference(held, content_of(draft), names, words=False).changes) if draft else 0,
    )


def version(found: PersonaVersion) -> Version:
    at = found.updated_at if found.state == State.DRAFT else found.promoted_at or found.created_at
    source = found.promoted_from.number if found.promoted_from else None
    return Version(found.uid, found.number, found.state, at, str(found.promoted_by or ""), source)


def detail(persona: Persona, current: list[PersonaVersion], form: PersonaForm, *, editor: bool, operator: bool, **more: Any) -> Detail:
    """`current`: its versions in production and in draft. `more`: what the fields of Detail hold besides the usual."""
    production, draft = (next((v for v in current if v.state == state), None) for state in (State.PRODUCTION, State.DRAFT))
    usual: dict[str, Any] = {
        "revision": draft.revision if draft else 0,
        "routes": form.rows(),
        "unsaved": False,
        "wrong": [],
        "theirs": None,
    }
    return Detail(
        who=who(persona),
        editor=editor,
        operator=operator,
        production=version(production) if production else None,
        draft=version(draft) if draft else None,
        difference=form.difference,
        form=form,
        groups=form.groups(),
        pathways=list(form.pathways),
        knowledge=bool(form.knowledge),
        tools=form.other_tools(),
        rails=_served(RAILS.format(persona.uid)),
        rehearse=f"{reverse('send-call')}?persona={persona.uid}&draft=1",
        calls=f"{reverse('calls')}?persona={persona.uid}",
        **{**usual, **more},
    )


def _served(path: str) -> str:
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
