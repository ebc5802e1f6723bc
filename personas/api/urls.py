"""Addresses of personas under /v1. With or without a slash at the end: config.middleware."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
