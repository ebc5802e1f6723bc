"""The corrected transcript of a call, beside what was heard live."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from calls.access import get_call
from calls.corrected import rows
from calls.models import CorrectedTranscript, Recording
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other

SURE = 0.8  # below it, a line is marked: both hearings differ


@page("viewer")
@require_safe
def corrected(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Asks for itself again while it is being made."""
    call = get_call(request.account, uid)
    row = CorrectedTranscript.objects.filter(call=call).first()
    lines = [{**line, "start_ms": round(line["start"] * 1000), "sure": line["confidence"] >= SURE} for line in row.lines] if row else []
    recorded = Recording.objects.filter(call=call, state=Recording.READY).exists()
    context = {"call": call, "row": row, "recorded": recorded, "lines": lines, "unsure": sum(not line["sure"] for line in lines)}
    return render_page(request, "calls/corrected.html", context, partial="made")


@page("operator")
@require_POST
def correct(request: MemberRequest, uid: UUID) -> HttpResponse:
    call = get_call(request.account, uid)
    if not rows.ask_again(call):
        rows.ask(call)
    return see_other(reverse("call-corrected", args=[call.uid]))
