"""One persona: its draft beside production, and what may be done with both."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from config.models import Role
from personas import contexts, queries, versions
from personas.access import get_persona
from personas.checking import checked
from personas.content import Content
from personas.difference import difference
from personas.models import Persona, PersonaVersion
from personas.parameters import BY_NAME, FieldError
from personas.persona_form import PersonaForm
from personas.versions import By, content_of

State = PersonaVersion.State
PARTS = {"notice": "notice", "route": "routes", "look": "routes"}  # what was asked for -> the part of the page that answers it
LABELS = {"routes": "Goes over to a pathway", "orchestration_prompt": "Words for every call"}


@page("viewer")
@require_safe
def persona(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = get_persona(request.account, uid)
    current = _current(found)
    return _draw(request, found, current, _form(request, current))


@page("editor")
@require_POST
def edit(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Saves the draft; `how` may ask to put it into production at once, or only to draw a part of the page for what was typed."""
    found = get_persona(request.account, uid)
    current = _current(found)
    form = _form(request, current, posted=True)
    how = request.POST.get("how", "save")
    if how in PARTS:
        more: dict[str, Any] = {"routes": form.rows(more=1)} if how == "route" else {}
        return _draw(request, found, current, form, partial=PARTS[how], unsaved=True, **more)
    raw, unreadable = form.read()
    content, errors = checked(request.account, raw)
    if unreadable or errors:
        return _refuse(request, found, current, form, unreadable + [e for e in errors if e.name not in {u.name for u in unreadable}])
    try:
        draft = versions.edit(found, content, revision=_revision(request))
        if how == "promote":
            made = versions.promote(found, revision=draft.revision, by=By(user=request.user))
            messages.success(request, f"Version {made.number} is in production. Calls from now on are made with it.")
        else:
            messages.success(request, "Draft saved. Callers hear it once it is in production.")
    except versions.Stale as stale:
        return _stale(request, found, form, content, stale.current)
    except versions.Gone:
        raise Http404 from None
    return see_other(reverse("persona", args=[uid]))


@page("editor")
@require_POST
def reset(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Throws the draft away, when it is still the one that was looked at."""
    found = get_persona(request.account, uid)
    try:
        versions.reset(found, revision=_revision(request), by=By(user=request.user))
        messages.success(request, "Draft thrown away. It says again what production says.")
    except versions.Stale:
        messages.error(request, "Somebody saved this draft meanwhile. Nothing was thrown away; look at it first.")
    except (versions.Gone, versions.NoDraft):
        raise Http404 from None
    return see_other(reverse("persona", args=[uid]))


@page("editor")
@require_POST
def delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = get_persona(request.account, uid)
    try:
        versions.delete(found, By(user=request.user))
    except versions.Gone:
        raise Http404 from None
    messages.success(request, f"{found.name} is deleted. Calls that were made with it stay as they are.")
    return see_other(reverse("personas"))


@page("viewer")
@require_safe
def history(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Every version, and any two of them compared: ?old= and ?new= are their numbers."""
    found = get_persona(request.account, uid)
    every = versions.history(found)
    old, new = _pair(request, every)
    different = difference(content_of(old), content_of(new), queries.names(request.account)) if old and new else None
    shown = contexts.History(
        contexts.who(found),
        [contexts.version(version) for version in every],
        contexts.version(old) if old else None,
        contexts.version(new) if new else None,
        *filter(None, [different]),
    )
    return render_page(request, "personas/history.html", {"page": shown}, partial="compared")


def _pair(request: MemberRequest, every: list[PersonaVersion]) -> tuple[PersonaVersion | None, PersonaVersion | None]:
    """The two that were asked for; else production and the one before it, else production and the draft."""
    by_number = {str(version.number): version for version in every}
    old, new = by_number.get(request.GET.get("old", "")), by_number.get(request.GET.get("new", ""))
    if old and new:
        return old, new
    production = next((v for v in every if v.state == State.PRODUCTION), None)
    before = next((v for v in every if v.state == State.ARCHIVED), None)
    draft = next((v for v in every if v.state == State.DRAFT), None)
    return (before, production) if before else (production, draft)


def _current(found: Persona) -> list[PersonaVersion]:
    states = [State.PRODUCTION, State.DRAFT]
    return list(found.versions.filter(state__in=states).select_related("promoted_by", "promoted_from"))


def _form(request: MemberRequest, current: list[PersonaVersion], *, posted: bool = False) -> PersonaForm:
    production = next((content_of(v) for v in current if v.state == State.PRODUCTION), Content())
    draft = next((content_of(v) for v in current if v.state == State.DRAFT), production)
    data = request.POST if posted else None
    return PersonaForm(request.account, draft, production, data, editor=request.member.may(Role.EDITOR))


def _revision(request: MemberRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _draw(
    request: MemberRequest,
    found: Persona,
    current: list[PersonaVersion],
    form: PersonaForm,
    *,
    partial: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    editor, operator = request.member.may(Role.EDITOR), request.member.may(Role.OPERATOR)
    shown = contexts.detail(found, current, form, editor=editor, operator=operator, **more)
    return render_page(request, "personas/detail.html", {"page": shown, "form": form}, partial=partial, status=status)


def _refuse(
    request: MemberRequest, found: Persona, current: list[PersonaVersion], form: PersonaForm, errors: list[FieldError]
) -> HttpResponse:
    """The whole form with the messages beside the fields, and the revision that it was drawn with."""
    form.put_errors(errors)
    wrong = [contexts.Wrong(name, _label(name), message) for name, messages_ in form.wrong.items() for message in messages_]
    return _draw(request, found, current, form, status=422, unsaved=True, wrong=wrong, revision=_revision(request))


def _label(name: str) -> str:
    known = BY_NAME.get(name.partition("__")[0])
    return known.label if known else LABELS.get(name, "This persona")


def _stale(request: MemberRequest, found: Persona, form: PersonaForm, content: Content, current: PersonaVersion) -> HttpResponse:
    """What was typed stays on the screen. Saving it again goes over what somebody else saved: the page says what that would change."""
    changes = difference(content_of(current), content, form.names).sentences
    theirs = contexts.Theirs(current.updated_at, changes)
    return _draw(request, found, _current(found), form, status=409, unsaved=True, theirs=theirs, revision=current.revision)
