"""Results sent: the panel on the Call page, what was sent, and sending again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from calls import hooks
from calls.access import get_call
from calls.hooks import health
from calls.hooks.shown import deliveries
from calls.models import Delivery
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, safe_next, see_other
from config.models import Role


@page("viewer")
@require_safe
def panel(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The panel alone, which looks again by itself while something is to come; whoever opens it as a page gets the call."""
    found = get_call(request.account, uid)
    if not request.htmx:
        return see_other(reverse("call", args=[uid]) + "#call-deliveries")
    context = {"page": {"uid": uid, "operator": request.member.may(Role.OPERATOR)}, "deliveries": deliveries(found)}
    return render_page(request, "calls/_deliveries.html", context)


@page("viewer")
@require_safe
def body(request: MemberRequest, uid: UUID, delivery: UUID) -> HttpResponse:
    """What was sent, to the byte."""
    found = _delivery(request, uid, delivery)
    return HttpResponse(found.body or "Not made yet.", content_type="text/plain; charset=utf-8")


@page("operator")
@require_POST
def again(request: MemberRequest, uid: UUID, delivery: UUID) -> HttpResponse:
    found = _delivery(request, uid, delivery)
    return _sent_again(request, [found.uid], reverse("call", args=[uid]) + "#call-deliveries")


@page("operator")
@require_POST
def again_all(request: MemberRequest) -> HttpResponse:
    """Everything that one server did not accept."""
    rows = health.not_accepted(request.account, request.POST.get("server", "")[:300])
    return _sent_again(request, list(rows.order_by("pk").values_list("uid", flat=True)), reverse("home"))


@page("operator")
@require_POST
def leave(request: MemberRequest) -> HttpResponse:
    """What one server did not accept and was given up stays unsent: it needs nobody any more."""
    left = health.leave(request.account, request.POST.get("server", "")[:300], by=request.user)
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, "It stays unsent." if left else "Nothing was given up there.")
    return see_other(safe_next(request, request.POST.get("next"), reverse("home")))


def _sent_again(request: MemberRequest, uids: list[UUID], otherwise: str) -> HttpResponse:
    count = hooks.resend(request.account, uids, by=request.user)
    if request.htmx:
        return HttpResponse(status=204)
    if count:
        messages.success(request, f"Sending {'it' if count == 1 else f'{count:,} results'} again now.")
    else:
        messages.success(request, "It is on its way already.")
    return see_other(safe_next(request, request.POST.get("next"), otherwise))


def _delivery(request: MemberRequest, uid: UUID, delivery: UUID) -> Delivery:
    found = Delivery.objects.filter(account=request.account, call__uid=uid, uid=delivery).first()
    if found is None:
        raise Http404
    return found
