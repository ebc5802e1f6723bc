"""All addresses. Each app owns its own module; /v1 is the API."""

from django.urls import include, path

from calls.api.page import api_docs
from calls.views.recording import recording_link
from calls.views.sharing import shared, shared_sound
from config import health
from config.views import design, sign_in
from config.views.receiver import webhook_docs

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/<str:token>", sign_in.sign_in_link, name="sign-in-link"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("design", design.design, name="design"),
    path("", include("analytics.urls")),
    path("analytics/facts/", include("analytics.schemas.urls")),
    path("analytics/questions/", include("analytics.questions.urls")),
    path("recordings/<uuid:uid>.wav", recording_link, name="recording-link"),
    path("shared/<str:token>", shared, name="shared"),
    path("shared/<str:token>/sound.wav", shared_sound, name="shared-sound"),
    path("calls/", include("calls.urls")),
    path("personas/", include("personas.urls")),
    path("pathways/", include("calls.pathway_urls")),
    path("pathways/", include("pathways.urls")),
    path("guard-rails/", include("calls.rail_urls")),
    path("settings/", include("config.settings_urls")),
    path("v1/", include("analytics.schemas.api_urls")),
    path("v1/", include("personas.api.urls")),
    path("v1/", include("pathways.api.urls")),
    path("v1/", include("analytics.questions.api_urls")),
    path("v1/", include("calls.api.urls")),
    path("docs/api", api_docs, name="api-docs"),
    path("docs/webhooks", webhook_docs, name="webhook-docs"),
]
handler404 = "config.views.errors.not_found"
handler403 = "config.views.errors.forbidden"
handler500 = "config.views.errors.server_error"
