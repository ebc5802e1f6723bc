"""All addresses. Each app owns its own module; /v1 is the API."""

from django.urls import include, path

from config import health, views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/<str:token>", views.sign_in_link, name="sign-in-link"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("", include("analytics.urls")),
    path("calls/", include("calls.urls")),
    path("settings/", include("config.settings_urls")),
    path("v1/", include("calls.api.urls")),
]
handler404 = "config.views.not_found"
handler403 = "config.views.forbidden"
handler500 = "config.views.server_error"
