"""Values over time: the page of a list of facts, and the same as a file."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.schemas import over_time, queries, value_charts
from analytics.schemas.over_time import Found
from config.kit import csv
from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from personas import citation_schemas
from personas.models import CitationSchema

CHOICES = {"30": "Last 30 days", "90": "Last 90 days", "365": "Last 365 days"}
USUAL = "30"


@page("viewer")
@require_safe
def values(request: MemberRequest, uid: UUID) -> HttpResponse:
    schema = citation_schemas.get(request.account, uid)
    days, found = _found(request, schema)
    context = {
        "schema": schema,
        "row": queries.library(request.account, [schema])[0],
        "found": found,
        "facts": value_charts.facts(found),
        "marked": value_charts.marked(found),
        "days": days,
        "choices": CHOICES.items(),
    }
    return render_page(request, "facts/values.html", context)


@page("viewer")
@require_safe
def values_csv(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Every table below its title."""
    schema = citation_schemas.get(request.account, uid)
    _, found = _found(request, schema)
    answer = HttpResponse(csv.MARK + "".join(csv.lines(_lines(schema, found))), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="facts-{found.span.first}-{found.span.last}.csv"'
    return answer


def _found(request: MemberRequest, schema: CitationSchema) -> tuple[str, Found]:
    days = request.GET.get("days", USUAL)
    days = days if days in CHOICES else USUAL
    zone = timezone.get_current_timezone()
    return days, over_time.found(schema, over_time.span(timezone.localdate(), int(days), zone))


def _lines(schema: CitationSchema, found: Found) -> Iterator[Sequence[object]]:
    yield [schema.name, f"{found.span.first} to {found.span.last}"]
    for shown in value_charts.facts(found):
        yield []
        yield [shown.section.title, shown.said]
        yield from shown.section.table.lines()
        if shown.top:
            yield ["Value", "Calls"]
            yield from ([word, n] for word, n, _ in shown.top)
    if found.issues:
        yield []
        yield [value_charts.MARKED]
        yield from value_charts.marked(found).table.lines()
