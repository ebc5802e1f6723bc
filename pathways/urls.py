"""Addresses of the pages of pathways, below /pathways/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
