"""Calling rules: what may be called, how often and when."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from calls.models import CallingRules
from config.kit import audit, countries
from config.kit.access import MemberRequest, page
from config.kit.forms import ModelFormOf, Switch
from config.kit.http import see_other
from config.views.settings.subjects import render_subject

MOST = 1_000_000
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RulesForm(ModelFormOf[CallingRules]):
    allowed_countries = forms.CharField(
        label="Other countries that may be called",
        required=False,
        max_length=1000,
        help_text="Two-letter codes with commas between them, like CA, MX. Your own country is always allowed.",
    )
    same_number_seconds = forms.IntegerField(
        label="Same number again after", min_value=0, max_value=86_400, help_text="0 means at once. Emergency numbers are never called."
    )
    per_hour = forms.IntegerField(label="Calls in an hour", min_value=0, max_value=MOST, help_text="0 means no limit.")
    per_day = forms.IntegerField(label="Calls in a day", min_value=0, max_value=MOST, help_text="0 means no limit.")
    per_hour_first_day = forms.IntegerField(
        label="Calls in an hour, first day",
        min_value=0,
        max_value=MOST,
        help_text="In this office’s first 24 hours. 0 means no limit.",
    )
    open_from = forms.TimeField(label="From", widget=CLOCK)
    open_until = forms.TimeField(label="Until", widget=CLOCK)
    blocked_phrases = forms.CharField(
        label="Words no call may use",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One on each line. A task or first sentence with one of them is refused; capitals and spacing make no difference.",
    )
    billing_on = forms.BooleanField(
        label="Refuse calls when the balance is used up", required=False, widget=Switch, help_text="Off: costs are shown, never enforced."
    )

    class Meta:
        model = CallingRules
        fields = [
            "allowed_countries",
            "same_number_seconds",
            "per_hour",
            "per_day",
            "per_hour_first_day",
            "open_from",
            "open_until",
            "blocked_phrases",
            "billing_on",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["allowed_countries"] = ", ".join(self.instance.allowed_countries)
        self.initial["blocked_phrases"] = "\n".join(self.instance.blocked_phrases)
        for name, unit in (
            ("same_number_seconds", "seconds"),
            ("per_hour", "calls"),
            ("per_day", "calls"),
            ("per_hour_first_day", "calls"),
        ):
            self.fields[name].unit = unit  # type: ignore[attr-defined]

    def clean_allowed_countries(self) -> list[str]:
        codes = list(dict.fromkeys(re.findall(r"[^\s,;]+", self.cleaned_data["allowed_countries"].upper())))
        known = {code for code, _ in countries.choices()}
        if unknown := [code for code in codes if code not in known]:
            raise ValidationError(f"Not a country code: {', '.join(unknown)}. Use two letters, like CA.")
        return codes

    def clean_blocked_phrases(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["blocked_phrases"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("open_from"), cleaned.get("open_until")
        if opens and closes and opens >= closes:
            self.add_error("open_until", "Must be later than the start.")
        return cleaned


@page("admin")
@require_http_methods(["GET", "POST"])
def rules(request: MemberRequest) -> HttpResponse:
    row, _ = CallingRules.objects.get_or_create(account=request.account)
    form = RulesForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record(request.account, "rules.changed", user=request.user, changed=sorted(form.changed_data))
        messages.success(request, "Calling rules saved. They hold for every call from now on.")
        return see_other(reverse("settings-rules"))
    context = {"form": form, "country": countries.name(request.account.country)}
    return render_subject(request, "settings-rules", "settings/rules.html", context, status=422 if form.errors else 200)
