"""Drafts: who edits gets one, who saves names the revision they saw. A frozen version is never touched.

Two who save with one revision: the first is saved, the second gets Stale with what stands there now, so that nothing is lost in silence.
"""

from typing import Any

from django.db.models import F, Max, QuerySet
from django.http import Http404
from django.utils.timezone import now

from config.kit import storable
from config.kit.writing import writing
from config.models import User
from pathways.graph import digest
from pathways.models import Pathway, PathwayVersion

LONGEST_NAME = 120


class Stale(Exception):
    """Somebody saved in between. `current` is the draft as it stands now."""

    def __init__(self, current: PathwayVersion) -> None:
        super().__init__(f"version {current.number} is at revision {current.revision}")
        self.current = current


class Frozen(Exception):
    """A published version does not change: edit a draft of it."""


class Unreadable(ValueError):
    """The graph cannot be kept. The text says why."""


def draft_of(pathway: Pathway, by: User | None = None, source: PathwayVersion | None = None) -> PathwayVersion:
    """The newest draft; where there is none, a new one made from `source`, else from production, else from the newest version."""
    with writing():
        locked(pathway)
        found = newest_draft(pathway)
        return found or _add(pathway, source or production(pathway) or newest(pathway), by=by)


def new_draft(
    pathway: Pathway, graph: Any = None, *, source: PathwayVersion | None = None, name: str = "", by: User | None = None
) -> PathwayVersion:
    """One more draft, beside those there are: `graph`, or a copy of `source`. Raises Unreadable."""
    checked = None if graph is None else readable(graph)
    with writing():
        locked(pathway)
        return _add(pathway, source, graph=checked, name=name, by=by)


def save(version: PathwayVersion, graph: Any, *, revision: int | None, by: User | None = None, name: str | None = None) -> PathwayVersion:
    """Writes `graph` into the draft if it still is at `revision` (None: whatever it is at). Gives the row as it stands now.

    Raises Stale, Frozen, Unreadable, and Http404 when the draft or the whole pathway was deleted.
    """
    checked = readable(graph)
    at = now()
    values: dict[str, Any] = {"graph": checked, "digest": digest(checked), "updated_at": at, "updated_by": by}
    if name is not None:
        values["name"] = name[:LONGEST_NAME]
    same = {} if revision is None else {"revision": revision}
    with writing():
        locked(version.pathway)  # always before a version: publishing and saving would wait for each other
        changed = PathwayVersion.objects.filter(pk=version.pk, published_at=None, **same).update(revision=F("revision") + 1, **values)
        if changed:
            Pathway.objects.filter(pk=version.pathway_id).update(updated_at=at)
        kept = current(version)
    if not changed:
        raise Frozen(f"version {kept.number} is published") if kept.frozen else Stale(kept)
    return kept


def readable(graph: Any) -> dict[str, Any]:
    """`graph` when it can be kept. What is wrong with its steps is for pathways.validation to say."""
    if not isinstance(graph, dict) or not all(isinstance(graph.get(key, []), list) for key in ("nodes", "edges")):
        raise Unreadable("A pathway is an object with two lists, nodes and edges.")
    if why := storable.trouble(graph):
        raise Unreadable(f"The pathway {why}.")
    whole: dict[str, Any] = storable.plain({**graph, "nodes": graph.get("nodes", []), "edges": graph.get("edges", [])})
    return whole


def locked(pathway: Pathway) -> Pathway:
    """The row, held until the transaction ends. Whoever writes versions takes it first: one at a time for each pathway.

    Raises Http404 when the pathway was deleted: who deletes it either waits for us, or we find it gone.
    """
    found = Pathway.objects.select_for_update().filter(pk=pathway.pk, deleted_at=None).first()
    if found is None:
        raise Http404(f'Pathway with ID "{pathway.uid}" not found')
    return found


def current(version: PathwayVersion) -> PathwayVersion:
    """As it stands in the database now. Raises Http404 when it was deleted."""
    found = PathwayVersion.objects.select_related("pathway", "updated_by", "published_by").filter(pk=version.pk).first()
    if found is None:
        raise Http404(f'Pathway version with ID "{version.number}" not found: it was deleted')
    return found


def newest(pathway: Pathway) -> PathwayVersion | None:
    return _versions(pathway).order_by("-number").first()


def newest_draft(pathway: Pathway) -> PathwayVersion | None:
    return _versions(pathway).filter(published_at=None).order_by("-number").first()


def production(pathway: Pathway) -> PathwayVersion | None:
    """As the database has it now, not as `pathway` was read."""
    return PathwayVersion.objects.filter(pk__in=Pathway.objects.filter(pk=pathway.pk).values("production")).first()


def _versions(pathway: Pathway) -> QuerySet[PathwayVersion]:
    return PathwayVersion.objects.filter(pathway=pathway).select_related("pathway", "updated_by")


def _add(
    pathway: Pathway, source: PathwayVersion | None, *, graph: dict[str, Any] | None = None, name: str = "", by: User | None = None
) -> PathwayVersion:
    kept = graph if graph is not None else source.graph if source else {"nodes": [], "edges": []}
    highest = PathwayVersion.objects.filter(pathway=pathway).aggregate(n=Max("number"))["n"] or 0
    gone = Pathway.objects.values_list("last_deleted", flat=True).get(pk=pathway.pk)
    at = now()
    version = PathwayVersion.objects.create(
        pathway=pathway,
        number=max(highest, gone) + 1,
        name=name[:LONGEST_NAME],
        source_number=source.number if source else None,
        graph=kept,
        digest=digest(kept),
        created_at=at,
        updated_at=at,
        updated_by=by,
    )
    Pathway.objects.filter(pk=pathway.pk).update(updated_at=at)
    return version
