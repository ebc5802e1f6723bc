"""Addresses of the pages of guard rails, below /guard-rails/."""

from django.urls import path

from calls.views.rails import detail, library

urlpatterns = [
    path("", library.library, name="guard-rails"),
    path("new", detail.new, name="guard-rail-new"),
    path("trips", library.trips, name="guard-rail-trips"),
    path("attached/<str:kind>/<uuid:uid>", library.attached, name="guard-rails-attached"),
    path("<uuid:uid>", detail.rail, name="guard-rail"),
    path("<uuid:uid>/edit", detail.edit, name="guard-rail-edit"),
    path("<uuid:uid>/attach", detail.attach, name="guard-rail-attach"),
    path("<uuid:uid>/detach/<int:pk>", detail.detach, name="guard-rail-detach"),
    path("<uuid:uid>/switch", detail.switch, name="guard-rail-switch"),
    path("<uuid:uid>/delete", detail.delete, name="guard-rail-delete"),
    path("<uuid:uid>/backtest", detail.backtested, name="guard-rail-backtest"),
]
