"""The Calls page and the views that people keep of it."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from calls import filters, saved_views
from calls.list_shown import listing
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other


@page("viewer")
@require_safe
def calls(request: MemberRequest) -> HttpResponse:
    before, after = (filters.Cursor.read(request.GET.get(name, "")) for name in ("before", "after"))
    shown = listing(request.member, filters.read(request.GET), before=before, after=after)
    return render_page(request, "calls/list.html", {"list": shown}, partial="box")


@page("viewer")
@require_POST
def view_save(request: MemberRequest) -> HttpResponse:
    """Keeps the filters that are shown under a name."""
    query = request.POST.get("query", "")
    try:
        view = saved_views.save(request.member, request.POST.get("name", ""), query, shared="shared" in request.POST)
    except ValueError as error:
        messages.error(request, str(error))
        return see_other(_list(filters.read(QueryDict(query)).query()))
    return see_other(_list(view.query))


@page("viewer")
@require_POST
def view_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Renames it, shares it or keeps it to oneself; with `delete`, takes it away."""
    view = saved_views.get(request.member, pk)
    if "delete" in request.POST:
        view.delete()
        return see_other(reverse("calls"))
    try:
        saved_views.change(request.member, view, request.POST.get("name", ""), shared="shared" in request.POST)
    except ValueError as error:
        messages.error(request, str(error))
    return see_other(_list(view.query))


def _list(query: str) -> str:
    return f"{reverse('calls')}?{query}" if query else reverse("calls")
