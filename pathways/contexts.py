"""Finished objects for the templates of pathways: nothing in them starts a query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page
from django.urls import reverse

from pathways.difference import Difference, difference
from pathways.drawing import Drawing, draw
from pathways.graph import load
from pathways.models import Pathway, PathwayFolder, PathwayVersion
from pathways.problems import Problem
from pathways.queries import Counts, Filters, Listed

SENTENCES = 4  # of what changed, before the rest is folded away
PROBLEMS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One pathway in the list."""

    uid: UUID
    href: str
    name: str
    description: str
    folder: str
    draft: int | None
    production: int | None
    production_at: datetime | None
    staging: int | None
    counts: Counts
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: str
    chosen: bool
    count: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    rows: list[Row]
    page: "Page[Pathway]"
    filters: Filters
    states: list[Choice]
    folders: list[Choice]
    folder: PathwayFolder | None  # the one that is shown


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    name: str
    label: str
    draft: bool
    revision: int
    production: bool
    staging: bool
    at: datetime
    by: str
    source: int | None
    first: bool
    said: Sequence[str]  # what changed against the version it was made from
    more: Sequence[str]


@dataclass(frozen=True, slots=True)
class Dialog:
    """Publishing one version to one place."""

    number: int
    revision: int
    environment: str
    draft: bool  # it is frozen by this
    back: bool  # a later one is there now: this goes back
    label: str
    instead_of: int | None

    @property
    def id(self) -> str:
        return f"publish-{self.environment}-{self.number}"


@dataclass(frozen=True, slots=True)
class VersionsPage:
    pathway: Pathway
    editor: str
    rows: list[VersionRow]
    page: "Page[PathwayVersion]"
    dialogs: list[Dialog]
    draft: PathwayVersion | None
    problems: list[Problem]  # of the version that is worked on, the first of them
    more_problems: list[Problem]
    errors: int
    stopped: int  # the number of the version that they keep from being published; 0: none
    required: int  # rehearsals that must be green before production


@dataclass(frozen=True, slots=True)
class ComparePage:
    pathway: Pathway
    old: PathwayVersion
    new: PathwayVersion
    old_label: str
    new_label: str
    choices: list[tuple[int, str]]
    difference: Difference
    drawing: Drawing
    marked: Mapping[str, int]  # how many steps are new, changed, gone


def editor_address(pathway: Pathway) -> str:
    """Where a pathway is worked on."""
    return reverse("pathway-editor", args=[pathway.uid])


def list_row(listed: Listed, counted: Mapping[int, Counts]) -> Row:
    pathway, version = listed.pathway, listed.version
    return Row(
        uid=pathway.uid,
        href=editor_address(pathway),
        name=pathway.name,
        description=pathway.description,
        folder=pathway.folder.name if pathway.folder else "",
        draft=listed.draft.number if listed.draft else None,
        production=pathway.production.number if pathway.production else None,
        production_at=pathway.production.published_at if pathway.production else None,
        staging=pathway.staging.number if pathway.staging else None,
        counts=counted.get(version.pk, Counts(0, 0, 0)) if version else Counts(0, 0, 0),
        at=pathway.updated_at,
        by=str(version.updated_by) if version and version.updated_by else "",
    )


def label(version: PathwayVersion) -> str:
    return f"Version {version.number}" if version.frozen else f"Draft of version {version.number}"


def version_row(version: PathwayVersion, pathway: Pathway, base: PathwayVersion | None) -> VersionRow:
    """`base`: the version it was made from, with its graph; None when there is none."""
    said = list(difference(load(base.graph), load(version.graph)).sentences) if base else []
    who = version.published_by if version.frozen else version.updated_by
    return VersionRow(
        number=version.number,
        name=version.name,
        label=label(version),
        draft=not version.frozen,
        revision=version.revision,
        production=version.pk == pathway.production_id,
        staging=version.pk == pathway.staging_id,
        at=version.published_at or version.updated_at,
        by=str(who) if who else "",
        source=base.number if base else None,
        first=base is None,
        said=said[:SENTENCES],
        more=said[SENTENCES:],
    )


def dialogs(rows: Sequence[VersionRow], pathway: Pathway) -> list[Dialog]:
    """For every version the places where it is not yet."""
    now = {"staging": pathway.staging.number if pathway.staging else None}
    now["production"] = pathway.production.number if pathway.production else None
    return [
        Dialog(row.number, row.revision, place, row.draft, (now[place] or 0) > row.number, row.label, now[place])
        for row in rows
        for place in ("staging", "production")
        if now[place] != row.number
    ]


def compare_page(pathway: Pathway, old: PathwayVersion, new: PathwayVersion, all_versions: Sequence[PathwayVersion]) -> ComparePage:
    before, after = load(old.graph), load(new.graph)
    found = difference(before, after)
    marks = list(found.nodes.values())
    return ComparePage(
        pathway=pathway,
        old=old,
        new=new,
        old_label=label(old),
        new_label=label(new),
        choices=[(version.number, label(version)) for version in all_versions],
        difference=found,
        drawing=draw(after, found.nodes, found.edges, gone=before),
        marked={mark: marks.count(mark) for mark in ("added", "changed", "removed")},
    )
