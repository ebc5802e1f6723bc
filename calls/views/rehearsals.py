"""Rehearsals of a pathway: the suite, its scenarios, what came of a run, and old calls led again by a draft."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls.rehearsal import forms, replay, shown, suite
from calls.tasks import rehearse_soon
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from pathways import graph as graphs
from pathways import scenarios
from pathways.access import get_pathway
from pathways.models import Pathway, PathwayVersion, Scenario, ScenarioRun


@page("viewer")
@require_safe
def rehearsals(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The page, or to htmx its list: it asks again while something is running."""
    pathway, version = _chosen(request, uid)
    return _suite(request, pathway, version)


@page("editor")
@require_POST
def rehearsal_run(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Runs one scenario (its id posted as `scenario`) or all in use; many of them in the worker, and the page shows how far it is."""
    pathway, version = _chosen(request, uid)
    every = Scenario.objects.filter(pathway=pathway)
    one = request.POST.get("scenario")
    chosen = [get_object_or_404(every, uid=_uuid(one))] if one else list(every.filter(enabled=True))
    begun = run_now_or_soon(version, chosen)
    if request.htmx:
        return _suite(request, pathway, version)
    if request.POST.get("next") == "result" and begun:
        return see_other(reverse("rehearsal-result", args=[pathway.uid, begun[0].uid]))
    return see_other(address(pathway, version))


def _suite(request: HttpRequest, pathway: Pathway, version: PathwayVersion) -> HttpResponse:
    context = {"suite": shown.suite(pathway, version), "versions": _versions(pathway)}
    return render_page(request, "pathways/rehearsals.html", context, partial="suite")


def run_now_or_soon(version: PathwayVersion, chosen: list[Scenario]) -> list[ScenarioRun]:
    begun = suite.begin(version, chosen)
    if len(begun) > suite.IN_A_REQUEST:
        rehearse_soon(run.pk for run in begun)
        return begun
    for run in begun:
        suite.run(run.pk)
    return begun


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def scenario_edit(request: MemberRequest, uid: UUID, scenario: UUID | None = None) -> HttpResponse:
    """A new scenario or one that exists; `more` adds an empty sentence without saving."""
    pathway, version = _chosen(request, uid)
    kept = get_object_or_404(Scenario, pathway=pathway, uid=scenario) if scenario else None
    graph = graphs.load(version.graph)
    if request.method != "POST":
        return _form(request, pathway, version, forms.unbound(graph, kept), kept)
    if "more" in request.POST:
        return _form(request, pathway, version, forms.bound(graph, one_more(request), kept), kept)
    filled = forms.bound(graph, request.POST, kept)
    if not filled.is_valid():
        return _form(request, pathway, version, filled, kept, status=422)
    saved = scenarios.change(kept, filled.values()) if kept else scenarios.add(pathway, filled.values())
    if "run" in request.POST:
        begun = run_now_or_soon(version, [saved])
        return see_other(reverse("rehearsal-result", args=[pathway.uid, begun[0].uid]))
    return see_other(address(pathway, version))


def one_more(request: HttpRequest) -> Any:
    """What was posted, with room for one more sentence."""
    posted = request.POST.copy()
    total = posted.get("sentence-TOTAL_FORMS", "0")
    posted["sentence-TOTAL_FORMS"] = str(min(int(total) + 1 if total.isdecimal() else 1, forms.MOST_SENTENCES))
    return posted


@page("editor")
@require_POST
def scenario_deed(request: MemberRequest, uid: UUID, scenario: UUID, deed: str) -> HttpResponse:
    pathway, version = _chosen(request, uid)
    kept = get_object_or_404(Scenario, pathway=pathway, uid=scenario)
    match deed:
        case "duplicate":
            copied = scenarios.duplicate(kept)
            return see_other(reverse("scenario", args=[pathway.uid, copied.uid]))
        case "delete":
            kept.delete()
        case "require":
            scenarios.change(kept, {"required": not kept.required})
        case _:
            raise Http404
    return see_other(address(pathway, version))


@page("viewer")
@require_safe
def rehearsal_result(request: MemberRequest, uid: UUID, run: UUID) -> HttpResponse:
    pathway = get_pathway(request.account, uid)
    found = get_object_or_404(ScenarioRun.objects.select_related("scenario"), scenario__pathway=pathway, uid=run)
    version = PathwayVersion.objects.filter(pathway=pathway, number=found.version).first()
    return render_page(request, "pathways/rehearsal_result.html", {"result": shown.result(pathway, version, found)}, partial="result")


@page("editor")
@require_safe
def rehearsal_replay(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Leads the newest ended calls of the pathway again by this version, to see where it would go another way. Writes nothing."""
    pathway, version = _chosen(request, uid)
    return render_page(
        request,
        "pathways/replay.html",
        {"pathway": pathway, "version": version, "label": shown.version_label(pathway, version), "found": replay.newest(pathway, version)},
    )


def _form(
    request: MemberRequest, pathway: Pathway, version: PathwayVersion, filled: forms.Forms, kept: Scenario | None, status: int = 200
) -> HttpResponse:
    context = {
        "pathway": pathway,
        "version": version,
        "forms": filled,
        "form": filled.scenario,
        "scenario": kept,
        "tags": forms.TAGS,
        "variables": sorted({v.name for node in graphs.load(version.graph).nodes for v in node.variables}),
    }
    return render_page(request, "pathways/scenario.html", context, status=status)


def _chosen(request: MemberRequest, uid: UUID) -> tuple[Pathway, PathwayVersion]:
    """The pathway and the version asked for, else its newest: the draft while there is one. Http404 when there is no such thing."""
    pathway = get_pathway(request.account, uid)
    number = request.POST.get("version") or request.GET.get("version") or ""
    found = PathwayVersion.objects.filter(pathway=pathway)
    version = found.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else found.order_by("-number").first()
    if version is None:
        raise Http404
    version.pathway = pathway
    return pathway, version


def _versions(pathway: Pathway) -> list[tuple[int, str]]:
    rows = PathwayVersion.objects.filter(pathway=pathway).defer("graph").order_by("-number")[:30]
    return [(row.number, shown.version_label(pathway, row)) for row in rows]


def address(pathway: Pathway, version: PathwayVersion) -> str:
    return f"{reverse('rehearsals', args=[pathway.uid])}?version={version.number}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
