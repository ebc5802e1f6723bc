"""API keys: made (and shown once), switched off."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.http import see_other
from config.models import ApiKey
from config.views.settings.subjects import render_subject

DAYS = {"": "Never", "30": "In 30 days", "90": "In 90 days", "365": "In a year"}


class KeyForm(forms.Form):
    name = forms.CharField(label="What is it for?", max_length=80, help_text="The name that staff see in the audit log.")
    days = forms.ChoiceField(label="Ends by itself", choices=DAYS.items(), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["days"].show_optional = False  # type: ignore[attr-defined]


@page("admin")
@never_cache
@require_http_methods(["GET", "POST"])
def keys(request: MemberRequest) -> HttpResponse:
    """POST makes a key and shows its secret in this one answer: it is kept nowhere, so no redirect could show it."""
    form = KeyForm(request.POST or None)
    made: tuple[ApiKey, str] | None = None
    if request.method == "POST" and form.is_valid():
        made = _make(request, form.cleaned_data["name"], form.cleaned_data["days"])
        form = KeyForm()
    rows = ApiKey.objects.filter(account=request.account).select_related("created_by").order_by("revoked_at", "-created_at", "-pk")
    everything = "all" in request.GET
    context = {
        "form": form,
        "made": made,
        "keys": [row for row in rows if everything or row.revoked_at is None],
        "revoked": sum(row.revoked_at is not None for row in rows),
        "everything": everything,
        "now": now(),
        "endpoint": request.build_absolute_uri("/v1/calls"),
    }
    return render_subject(request, "settings-keys", "settings/keys.html", context, status=422 if form.errors else 200)


def _make(request: MemberRequest, name: str, days: str) -> tuple[ApiKey, str]:
    with transaction.atomic():
        key, secret = ApiKey.issue(request.account, name, days=int(days) if days else None, by=request.user)
        audit.record(request.account, "key.made", name, user=request.user, prefix=key.prefix, days=days or None)
    return key, secret


@page("admin")
@require_POST
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    key = ApiKey.objects.filter(account=request.account, pk=pk).first()
    if key is None:
        raise Http404
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now()):
            audit.record(request.account, "key.revoked", key.name, user=request.user, prefix=key.prefix)
    messages.success(request, f"The key “{key.name}” is off.")
    return see_other(reverse("settings-keys"))
