"""Outward notice: a call ended. Sent after commit with call_id; analytics listens, calls need not know it."""

from django.dispatch import Signal

call_ended = Signal()
