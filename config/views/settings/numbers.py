"""Numbers that must not be called: do not call (they asked) and blocked (the office decided)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from calls.models import BlockedNumber, DoNotCall
from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.http import see_other
from config.models import Account
from config.templatetags.ui import spaced
from config.views.settings.subjects import render_subject
from personas.parameters.base import Bad
from personas.parameters.phone import parse

PAGE = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two lists."""

    key: str  # in addresses
    model: type[DoNotCall] | type[BlockedNumber]
    title: str
    added: str  # said after adding
    removed: str

    def rows(self, account: Account) -> QuerySet[Any]:
        if self.model is DoNotCall:
            return DoNotCall.objects.filter(account=account).select_related("call").order_by("-created_at", "-pk")
        return BlockedNumber.objects.filter(account=account).order_by("-created_at", "-pk")


KINDS = {
    kind.key: kind
    for kind in (
        Kind("dnc", DoNotCall, "Do not call", "will not be called any more.", "may be called again."),
        Kind("blocked", BlockedNumber, "Blocked", "is blocked.", "is no longer blocked."),
    )
}


class NumberForm(forms.Form):
    number = forms.CharField(label="Number", max_length=32, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
    reason = forms.CharField(label="Why", max_length=200, help_text="Colleagues read it before they ask.")

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_number(self) -> str:
        try:
            return parse(self.cleaned_data["number"], self.country).e164
        except Bad as error:
            raise ValidationError(str(error)) from None


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why may it be called again?", max_length=200, help_text="Kept in the audit log with your name.")


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise Http404
    return KINDS[key]


@page("operator")
@require_http_methods(["GET", "POST"])
def numbers(request: MemberRequest, kind: str = "dnc") -> HttpResponse:
    chosen = _kind(kind)
    form = NumberForm(request.POST or None, country=request.account.country)
    if request.method == "POST" and form.is_valid():
        _add(request, chosen, form.cleaned_data["number"], form.cleaned_data["reason"])
        return see_other(reverse("settings-numbers-of", args=[chosen.key]))
    rows = chosen.rows(request.account)
    query = request.GET.get("q", "").strip()[:32]
    if digits := "".join(letter for letter in query if letter.isdigit()):
        rows = rows.filter(number__contains=digits)
    context = {
        "form": form,
        "kind": chosen,
        "kinds": [(k, k.model._default_manager.filter(account=request.account).count()) for k in KINDS.values()],
        "listed": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "query": query,
    }
    return render_subject(request, "settings-numbers", "settings/numbers.html", context, status=422 if form.errors else 200)


def _add(request: MemberRequest, kind: Kind, number: str, reason: str) -> None:
    with transaction.atomic():
        _, made = kind.model._default_manager.get_or_create(account=request.account, number=number, defaults={"reason": reason})
        if made:
            audit.record(request.account, f"{kind.key}.added", number, user=request.user, reason=reason)
    messages.success(request, f"{spaced(number)} {kind.added}" if made else f"{spaced(number)} stood on the list already.")


@page("operator")
@require_http_methods(["GET", "POST"])
def remove(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """GET asks why, POST removes. Who removed it, why, and what the person had said stay in the audit log."""
    chosen = _kind(kind)
    row = chosen.rows(request.account).filter(pk=pk).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        detail = {"reason": form.cleaned_data["reason"], "was": row.reason, "quote": getattr(row, "quote", "")}
        with transaction.atomic():
            if chosen.model._default_manager.filter(pk=row.pk).delete()[0]:
                audit.record(request.account, f"{chosen.key}.removed", row.number, user=request.user, **detail)
        messages.success(request, f"{spaced(row.number)} {chosen.removed}")
        return see_other(reverse("settings-numbers-of", args=[chosen.key]))
    context = {"form": form, "kind": chosen, "row": row}
    return render_subject(request, "settings-numbers", "settings/number_remove.html", context, status=422 if form.errors else 200)
