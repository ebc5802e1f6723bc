"""Addresses under /v1 that read what came out of calls. With or without a slash at the end: config.middleware."""

from django.urls import path

from analytics.api import analyze

urlpatterns = [
    path("calls/analyze", analyze.analyze_named),
    path("calls/<str:call_id>/analyze", analyze.analyze),
]
