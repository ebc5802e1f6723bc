"""What a persona is known by: made with it, and changed at once, without a draft."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from personas import avatars, versions
from personas.access import get_persona
from personas.contexts import who
from personas.models import Persona
from personas.versions import About, By

MOST_TAGS = 12
TAG_LENGTH = 40


class AboutForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="First the name, then what for: “June, appointments”.")
    role = forms.CharField(max_length=120, required=False, help_text="For example Receptionist.")
    description = forms.CharField(
        label="Purpose",
        max_length=2000,
        required=False,
        help_text="Staff see this when they pick a persona.",
        widget=forms.Textarea({"rows": 2}),
    )
    tags = forms.CharField(max_length=600, required=False, help_text="Several, with commas between them.")
    tone = forms.ChoiceField(label="Colour of the picture", choices=list(avatars.TONES.items()), widget=forms.RadioSelect)
    symbol = forms.ChoiceField(label="What it shows", choices=list(avatars.SYMBOLS.items()), required=False, widget=forms.RadioSelect)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_tags(self) -> list[str]:
        found = list(dict.fromkeys(tag.strip() for tag in str(self.cleaned_data["tags"]).split(",") if tag.strip()))
        if len(found) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in found):
            raise ValidationError(f"At most {MOST_TAGS} tags of {TAG_LENGTH} characters each.")
        return found

    def about(self, image_url: str = "") -> About:
        given = self.cleaned_data
        picture = str(avatars.Avatar(given["tone"], given["symbol"]))
        return About(given["name"], given["role"], given["description"], given["tags"], picture, image_url)


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    """A new persona begins empty: version 1 in production, version 2 as the draft that is opened next."""
    form = AboutForm(request.POST or None, initial={"tone": avatars.STANDARD, "symbol": ""})
    if request.method == "POST" and form.is_valid():
        persona = versions.create(request.account, form.about(), by=By(user=request.user))
        messages.success(request, f"{persona.name} is there. Say what it does, then put the draft into production.")
        return see_other(reverse("persona", args=[persona.uid]))
    return _draw(request, form, {"who": None})


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: MemberRequest, uid: UUID) -> HttpResponse:
    persona = get_persona(request.account, uid)
    form = AboutForm(request.POST or None, initial=_initial(persona))
    if request.method == "POST" and form.is_valid():
        try:
            versions.rename(persona, form.about(persona.image_url), By(user=request.user))
        except versions.Gone:
            raise Http404 from None
        messages.success(request, "Saved. It shows everywhere from now on.")
        return see_other(reverse("persona", args=[persona.uid]))
    return _draw(request, form, {"who": who(persona)})


def _initial(persona: Persona) -> dict[str, Any]:
    shown = who(persona)
    return {
        "name": persona.name,
        "role": persona.role,
        "description": persona.description,
        "tags": ", ".join(shown.tags),
        "tone": shown.avatar.tone,
        "symbol": shown.avatar.symbol,
    }


def _draw(request: MemberRequest, form: AboutForm, context: dict[str, Any]) -> HttpResponse:
    letters = context["who"].letters if context["who"] else "AB"
    more = {"form": form, "symbols": list(zip(form["symbol"], avatars.SYMBOLS, strict=True)), "letters": letters}
    return render_page(request, "personas/about.html", {**context, **more}, status=422 if form.errors else 200)
