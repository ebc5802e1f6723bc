"""Socket addresses of the web process."""

from typing import Any

from django.urls import path

from calls.consumers import CallFeed, CallsFeed

sockets: list[Any] = [
    path("ws/calls", CallsFeed.as_asgi()),
    path("ws/calls/<uuid:uid>", CallFeed.as_asgi()),
]
