"""Changing the outcome of a call, and going back to the automatic one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from analytics import corrections
from analytics.outcome_form import CorrectionForm
from calls.access import get_call
from calls.contexts import outcome_words
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other


@page("operator")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The form, a page of its own or, to htmx, a part of the Call page."""
    call = get_call(request.account, uid)
    form = CorrectionForm(call, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.correct(call, form.tag, line_seq=form.line_seq, note=form.cleaned_data["note"], by=request.user)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            return see_other(reverse("call", args=[uid]))
    wrote = corrections.automatic(call.pk)
    was = outcome_words(wrote.tag) if wrote else ""
    context = {"call": call, "form": form, "automatic": wrote, "was": was, "changed": corrections.newest(call.pk)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "analytics/outcome.html", context, partial="form", status=status)


@page("operator")
@require_POST
def give_back(request: MemberRequest, uid: UUID) -> HttpResponse:
    call = get_call(request.account, uid)
    if not corrections.give_back(call, by=request.user):
        messages.error(request, "There is no other outcome to go back to.")
    return see_other(reverse("call", args=[uid]))
