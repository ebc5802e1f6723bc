"""The voices calls can speak with, and their sound: /v1/voices and /v1/speak."""

from typing import Any

from django.http import HttpResponse, JsonResponse

from calls.speech import apart
from calls.speech.openai import wav
from calls.speech.ports import SpeechError
from calls.speech.voices import VOICES, Voice, known
from config.kit.api import ApiError, ApiRequest, api, json_body

LONGEST_SAMPLE, LONGEST_SPEECH = 200, 2_000  # characters
SAMPLE = "Hello, this is {name}. I would call you like this, and I would be glad to help."
NO_BODY = "The body must be a JSON object."


@api("GET")
def list_voices(request: ApiRequest) -> JsonResponse:
    return JsonResponse({"voices": [_shown(voice) for voice in VOICES]})


@api("GET")
def voice(request: ApiRequest, voice_id: str) -> JsonResponse:
    return JsonResponse({"voice": _shown(_named(voice_id))})


@api("POST")
def sample(request: ApiRequest, voice_id: str) -> HttpResponse:
    """`text`: what the voice says; without it, it introduces itself."""
    found = _named(voice_id)
    text = _text(json_body(request, NO_BODY) if request.body else {}, SAMPLE.format(name=found.name), LONGEST_SAMPLE)
    return _sound(text, found)


@api("POST")
def speak(request: ApiRequest) -> HttpResponse:
    body = json_body(request, NO_BODY)
    return _sound(_text(body, "", LONGEST_SPEECH), _named(str(body.get("voice") or VOICES[0].id)))


def _named(name: str) -> Voice:
    found = known(name)
    if found is None:
        raise ApiError(404, "Voice not found")
    return found


def _text(body: dict[str, Any], otherwise: str, longest: int) -> str:
    text = body.get("text", otherwise)
    if not isinstance(text, str) or not text.strip():
        raise ApiError(400, "text must be a string.")
    if len(text) > longest:
        raise ApiError(400, f"text must have at most {longest} characters.")
    return text


def _sound(text: str, voice: Voice) -> HttpResponse:
    try:
        return HttpResponse(wav(apart.speak(text, voice.id)), content_type="audio/x-wav")
    except apart.Busy as busy:
        raise ApiError(429, str(busy), headers={"Retry-After": "3"}) from None
    except SpeechError as error:
        raise ApiError(503, str(error)) from None


def _shown(voice: Voice) -> dict[str, Any]:
    return {
        "id": voice.id,
        "name": voice.name,
        "description": voice.description,
        "public": True,
        "tags": [voice.gender, "english"],
        "total_ratings": 0,
        "average_rating": 0,
        "service": "BUILTIN",
        "user_id": None,
    }
