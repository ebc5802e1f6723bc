"""Publishing with its rehearsals: what is required is run on exactly this graph first, then pathways.publishing decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from calls.rehearsal import suite
from calls.rehearsal.shown import Row, Sentence, failing, suite_rows, version_label
from calls.tasks import rehearse_soon
from config.models import ApiKey, User
from pathways import graph as graphs
from pathways import publishing, validation
from pathways.contexts import editor_address
from pathways.difference import difference
from pathways.models import PathwayVersion, ScenarioRun
from pathways.scenarios import newest_runs

IN_A_REQUEST = 5.0  # seconds of rehearsing that somebody who publishes waits for; the worker goes on from there
STANDS = timedelta(minutes=10)  # so long a red result of the worker is the answer, and not a reason to begin again


class Rehearsing(Exception):
    """Required rehearsals go on in the worker: publish again when they are over. `left` of them are not."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        what = "1 required rehearsal is" if self.left == 1 else f"{self.left} required rehearsals are"
        return f"{what} still running. Publish again when {'it is' if self.left == 1 else 'they are'} over."


@dataclass(frozen=True, slots=True)
class Red:
    """A required rehearsal that is not green, and which sentences failed."""

    name: str
    run: ScenarioRun | None
    sentences: list[Sentence]

    @property
    def in_words(self) -> str:
        said = "; ".join(f"{s.text}. {s.found}".rstrip() if s.found else s.text for s in self.sentences)
        return f"{self.name}: {said}" if said else f"{self.name}: it has no result yet."


def publish(version: PathwayVersion, environment: str, by: User | None = None, *, api_key: ApiKey | None = None) -> PathwayVersion:
    """Runs the required rehearsals that have no green run of this graph, then publishes. Takes IN_A_REQUEST and a little at most.

    Raises Rehearsing when that was not enough, and what pathways.publishing.publish raises; of NotReady, `red` tells the sentences.
    """
    if environment == "production" and not validation.errors(version.graph, publishing.known(version.pathway.account)):
        _rehearse(version)
    return publishing.publish(version, environment, by, api_key=api_key)


def _rehearse(version: PathwayVersion) -> None:
    """Raises Rehearsing when some go on in the worker, or somebody has begun them already."""
    wanted = publishing.not_green(version)
    newest = newest_runs(wanted, version.digest)
    if running := sum(run.status == ScenarioRun.Status.RUNNING for run in newest.values()):
        raise Rehearsing(running)
    late = suite.run_for(suite.begin(version, [s for s in wanted if not _stands(newest.get(s.pk))]), IN_A_REQUEST)
    if late:
        rehearse_soon(run.pk for run in late)
        if left := ScenarioRun.objects.filter(pk__in=[run.pk for run in late], status=ScenarioRun.Status.RUNNING).count():
            raise Rehearsing(left)


def _stands(run: ScenarioRun | None) -> bool:
    """A red run that was too long for a request: begun again with every try to publish, nobody would ever be told of it."""
    if run is None or run.finished_at is None or run.error == suite.LOST:
        return False
    return run.finished_at - run.started_at >= timedelta(seconds=IN_A_REQUEST) and run.finished_at > now() - STANDS


def red(version: PathwayVersion) -> list[Red]:
    """The required rehearsals that are not green on this version, with the sentences that failed."""
    found = publishing.not_green(version)
    newest = newest_runs(found, version.digest)
    return [Red(each.name, newest.get(each.pk), failing(newest.get(each.pk))) for each in found]


@dataclass(frozen=True, slots=True)
class Before:
    """What somebody should know before publishing."""

    version: PathwayVersion
    label: str
    live: PathwayVersion | None  # what calls use now
    changes: Sequence[str]  # against that
    problems: Sequence[validation.Problem]
    errors: int
    required: Sequence[Row]
    running: int  # of those, in the worker
    back: str

    @property
    def over(self) -> int:
        return len(self.required) - self.running

    @property
    def green(self) -> bool:
        return all(row.state == "passed" for row in self.required)


def before(version: PathwayVersion) -> Before:
    """Runs nothing."""
    pathway = version.pathway
    live = PathwayVersion.objects.filter(pk=pathway.production_id).first() if pathway.production_id else None
    changed = difference(graphs.load(live.graph), graphs.load(version.graph)).sentences if live else ()
    problems = validation.problems(version.graph, publishing.known(pathway.account))
    required = [row for row in suite_rows(pathway, version) if row.scenario.required and row.scenario.enabled]
    errors = sum(problem.level == "error" for problem in problems)
    running = sum(row.state == "running" for row in required)
    return Before(version, version_label(pathway, version), live, changed, problems, errors, required, running, editor_address(pathway))
