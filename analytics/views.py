"""Home."""

from django.http import HttpResponse

from config.kit.access import MemberRequest, page
from config.kit.http import render_page


@page("viewer")
def home(request: MemberRequest) -> HttpResponse:
    return render_page(request, "analytics/home.html", {})
