"""The Call page and what staff may do on it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import phonenumbers
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from calls import control, queries, tags
from calls.access import get_call
from calls.cited import cited
from calls.contexts import detail
from calls.hooks.shown import deliveries
from calls.models import Call
from calls.settings_shown import Reading, Setting, reading, settings
from calls.sharing.panel import panel
from calls.walked import walked
from config.kit.access import MemberRequest, View, page
from config.kit.http import render_page, safe_next, see_other
from config.models import Role

OVER = "The call is not live any more. Nothing was done."


@dataclass(frozen=True, slots=True)
class Department:
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Background:
    """What does not change while the call runs."""

    changed: list[Setting]  # by the request or the persona
    standard: list[Setting]
    persona: str  # as its settings name their source: name and version
    reading: list[Reading]
    notes: list[str]
    departments: list[Department]
    retry_of: UUID | None
    retries: list[UUID]
    again: str  # address of the Send call page with this call's settings; "" where there is none
    token: str  # makes a doubled press of Whisper or Say one
    tags: list[str]
    known_tags: list[str]  # what the field offers


@page("viewer")
@require_safe
def call(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = get_call(request.account, uid)
    operator, editor = request.member.may(Role.OPERATOR), request.member.may(Role.EDITOR)
    # What is committed from now on comes by the live feed, once.
    shown = detail(
        found,
        [event for event in queries.events_after(found.pk, 0) if event.seq <= found.last_seq],
        [line for line in queries.utterances_after(found.pk, 0) if line.seq <= found.last_seq],
        queries.spans(found.pk),
        queries.marks(found.pk),
        operator=operator,
        editor=editor,
        route=walked(found),
        recording=queries.recording(found.pk),
        cited=cited(found),
    )
    context = {
        "page": shown,
        "call": found,
        "background": background(found, operator=operator),
        "deliveries": deliveries(found),
        "share": panel(found) if operator and not shown.active else None,
    }
    return render_page(request, "calls/detail.html", context)


def background(found: Call, *, operator: bool) -> Background:
    every = settings(found)
    return Background(
        changed=[s for s in every if s.source != "default"],
        standard=[s for s in every if s.source == "default"],
        persona=f"{found.persona.name}, version {found.persona_version}" if found.persona else "",
        reading=reading(found),
        notes=[str(note) for note in found.notes],
        departments=_departments(found),
        retry_of=found.retry_of.uid if found.retry_of else None,
        retries=list(Call.objects.filter(retry_of=found).order_by("pk").values_list("uid", flat=True)),
        again=_again(found) if operator else "",
        token=uuid.uuid4().hex,
        tags=tags.of(found),
        known_tags=tags.known(found.account) if operator else [],
    )


def _departments(found: Call) -> list[Department]:
    single, several = found.setting("transfer_phone_number"), found.setting("transfer_list")
    numbers = {str(name): str(number) for name, number in several.items()} if isinstance(several, dict) else {}
    if single and single not in numbers.values():
        numbers = {"default": str(single), **numbers}
    return [Department("The usual number" if name == "default" else name, number) for name, number in numbers.items() if number]


def _again(found: Call) -> str:
    try:
        return f"{reverse('send-call')}?again={found.uid}"
    except NoReverseMatch:
        return ""


# What staff do: each is a POST of an operator, answered by a redirect, or to htmx by the sentence that goes wrong ("" when none does) ---
def deed(do: Callable[[HttpRequest, Call, str], bool]) -> View:
    """A view that does `do(request, call, name of the member)`; False means that the call was over, ValueError says what was wrong."""

    @page("operator")
    @require_POST
    def view(request: MemberRequest, uid: UUID) -> HttpResponse:
        found = get_call(request.account, uid)
        try:
            wrong = "" if do(request, found, str(request.user)) else OVER
        except ValueError as error:
            wrong = str(error)
        if request.htmx:
            return render(request, "calls/_wrong.html", {"wrong": wrong}, status=422 if wrong else 200)
        if wrong:
            messages.error(request, wrong)
        return see_other(safe_next(request, request.POST.get("next"), reverse("call", args=[uid])))

    return view


def _typed(request: HttpRequest) -> str:
    return request.POST.get("text", "")


def _token(request: HttpRequest) -> str:
    return request.POST.get("token", "")[:64]


def _number(request: HttpRequest, found: Call) -> str:
    try:
        parsed = phonenumbers.parse(request.POST.get("number", "")[:40], found.account.country)
    except phonenumbers.NumberParseException as error:
        raise ValueError("That is not a phone number. Write it with + and the country code.") from error
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


call_stop = deed(lambda request, found, by: control.stop(found, by))
call_whisper = deed(lambda request, found, by: control.whisper(found, _typed(request), by, token=_token(request)))
call_type = deed(lambda request, found, by: control.type_line(found, _typed(request), by, token=_token(request)))
call_take_over = deed(lambda request, found, by: control.take_over(found, by))
call_give_back = deed(lambda request, found, by: control.give_back(found, by))
call_transfer = deed(lambda request, found, by: control.transfer(found, _number(request, found), by))
call_handled = deed(lambda request, found, by: control.handle(found, by))
