"""The versions of a pathway: who made what of it and when, how two differ, which one calls use."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from pathways import contexts, editing, validation, versions
from pathways.access import get_pathway, get_version
from pathways.contexts import VersionsPage
from pathways.editing import Frozen
from pathways.models import Pathway, PathwayVersion, Scenario
from pathways.publishing import known

PAGE = 20


@page("viewer")
@require_safe
def pathway_versions(request: MemberRequest, uid: UUID) -> HttpResponse:
    pathway = get_pathway(request.account, uid)
    return render_page(request, "pathways/versions.html", {"versions": _page(request, pathway)}, partial="box")


@page("viewer")
@require_safe
def pathway_compare(request: MemberRequest, uid: UUID) -> HttpResponse:
    """?old= and ?new=, numbers; without them, what is worked on against production."""
    pathway = get_pathway(request.account, uid)
    rows = versions.listing(pathway)
    new = _asked(request, pathway, "new") or versions.working(pathway)
    if new is None:
        return see_other(reverse("pathway-versions", args=[pathway.uid]))
    old = _asked(request, pathway, "old") or _before(pathway, new) or new
    return render_page(request, "pathways/compare.html", {"compare": contexts.compare_page(pathway, old, new, rows)}, partial="box")


@page("editor")
@require_POST
def pathway_draft(request: MemberRequest, uid: UUID, number: int) -> HttpResponse:
    """One more draft, made of a version: to go on from there."""
    pathway = get_pathway(request.account, uid)
    source = get_version(pathway, number)
    draft = editing.new_draft(pathway, source=source, by=request.user)
    messages.success(request, f"Draft of version {draft.number} is made of version {source.number}.")
    return see_other(contexts.editor_address(pathway))


@page("editor")
@require_POST
def pathway_draft_delete(request: MemberRequest, uid: UUID, number: int) -> HttpResponse:
    pathway = get_pathway(request.account, uid)
    try:
        versions.delete_draft(get_version(pathway, number), request.user)
    except Frozen:
        messages.error(request, f"Version {number} was published in the meantime, so it stays.")
    else:
        messages.success(request, f"The draft of version {number} is deleted.")
    return see_other(reverse("pathway-versions", args=[pathway.uid]))


def _page(request: MemberRequest, pathway: Pathway) -> VersionsPage:
    every = PathwayVersion.objects.filter(pathway=pathway).select_related("updated_by", "published_by").order_by("-number")
    found = Paginator(every, PAGE).get_page(request.GET.get("page"))
    rows = [contexts.version_row(version, pathway, base) for version, base in _with_bases(pathway, list(found.object_list))]
    working = versions.working(pathway)
    found_wrong = validation.problems(working.graph, known(request.account)) if working else []
    problems = sorted(found_wrong, key=lambda problem: problem.level != "error")
    errors = sum(problem.level == "error" for problem in problems)
    return VersionsPage(
        pathway=pathway,
        editor=contexts.editor_address(pathway),
        rows=rows,
        page=found,
        dialogs=contexts.dialogs(rows, pathway),
        draft=working if working and not working.frozen else None,
        problems=problems[: contexts.PROBLEMS],
        more_problems=problems[contexts.PROBLEMS :],
        errors=errors,
        stopped=working.number if working and errors else 0,
        required=Scenario.objects.filter(pathway=pathway, required=True, enabled=True).count(),
    )


def _with_bases(pathway: Pathway, rows: list[PathwayVersion]) -> list[tuple[PathwayVersion, PathwayVersion | None]]:
    """Each version with the one it was made from, else the one before it. One query for those that are not on the page."""
    here = {row.number: row for row in rows}
    wanted = {row.source_number or row.number - 1 for row in rows}
    others = PathwayVersion.objects.filter(pathway=pathway, number__in=[number for number in wanted if number not in here])
    here |= {row.number: row for row in others}
    return [(row, here.get(row.source_number or row.number - 1)) for row in rows]


def _asked(request: MemberRequest, pathway: Pathway, name: str) -> PathwayVersion | None:
    """The version that a parameter names; a 404 when there is none of that number."""
    number = request.GET.get(name, "")
    return get_version(pathway, int(number)) if number.isdecimal() and len(number) < 9 else None


def _before(pathway: Pathway, new: PathwayVersion) -> PathwayVersion | None:
    """What `new` is to be compared with when nobody says: production, else what it was made from."""
    production = editing.production(pathway)
    if production is not None and production.pk != new.pk:
        return production
    return PathwayVersion.objects.filter(pathway=pathway, number=new.source_number or new.number - 1).first()
