"""Ways out to telephones, and what a carrier tells of a call."""

import uuid
from decimal import Decimal

from django.db import models
from django.utils.timezone import now


class Line(models.Model):
    """A SIP trunk or a Twilio account of an office. Which keys `settings` has is said in calls.carriers.<kind>.settings."""

    KINDS = (("sip", "SIP trunk"), ("twilio", "Twilio"))

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=8, choices=KINDS)
    name = models.CharField(max_length=80)
    enabled = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False, help_text="Takes calls whose number belongs to no line")
    settings = models.JSONField(default=dict, help_text="Never a secret")
    secret = models.TextField(blank=True, help_text="Password or auth token, sealed (config.kit.secrets)")
    max_calls = models.PositiveIntegerField(default=10, help_text="At the same time; 0: no limit")
    calls_per_second = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1), help_text="0: no limit")
    next_dial_at = models.DateTimeField(default=now, help_text="Pacing: no call is dialled before")
    tested_at = models.DateTimeField(null=True)
    test_ok = models.BooleanField(default=False)
    test_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="line_name_once")]

    def __str__(self) -> str:
        return self.name


class CarrierReport(models.Model):
    """One callback of a carrier about a call, kept as it came until the runner that holds the call has looked at it."""

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="carrier_reports")
    key = models.CharField(max_length=100, help_text="What makes it the same report when it comes twice")
    kind = models.CharField(max_length=24, help_text="The carrier's own word: ringing, in-progress, amd, …")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="carrier_report_once")]

    def __str__(self) -> str:
        return f"{self.kind} of call {self.call_id}"
