"""Listening in on a live call: the page asks here for the way to the runner. That somebody did stands in the audit log."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from calls.access import get_call
from calls.carriers.browser import tickets
from calls.runner.brief import WITH_SOUND
from calls.states import State
from calls.views.phone import media_url
from config.kit import audit
from config.kit.access import MemberRequest, page


@page("operator")
@require_POST
@never_cache
def listen(request: MemberRequest, uid: UUID) -> HttpResponse:
    """{url, ticket} of the socket that sends the sound of the call (calls.carriers.listening); 409 when there is none."""
    call = get_call(request.account, uid)
    if call.carrier not in WITH_SOUND or call.state != State.STARTED:
        return JsonResponse({"error": "There is nothing to hear now."}, status=409)
    with transaction.atomic():
        ticket = tickets.issue(call, "listen")
        audit.record(call.account, "call.listened", call.callee_name or call.to_number, user=request.user, call=str(call.uid))
    return JsonResponse({"url": f"{media_url(request)}/listen/{call.uid}", "ticket": ticket})
