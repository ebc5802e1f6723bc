"""Addresses under /v1 of what a citation schema finds. Its own are those of personas.api."""

from django.urls import path

from analytics.schemas import api

urlpatterns = [
    path("citation_schemas/backfill", api.backfill),
    path("citation_schemas/backfill/status/<uuid:workflow_id>", api.backfill_status),
    path("citation_schemas/analytics", api.summary),
    path("citation_schemas/analytics/time-series", api.time_series),
    path("citation_schemas/analytics/top-values", api.top_values),
    path("citation_schemas/analytics/issues", api.issues),
]
