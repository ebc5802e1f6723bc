"""Who hears and who speaks, a test of each, and samples of the built-in voices."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from calls import speech_services
from calls.models import SpeechService
from calls.speech import apart, embedded, services
from calls.speech.openai import wav
from calls.speech.ports import SpeechError
from calls.speech.voices import VOICES, voice_of
from config.kit.access import MemberRequest, page
from config.kit.http import see_other
from config.views.settings.subjects import render_subject

SAMPLE = "Hello, this is {name}. I would call you like this, and I would be glad to help."
WORDS = {"stt": ("Hearing", "Turns what they say into words."), "tts": ("Speaking", "Turns what is to be said into sound.")}


class ServiceForm(forms.Form):
    provider = forms.ChoiceField(label="Service")
    base_url = forms.CharField(label="Address", max_length=300, required=False, help_text="Empty: the service's own.")
    model = forms.CharField(label="Model", max_length=120, required=False, help_text="Empty: the usual one of the service.")
    voice = forms.CharField(label="Voice", max_length=120, required=False, help_text="As the service names it.")
    secret = forms.CharField(
        label="Key",
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept sealed, never shown.",
    )

    def __init__(self, kind: str, posted: Any, initial: dict[str, str]) -> None:
        super().__init__(posted, prefix=kind, auto_id=f"{kind}_%s", initial=initial)
        choices: list[tuple[str, str]] = [(services.BUILTIN, "Built-in")]
        choices += [(name, provider.name) for name, provider in services.PROVIDERS.items() if provider.does(kind)]
        provider_field = self.fields["provider"]
        assert isinstance(provider_field, forms.ChoiceField)
        provider_field.choices = choices
        if kind == "stt":
            del self.fields["voice"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what is chosen, and the form to change it."""

    kind: str
    title: str
    sub: str
    form: ServiceForm
    row: SpeechService | None

    @property
    def chosen(self) -> str:
        return services.PROVIDERS[self.row.provider].name if self.row and self.row.provider in services.PROVIDERS else "Built-in"


@page("admin")
@require_http_methods(["GET", "POST"])
def speech(request: MemberRequest) -> HttpResponse:
    """POST with `kind` saves that side; with `try` it speaks or hears a sentence."""
    rows = {row.kind: row for row in SpeechService.objects.filter(account=request.account)}
    posted = request.POST.get("kind", "") if request.method == "POST" else ""
    if request.method == "POST" and posted not in WORDS:
        raise Http404
    if "try" in request.POST:
        return _try_out(request, rows.get(posted))
    sides = [_side(kind, rows.get(kind), request.POST if kind == posted else None) for kind in WORDS]
    if posted and (response := _save(request, next(side for side in sides if side.kind == posted))):
        return response
    context = {"sides": sides, "voices": VOICES, "missing": embedded.lacking()}
    return render_subject(request, "settings-speech", "settings/speech.html", context, status=422 if posted else 200)


def _side(kind: str, row: SpeechService | None, posted: Any) -> Side:
    initial = {"provider": row.provider, "base_url": row.base_url, "model": row.model, "voice": row.voice} if row else {}
    form = ServiceForm(kind, posted, initial)
    if row is not None and row.secret:
        form.fields["secret"].help_text = "Saved, not shown. Leave it empty to keep it."
    return Side(kind, *WORDS[kind], form, row)


def _save(request: MemberRequest, side: Side) -> HttpResponse | None:
    if not side.form.is_valid():
        return None
    given = side.form.cleaned_data
    choice = speech_services.Choice(given["provider"], given["base_url"], given["model"], given.get("voice", ""), given["secret"] or None)
    try:
        speech_services.choose(request.account, side.kind, choice, by=request.user)
    except speech_services.Wrong as wrong:
        side.form.add_error(wrong.field, str(wrong))
        return None
    messages.success(request, f"{side.title} is saved.")
    return see_other(reverse("settings-speech"))


def _try_out(request: MemberRequest, row: SpeechService | None) -> HttpResponse:
    if row is None:
        raise Http404
    tried = speech_services.try_out(row)
    if tried.test_ok:
        messages.success(request, tried.test_message)
    else:
        messages.error(request, tried.test_message)
    return see_other(reverse("settings-speech"))


@page("admin")
@require_GET
def sample(request: MemberRequest, voice: str) -> HttpResponse:
    """A built-in voice introduces itself, as WAV."""
    found = voice_of(voice)
    if found.id != voice:
        raise Http404
    try:
        sound = apart.speak(SAMPLE.format(name=found.name), found.id)
    except SpeechError as error:
        return HttpResponse(str(error), status=503, content_type="text/plain")
    return HttpResponse(wav(sound), content_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})
