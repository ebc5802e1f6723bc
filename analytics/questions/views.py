"""Questions about calls: asked, answered by the worker, read and taken along."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analytics.models import QuestionRun
from analytics.questions import forms, runs, shown
from analytics.questions.forms import QuestionsForm
from calls import filters, queries
from calls.access import visible_calls
from calls.models import Call
from calls.states import Status
from config.kit import csv
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from config.models import Account


@dataclass(frozen=True, slots=True)
class Chosen:
    """The calls that the next questions are for."""

    query: str  # as the address names them
    count: int
    one: Call | None  # when it is a single call
    filtered: bool

    @property
    def more(self) -> bool:
        return self.count > runs.MOST_CALLS


@page("viewer")
@require_safe
def questions(request: MemberRequest) -> HttpResponse:
    """The latest runs, and a form for the calls that the address names: `call=` one, or filters of the Calls page."""
    asked_before = _run(request.account, request.GET["again"]) if "again" in request.GET else None
    initial = forms.filled(asked_before.questions, asked_before.goal) if asked_before else {}
    return _draw(request, QuestionsForm(initial=initial), request.GET)


@page("operator")
@require_POST
def ask(request: MemberRequest) -> HttpResponse:
    which = QueryDict(request.POST.get("which", ""))
    form = QuestionsForm(request.POST)
    if not form.is_valid():
        return _draw(request, form, which, status=422)
    calls = list(_calls(request.account, which)[: runs.MOST_CALLS])
    if not calls:
        form.add_error(None, "None of these calls has a conversation to read. Choose others on the Calls page.")
        return _draw(request, form, which, status=422)
    run = runs.begin(request.account, request.user, form.asked, calls, form.goal_text)
    runs.nudge(run.pk)
    return see_other(reverse("questions-run", args=[run.uid]))


@page("viewer")
@require_safe
def run(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The answers as they come; the page asks for itself again while there are more."""
    row = _run(request.account, uid)
    items = shown.answered(row, request.GET.get("page", "1"))
    context = {"run": shown.run(row), "items": items, "answered": shown.calls_of(row, items)}
    return render_page(request, "questions/run.html", context, partial="found")


@page("operator")
@require_POST
def stop(request: MemberRequest, uid: UUID) -> HttpResponse:
    row = _run(request.account, uid)
    if not runs.stop(row):
        messages.info(request, "It was over already.")
    return see_other(reverse("questions-run", args=[row.uid]))


@page("viewer")
@require_safe
def file(request: MemberRequest, uid: UUID) -> StreamingHttpResponse:
    row = _run(request.account, uid)
    answer = StreamingHttpResponse(_file(row), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="answers-{row.created_at:%Y-%m-%d}.csv"'
    return answer


def _file(row: QuestionRun) -> Iterator[bytes]:
    yield csv.MARK.encode()
    for line in csv.lines(shown.csv_rows(row)):
        yield line.encode()


def _run(account: Account, uid: UUID | str) -> QuestionRun:
    try:
        wanted = UUID(str(uid))
    except ValueError:
        raise Http404 from None
    row = QuestionRun.objects.filter(account=account, uid=wanted).select_related("created_by").first()
    if row is None:
        raise Http404
    return row


def _calls(account: Account, which: QueryDict) -> QuerySet[Call]:
    """Calls with a conversation, newest first."""
    if "call" in which:
        try:
            calls = visible_calls(account).filter(uid=UUID(str(which["call"])))
        except ValueError:
            raise Http404 from None
    else:
        asked = filters.read(which)
        window = asked.window(timezone.localdate(), timezone.get_current_timezone())
        calls = queries.filtered(account, asked, window, timezone.now())
    return calls.filter(status=Status.COMPLETED, ended_at__isnull=False).order_by("-created_at", "-id")


def _draw(request: MemberRequest, form: QuestionsForm, which: QueryDict, *, status: int = 200) -> HttpResponse:
    calls = _calls(request.account, which)
    count = calls.order_by()[: runs.MOST_CALLS + 1].count()
    single = "call" in which
    one = calls.first() if single else None
    if single and one is None:
        raise Http404
    query = f"call={one.uid}" if one else filters.read(which).query()
    context = {
        "form": form,
        "chosen": Chosen(query, count, one, bool(filters.read(which)) and not single),
        "most": runs.MOST_CALLS,
        "runs": shown.latest(request.account),
    }
    return render_page(request, "questions/ask.html", context, status=status)
