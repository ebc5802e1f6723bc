"""Requests for calls: from what was asked to a call in the queue, or to the reason why not."""

from calls.requests.previewing import Fact, Preview, preview
from calls.requests.refused import Refused
from calls.requests.sending import send

__all__ = ["Fact", "Preview", "Refused", "preview", "send"]
