"""Addresses of the pages of personas, below /personas/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
