"""From draft to calls: publishing freezes a version and points production or staging at it. Nobody publishes what would fail.

A frozen version may be published again: to roll back is to point at an earlier one.
"""

from django.conf import settings
from django.utils.timezone import now

from config.kit import audit
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from pathways import validation
from pathways.editing import Stale, current, locked
from pathways.graph import digest
from pathways.models import Pathway, PathwayVersion, Scenario, ScenarioRun
from pathways.problems import Known, Problem
from pathways.scenarios import newest_runs

ENVIRONMENTS = ("production", "staging")


class NotReady(Exception):
    """What stops publishing: `problems` are errors of the graph, `failing` the names of required rehearsals that are not green."""

    def __init__(self, problems: list[Problem], failing: list[str]) -> None:
        self.problems = problems
        self.failing = failing
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        if self.problems:
            more = len(self.problems) - 1
            rest = f" And {more} more problem{'' if more == 1 else 's'}." if more else ""
            return f"{self.problems[0].message}{rest}"
        return f"Required rehearsals are not green: {', '.join(self.failing)}."


def publish(version: PathwayVersion, environment: str, by: User | None = None, *, api_key: ApiKey | None = None) -> PathwayVersion:
    """Freezes exactly the version as the caller read it, and points `environment` at it. Gives the row as it stands now.

    Raises NotReady; editing.Stale when it was saved meanwhile; Http404 when it or its pathway was deleted.
    """
    if environment not in ENVIRONMENTS:
        raise ValueError(f"{environment!r} is no environment")
    check(version, environment)
    at = now()
    with writing():
        pathway = locked(version.pathway)
        same = PathwayVersion.objects.filter(pk=version.pk, revision=version.revision)
        if not same.filter(published_at=None).update(published_at=at, published_by=by) and not same.exists():
            raise Stale(current(version))
        before = pathway.production_id if environment == "production" else pathway.staging_id
        Pathway.objects.filter(pk=pathway.pk).update(**{environment: version.pk}, updated_at=at)
        detail = {"environment": environment, "version": version.number}
        if was := PathwayVersion.objects.filter(pk=before or 0).values_list("number", flat=True).first():
            detail["instead_of"] = was
        audit.record(pathway.account, "pathway.published", pathway.name, user=by, api_key=api_key, **detail)
        return current(version)


def check(version: PathwayVersion, environment: str) -> None:
    """Raises NotReady when the version may not be published there."""
    problems = validation.errors(version.graph, known(version.pathway.account))
    failing = [] if problems or environment != "production" else [scenario.name for scenario in not_green(version)]
    if problems or failing:
        raise NotReady(problems, failing)


def not_green(version: PathwayVersion) -> list[Scenario]:
    """The required rehearsals without a passed run of exactly this graph and of the rehearsal as it is now."""
    required = list(Scenario.objects.filter(pathway=version.pathway_id, required=True, enabled=True))
    runs = newest_runs(required, digest(version.graph)) if required else {}
    passed = {pk for pk, run in runs.items() if run.status == ScenarioRun.Status.PASSED}
    return [scenario for scenario in required if scenario.pk not in passed]


def known(account: Account) -> Known:
    """What the checks of a graph may know of its account. One query."""
    uids = Pathway.objects.filter(account=account, deleted_at=None).values_list("uid", flat=True)
    return Known(pathways=frozenset(map(str, uids)), http=settings.ALLOW_HTTP_WEBHOOKS)
