"""Sign-in, settings and error pages."""

from django.http import HttpRequest, HttpResponse

from config.kit.access import public


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in")


@public
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("sign in")


@public
def sign_out(request: HttpRequest) -> HttpResponse:
    return HttpResponse("out")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("Not found", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("Not allowed", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Internal server error", status=500)
