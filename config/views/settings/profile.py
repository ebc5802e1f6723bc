"""Settings of the person who is signed in."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.kit.access import MemberRequest, page
from config.kit.http import render_page, safe_next, see_other

THEMES = ("auto", "light", "dark")


@page("viewer")
def index(request: MemberRequest) -> HttpResponse:
    return redirect("settings-profile")


@page("viewer")
def profile(request: MemberRequest) -> HttpResponse:
    return render_page(request, "settings/profile.html", {})


@page("viewer")
@require_POST
def theme(request: MemberRequest) -> HttpResponse:
    """Keeps the theme with the person; the page in view changes by itself (static/js/lib/theme.js)."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest("theme is auto, light or dark")
    request.user.theme = chosen
    request.user.save(update_fields=["theme"])
    if request.htmx:
        return HttpResponse(status=204)
    return see_other(safe_next(request, request.POST.get("next"), reverse("home")))
