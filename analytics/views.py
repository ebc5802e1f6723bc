"""Home and Analytics."""

from collections.abc import Iterator, Sequence

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.asked import read
from analytics.home import home as build
from analytics.page.build import Page
from analytics.page.build import build as build_page
from analytics.page.parts import Table
from config.kit import csv
from config.kit.access import MemberRequest, page
from config.kit.http import render_page


@page("viewer")
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The whole page, or to htmx the part of it that changes by itself."""
    context = {"home": build(request.account), "here": timezone.localtime(), "zone": timezone.get_current_timezone_name()}
    return render_page(request, "analytics/home.html", context, partial="today")


@page("viewer")
@require_safe
def analytics(request: MemberRequest) -> HttpResponse:
    return render_page(request, "analytics/analytics.html", {"page": build_page(request.account, read(request.GET))}, partial="box")


@page("viewer")
@require_safe
def analytics_csv(request: MemberRequest, name: str) -> HttpResponseBase:
    """One table of the page, or `all` of them one after the other, with the page's filters."""
    shown = build_page(request.account, read(request.GET))
    if name != "all" and name not in shown.tables:
        raise Http404
    wanted = shown.tables if name == "all" else {name: shown.tables[name]}
    answer = HttpResponse(csv.MARK + "".join(csv.lines(csv_rows(shown, wanted))), content_type="text/csv; charset=utf-8")
    first, last = shown.days
    answer["Content-Disposition"] = f'attachment; filename="analytics-{name}-{first}-{last}.csv"'
    return answer


def csv_rows(shown: Page, tables: dict[str, tuple[str, Table]]) -> Iterator[Sequence[object]]:
    """Each table below its title; one alone without."""
    alone = len(tables) == 1
    if not alone:
        yield ["Analytics", shown.said]
        yield from ([option.label, option.word] for option in shown.options if option.on)
    for title, table in tables.values():
        if not alone:
            yield []
            yield [title]
        yield from table.lines()
