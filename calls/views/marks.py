"""Tags of one call, and deleting it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from calls import removing, tags
from calls.access import get_call
from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.http import see_other


@page("operator")
@require_POST
def call_tags(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Puts the tag that was typed, or takes the one whose button was pressed."""
    call = get_call(request.account, uid)
    wrong = ""
    try:
        if "take" in request.POST:
            tags.take(call, request.POST["take"][: tags.LONGEST])
        else:
            tags.put(call, request.POST.get("tag", ""))
    except ValueError as error:
        wrong = str(error)
    if request.htmx:
        context = {"uid": uid, "tags": tags.of(call), "known": tags.known(request.account), "wrong": wrong, "may_tag": True}
        return render(request, "calls/_tags.html", context, status=422 if wrong else 200)
    if wrong:
        messages.error(request, wrong)
    return see_other(reverse("call", args=[uid]))


@page("admin")
@require_POST
def call_delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    """For good. A call that is not over is refused."""
    call = get_call(request.account, uid)
    name = call.callee_name or call.to_number
    gone = partial(audit.record, call.account, "call.deleted", name, user=request.user, call=str(call.uid))
    if why := removing.remove(call, gone):
        messages.error(request, f"The call was not deleted. {why}")
        return see_other(reverse("call", args=[uid]))
    messages.info(request, f"The call with {name} is deleted.")
    return see_other(reverse("calls"))
