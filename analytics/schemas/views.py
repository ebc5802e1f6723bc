"""The pages of lists of facts: the library, one list, building and deleting one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.schemas import queries, run_queries
from analytics.schemas.builder import Builder
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from personas import citation_schemas
from personas.citation_schemas import Content, Stale, TooMany
from personas.models import CitationSchema

PAGE = 25
TRY = "try"  # the button of the trial
NO_CALL = "Choose a finished call in which somebody spoke, or copy the address of one."
NOT_YET = "The list cannot be tried yet:"
STALE = "Somebody else changed this list meanwhile. What you typed stands below; saved now, it takes the place of theirs."


@page("viewer")
@require_safe
def library(request: MemberRequest) -> HttpResponse:
    listed = Paginator(citation_schemas.library(request.account), PAGE).get_page(request.GET.get("page"))
    return render_page(request, "facts/library.html", {"listed": listed, "rows": queries.library(request.account, listed)})


@page("viewer")
@require_safe
def detail(request: MemberRequest, uid: UUID) -> HttpResponse:
    schema = citation_schemas.get(request.account, uid)
    row = queries.library(request.account, [schema])[0]
    context = {"schema": schema, "row": row, "runs": run_queries.newest(schema), "shown": queries.shown(queries.definition_of(schema))}
    return render_page(request, "facts/detail.html", context)


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    builder = Builder(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not _moved(request, builder) and builder.valid():
        try:
            made = citation_schemas.create(request.account, builder.content, by=request.user)
        except TooMany as many:
            builder.refuse(str(many))
        else:
            messages.success(request, f"{made.name} is there. Tick it on a persona or a call, and its facts are looked for.")
            return see_other(reverse("fact-list", args=[made.uid]))
    return _draw(request, builder, None)


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, uid: UUID) -> HttpResponse:
    schema = citation_schemas.get(request.account, uid)
    held = Content(schema.name, schema.description, queries.definition_of(schema))
    builder = Builder(request.POST if request.method == "POST" else None, held)
    if request.method == "POST" and not _moved(request, builder) and builder.valid():
        try:
            citation_schemas.change(schema, builder.content, revision=_number(request.POST.get("revision")), by=request.user)
        except Stale:
            builder.refuse(STALE)
        else:
            messages.success(request, "Saved. It holds for calls that end from now on.")
            return see_other(reverse("fact-list", args=[uid]))
    return _draw(request, builder, schema)


def _moved(request: MemberRequest, builder: Builder) -> bool:
    """Another button than Save was pressed: rows were added, moved or removed, or the list is tried; nothing is kept yet."""
    deed = request.POST.get("do", "save")
    if deed not in ("save", TRY):
        builder.do(deed)
    return deed != "save"


def _draw(request: MemberRequest, builder: Builder, schema: CitationSchema | None) -> HttpResponse:
    trying = request.POST.get("do") == TRY
    context = {
        "builder": builder,
        "schema": schema,
        "address": reverse("fact-list-edit", args=[schema.uid]) if schema else reverse("fact-list-new"),
        "latest": queries.latest(request.account),
        "on": request.POST.get("on", ""),
        "which": request.POST.get("which", "")[:200],
        "tried": _tried(request, builder) if trying else None,
    }
    status = 422 if builder.wrong and not trying else 200
    return render_page(request, "facts/form.html", context, partial="tried" if trying else "rows", status=status)


def _tried(request: MemberRequest, builder: Builder) -> queries.Tried:
    """What the list as it stands in the form would find on the chosen call."""
    call = queries.call_of(request.account, request.POST.get("which", "") or request.POST.get("on", ""))
    if call is None:
        return queries.Tried(trouble=NO_CALL)
    if not builder.readable():
        return queries.Tried(trouble=NOT_YET, wrong=builder.wrong)
    from analytics.schemas import trial  # loads the encoder: only who tries needs it

    values, issues = trial.tried(call, builder.definition)
    return queries.Tried(call.uid, call.callee_name or call.to_number, [queries.value(row) for row in values], issues)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


@page("editor")
@require_POST
def delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    schema = citation_schemas.get(request.account, uid)
    citation_schemas.delete(schema, by=request.user)
    messages.success(request, f"{schema.name} is deleted. What was read by it stays on the calls.")
    return see_other(reverse("fact-lists"))
