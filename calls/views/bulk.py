"""One deed on many calls: asked for on the Calls page, confirmed with its number, done by the worker, looked after here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import filters, tags, tasks
from calls.bulk import columns, files, jobs, shown
from calls.bulk.jobs import Selection
from calls.models import CallJob
from calls.recordings import serving
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from config.models import Role

NEEDED = {jobs.DELETE: Role.ADMIN}  # the other deeds are an operator's


@dataclass(frozen=True, slots=True)
class Ask:
    """The question before the deed, with its number."""

    deed: str
    count: int
    words: str
    uids: list[str]  # the calls that were ticked
    query: str
    all: bool
    until: str
    uid: str  # of the work: a doubled press makes it once
    tag: str
    known: list[str]
    columns: list[columns.Column]
    wrong: str = ""


@page("operator")
@require_POST
def bulk(request: MemberRequest) -> HttpResponse:
    """Asks whether: in a dialog, or on a page of its own without JavaScript."""
    deed = _deed(request)
    chosen, uids = _selection(request, timezone.now())
    count = chosen.calls().order_by().count()
    if not count:
        messages.error(request, "Tick a call first.")
        return _back(request)
    return _ask(request, deed, chosen, uids, count)


def _ask(request: MemberRequest, deed: str, chosen: Selection, uids: list[UUID], count: int, wrong: str = "") -> HttpResponse:
    ask = Ask(
        deed=jobs.TAG if deed == jobs.UNTAG else deed,  # one question: the button says which
        count=count,
        words=shown.calls(count),
        uids=[str(uid) for uid in uids],
        query=chosen.filters.query(),
        all=chosen.ticked is None,
        until=chosen.until.isoformat(),
        uid=request.POST.get("uid", "") if wrong else str(uuid4()),
        tag=request.POST.get("tag", ""),
        known=tags.known(request.account) if deed in (jobs.TAG, jobs.UNTAG) else [],
        columns=list(columns.COLUMNS),
        wrong=wrong,
    )
    return render_page(request, "calls/bulk.html", {"ask": ask}, partial="dialog", status=422 if wrong else 200)


@page("operator")
@require_http_methods(["GET", "HEAD", "POST"])
def works(request: MemberRequest) -> HttpResponse:
    """GET: what was done to many calls lately. POST: begins what was asked."""
    if request.method != "POST":
        return render_page(request, "calls/works.html", {"works": shown.latest(request.account)})
    deed = _deed(request)
    until = _moment(request.POST.get("until", ""))
    chosen, uids = _selection(request, until)
    try:
        uid = UUID(request.POST.get("uid", ""))
        job = jobs.begin(chosen, request.user, deed, uid=uid, given=_given(request, deed))
    except ValueError as error:
        return _ask(request, deed, chosen, uids, chosen.calls().order_by().count(), str(error))
    tasks.work_soon(job.pk)
    return see_other(reverse("calls-work-one", args=[job.uid]))


@page("operator")
@require_safe
def work(request: MemberRequest, uid: UUID) -> HttpResponse:
    return render_page(request, "calls/work.html", {"work": shown.work(_get(request, uid))}, partial="now")


@page("operator")
@require_POST
def work_stop(request: MemberRequest, uid: UUID) -> HttpResponse:
    if not jobs.stop(_get(request, uid)):
        messages.error(request, "It was over already.")
    return see_other(reverse("calls-work-one", args=[uid]))


@page("operator")
@require_safe
def work_file(request: MemberRequest, uid: UUID) -> HttpResponse | StreamingHttpResponse:
    job = _get(request, uid)
    if job.state != CallJob.DONE or not job.file:
        raise Http404
    try:
        file = open(files.path_of(job), "rb")  # noqa: SIM115  closed with the response
    except OSError:
        raise Http404 from None
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="calls-{job.created_at:%Y-%m-%d}-{str(job.uid)[:8]}.csv"',
        "Content-Length": str(job.size),
    }
    if request.method == "HEAD":
        file.close()
        return HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    response = StreamingHttpResponse(serving.read(file, 0, job.size), content_type="text/csv; charset=utf-8", headers=headers)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined] # as FileResponse does
    return response


def _get(request: MemberRequest, uid: UUID) -> CallJob:
    job = CallJob.objects.filter(account=request.account, uid=uid).select_related("user", "account").first()
    if job is None:
        raise Http404
    return job


def _deed(request: MemberRequest) -> str:
    """What is asked for. Raises PermissionDenied for what the member may not do."""
    deed = request.POST.get("deed", "")
    if deed not in jobs.DEEDS:
        deed = jobs.EXPORT
    if not request.member.may(NEEDED.get(deed, Role.OPERATOR)):
        raise PermissionDenied
    return deed


def _selection(request: MemberRequest, until: datetime) -> tuple[Selection, list[UUID]]:
    """All of the filters, or the calls that were ticked (with the ids as they came)."""
    if "all" in request.POST:
        return jobs.matching(request.account, filters.read(QueryDict(request.POST.get("query", ""))), until), []
    uids = []
    for text in request.POST.getlist("call")[: jobs.MOST_TICKED]:
        try:
            uids.append(UUID(text))
        except ValueError:
            continue
    return jobs.ticked(request.account, uids, until), uids


def _given(request: MemberRequest, deed: str) -> dict[str, object]:
    """What the deed needs besides. Raises ValueError."""
    if deed in (jobs.TAG, jobs.UNTAG):
        return {"tag": tags.spelt(request.account, tags.clean(request.POST.get("tag", "")))}
    if deed == jobs.EXPORT:
        return {"columns": request.POST.getlist("column")[:100], "zone": timezone.get_current_timezone_name()}
    return {}


def _moment(text: str) -> datetime:
    """When the question was asked; now, where that is not told. Never later than now."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return min(found, timezone.now()) if found is not None and found.tzinfo is not None else timezone.now()


def _back(request: MemberRequest) -> HttpResponse:
    target = reverse("calls")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return see_other(target)
