"""Sign-in by password or one-time link, sign-out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.kit.access import public


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    return render(request, "sign_in/form.html")


@public
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "sign_in/form.html")


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")
