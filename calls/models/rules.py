"""The account's calling rules and its balance."""

from datetime import time
from decimal import Decimal

from django.db import models


class CallingRules(models.Model):
    """Settings → Calling rules. A limit of 0 means none."""

    account = models.OneToOneField("config.Account", on_delete=models.CASCADE, related_name="calling_rules")
    allowed_countries = models.JSONField(default=list, help_text="ISO codes besides the account's own country")
    per_hour = models.PositiveIntegerField(default=1000)
    per_day = models.PositiveIntegerField(default=5000)
    per_hour_first_day = models.PositiveIntegerField(default=100, help_text="In the account's first 24 hours")
    same_number_seconds = models.PositiveIntegerField(default=10)
    open_from = models.TimeField(default=time(8), help_text="In the callee's zone, real lines only")
    open_until = models.TimeField(default=time(21))
    blocked_phrases = models.JSONField(default=list, help_text="Case and spacing are ignored")
    billing_on = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"rules of {self.account}"


class BillingRecord(models.Model):
    account = models.OneToOneField("config.Account", on_delete=models.CASCADE, related_name="billing")
    balance = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0), help_text="USD")

    def __str__(self) -> str:
        return f"{self.balance}"
