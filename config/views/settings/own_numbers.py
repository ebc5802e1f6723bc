"""The office's own numbers, which calls may show, and pools of them that calls take in turn."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Prefetch
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from calls import pools
from calls.models import Line, Number, NumberPool
from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.http import see_other
from config.models import Account
from config.templatetags.ui import spaced
from config.views.settings.subjects import render_subject

SUBJECT = "settings-own-numbers"
NEXT_FIRST = (F("last_used_at").asc(nulls_first=True), "pk")  # as calls.requests.caller_id takes them


def line_choices(account: Account) -> list[tuple[str, str]]:
    return [("", "The default line"), *((str(line.uid), line.name) for line in Line.objects.filter(account=account).order_by("name"))]


class NumberForm(forms.Form):
    """`row`: the number that is changed, which keeps its digits."""

    number = forms.CharField(label="Number", max_length=32, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
    label = forms.CharField(label="What it is", max_length=80, required=False)
    line = forms.ChoiceField(label="Line", required=False)
    is_default = forms.BooleanField(label="Shown when nothing else is said", required=False)

    def __init__(self, account: Account, data: Any = None, *, row: Number | None = None) -> None:
        super().__init__(data)
        self.account, self.row = account, row
        line = self.fields["line"]
        assert isinstance(line, forms.ChoiceField)
        line.choices = line_choices(account)
        line.show_optional = False  # type: ignore[attr-defined]
        if row is not None:
            del self.fields["number"]
            self.initial = {"label": row.label, "line": str(row.line.uid) if row.line else "", "is_default": row.is_default}

    def clean_number(self) -> str:
        try:
            number = pools.read_number(self.cleaned_data["number"], self.account.country)
        except pools.Wrong as wrong:
            raise ValidationError(str(wrong)) from None
        if Number.objects.filter(account=self.account, number=number).exists():
            raise ValidationError("This number is on the list already.")
        return number

    def clean_line(self) -> Line | None:
        return Line.objects.filter(account=self.account, uid=self.cleaned_data["line"]).first() if self.cleaned_data["line"] else None

    def store(self) -> Number:
        data = self.cleaned_data
        row = self.row or Number(account=self.account, number=data["number"])
        row.label, row.line = data["label"], data["line"]
        row.is_default = row.is_default and data["is_default"]
        row.save()
        if data["is_default"] and not row.is_default:
            pools.make_default(row)
        return row


class PoolForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    numbers = forms.MultipleChoiceField(
        label="Numbers", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one."}
    )

    def __init__(self, account: Account, data: Any = None, *, pool: NumberPool | None = None) -> None:
        initial = {"name": pool.name, "numbers": [str(pk) for pk in pool.numbers.values_list("pk", flat=True)]} if pool else {}
        super().__init__(data, initial=initial)
        self.account, self.pool = account, pool
        self.rows = {str(row.pk): row for row in Number.objects.filter(account=account).order_by("number")}
        numbers = self.fields["numbers"]
        assert isinstance(numbers, forms.MultipleChoiceField)
        numbers.choices = [(pk, f"{spaced(row.number)}{f', {row.label}' if row.label else ''}") for pk, row in self.rows.items()]

    def clean_numbers(self) -> list[Number]:
        return [self.rows[pk] for pk in self.cleaned_data["numbers"]]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        named = NumberPool.objects.filter(account=self.account, name=name)
        if (named.exclude(pk=self.pool.pk) if self.pool else named).exists():
            raise ValidationError("Another pool has this name.")
        return name


@page("admin")
@require_http_methods(["GET", "POST"])
def own_numbers(request: MemberRequest) -> HttpResponse:
    """POST adds a number."""
    form = NumberForm(request.account, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _save(request, form, "number.added")
        return see_other(reverse(SUBJECT))
    in_turn = Prefetch("numbers", Number.objects.order_by(*NEXT_FIRST))
    context = {
        "form": form,
        "numbers": Number.objects.filter(account=request.account).select_related("line").order_by("-is_default", "number"),
        "pools": NumberPool.objects.filter(account=request.account).prefetch_related(in_turn).order_by("name"),
    }
    return render_subject(request, SUBJECT, "settings/own_numbers.html", context, status=422 if form.errors else 200)


def _save(request: MemberRequest, form: NumberForm, action: str) -> None:
    with transaction.atomic():
        row = form.store()
        line = row.line.name if row.line else "the default line"
        audit.record(request.account, action, row.number, user=request.user, label=row.label, line=line)
    messages.success(request, f"{spaced(row.number)} is saved.")


@page("admin")
@require_http_methods(["GET", "POST"])
def number(request: MemberRequest, pk: int) -> HttpResponse:
    row = get_number(request.account, pk)
    form = NumberForm(request.account, request.POST if request.method == "POST" else None, row=row)
    if form.is_bound and form.is_valid():
        _save(request, form, "number.changed")
        return see_other(reverse(SUBJECT))
    context = {"form": form, "row": row, "pools": row.numberpool_set.order_by("name")}
    return render_subject(request, SUBJECT, "settings/own_number.html", context, status=422 if form.errors else 200)


@page("admin")
@require_POST
def number_remove(request: MemberRequest, pk: int) -> HttpResponse:
    row = get_number(request.account, pk)
    with transaction.atomic():
        audit.record(request.account, "number.removed", row.number, user=request.user)
        row.delete()
    messages.success(request, f"{spaced(row.number)} is no longer shown by any call.")
    return see_other(reverse(SUBJECT))


@page("admin")
@require_http_methods(["GET", "POST"])
def pool_new(request: MemberRequest) -> HttpResponse:
    return _pool(request, None)


@page("admin")
@require_http_methods(["GET", "POST"])
def pool(request: MemberRequest, uid: UUID) -> HttpResponse:
    return _pool(request, get_pool(request.account, uid))


def _pool(request: MemberRequest, row: NumberPool | None) -> HttpResponse:
    form = PoolForm(request.account, request.POST if request.method == "POST" else None, pool=row)
    if form.is_bound and form.is_valid():
        saved = pools.store_pool(request.account, form.cleaned_data["name"], form.cleaned_data["numbers"], row, by=request.user)
        messages.success(request, f"The pool {saved.name} is saved.")
        return see_other(reverse(SUBJECT))
    context = {"form": form, "pool": row, "any": bool(form.rows)}
    return render_subject(request, SUBJECT, "settings/pool.html", context, status=422 if form.errors else 200)


@page("admin")
@require_POST
def pool_remove(request: MemberRequest, uid: UUID) -> HttpResponse:
    row = get_pool(request.account, uid)
    with transaction.atomic():
        audit.record(request.account, "pool.removed", row.name, user=request.user)
        row.delete()
    messages.success(request, f"The pool {row.name} is removed. Its numbers stay.")
    return see_other(reverse(SUBJECT))


def get_number(account: Account, pk: int) -> Number:
    row = Number.objects.filter(account=account, pk=pk).select_related("line").first()
    if row is None:
        raise Http404
    return row


def get_pool(account: Account, uid: UUID) -> NumberPool:
    row = NumberPool.objects.filter(account=account, uid=uid).first()
    if row is None:
        raise Http404
    return row
