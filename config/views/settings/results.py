"""Results sent: the office's address, the secret that signs, a test, and how every address takes what is sent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from calls.hooks import health, office, shown, signing, trial
from calls.hooks.trial import Tried
from config.kit.access import MemberRequest, page
from config.kit.forms import Switch
from config.kit.http import see_other
from config.models import Account
from config.views.settings.subjects import render_subject

SUBJECT = "settings-results"
PAGE = 20


class ResultsForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=2048,
        required=False,
        help_text="Every result goes there by itself. A call or a persona may name an address of its own. Empty: nowhere.",
        widget=forms.URLInput(attrs={"placeholder": "https://ledger.example/results", "autocomplete": "off"}),
    )
    waits = forms.BooleanField(
        label="Wait for the facts",
        required=False,
        widget=Switch,
        help_text="On: a result is sent when its facts were read, and carries them. Off: it is sent at once.",
    )

    def __init__(self, account: Account, posted: Any = None, *, testing: bool = False) -> None:
        super().__init__(posted, initial={"url": account.webhook_url, "waits": account.webhook_waits})
        self.account = account
        self.fields["url"].required = testing
        self.fields["url"].show_optional = False  # type: ignore[attr-defined]  # the mark of config.kit.forms
        self.fields["url"].error_messages["required"] = "Write the address that the test goes to."

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url:
            try:
                office.check_address(self.account, url)
            except ValueError as wrong:
                raise forms.ValidationError(str(wrong)) from wrong
        return url


@page("admin")
@require_http_methods(["GET", "POST"])
def results(request: MemberRequest) -> HttpResponse:
    """POST saves the address; with `try` it sends a test to what stands in the field, saved or not, and shows what came back."""
    testing = "try" in request.POST
    form = ResultsForm(request.account, request.POST if request.method == "POST" else None, testing=testing)
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    if testing:
        return _page(request, form, tried=trial.send(request.account, form.cleaned_data["url"], by=request.user))
    changed = office.choose(request.account, form.cleaned_data["url"], form.cleaned_data["waits"], by=request.user)
    messages.success(request, "Saved." if changed else "Nothing was changed.")
    return see_other(reverse(SUBJECT))


@page("admin")
@never_cache
@require_http_methods(["GET", "POST"])
def secret(request: MemberRequest) -> HttpResponse:
    """POST makes a secret and shows it in this one answer: it is kept sealed, so no redirect could show it."""
    if request.method != "POST":
        return see_other(reverse(SUBJECT))
    made = signing.new_secret(request.account, request.user)
    return _page(request, ResultsForm(request.account), made=made)


@page("admin")
@require_POST
def secret_old(request: MemberRequest) -> HttpResponse:
    """The secret that was replaced signs nothing from now on."""
    if signing.remove_old(request.account, request.user):
        messages.success(request, "The old secret signs nothing any more.")
    return see_other(reverse(SUBJECT))


def _page(request: MemberRequest, form: ResultsForm, *, made: str = "", tried: Tried | None = None, status: int = 200) -> HttpResponse:
    rows = shown.filled(health.not_accepted(request.account)).select_related("call").defer(*shown.UNUSED)
    listed = Paginator(rows.order_by("-created_at", "-id"), PAGE).get_page(request.GET.get("page"))
    secrets = list(office.secrets(request.account))
    context = {
        "form": form,
        "made": made,
        "tried": tried,
        "secrets": secrets,
        "signs": next((row for row in secrets if row.retires_at is None), None),
        "servers": health.servers(request.account),
        "listed": listed,
        "open": [(row.call, shown.message(row)) for row in listed],
    }
    return render_subject(request, SUBJECT, "settings/results.html", context, status=status)
