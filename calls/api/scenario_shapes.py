"""Scenarios and their runs as the public reference writes them, both ways.

Who plays the person: `input_messages` (said in turn), or `tester_persona_name` when it names a simulated callee. A prompt alone would need
a model that acts it: refused, so that nobody believes it was tried.
"""

from collections.abc import Mapping
from typing import Any

from calls.api.answers import refused
from calls.rehearsal.callees import known
from pathways import assertions, graph
from pathways.models import Scenario, ScenarioRun

OWN = tuple(assertions.KINDS)
MOST_TURNS = 50
VARIABLE = {"EQUALS": "is", "CONTAINS": "contains", "REGEX": "matches"}


def fields_of(body: Mapping[str, Any], kept: Scenario | None = None) -> dict[str, Any]:
    """The columns of a Scenario from a body; what is left out stays, or has its default. Raises ApiError 400."""
    if body.get("persona_id"):
        raise refused(400, "UNSUPPORTED", "Only pathways are rehearsed here: persona_id is not supported.")
    fields: dict[str, Any] = {}
    if kept is None or "name" in body:
        fields["name"] = _text(body, "name", 120, needed=True)
    for name, longest, column in (("description", 2_000, "description"), ("start_node_id", 120, "start_node_id")):
        if name in body:
            fields[column] = _text(body, name, longest)
    for name, column in (("is_required_for_promotion", "required"), ("enabled", "enabled")):
        if name in body:
            fields[column] = _flag(body, name)
    if "max_turns" in body:
        fields["max_turns"] = _turns(body["max_turns"])
    if "request_data" in body:
        if not isinstance(body["request_data"] or {}, Mapping):
            raise refused(400, "INVALID_REQUEST_DATA", "request_data must be an object.")
        fields["request_data"] = dict(body["request_data"] or {})
    if kept is None or "input_messages" in body or "tester_persona_name" in body:
        fields |= _person(body)
    if "assertions" in body:
        fields["assertions"] = _assertions(body["assertions"])
    return fields


def _person(body: Mapping[str, Any]) -> dict[str, Any]:
    messages, name = body.get("input_messages"), body.get("tester_persona_name")
    if messages:
        given = [m.get("content") if isinstance(m, Mapping) else m for m in messages] if isinstance(messages, list) else []
        said = [text.strip() for text in given if isinstance(text, str) and text.strip() and len(text) <= 1_000]
        if not given or len(given) > 60 or len(said) < len(given):
            raise refused(400, "INVALID_MESSAGES", "input_messages must be a list of up to 60 objects with content.")
        return {"callee": "", "lines": said}
    names = [each for each, _ in known()]
    if name in names:
        return {"callee": name, "lines": []}
    raise refused(400, "UNSUPPORTED_TESTER", f"Give input_messages, or as tester_persona_name one of {', '.join(names)}.")


def _assertions(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or len(given) > 30:
        raise refused(400, "INVALID_ASSERTIONS", "assertions must be a list of at most 30 objects.")
    made = [_assertion(each) for each in given]
    for number, each in enumerate(made, 1):
        if wrong := assertions.problem(each):
            raise refused(400, "INVALID_ASSERTION", f"Assertion {number}: {wrong}")
    return made


def _assertion(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise refused(400, "INVALID_ASSERTIONS", "Each assertion must be an object.")
    kind, config = given.get("type"), _object(given.get("config"))
    if kind in OWN:
        return {
            "type": kind,
            **(config or {k: v for k, v in given.items() if k not in ("id", "name", "config", "is_required", "weight", "order")}),
        }
    if kind == "VARIABLE_EXTRACTED" and config.get("condition") in VARIABLE:
        return {"type": "variable", "name": config.get("variableName"), VARIABLE[config["condition"]]: config.get("value")}
    if kind in ("PATHWAY_NODES_REACHED", "NODE_REACHED"):
        condition = _object(config.get("condition")) or config
        ids = condition.get("nodeIds") or ([config["nodeId"]] if config.get("nodeId") else [])
        return {"type": "reaches_node", "node_ids": ids, "all": condition.get("type") != "OR"}
    raise refused(400, "UNSUPPORTED_ASSERTION", f"Assertions of type {kind} are not supported here.")


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _text(body: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    value = body.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or len(value) > longest or (needed and not value.strip()):
        raise refused(400, "INVALID_FIELD", f"{name} must be a string of {'1' if needed else '0'} to {longest} characters.")
    return value.strip()


def _flag(body: Mapping[str, Any], name: str) -> bool:
    if not isinstance(body[name], bool):
        raise refused(400, "INVALID_FIELD", f"{name} must be true or false.")
    return bool(body[name])


def _turns(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_TURNS:
        raise refused(400, "INVALID_FIELD", f"max_turns must be an integer from 1 to {MOST_TURNS}.")
    return value


# Out ------------------------------------------------------------------------------------------------------------------------------------
def scenario_shape(scenario: Scenario, newest: ScenarioRun | None) -> dict[str, Any]:
    return {
        "id": str(scenario.uid),
        "org_id": str(scenario.pathway.account.uid),
        "pathway_id": str(scenario.pathway.uid),
        "persona_id": None,
        "name": scenario.name,
        "description": scenario.description,
        "category": "CUSTOM",
        "scenario_type": "AGENT",
        "tester_persona_prompt": None,
        "tester_persona_name": scenario.callee or None,
        "input_messages": [{"role": "user", "content": line} for line in scenario.lines] if not scenario.callee else [],
        "max_turns": scenario.max_turns,
        "request_data": scenario.request_data,
        "start_node_id": scenario.start_node_id or None,
        "bland_tone_enabled": False,
        "is_required_for_promotion": scenario.required,
        "enabled": scenario.enabled,
        "assertions": [_assertion_shape(a, n) for n, a in enumerate(scenario.assertions)],
        "most_recent_run": _recent(newest) if newest else None,
        "created_at": scenario.created_at,
        "updated_at": scenario.updated_at,
    }


def _assertion_shape(assertion: Mapping[str, Any], order: int) -> dict[str, Any]:
    config = {key: value for key, value in assertion.items() if key != "type"}
    name = assertions.sentence(assertion, graph.Graph())
    return {
        "id": str(order),
        "type": assertion.get("type"),
        "name": name,
        "config": config,
        "is_required": True,
        "weight": 1,
        "order": order,
    }


def _recent(run: ScenarioRun) -> dict[str, Any]:
    return {"id": str(run.uid), "status": run.status, "score": score(run), "completed_at": run.finished_at}


def score(run: ScenarioRun) -> float | None:
    """The share of sentences that held; None while it runs."""
    if run.status == ScenarioRun.Status.RUNNING:
        return None
    if not run.results:
        return 1.0 if run.status == ScenarioRun.Status.PASSED else 0.0
    return round(sum(bool(r["passed"]) for r in run.results) / len(run.results), 2)


def run_shape(run: ScenarioRun, *, whole: bool = False) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "id": str(run.uid),
        "scenario_id": str(run.scenario.uid),
        "pathway_id": str(run.scenario.pathway.uid),
        "persona_id": None,
        "batch_id": None,
        "version_number": run.version,
        "status": run.status,
        "overall_score": score(run),
        "turn_count": run.turns,
        "duration_ms": round((run.finished_at - run.started_at).total_seconds() * 1000) if run.finished_at else None,
        "error": run.error or None,
        "created_at": run.started_at,
        "completed_at": run.finished_at,
        "scenario": {"id": str(run.scenario.uid), "name": run.scenario.name},
        "assertion_results": [
            {"assertion_id": str(n), "expected": r["sentence"], "passed": r["passed"], "reasoning": r["found"]}
            for n, r in enumerate(run.results)
        ],
    }
    if whole:
        roles = {"assistant": "assistant", "user": "user", "robot": "user"}
        shape["chat_history"] = [
            {"role": roles[line["speaker"]], "content": line["text"]} for line in run.transcript if line["speaker"] in roles
        ]
        shape["variables_extracted"] = run.variables
        shape["nodes_visited"] = [e["data"].get("node_id") for e in run.logs if e.get("kind") == "node"]
        shape["disposition"] = run.disposition or None
    return shape
