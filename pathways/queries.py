"""Reading pathways for lists: which version is worked on, what stands where, how many problems.

The number of queries never grows with the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config.models import Account
from pathways import validation
from pathways.access import visible_pathways
from pathways.graph import load
from pathways.models import Pathway, PathwayFolder, PathwayVersion
from pathways.problems import Known

STATES = ("draft", "staging", "production")


@dataclass(frozen=True, slots=True)
class Filters:
    text: str = ""
    folder: str = ""  # a uid, or "none"
    state: str = ""  # of STATES

    def __bool__(self) -> bool:
        return bool(self.text or self.folder or self.state)


@dataclass(frozen=True, slots=True)
class Listed:
    """A pathway with the version that is worked on: the newest draft, else production, else the newest. Its graph may be left out."""

    pathway: Pathway
    version: PathwayVersion | None

    @property
    def draft(self) -> PathwayVersion | None:
        return self.version if self.version is not None and not self.version.frozen else None


@dataclass(frozen=True, slots=True)
class Counts:
    steps: int
    errors: int
    warnings: int


def matching(account: Account, filters: Filters | None = None) -> QuerySet[Pathway]:
    """Last changed first; the order is total."""
    filters = filters or Filters()
    versions = PathwayVersion.objects.filter(pathway=OuterRef("pk")).order_by("-number").values("pk")
    found = visible_pathways(account).annotate(
        draft_pk=Subquery(versions.filter(published_at=None)[:1]),
        working_pk=Coalesce("draft_pk", "production_id", Subquery(versions[:1])),
    )
    if filters.text:
        found = found.filter(Q(name__icontains=filters.text) | Q(description__icontains=filters.text))
    if filters.folder:
        found = found.filter(folder=None) if filters.folder == "none" else found.filter(folder__uid=filters.folder)
    if filters.state:
        column = {"draft": "draft_pk", "staging": "staging", "production": "production"}[filters.state]
        found = found.filter(**{f"{column}__isnull": False})
    pointers = found.select_related("production", "staging", "folder").defer("production__graph", "staging__graph")
    return pointers.order_by("-updated_at", "-pk")


def with_versions(pathways: Iterable[Pathway], *, graphs: bool = False) -> list[Listed]:
    """`pathways` as `matching` gives them. One query."""
    rows = list(pathways)
    wanted = [row.working_pk for row in rows if row.working_pk]  # type: ignore[attr-defined]
    found = PathwayVersion.objects.filter(pk__in=wanted).select_related("updated_by")
    versions = {version.pk: version for version in (found if graphs else found.defer("graph"))}
    return [Listed(row, versions.get(row.working_pk)) for row in rows]  # type: ignore[attr-defined]


def counts(versions: Sequence[PathwayVersion], known: Known) -> dict[int, Counts]:
    """By pk. A graph that was looked at lately is not read again: one query at most, for the others."""
    keys = {version.pk: (version.digest, hash((known.pathways, known.http))) for version in versions}
    found = {pk: _counted[key] for pk, key in keys.items() if key in _counted}
    new = [pk for pk in keys if pk not in found]
    for pk, graph in PathwayVersion.objects.filter(pk__in=new).values_list("pk", "graph") if new else ():
        found[pk] = _count(graph, known)
        if len(_counted) >= REMEMBERED:
            _counted.clear()
        if keys[pk][0]:
            _counted[keys[pk]] = found[pk]
    return found


def _count(graph: Any, known: Known) -> Counts:
    problems = validation.problems(graph, known)
    wrong = sum(problem.level == "error" for problem in problems)
    return Counts(len(load(graph).nodes), wrong, len(problems) - wrong)


REMEMBERED = 2000
_counted: dict[tuple[str, int], Counts] = {}  # by digest of the graph and what is known beside it


def folders(account: Account) -> list[PathwayFolder]:
    """By name, each with `pathway_count`."""
    living = Count("pathways", filter=Q(pathways__deleted_at=None))
    return list(PathwayFolder.objects.filter(account=account).annotate(pathway_count=living).order_by("name", "pk"))
