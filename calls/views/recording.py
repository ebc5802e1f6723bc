"""The sound of a call for people: played on its page, downloaded, deleted; and for whoever holds a link that a program passed on."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from calls.access import get_call
from calls.models import Call
from calls.recordings import links, rows, serving
from config.kit.access import MemberRequest, page, public
from config.kit.http import see_other


@page("viewer")
@require_safe
def recording(request: MemberRequest, uid: UUID) -> HttpResponseBase:
    """For the player; with `?download` as a file to keep."""
    call = get_call(request.account, uid)
    found = serving.ready(call)
    answer = serving.respond(request, call, found, download="download" in request.GET) if found else None
    if answer is None:
        raise Http404
    return answer


@page("editor")
@require_POST
def recording_delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    call = get_call(request.account, uid)
    if not rows.delete(call, request.user):
        messages.error(request, "There is no recording to delete.")
    return see_other(reverse("call", args=[uid]))


@public
@require_safe
def recording_link(request: MemberRequest, uid: UUID) -> HttpResponseBase:
    """What `recording_url` leads to. A link that is wrong, ran out, or leads to what was deleted gets the same answer."""
    if links.opens(uid, request.GET.get("until", ""), request.GET.get("signature", "")):
        call = Call.objects.only("pk", "uid", "created_at").filter(uid=uid).first()
        found = serving.ready(call) if call else None
        if call and found and (answer := serving.respond(request, call, found)):
            return answer
    return HttpResponse("This link does not work any more. Ask for the details of the call to get a new one.\n", "text/plain", 410)
