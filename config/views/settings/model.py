"""The model service: what is configured (never its key) and a test of it."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from calls.agent.model_test import ProbeResult, probe
from config.kit import audit
from config.kit.access import MemberRequest, page
from config.views.settings.subjects import render_subject


@page("admin")
@require_http_methods(["GET", "POST"])
def model(request: MemberRequest) -> HttpResponse:
    """POST asks the service for one word and shows what came back."""
    configured = {"base": settings.MODEL_BASE, "turbo": settings.MODEL_TURBO}
    result: ProbeResult | None = None
    tested = request.POST.get("model", "")
    if request.method == "POST":
        if tested not in configured:
            raise Http404
        result = probe(tested)
        audit.record(request.account, "model.tested", tested, user=request.user, ok=result.ok)
    context = {
        "url": settings.MODEL_BASE_URL,
        "models": list(configured.items()),
        "key_set": bool(settings.MODEL_API_KEY),
        "timeout": settings.MODEL_TIMEOUT,
        "result": result,
        "tested": tested,
    }
    return render_subject(request, "settings-model", "settings/model.html", context)
