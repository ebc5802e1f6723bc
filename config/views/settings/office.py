"""The office itself: name, country, time zone; and its audit log."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from config.kit import audit, countries
from config.kit.access import MemberRequest, page
from config.kit.forms import ModelFormOf
from config.kit.http import see_other
from config.models import Account, AuditEntry
from config.views.settings.profile import zones
from config.views.settings.subjects import render_subject

PAGE = 50


class OfficeForm(ModelFormOf[Account]):
    name = forms.CharField(label="Name", max_length=120)
    country = forms.ChoiceField(label="Country", help_text="Numbers without + are read as its numbers, and it may always be called.")
    timezone = forms.ChoiceField(label="Time zone", help_text="For everybody who has not chosen their own.")
    recording_days = forms.IntegerField(
        label="Keep recordings for",
        min_value=0,
        max_value=3650,
        help_text="Days. Older ones are deleted, those that are there now too; what was said stays as text. 0: they are kept.",
    )

    class Meta:
        model = Account
        fields = ["name", "country", "timezone", "recording_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("country", countries.choices()), ("timezone", zones())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@page("admin")
@require_http_methods(["GET", "POST"])
def office(request: MemberRequest) -> HttpResponse:
    row = Account.objects.get(pk=request.account.pk)  # a copy: a refused form must not change what the page's head shows
    form = OfficeForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        before = {name: form.initial[name] for name in form.changed_data}
        with transaction.atomic():
            form.save()
            after = {name: form.cleaned_data[name] for name in form.changed_data}
            audit.record(request.account, "account.changed", row.name, user=request.user, before=before, after=after)
        messages.success(request, "Saved.")
        return see_other(reverse("settings-account"))
    return render_subject(request, "settings-account", "settings/office.html", {"form": form}, status=422 if form.errors else 200)


@page("admin")
@require_safe
def audit_log(request: MemberRequest) -> HttpResponse:
    rows = AuditEntry.objects.filter(account=request.account).select_related("user", "api_key").order_by("-at", "-pk")
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    entries = [(entry, audit.WORDS.get(entry.action, entry.action), audit.details(entry)) for entry in listed]
    return render_subject(request, "settings-audit", "settings/audit.html", {"listed": listed, "entries": entries})
