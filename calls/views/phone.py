"""Answering a call in this browser: the page asks here for the way to the runner."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from calls.access import get_call
from calls.carriers.browser import tickets
from calls.states import ACTIVE
from config.kit.access import MemberRequest, page


@page("operator")
@require_POST
@never_cache
def phone(request: MemberRequest, uid: UUID) -> HttpResponse:
    """{url, ticket} of the socket for a call that is to be answered here; 409 when there is nothing (more) to answer."""
    call = get_call(request.account, uid)
    if call.carrier != "browser" or call.state not in ACTIVE:
        return JsonResponse({"error": "There is nothing to answer here."}, status=409)
    return JsonResponse({"url": f"{media_url(request)}/browser/{call.uid}", "ticket": tickets.issue(call)})


def media_url(request: MemberRequest) -> str:
    """Where the runner serves its sockets, as this browser reaches it."""
    if settings.MEDIA_URL_PUBLIC:
        return settings.MEDIA_URL_PUBLIC.rstrip("/")
    host = request.get_host()
    host = host if host.endswith("]") else host.rpartition(":")[0] or host
    return f"{'wss' if request.is_secure() else 'ws'}://{host}:{settings.MEDIA_PORT}"
