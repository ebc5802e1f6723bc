"""One guard rail: what it says, trying it out, where it watches, what it would have done, what it did."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import backtest, rail_queries, sources
from calls.agent.encoder import encoder
from calls.agent.rails import custom, disclosure
from calls.agent.rails.going_on import going_on
from calls.agent.rails.shape import REQUIRED, watched
from calls.rail_forms import AttachForm, RailForm, uid_of
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from config.models import Role
from personas import rails
from personas.models import GuardRail
from personas.parameters.guard_rails import TYPES
from personas.rails import CUSTOM, WORDS, Content, TooMany

NEWEST = 10
TRIED = 300  # characters of a sentence to try


@dataclass(frozen=True, slots=True)
class Tried:
    """A sentence held against a rail."""

    sentence: str
    trips: bool
    why: str


# making and changing -------------------------------------------------------------------------------------------------
@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    """Without a type: choose one. With one: the form, which also tries sentences before anything is saved."""
    kind = request.POST.get("type") or request.GET.get("type", "")
    if kind not in TYPES:
        kinds = [(key, word, about) for key, (word, about) in WORDS.items()]
        return render_page(request, "rails/new.html", {"kinds": kinds, "full": not _room(request)})
    form = RailForm(kind, request.POST or None)
    if request.method == "POST" and request.POST.get("how") == "try":
        return _draw_form(request, form, None)
    if request.method == "POST" and form.is_valid():
        try:
            made = rails.create(request.account, kind, form.content, by=request.user)
        except TooMany as many:
            form.add_error(None, str(many))
        else:
            messages.success(request, f"{made.name} is there. Now attach it to a persona or a pathway.")
            return see_other(reverse("guard-rail", args=[made.uid]))
    return _draw_form(request, form, None)


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, uid: UUID) -> HttpResponse:
    rail = rails.get(request.account, uid)
    form = RailForm(rail.type, request.POST or None, rail=rail)
    if request.method == "POST" and request.POST.get("how") == "try":
        return _draw_form(request, form, rail)
    if request.method == "POST" and form.is_valid():
        rails.change(rail, form.content, None, by=request.user)
        messages.success(request, "Saved. It holds for calls that are sent from now on.")
        return see_other(reverse("guard-rail", args=[uid]))
    return _draw_form(request, form, rail)


def _draw_form(request: MemberRequest, form: RailForm, rail: GuardRail | None) -> HttpResponse:
    sentence = request.POST.get("sentence", "").strip()[:TRIED]
    trying = request.POST.get("how") == "try"
    context = {
        "form": form,
        "rail": rail,
        "kind": form.kind,
        "kind_word": rails.word(form.kind),
        "about": WORDS[form.kind][1],
        "sentence": sentence,
        "tried": tried(form.kind, form.typed(), sentence) if sentence and trying else None,
    }
    status = 200 if trying or not form.errors else 422
    return render_page(request, "rails/form.html", context, partial="tried" if trying else "", status=status)


def tried(kind: str, content: Content, sentence: str) -> Tried:
    """What the rail thinks of one sentence, by the rules and the encoder alone. A disclosure is told, not tripped."""
    if kind == CUSTOM:
        rail = custom.Rail(content.prompt, tuple(content.examples), tuple(content.near_misses))
        match = custom.match(rail, sentence, encoder())
        unsure = "" if match.sure else " It is a close thing: another example or near miss would make it surer."
        return Tried(sentence, match.trips, f"{match.why}{unsure}")
    if kind in REQUIRED:
        told = REQUIRED[kind] in disclosure.read([("assistant", sentence)]).made
        return Tried(sentence, not told, "This sentence discloses it." if told else "This sentence does not disclose it.")
    goes_on = going_on(sentence)
    why = "After “do not call me” this goes on with the call." if goes_on else "It acknowledges, or says goodbye: no going on."
    return Tried(sentence, bool(goes_on), why)


def _room(request: MemberRequest) -> bool:
    return rails.customs(request.account) < settings.CUSTOM_GUARD_RAILS


# one rail ------------------------------------------------------------------------------------------------------------
@page("viewer")
@require_safe
def rail(request: MemberRequest, uid: UUID) -> HttpResponse:
    """`?source=` preselects where to attach it; htmx asks so for the steps of a pathway."""
    found = rails.get(request.account, uid)
    return _draw(request, found, partial="step" if "source" in request.GET else "")


def _draw(
    request: MemberRequest, found: GuardRail, *, form: AttachForm | None = None, partial: str = "", status: int = 200
) -> HttpResponse:
    editor = request.member.may(Role.EDITOR)
    if editor and form is None:
        form = AttachForm(request.account, sources.choices(request.account), chosen=request.GET.get("source", "")[:60])
    context = {
        "rail": rail_queries.row(found, request.account),
        "examples": found.examples,
        "near_misses": found.near_misses,
        "note": found.description if found.prompt else "",
        "form": form,
        "editor": editor,
        "choices": backtest.CHOICES,
        "chart": rail_queries.chart(request.account, found),
        "trips": [rail_queries.trip(each) for each in rail_queries.trips(request.account, found)[:NEWEST]],
    }
    return render_page(request, "rails/detail.html", context, partial=partial, status=status)


@page("editor")
@require_POST
def attach(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = rails.get(request.account, uid)
    form = AttachForm(request.account, sources.choices(request.account), request.POST)
    if not form.is_valid():
        return _draw(request, found, form=form, status=422)
    rails.attach(found, form.attached, by=request.user)
    messages.success(request, "Attached. It watches the calls that are sent from now on.")
    return see_other(reverse("guard-rail", args=[uid]))


@page("editor")
@require_POST
def detach(request: MemberRequest, uid: UUID, pk: int) -> HttpResponse:
    rails.detach(rails.get(request.account, uid), pk, by=request.user)
    return see_other(reverse("guard-rail", args=[uid]))


@page("editor")
@require_POST
def switch(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = rails.get(request.account, uid)
    on = request.POST.get("on") == "1"
    rails.switch(found, on, by=request.user)
    messages.success(request, f"{found.name} is {'on: it watches calls from now on' if on else 'off: it watches no new calls'}.")
    if request.POST.get("from") != "library":
        return see_other(reverse("guard-rail", args=[uid]))
    number = request.POST.get("page", "")
    return see_other(f"{reverse('guard-rails')}{f'?page={number}' if number.isdecimal() and number != '1' else ''}")


@page("editor")
@require_POST
def delete(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = rails.get(request.account, uid)
    rails.delete(found, by=request.user)
    messages.success(request, f"{found.name} is deleted. What it did stays in the history.")
    return see_other(reverse("guard-rails"))


@page("viewer")
@require_safe
def backtested(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Where it would have tripped on the newest calls: `?calls=` so many, `?after=` goes on behind a call."""
    found = rails.get(request.account, uid)
    try:
        most = min(max(int(request.GET.get("calls", backtest.CHOICES[0])), 1), backtest.CHOICES[-1])
    except ValueError:
        raise Http404 from None
    after = uid_of(request.GET.get("after", "")) if request.GET.get("after") else None
    values = {"type": found.type, "name": found.name, "config": found.config, "prompt": found.prompt}
    values |= {"examples": found.examples, "near_misses": found.near_misses, "actions": []}
    stretch = backtest.run(request.account, watched([values])[0], most, after=after)
    context = {"rail": rail_queries.row(found, request.account), "stretch": stretch, "most": most, "begun": after is None}
    return render_page(request, "rails/backtest.html", context, partial="found")
