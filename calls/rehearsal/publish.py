"""Publishing with its rehearsals: what is required is run on exactly this graph first, then pathways.publishing decides."""

from dataclasses import dataclass

from calls.rehearsal import suite
from calls.rehearsal.shown import Sentence, failing
from config.models import ApiKey, User
from pathways import publishing, validation
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
