"""Settings: a Twilio account of the sender's own becomes the `encrypted_key` of their calls."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from calls import own_carrier
from calls.carriers.twilio import settings as twilio
from calls.own_carrier import OwnAccount
from config.kit import audit
from config.kit.access import MemberRequest, page
from config.views.settings.subjects import render_subject


class OwnKeyForm(forms.Form):
    account_sid = forms.CharField(label="Account SID", max_length=80, help_text="Begins with AC, on the first page of the Twilio console.")
    auth_token = forms.CharField(
        label=twilio.SECRET_LABEL,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Beside the account SID. It is not kept here.",
    )
    base_url = forms.CharField(
        label="Address of the API",
        max_length=200,
        required=False,
        initial=twilio.TWILIO,
        help_text="Another one for a provider that speaks the same API.",
    )

    def clean_auth_token(self) -> str:
        token: str = self.cleaned_data["auth_token"]
        if wrong := twilio.check_secret(token):
            raise ValidationError(wrong)
        return token

    def clean(self) -> dict[str, str]:
        given: dict[str, str] = {str(name): self.cleaned_data[name] for name in ("account_sid", "base_url") if name in self.cleaned_data}
        clean, errors = twilio.check(given)
        for name, error in errors.items():
            if name not in self.errors:
                self.add_error(name, error)
        if not self.errors and (wrong := own_carrier.try_out(OwnAccount(auth_token=self.cleaned_data["auth_token"], **clean))):
            self.add_error("auth_token", wrong)
        return {**self.cleaned_data, **clean}

    @property
    def own(self) -> OwnAccount:
        return OwnAccount(self.cleaned_data["account_sid"], self.cleaned_data["auth_token"], self.cleaned_data["base_url"])


@page("admin")
@never_cache
@require_http_methods(["GET", "POST"])
def own_key(request: MemberRequest) -> HttpResponse:
    """POST makes a key and shows it in this one answer: it is kept nowhere, so no redirect could show it."""
    form, made = OwnKeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        made = _make(request, form.own)
        form = OwnKeyForm()
    context = {"form": form, "made": made, "endpoint": request.build_absolute_uri("/v1/calls")}
    return render_subject(request, "settings-lines", "settings/own_key.html", context, status=422 if form.errors else 200)


def _make(request: MemberRequest, own: OwnAccount) -> str:
    with transaction.atomic():
        audit.record(request.account, "own_carrier.key_made", own.account_sid, user=request.user)
        return own_carrier.make_key(request.account, own)
