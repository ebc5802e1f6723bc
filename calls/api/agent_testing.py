"""/v1/agent-testing/…: the rehearsals of pathways for programs. Only what has an effect here is taken; the rest is refused by name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import JsonResponse

from calls.api.answers import body_of, refused
from calls.api.pathway_chat import find_pathway
from calls.api.scenario_shapes import fields_of, run_shape, scenario_shape
from calls.rehearsal import suite
from calls.tasks import rehearse_soon
from config.kit.api import ApiRequest, api
from pathways import scenarios
from pathways.models import Pathway, PathwayVersion, Scenario, ScenarioRun

MOST = 100


@api("GET")
def list_scenarios(request: ApiRequest) -> JsonResponse:
    rows = Scenario.objects.filter(pathway__account=request.account, pathway__deleted_at=None).select_related("pathway__account")
    if wanted := request.GET.get("pathway_id"):
        rows = rows.filter(pathway=find_pathway(request, wanted))
    if (enabled := request.GET.get("enabled")) is not None:
        if enabled not in ("true", "false"):
            raise refused(400, "INVALID_FILTER", "enabled must be true or false.")
        rows = rows.filter(enabled=enabled == "true")
    found = list(rows.order_by("pathway", "order", "pk")[:1_000])
    newest = _newest(found)
    return JsonResponse({"scenarios": [scenario_shape(each, newest.get(each.pk)) for each in found]})


@api("POST")
def create_scenario(request: ApiRequest) -> JsonResponse:
    body = body_of(request)
    pathway = find_pathway(request, body.get("pathway_id"))
    if Scenario.objects.filter(pathway=pathway).count() >= scenarios.MOST:
        raise refused(400, "TOO_MANY_SCENARIOS", f"A pathway has at most {scenarios.MOST} scenarios.")
    made = scenarios.add(pathway, fields_of(body))
    return JsonResponse(scenario_shape(_found(request, str(made.uid)), None))


@api("GET")
def get_scenario(request: ApiRequest, scenario_id: str) -> JsonResponse:
    found = _found(request, scenario_id)
    return JsonResponse(scenario_shape(found, _newest([found]).get(found.pk)))


@api("PUT")
def update_scenario(request: ApiRequest, scenario_id: str) -> JsonResponse:
    found = _found(request, scenario_id)
    body = body_of(request)
    scenarios.change(found, fields_of(body, found))
    return JsonResponse(scenario_shape(found, _newest([found]).get(found.pk)))


@api("DELETE")
def delete_scenario(request: ApiRequest, scenario_id: str) -> JsonResponse:
    _found(request, scenario_id).delete()
    return JsonResponse({"success": True})


@api("POST")
def run_scenario(request: ApiRequest, scenario_id: str) -> JsonResponse:
    found = _found(request, scenario_id)
    begun = _begin(request, [found], body_of(request))
    return JsonResponse({"run_id": str(begun[0].uid), "status": ScenarioRun.Status.RUNNING})


@api("POST")
def batch_run(request: ApiRequest) -> JsonResponse:
    """Every scenario on the version of its own pathway. Ask for each run by its id."""
    body = body_of(request)
    ids = body.get("scenario_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST:
        raise refused(400, "INVALID_SCENARIOS", f"scenario_ids must name 1 to {MOST} scenarios.")
    found = [_found(request, str(each)) for each in dict.fromkeys(map(str, ids))]
    begun = _begin(request, found, body)
    runs = [{"run_id": str(run.uid), "scenario_id": str(run.scenario.uid)} for run in begun]
    return JsonResponse({"batch_id": None, "runs": runs})


@api("GET")
def list_runs(request: ApiRequest) -> JsonResponse:
    rows = ScenarioRun.objects.filter(scenario__pathway__account=request.account).select_related("scenario__pathway__account")
    if wanted := request.GET.get("scenario_id"):
        rows = rows.filter(scenario=_found(request, wanted))
    if wanted := request.GET.get("pathway_id"):
        rows = rows.filter(scenario__pathway=find_pathway(request, wanted))
    return JsonResponse({"runs": [run_shape(run) for run in rows.defer("transcript", "logs").order_by("-started_at", "-pk")[:MOST]]})


@api("GET")
def get_run(request: ApiRequest, run_id: str) -> JsonResponse:
    rows = ScenarioRun.objects.filter(scenario__pathway__account=request.account).select_related("scenario__pathway__account")
    try:
        run = rows.filter(uid=UUID(run_id)).first()
    except ValueError:
        run = None
    if run is None:
        raise refused(404, "RUN_NOT_FOUND", "Run not found.")
    return JsonResponse(run_shape(run, whole=True))


def _begin(request: ApiRequest, found: Sequence[Scenario], body: dict[str, Any]) -> list[ScenarioRun]:
    for name in ("webhook_url", "request_data_override"):
        if body.get(name):
            raise refused(400, "UNSUPPORTED", f"{name} is not supported here: ask for the run by its id.")
    begun: list[ScenarioRun] = []
    versions = {each.pathway: _version(each.pathway, body.get("version_number")) for each in found}
    for each in found:
        begun += suite.begin(versions[each.pathway], [each])
    rehearse_soon(run.pk for run in begun)
    return begun


def _version(pathway: Pathway, number: Any) -> PathwayVersion:
    rows = PathwayVersion.objects.filter(pathway=pathway)
    if number is None:
        version = pathway.production or rows.order_by("-number").first()
    elif isinstance(number, int) and not isinstance(number, bool):
        version = rows.filter(number=number).first()
    else:
        raise refused(400, "INVALID_VERSION", "version_number must be an integer.")
    if version is None:
        raise refused(404, "VERSION_NOT_FOUND", "This pathway has no such version.")
    return version


def _found(request: ApiRequest, scenario_id: str) -> Scenario:
    rows = Scenario.objects.filter(pathway__account=request.account, pathway__deleted_at=None)
    try:
        found = rows.select_related("pathway__account", "pathway__production").filter(uid=UUID(scenario_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise refused(404, "SCENARIO_NOT_FOUND", "Scenario not found.")
    return found


def _newest(found: Sequence[Scenario]) -> dict[int, ScenarioRun]:
    """The newest run of each, of whatever version."""
    latest = ScenarioRun.objects.filter(scenario=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")[:1]
    picked = Scenario.objects.filter(pk__in=[each.pk for each in found]).annotate(run=Subquery(latest)).values("run")
    return {run.scenario_id: run for run in ScenarioRun.objects.filter(pk__in=picked).defer("transcript", "logs")}
