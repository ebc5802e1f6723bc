"""Send call: the form, its answers while one types, and the five seconds in which a call can be taken back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from calls import control
from calls.access import get_call
from calls.carriers import registry
from calls.models import Call
from calls.requests import Refused, send
from calls.send import page as pages
from calls.send.form import SendForm
from calls.send.inherit import inherited
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from config.models import IdempotentRequest
from personas.parameters import FieldError

HOLD = timedelta(seconds=5)
# What the buttons ask for. "call" goes the way of the number; a rehearsal rings no telephone, whatever became of the lines meanwhile.
CARRIERS = {"browser": registry.BROWSER, "rehearse": registry.SIMULATED}


@page("operator")
@require_http_methods(["GET", "HEAD", "POST"])
def send_call(request: MemberRequest) -> HttpResponse:
    """GET: the form, empty, after another call (?again=) or with a persona (?persona=, with &draft= to rehearse its draft).

    POST: sends, or draws the form anew with what is wrong.
    """
    if request.method != "POST":
        return _draw(request, _first_form(request))
    form = _posted_form(request)
    if request.POST.get("how") in ("look", "fact"):
        return _draw(request, form)
    return _send(request, form)


@page("operator")
@require_POST
def check(request: MemberRequest) -> HttpResponse:
    """The "Can I call now?" card for what stands in the form."""
    form = _posted_form(request)
    body = form.read()[0]
    context = {
        "can": pages.can_call(request.account, form, body),
        "phone": request.POST.get("phone_number", ""),
        "rehearsal": registry.rehearsing(request.account),
        "swapped": True,  # what else on the page tells of number and line comes along
    }
    return render(request, "calls/send/can.html", context)


@page("operator")
@require_POST
def reading(request: MemberRequest) -> HttpResponse:
    """How the built-in agent reads the task in the form."""
    form = _posted_form(request)
    body = form.read()[0]
    return render(request, "calls/send/reading.html", pages.reading_context(request.account, form, body))


@page("operator")
@require_POST
def curl(request: MemberRequest) -> HttpResponse:
    """The request of the form as a curl command."""
    form = _posted_form(request)
    body = form.read()[0]
    context = {"curl": pages.curl_of(body), "persona_short": form.held.short_name, "draft": form.held.draft}
    return render(request, "calls/send/curl.html", context)


@page("operator")
@require_POST
def undo(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Calls the call off while it waits. The form stays as it is and can be sent again."""
    call = get_call(request.account, uid)
    stopped = control.stop(call, str(request.user))
    if not getattr(request, "htmx", None):
        return see_other(reverse("call", args=[call.uid]))
    context = {
        "rehearsal": registry.rehearsing(request.account),
        "draft": "draft" in request.POST,
        "token": uuid4().hex,
        "undone": stopped,
        "call": call,
    }
    return render(request, "calls/send.html#go", context)


def _first_form(request: MemberRequest) -> SendForm:
    body: dict[str, Any] = {}
    if uid := request.GET.get("again", ""):
        try:
            body = dict(get_call(request.account, UUID(uid)).request)
        except ValueError:
            body = {}
    elif not request.GET.get("persona"):
        body = pages.example()
    held = inherited(request.account, str(body.get("persona_id") or request.GET.get("persona", "")), draft="draft" in request.GET)
    if held.draft:
        body["phone_number"] = pages.EXAMPLE_NUMBER
    return SendForm(request.account, held, body={k: v for k, v in body.items() if k != "start_time"})


def _posted_form(request: MemberRequest) -> SendForm:
    """The posted controls over what they were drawn with: only what differs from that is said for this call."""
    held = inherited(request.account, request.POST.get("held", ""), draft="draft" in request.POST)
    form = SendForm(request.account, held, data=request.POST)
    if form.wanted_persona == form.held_uid:
        return form
    body = form.read()[0]
    if form.wanted_persona:
        body.pop("task", None)  # the new persona brings its own
    return SendForm(request.account, inherited(request.account, form.wanted_persona), body=body)


def _draw(
    request: MemberRequest, form: SendForm, *, errors: list[FieldError] | None = None, reason: str = "", status: int = 200
) -> HttpResponse:
    context = pages.context(request.account, form, errors or [], reason)
    return render_page(request, "calls/send.html", context, partial="page", status=status)


def _send(request: MemberRequest, form: SendForm) -> HttpResponse:
    body, unreadable = form.read()
    if unreadable:
        return _refuse(request, form, unreadable)
    carrier = CARRIERS.get(request.POST.get("how", ""), "")
    token = f"page:{request.POST.get('token', '')[:64]}"
    plan = pages.corrected_plan(request.account, form, body)
    hold = timedelta(0) if carrier == registry.BROWSER else HOLD

    def saved(call: Call) -> None:
        # the same form sent twice finds this row taken: the second call is not saved, the first stands
        IdempotentRequest.objects.create(account=request.account, key=token, body_digest="", status=200, answer={"call_id": str(call.uid)})
        columns: dict[str, Any] = {"due_at": max(call.due_at, now() + hold)}
        if plan is not None:
            columns["reading"] = plan
        Call.objects.filter(pk=call.pk).update(**columns)

    try:
        call = send(request.account, body, by=request.user, source="page", carrier=carrier, rehearsed=form.held.draft, on_saved=saved)
    except Refused as refused:
        first = IdempotentRequest.objects.filter(account=request.account, key=token).first()
        if first is None or not first.answer:
            message = str(refused.body.get("message") or refused.body.get("details") or "")
            return _refuse(request, form, refused.errors or [FieldError("", message)], refused.reason)
        call = get_call(request.account, UUID(first.answer["call_id"]))
    return _accepted(request, call, hold)


def _accepted(request: MemberRequest, call: Call, hold: timedelta) -> HttpResponse:
    """The countdown with Undo in place of the button; straight to the call where there is nothing to count."""
    target = reverse("call", args=[call.uid])
    if not getattr(request, "htmx", None):
        return see_other(target)
    if not hold or call.due_at > now() + hold + HOLD:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    ms = int(hold.total_seconds() * 1000)
    context = {"call": call, "route": pages.route_of(call), "hold_ms": ms, "hold_seconds": ms // 1000}
    return render(request, "calls/send.html#hold", context)


def _refuse(request: MemberRequest, form: SendForm, errors: list[FieldError], reason: str = "") -> HttpResponse:
    """The whole form with the messages beside the fields; a press through htmx swaps it in."""
    response = _draw(request, form, errors=errors, reason=reason, status=422)
    if getattr(request, "htmx", None):
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#main", "innerHTML"
    return response
