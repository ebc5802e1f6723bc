"""Sign-in by password or one-time link, sign-out."""

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from config.kit import throttle
from config.kit.access import membership, public
from config.kit.http import safe_next, see_other
from config.models import SignInLink, User

BACKEND = "django.contrib.auth.backends.ModelBackend"
TOO_MANY = "Too many wrong tries from here. Wait 15 minutes, or ask an admin for a sign-in link."
WRONG = "E-mail or password is wrong."
NO_OFFICE = "You do not belong to an office here any more. Ask an admin to invite you."


class SignInForm(forms.Form):
    email = forms.CharField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "inputmode": "email"})
    )
    password = forms.CharField(
        label="Password", max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"), reverse("home"))
    if request.method == "GET":
        if request.user.is_authenticated:
            return see_other(target)
        return render(request, "sign_in/form.html", {"form": SignInForm(), "next": target})
    form = SignInForm(request.POST)
    status = 422
    if form.is_valid():
        user, error = _check(request, form.cleaned_data["email"].strip().lower(), form.cleaned_data["password"])
        if user is not None:
            login(request, user)
            return see_other(target)
        form.add_error(None, error)
        status = 429 if error == TOO_MANY else 422
    return render(request, "sign_in/form.html", {"form": form, "next": target}, status=status)


def _check(request: HttpRequest, email: str, password: str) -> tuple[User | None, str]:
    attempt = throttle.begin(str(request.META.get("REMOTE_ADDR", "")), email)
    if attempt is None:
        return None, TOO_MANY
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        return None, WRONG
    throttle.succeeded(attempt)
    if membership(user) is None:
        return None, NO_OFFICE
    return user, ""


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks: programs that preview links in mail and chat must not use it up. POST signs in, once."""
    if request.method == "GET":
        link = SignInLink.fresh(token).select_related("user").first()
        return render(request, "sign_in/link.html", {"person": link.user if link else None}, status=200 if link else 410)
    user = SignInLink.redeem(token)
    if user is None or membership(user) is None:
        return render(request, "sign_in/link.html", {"person": None}, status=410)
    login(request, user, backend=BACKEND)
    if not user.has_usable_password():
        messages.info(request, "You have no password yet. Choose one here, so that you need no link next time.")
        return see_other(reverse("settings-profile") + "#password")
    return see_other(reverse("home"))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return see_other(reverse("sign-in"))
