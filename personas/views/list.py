"""The list of personas."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from personas import queries
from personas.contexts import Listing, row

PAGE = 25


@page("viewer")
@require_safe
def personas(request: MemberRequest) -> HttpResponse:
    return render_page(request, "personas/list.html", {"list": listing(request)}, partial="box")


def listing(request: MemberRequest) -> Listing:
    search = queries.Search(request.GET.get("q", "").strip()[:80], request.GET.get("tag", "").strip()[:60])
    tagged = queries.tags(request.account)
    found = Paginator(queries.found(request.account, search, tagged), PAGE).get_page(request.GET.get("page"))
    names = queries.names(request.account)
    every = sorted({tag for given in tagged.values() for tag in given}, key=str.casefold)
    return Listing([row(persona, names) for persona in found], found, search, every)
