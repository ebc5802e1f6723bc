"""Rehearsals as rows: which there are for a pathway, and which run counts as their newest."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max
from django.utils.timezone import now

from pathways.models import Pathway, Scenario, ScenarioRun

MOST = 100  # scenarios of one pathway
SETUP = ("callee", "lines", "request_data", "start_node_id", "max_turns", "assertions")


def setup_digest(scenario: Scenario) -> str:
    """sha256 of what the scenario is: a run counts for exactly this. Its name, order and switches change nothing."""
    whole = {name: getattr(scenario, name) for name in SETUP}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def newest_runs(scenarios: Iterable[Scenario], digest: str) -> dict[int, ScenarioRun]:
    """By scenario pk: the newest run of this graph and of the scenario as it is now. Two queries for any number."""
    wanted = {scenario.pk: setup_digest(scenario) for scenario in scenarios}
    runs = ScenarioRun.objects.filter(scenario__in=wanted, digest=digest).defer("transcript", "logs").order_by("started_at", "pk")
    return {run.scenario_id: run for run in runs if run.setup == wanted[run.scenario_id]}


def add(pathway: Pathway, fields: Mapping[str, Any]) -> Scenario:
    """A new scenario at the end of the suite."""
    last = Scenario.objects.filter(pathway=pathway).aggregate(last=Max("order"))["last"]
    return Scenario.objects.create(pathway=pathway, order=0 if last is None else last + 1, **fields)


def change(scenario: Scenario, fields: Mapping[str, Any]) -> Scenario:
    for name, value in fields.items():
        setattr(scenario, name, value)
    scenario.updated_at = now()
    scenario.save(update_fields=[*fields, "updated_at"])
    return scenario


def duplicate(scenario: Scenario) -> Scenario:
    copied = {name: getattr(scenario, name) for name in (*SETUP, "description", "enabled")}
    return add(scenario.pathway, {**copied, "name": f"{scenario.name[:110]} (copy)", "required": False})
