"""Publishing with its rehearsals: what is required is run on exactly this graph first, then pathways.publishing decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from calls.rehearsal import suite
from calls.rehearsal.shown import Row, Sentence, failing, suite_rows, version_label
from config.models import ApiKey, User
from pathways import graph as graphs
from pathways import publishing, validation
from pathways.contexts import editor_address
from pathways.difference import difference
from pathways.models import PathwayVersion, ScenarioRun
from pathways.scenarios import newest_runs


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
    """Runs the required rehearsals that have no green run of this graph, then publishes. Some seconds when there are many.

    Raises what pathways.publishing.publish raises; of NotReady, `red` tells the sentences.
    """
    if environment == "production" and not validation.errors(version.graph, publishing.known(version.pathway.account)):
        suite.run_all(version, publishing.not_green(version))
    return publishing.publish(version, environment, by, api_key=api_key)


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
    back: str


def before(version: PathwayVersion) -> Before:
    """Runs nothing."""
    pathway = version.pathway
    live = PathwayVersion.objects.filter(pk=pathway.production_id).first() if pathway.production_id else None
    changed = difference(graphs.load(live.graph), graphs.load(version.graph)).sentences if live else ()
    problems = validation.problems(version.graph, publishing.known(pathway.account))
    required = [row for row in suite_rows(pathway, version) if row.scenario.required and row.scenario.enabled]
    errors = sum(problem.level == "error" for problem in problems)
    return Before(version, version_label(pathway, version), live, changed, problems, errors, required, editor_address(pathway))
