"""Addresses of the pages of facts, below /analytics/facts/."""

from django.urls import path

from analytics.schemas import run_views, value_views, views

urlpatterns = [
    path("", views.library, name="fact-lists"),
    path("new", views.new, name="fact-list-new"),
    path("<uuid:uid>", views.detail, name="fact-list"),
    path("<uuid:uid>/edit", views.edit, name="fact-list-edit"),
    path("<uuid:uid>/values", value_views.values, name="fact-list-values"),
    path("<uuid:uid>/values.csv", value_views.values_csv, name="fact-list-csv"),
    path("<uuid:uid>/past", run_views.past, name="fact-list-past"),
    path("<uuid:uid>/runs/<uuid:run>", run_views.run, name="fact-run"),
    path("<uuid:uid>/runs/<uuid:run>/stop", run_views.stop, name="fact-run-stop"),
    path("<uuid:uid>/delete", views.delete, name="fact-list-delete"),
]
