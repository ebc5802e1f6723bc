"""Addresses under /v1. With or without a slash at the end: config.middleware."""

from django.urls import path, re_path

from calls.api import active, details, listing, me, openapi, pathway_writing, send, stop
from config.kit.api import by_method, nothing_here

urlpatterns = [
    path("calls", by_method(GET=listing.list_calls, POST=send.send_call)),
    path("calls/active", active.active),
    path("calls/active/stop", stop.stop_all),
    path("calls/active/stream", active.active_stream),
    path("calls/<str:call_id>", details.details),
    path("calls/<str:call_id>/stop", stop.stop),
    path("calls/<str:call_id>/events", details.events),
    path("calls/<str:call_id>/transcript/stream", details.transcript_stream),
    path("pathway/generate", pathway_writing.generate),
    path("pathway/generate/status/<uuid:job_id>", pathway_writing.generate_status),
    path("me", me.me),
    path("languages", me.languages),
    path("openapi.json", openapi.openapi),
    # not for addresses with a slash at the end: they are first tried without it
    re_path(r"^(?:.*[^/])?$", nothing_here),
]
