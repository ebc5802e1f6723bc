"""Rehearsals as rows: begun together, run one by one in a request or by the worker, ended once by whoever is first."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now

from calls import rails
from calls.agent.ports import PathwayBrief
from calls.reached import others
from calls.rehearsal.setup import Rehearsed, Setup
from pathways.models import PathwayVersion, Scenario, ScenarioRun
from pathways.scenarios import setup_digest

log = logging.getLogger(__name__)
Status = ScenarioRun.Status
IN_A_REQUEST = 12  # so many are run while the page waits; more go to the worker
LOST_AFTER = timedelta(minutes=10)
LOST = "The process that ran it is gone. Run it again."
CHANGED = "The draft was changed before this was run. Run it again."
KEEP = 30  # runs of one scenario that are kept


def begin(version: PathwayVersion, scenarios: Iterable[Scenario]) -> list[ScenarioRun]:
    """Rows for these scenarios on exactly the graph that the version has now."""
    rows = [
        ScenarioRun(scenario=scenario, version=version.number, digest=version.digest, setup=setup_digest(scenario))
        for scenario in scenarios
    ]
    return ScenarioRun.objects.bulk_create(rows)


def run(run_id: int, seconds: float | None = None) -> bool:
    """Runs one that was begun and writes what came of it; False when it is over already.

    With `seconds`, one that takes longer is given up without a result: False, and its row still is to be run.
    """
    row = ScenarioRun.objects.filter(pk=run_id, status=Status.RUNNING).select_related("scenario__pathway").first()
    if row is None:
        return False
    version = PathwayVersion.objects.filter(pathway=row.scenario.pathway, number=row.version).select_related("pathway").first()
    if version is None or version.digest != row.digest or setup_digest(row.scenario) != row.setup:
        return end(row.pk, Rehearsed(error=CHANGED))
    from calls.rehearsal.run import MOST_SECONDS, rehearse  # loads the agents and numpy: only who runs one needs them

    try:
        made = rehearse(setup_of(version, row.scenario), seconds=MOST_SECONDS if seconds is None else seconds)
    except Exception as error:
        log.exception("rehearsal %s failed", row.uid)
        made = Rehearsed(error=f"The rehearsal itself broke: {type(error).__name__}: {error}"[:300])
    return False if made.out_of_time and seconds is not None else end(row.pk, made)


def run_for(begun: Sequence[ScenarioRun], seconds: float) -> list[ScenarioRun]:
    """Runs them one after the other until the time is up, and returns those that still are to be run."""
    until = time.monotonic() + seconds
    for n, each in enumerate(begun):
        left = until - time.monotonic()
        if left <= 0 or (not run(each.pk, left) and _running().filter(pk=each.pk).exists()):
            return list(begun[n:])
    return []


def end(run_id: int, made: Rehearsed) -> bool:
    """Writes the result, once."""
    ended = (
        _running()
        .filter(pk=run_id)
        .update(
            status=Status.PASSED if made.passed else Status.FAILED,
            results=[asdict(result) for result in made.results],
            transcript=[asdict(line) for line in made.lines],
            logs=[dict(entry) for entry in made.logs],
            variables=dict(made.variables),
            disposition=made.disposition[:120],
            turns=made.turns,
            error=made.error[:300],
            finished_at=now(),
        )
    )
    if ended:
        _drop_old(run_id)
    return bool(ended)


def _drop_old(run_id: int) -> None:
    """Of one scenario, the newest KEEP runs stay."""
    same = ScenarioRun.objects.filter(scenario__in=ScenarioRun.objects.filter(pk=run_id).values("scenario")).exclude(status=Status.RUNNING)
    old = list(same.order_by("-started_at", "-pk").values_list("pk", flat=True)[KEEP:])
    if old:
        ScenarioRun.objects.filter(pk__in=old).delete()


def sweep() -> int:
    """Ends runs whose process died."""
    return _running().filter(started_at__lt=now() - LOST_AFTER).update(status=Status.FAILED, error=LOST, finished_at=now())


def _running() -> QuerySet[ScenarioRun]:
    return ScenarioRun.objects.filter(status=Status.RUNNING)


def setup_of(version: PathwayVersion, scenario: Scenario) -> Setup:
    brief = PathwayBrief(
        str(version.pathway.uid), version.pathway.name, version.number, version.graph, start_node_id=scenario.start_node_id
    )
    data: Mapping[str, Any] = scenario.request_data if isinstance(scenario.request_data, Mapping) else {}
    over = others(version.pathway.account_id, [brief])
    return Setup(
        brief,
        scenario.callee,
        scenario.lines,
        data,
        scenario.max_turns,
        scenario.assertions,
        others=over,
        rails=rails.of_pathway(version.pathway.account, version.pathway.uid, over),
    )
