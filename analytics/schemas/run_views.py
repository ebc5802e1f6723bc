"""The pages of reading a list of facts over past calls: which calls, a preview of some, the run, stopping it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.schemas import choosing, run_queries, runs
from analytics.schemas.run_form import ChooseForm
from analytics.schemas.runs import Busy, By, Nothing, TooMany
from calls.models import CitationRun
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from personas import citation_schemas


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def past(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Which calls. POST begins a preview of some, or reads them all."""
    schema = citation_schemas.get(request.account, uid)
    form = ChooseForm(request.account, request.POST if request.method == "POST" else request.GET or None)
    if request.method == "POST" and form.is_valid():
        preview = request.POST.get("do") == "preview"
        try:
            run = runs.begin(schema, choosing.chosen(request.account, form.wanted), By(request.user), preview=preview)
        except (Busy, TooMany, Nothing) as refused:
            form.add_error(None, str(refused))
        else:
            query = f"?{form.query()}" if preview else ""
            return see_other(f"{reverse('fact-run', args=[uid, run.uid])}{query}")
    count = choosing.count(request.account, form.wanted) if form.is_bound and form.is_valid() else None
    context = {"schema": schema, "form": form, "count": count, "most": runs.MOST, "sample": runs.SAMPLE, "going": runs.running(schema)}
    return render_page(request, "facts/past.html", context, status=422 if request.method == "POST" else 200)


@page("viewer")
@require_safe
def run(request: MemberRequest, uid: UUID, run: UUID) -> HttpResponse:
    """The run, or to htmx the part of it that changes. Of a preview the query says which calls would be read."""
    found = _found(request, uid, run)
    context: dict[str, Any] = {"run": run_queries.shown(found), "schema": found.schema}
    if found.preview and request.GET:
        form = ChooseForm(request.account, request.GET)
        if form.is_valid():
            context |= {"form": form, "count": choosing.count(request.account, form.wanted), "query": form.query()}
    return render_page(request, "facts/run.html", context, partial="progress")


@page("editor")
@require_POST
def stop(request: MemberRequest, uid: UUID, run: UUID) -> HttpResponse:
    found = _found(request, uid, run)
    if runs.stop(found):
        messages.success(request, "Stopped. What was read so far stays.")
    return see_other(reverse("fact-run", args=[uid, run]))


def _found(request: MemberRequest, uid: UUID, run: UUID) -> CitationRun:
    found = runs.of(request.account, run)
    if found is None or found.schema.uid != uid:
        raise Http404
    return found
