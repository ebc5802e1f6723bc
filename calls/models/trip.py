"""A guard rail that tripped on a call."""

from django.db import models
from django.utils.timezone import now


class GuardRailTrip(models.Model):
    """`seq` is that of the CallEvent that was written in the same transaction, `line_seq` that of the line with the quote.

    Only the first trip of a call acts; later ones are kept with `acted` False.
    """

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="trips")
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    guard_rail = models.ForeignKey("personas.GuardRail", null=True, on_delete=models.SET_NULL, related_name="trips")
    type = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    at_ms = models.PositiveIntegerField(help_text="From answer, on the call's clock")
    speaker = models.CharField(max_length=12, blank=True, help_text="Who said the quote: user, assistant; empty: nothing was said")
    quote = models.TextField(blank=True)
    line_seq = models.PositiveIntegerField(null=True)
    spoken = models.BooleanField(default=True, help_text="False: it was stopped before it was said")
    why = models.CharField(max_length=200, blank=True)
    action = models.JSONField(default=dict, help_text="{type, config} that was done")
    acted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "seq"], name="trip_once")]
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="trip_list"),
            models.Index(fields=["guard_rail", "-at"], name="trip_by_rail"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.quote[:60]}"
