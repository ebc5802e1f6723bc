"""Addresses of the pages of personas, below /personas/."""

from django.urls import path

from personas.views import about, detail
from personas.views.list import personas

urlpatterns = [
    path("", personas, name="personas"),
    path("new", about.new, name="persona-new"),
    path("<uuid:uid>", detail.persona, name="persona"),
    path("<uuid:uid>/about", about.about, name="persona-about"),
    path("<uuid:uid>/edit", detail.edit, name="persona-edit"),
    path("<uuid:uid>/reset", detail.reset, name="persona-reset"),
    path("<uuid:uid>/delete", detail.delete, name="persona-delete"),
    path("<uuid:uid>/history", detail.history, name="persona-history"),
]
