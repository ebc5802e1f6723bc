"""Addresses of the pages of facts, below /analytics/facts/."""

from django.urls import path

from analytics.schemas import views

urlpatterns = [
    path("", views.library, name="fact-lists"),
    path("new", views.new, name="fact-list-new"),
    path("<uuid:uid>", views.detail, name="fact-list"),
    path("<uuid:uid>/edit", views.edit, name="fact-list-edit"),
    path("<uuid:uid>/delete", views.delete, name="fact-list-delete"),
]
