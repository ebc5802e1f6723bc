"""Addresses of the pages of calls, below /calls/."""

from django.urls import path

from calls.views.detail import call
from calls.views.list import calls

urlpatterns = [
    path("", calls, name="calls"),
    path("<uuid:uid>", call, name="call"),
]
