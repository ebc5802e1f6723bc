"""The Call page and what staff may do on it."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from calls import queries
from calls.access import get_call
from calls.contexts import detail
from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from config.models import Role


@page("viewer")
@require_safe
def call(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = get_call(request.account, uid)
    shown = detail(
        found,
        queries.events_after(found.pk, 0),
        queries.utterances_after(found.pk, 0),
        queries.spans(found.pk),
        operator=request.member.may(Role.OPERATOR),
    )
    return render_page(request, "calls/detail.html", {"page": shown})
