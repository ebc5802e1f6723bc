"""The library of guard rails, the history of their trips, and the panel that personas and pathways show."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from calls import rail_queries, sources
from calls.rail_forms import uid_of
from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from personas import rails
from personas.rails import Source

NEWEST = 8  # trips on the library page
PAGE = 25


@page("viewer")
@require_safe
def library(request: MemberRequest) -> HttpResponse:
    listed = Paginator(rails.library(request.account), PAGE).get_page(request.GET.get("page"))
    context = {
        "listed": listed,
        "wanted": _source(request),
        "rows": rail_queries.library(request.account, listed),
        "chart": rail_queries.chart(request.account),
        "trips": [rail_queries.trip(found) for found in rail_queries.trips(request.account)[:NEWEST]],
    }
    return render_page(request, "rails/library.html", context)


def _source(request: MemberRequest) -> sources.Named | None:
    """The persona or pathway for which somebody looks for a rail: `?source=PERSONA:uid`."""
    kind, _, text = request.GET.get("source", "").partition(":")
    uid = uid_of(text)
    if uid is None or kind not in Source.values:
        return None
    found = sources.named(request.account, [(kind, uid)])[(kind, uid)]
    return None if found.missing else found


@page("viewer")
@require_safe
def trips(request: MemberRequest) -> HttpResponse:
    listed = Paginator(rail_queries.trips(request.account), PAGE).get_page(request.GET.get("page"))
    context = {"listed": listed, "trips": [rail_queries.trip(found) for found in listed]}
    return render_page(request, "rails/trips.html", context)


@page("viewer")
@require_safe
def attached(request: MemberRequest, kind: str, uid: UUID) -> HttpResponse:
    """What watches one persona or pathway: a panel for its page."""
    if kind not in (Source.PERSONA, Source.PATHWAY) or sources.named(request.account, [(kind, uid)])[(kind, uid)].missing:
        raise Http404
    rows = rail_queries.attached_to(request.account, kind, uid)
    return render(request, "rails/_attached.html", {"rows": rows, "source": f"{kind}:{uid}", "kind": kind})
