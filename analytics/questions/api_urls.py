"""Addresses under /v1 at which programs ask about calls. With or without a slash at the end: config.middleware."""

from django.urls import path

from analytics.questions import api

urlpatterns = [
    path("calls/analyze", api.analyze_named),
    path("calls/<str:call_id>/analyze", api.analyze),
]
