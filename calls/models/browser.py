"""Tickets with which a page may answer a call."""

from django.db import models


class BrowserTicket(models.Model):
    """For one call, once, for a short time. Only the digest is kept."""

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the ticket, in hex")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"ticket of call {self.call_id}"
