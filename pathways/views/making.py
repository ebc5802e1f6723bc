"""Pathways are made: from nothing, from a starter, from JSON, from another one. They are named, shelved, taken along, deleted."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from pathways import making, queries, validation, versions
from pathways.access import get_folder, get_pathway, get_version
from pathways.contexts import editor_address
from pathways.graph import public_form
from pathways.making_forms import NOTHING, AboutForm, ImportForm, NameForm, NewForm
from pathways.models import PathwayVersion
from pathways.publishing import known
from pathways.starters import starters


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        start, name = form.cleaned_data["start"], form.cleaned_data["name"]
        if start == NOTHING:
            version = making.create(request.account, name, by=request.user)
        else:
            version = making.from_starter(request.account, starters()[start], name, by=request.user)
        return see_other(editor_address(version.pathway))
    context = {"form": form, "starters": starters().values(), "nothing": NOTHING}
    return render_page(request, "pathways/new.html", context, status=422 if form.errors else 200)


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: MemberRequest) -> HttpResponse:
    """Import: what cannot run is kept too, and named on the page that follows."""
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid():
        version = making.imported(request.account, form.cleaned_data["data"], form.cleaned_data["name"], by=request.user)
        messages.success(request, _told(request, version))
        return see_other(reverse("pathway-versions", args=[version.pathway.uid]))
    return render_page(request, "pathways/import.html", {"form": form}, status=422 if form.errors else 200)


@page("editor")
@require_safe
def export(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The JSON of a version to take along, with the keys in its headers: ?version=, else the one that is worked on."""
    pathway = get_pathway(request.account, uid)
    wanted = request.GET.get("version", "")
    version = get_version(pathway, int(wanted)) if wanted.isdecimal() and len(wanted) < 9 else versions.working(pathway)
    graph = public_form(version.graph) if version else {"nodes": [], "edges": []}
    whole = {"name": pathway.name, "description": pathway.description, **graph}
    answer = HttpResponse(json.dumps(whole, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8")
    number = version.number if version else 0
    answer.headers["Content-Disposition"] = f'attachment; filename="{slugify(pathway.name) or "pathway"}-v{number}.json"'
    return answer


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Name, purpose, folder; and the deeds on the whole."""
    pathway = get_pathway(request.account, uid)
    shelf = str(pathway.folder.uid) if pathway.folder else ""
    now = {"name": pathway.name, "description": pathway.description, "folder": shelf}
    posted = request.POST if request.method == "POST" else None
    form = AboutForm(posted, initial=now, folders=queries.folders(request.account))
    if form.is_valid():
        making.describe(pathway, name=form.cleaned_data["name"], description=form.cleaned_data["description"])
        making.shelve(pathway, form.chosen)
        messages.success(request, f"“{pathway.name}” is saved.")
        return see_other(reverse("pathways"))
    context = {"form": form, "pathway": pathway, "editor": editor_address(pathway)}
    return render_page(request, "pathways/about.html", context, status=422 if form.errors else 200)


@page("editor")
@require_POST
def duplicate(request: MemberRequest, uid: UUID) -> HttpResponse:
    copy = making.duplicate(get_pathway(request.account, uid), by=request.user).pathway
    messages.success(request, f"“{copy.name}” is made.")
    return see_other(reverse("pathway-about", args=[copy.uid]))


@page("editor")
@require_POST
def delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    pathway = get_pathway(request.account, uid)
    making.delete(pathway, request.user)
    messages.success(request, f"“{pathway.name}” is deleted.")
    return see_other(reverse("pathways"))


@page("editor")
@require_POST
def folder_new(request: MemberRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A folder needs a name.")
        return see_other(reverse("pathways"))
    folder = making.make_folder(request.account, form.cleaned_data["name"])
    return see_other(f"{reverse('pathways')}?folder={folder.uid}")


@page("editor")
@require_POST
def folder_delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The pathways in it stay, in no folder."""
    folder = get_folder(request.account, uid)
    folder.delete()
    messages.success(request, f"The folder “{folder.name}” is gone. What was in it stands in no folder.")
    return see_other(reverse("pathways"))


def _told(request: MemberRequest, version: PathwayVersion) -> str:
    steps = len(version.graph["nodes"])
    wrong = len(validation.errors(version.graph, known(request.account)))
    rest = f" {wrong} problem{'' if wrong == 1 else 's'} to put right before it can be published." if wrong else " It is ready to be tried."
    return f"“{version.pathway.name}” is brought in, with all of its {steps} entries.{rest}"
