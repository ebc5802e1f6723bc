"""Home."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.home import home as build
from config.kit.access import MemberRequest, page
from config.kit.http import render_page


@page("viewer")
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The whole page, or to htmx the part of it that changes by itself."""
    context = {"home": build(request.account), "here": timezone.localtime(), "zone": timezone.get_current_timezone_name()}
    return render_page(request, "analytics/home.html", context, partial="today")
