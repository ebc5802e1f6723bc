"""Links to one call for somebody without an account: staff make and end them, whoever holds one reads."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import paper
from calls.access import get_call
from calls.models import Call, ShareLink
from calls.recordings import serving
from calls.sharing import links
from calls.sharing.panel import CLOSED, SOUND, Panel, form_for, panel
from calls.states import ENDED
from config.kit.access import MemberRequest, page, public
from config.kit.http import render_page, see_other

NOT_OVER = "The call is not over yet. A link can be made when it is."


@page("operator")
@never_cache
@require_http_methods(["GET", "POST"])
def share(request: MemberRequest, uid: UUID) -> HttpResponse:
    """POST makes a link and shows its address in this one answer: it is kept nowhere, so no redirect could show it."""
    call = get_call(request.account, uid)
    if call.state not in ENDED:
        messages.error(request, NOT_OVER)
        return see_other(reverse("call", args=[uid]))
    if request.method == "GET":
        return _panel(request, call, panel(call))
    form = form_for(call, request.POST)
    if not form.is_valid():
        return _panel(request, call, panel(call, form), status=422)
    show, days = form.cleaned_data["show"], int(form.cleaned_data["days"])
    try:
        _, address = links.make(call, request.user, redact=show == CLOSED, sound=show == SOUND, days=days)
    except ValueError as error:
        return _panel(request, call, panel(call, form, wrong=str(error)), status=422)
    return _panel(request, call, panel(call, made=address))


@page("operator")
@require_POST
def share_end(request: MemberRequest, uid: UUID, pk: int) -> HttpResponse:
    call = get_call(request.account, uid)
    links.end(call, pk, request.user)  # one that did not open any more is as ended as it was
    if request.htmx:
        return _panel(request, call, panel(call))
    return see_other(reverse("call", args=[uid]) + "#call-share")


def _panel(request: MemberRequest, call: Call, shown: Panel, *, status: int = 200) -> HttpResponse:
    template = "calls/_share.html" if request.htmx else "calls/share.html"
    return render_page(request, template, {"share": shown, "call": call}, status=status)


# For whoever holds the address -------------------------------------------------------------------------------------------------
@public
@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    link = links.find(token)
    if link is None:
        return _unlisted(render(request, "calls/shared_gone.html", status=404))
    if request.method == "GET":
        links.count(link)
    with timezone.override(ZoneInfo(link.call.account.timezone)):
        context = {"paper": paper.of_others(link.call, closed=link.redact), "link": link, "sound": _sound_of(link, token)}
        return _unlisted(render(request, "calls/shared.html", context))


@public
@require_safe
def shared_sound(request: HttpRequest, token: str) -> HttpResponseBase:
    """Only through a link that was made with sound."""
    link = links.find(token)
    found = serving.ready(link.call) if link and _may_hear(link) else None
    answer = serving.respond(request, link.call, found) if link and found else None
    if answer is None:
        answer = render(request, "calls/shared_gone.html", status=404)
    answer.headers["Cache-Control"] = "private, no-store"
    return _unlisted(answer)


def _may_hear(link: ShareLink) -> bool:
    return link.with_sound and not link.redact


def _sound_of(link: ShareLink, token: str) -> str:
    return reverse("shared-sound", args=[token]) if _may_hear(link) and serving.ready(link.call) else ""


def _unlisted[Answer: HttpResponseBase](answer: Answer) -> Answer:
    """No search engine keeps it, and no page that it leads to learns its address."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
