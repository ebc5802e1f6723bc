"""Phone lines: SIP trunks and Twilio accounts, connected, tested and switched on and off."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import line_setup
from calls import lines as rows
from calls.line_forms import LineForm
from calls.line_kinds import KINDS, Kind
from calls.models import Call, Line, Number
from calls.states import ON_THE_LINE, State
from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.http import see_other
from config.models import Account
from config.views.settings.subjects import render_subject

SUBJECT = "settings-lines"
SHOWN_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the list says it."""

    row: Line
    kind: Kind
    where: str
    numbers: list[str]  # the first few
    more: int  # numbers that are not named
    talking: int
    waiting: int


@page("admin")
@require_safe
def lines(request: MemberRequest) -> HttpResponse:
    shown = _shown(request.account)
    context = {
        "lines": shown,
        "kinds": [(kind, reverse(f"settings-line-new-{kind.key}"), kind.missing()) for kind in KINDS.values()],
        "off": bool(shown) and not any(line.row.enabled for line in shown),
    }
    return render_subject(request, SUBJECT, "settings/lines.html", context)


def _shown(account: Account) -> list[Shown]:
    states = Call.objects.filter(account=account, line__isnull=False, state__in=[State.QUEUED, *ON_THE_LINE]).values_list("line", "state")
    calls = {(line, state): count for line, state, count in states.annotate(Count("pk"))}
    numbered = Line.objects.filter(account=account).prefetch_related(Prefetch("numbers", Number.objects.order_by("-is_default", "number")))
    found = []
    for row in numbered.order_by("name"):
        numbers = [number.number for number in row.numbers.all()]
        kind = KINDS[row.kind]
        more = max(0, len(numbers) - SHOWN_NUMBERS)
        talking = sum(calls.get((row.pk, state), 0) for state in ON_THE_LINE)
        waiting = calls.get((row.pk, State.QUEUED), 0)
        found.append(Shown(row, kind, kind.where(row.settings), numbers[:SHOWN_NUMBERS], more, talking, waiting))
    return found


@page("admin")
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, kind: str) -> HttpResponse:
    return _form(request, KINDS[kind], None)


@page("admin")
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, uid: UUID) -> HttpResponse:
    line = get_line(request.account, uid)
    return _form(request, KINDS[line.kind], line)


def _form(request: MemberRequest, kind: Kind, line: Line | None) -> HttpResponse:
    form = LineForm(request.account, kind, request.POST if request.method == "POST" else None, line=line)
    if form.is_bound and form.is_valid() and form.checked is not None:
        saved = line_setup.store(request.account, kind, form.checked, line, by=request.user)
        if request.POST.get("then") == "test":
            _test(request, saved)
        else:
            messages.success(request, f"{saved.name} is saved.")
        return see_other(reverse(SUBJECT))
    name = Line.objects.values_list("name", flat=True).get(pk=line.pk) if line else ""  # as saved: a refused form has changed nothing
    context = {"form": form, "kind": kind, "line": line, "name": name, "missing": kind.missing()}
    return render_subject(request, SUBJECT, "settings/line.html", context, status=422 if form.errors else 200)


@page("admin")
@require_POST
def test(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Asks the other side, which takes up to eight seconds, and shows what came back."""
    _test(request, get_line(request.account, uid))
    return see_other(reverse(SUBJECT))


def _test(request: MemberRequest, line: Line) -> None:
    ok, message = line_setup.run_test(line, request.user)
    (messages.success if ok else messages.error)(request, f"{line.name}: {message}")


@page("admin")
@require_POST
def switch(request: MemberRequest, uid: UUID) -> HttpResponse:
    line = get_line(request.account, uid)
    wanted = request.POST.get("to") == "on"
    if line.enabled != wanted:
        with transaction.atomic():
            rows.save(line, enabled=wanted)
            audit.record(request.account, "line.on" if wanted else "line.off", line.name, user=request.user)
    messages.success(
        request,
        f"{line.name} is {'on: calls go out over it.' if wanted else 'off: calls wait until it is on again.'}",
    )
    return see_other(reverse(SUBJECT))


@page("admin")
@require_POST
def make_default(request: MemberRequest, uid: UUID) -> HttpResponse:
    line = get_line(request.account, uid)
    if not line.is_default:
        with transaction.atomic():
            rows.save(line, is_default=True)
            audit.record(request.account, "line.default", line.name, user=request.user)
    messages.success(request, f"Calls go over {line.name} unless their number belongs to another line.")
    return see_other(reverse(SUBJECT))


@page("admin")
@require_http_methods(["GET", "POST"])
def remove(request: MemberRequest, uid: UUID) -> HttpResponse:
    """GET says what would become of its calls and numbers, POST removes."""
    line = get_line(request.account, uid)
    if request.method != "POST":
        context = {
            "line": line,
            "waiting": line.calls.filter(state=State.QUEUED).count(),
            "talking": line.calls.filter(state__in=ON_THE_LINE).count(),
            "numbers": line.numbers.count(),
        }
        return render_subject(request, SUBJECT, "settings/line_remove.html", context)
    with transaction.atomic():
        audit.record(request.account, "line.removed", line.name, user=request.user, kind=line.kind)
        rows.remove(line)
    messages.success(request, f"{line.name} is removed.")
    return see_other(reverse(SUBJECT))


def get_line(account: Account, uid: UUID) -> Line:
    """Raises Http404 for a line of another office."""
    line = Line.objects.filter(account=account, uid=uid).select_related("account").first()
    if line is None:
        raise Http404
    return line
