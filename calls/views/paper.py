"""A call for paper."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from calls import paper
from calls.access import get_call
from calls.settings_shown import settings
from config.kit import times
from config.kit.access import MemberRequest, page
from config.kit.http import render_page


@page("viewer")
@require_safe
def printed(request: MemberRequest, uid: UUID) -> HttpResponse:
    call = get_call(request.account, uid)
    every = settings(call)
    changed = [setting for setting in every if setting.source != "default"]
    context = {
        "paper": paper.of_staff(call),
        "call": call,
        "persona": f"{call.persona.name}, version {call.persona_version}" if call.persona else "",
        "settings": changed,
        "standard": len(every) - len(changed),
        "printed_at": times.full(now()),
    }
    return render_page(request, "calls/print.html", context)
