"""Addresses under /v1. With or without a slash at the end: config.middleware."""

from django.urls import path, re_path

from calls.api import active, details, guard_rails, listing, me, openapi, send, stop
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
    path("guard_rails", by_method(GET=guard_rails.list_rails, POST=guard_rails.create)),
    path(
        "guard_rails/<str:guard_rail_id>",
        by_method(GET=guard_rails.details, PATCH=guard_rails.edit, DELETE=guard_rails.delete),
    ),
    path("me", me.me),
    path("languages", me.languages),
    path("openapi.json", openapi.openapi),
    # not for addresses with a slash at the end: they are first tried without it
    re_path(r"^(?:.*[^/])?$", nothing_here),
]
