"""The model service: what is configured (never its key) and a test of it."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from config.kit.access import MemberRequest, page
from config.views.settings.subjects import render_subject


@page("admin")
@require_safe
def model(request: MemberRequest) -> HttpResponse:
    context = {
        "url": settings.MODEL_BASE_URL,
        "models": [("base", settings.MODEL_BASE), ("turbo", settings.MODEL_TURBO)],
        "key_set": bool(settings.MODEL_API_KEY),
        "timeout": settings.MODEL_TIMEOUT,
    }
    return render_subject(request, "settings-model", "settings/model.html", context)
