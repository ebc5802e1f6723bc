"""Settings of the person who is signed in: name, zone, theme, password, which office."""

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.forms import ModelFormOf
from config.kit.http import safe_next, see_other
from config.models import Member, User
from config.views.settings.subjects import render_subject

THEMES = {"auto": "Same as this computer", "light": "Light", "dark": "Dark"}


def zones() -> list[tuple[str, str]]:
    """Every zone people live in, by name; not the historic and technical ones."""
    known = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "posix/", "right/")))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in known)]


class ProfileForm(ModelFormOf[User]):
    name = forms.CharField(label="Name", max_length=120, help_text="As colleagues know you. It stands beside what you change.")
    timezone = forms.ChoiceField(label="Time zone", required=False, help_text="Times on every page are shown in it.")
    theme = forms.ChoiceField(label="Theme", choices=THEMES.items(), widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ["name", "timezone", "theme"]

    def __init__(self, *args: object, office_zone: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["timezone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", f"The office’s ({office_zone})"), *zones()]
        field.show_optional = False  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """A new password; the present one is asked for when there is one."""

    present = forms.CharField(
        label="Present password", strip=False, max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. A sentence is easier to keep in mind than a riddle.",
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user
        if not user.has_usable_password():
            del self.fields["present"]

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise ValidationError("That is not the present password.")
        return present

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new


@page("viewer")
def index(request: MemberRequest) -> HttpResponse:
    return see_other(reverse("settings-profile"))


@page("viewer")
@require_http_methods(["GET", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user, office_zone=request.account.timezone)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return see_other(reverse("settings-profile"))
    return _show(request, form, PasswordForm(user=request.user), status=422 if form.errors else 200)


def _show(request: MemberRequest, form: ProfileForm, password: PasswordForm, *, status: int) -> HttpResponse:
    offices = list(Member.objects.filter(user=request.user).select_related("account").order_by("account__name"))
    context = {"form": form, "password": password, "offices": offices}
    return render_subject(request, "settings-profile", "settings/profile.html", context, status=status)


@page("viewer")
@sensitive_post_parameters("present", "new")
@require_POST
def password(request: MemberRequest) -> HttpResponse:
    form = PasswordForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, ProfileForm(instance=request.user, office_zone=request.account.timezone), form, status=422)
    request.user.set_password(form.cleaned_data["new"])
    request.user.save(update_fields=["password"])
    update_session_auth_hash(request, request.user)  # this session stays, all others of this person end
    audit.record(request.account, "profile.password", str(request.user), user=request.user)
    messages.success(request, "Password changed. You are signed out everywhere else.")
    return see_other(reverse("settings-profile"))


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


@page("viewer")
@require_POST
def switch(request: MemberRequest) -> HttpResponse:
    """Acts in another office that this person belongs to."""
    found = Member.objects.filter(user=request.user, pk=_number(request.POST.get("office"))).select_related("account").first()
    if found is None:
        raise Http404
    request.session["account"] = str(found.account.uid)
    messages.success(request, f"You are in {found.account.name} now.")
    return see_other(reverse("home"))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
