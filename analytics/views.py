"""Home."""

from django.http import HttpResponse

from config.kit.access import MemberRequest, page


@page("viewer")
def home(request: MemberRequest) -> HttpResponse:
    return HttpResponse("home")
